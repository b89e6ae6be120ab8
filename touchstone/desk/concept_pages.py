"""What the pages of the company's concepts show: rows of the list, a concept's form, a trial."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from touchstone.common.messages import Bilingual
from touchstone.engine.text.layer import (
    Change,
    applied,
    concept_change,
    merged,
    parse_layer,
    words_pattern,
)
from touchstone.engine.text.layer_changes import changed_from_shipped, guard_said, shown_pattern
from touchstone.engine.text.layer_check import spellings
from touchstone.engine.text.matcher import Guard
from touchstone.engine.text.normalize import key_of
from touchstone.engine.text.taxonomy import (
    RELATIONS,
    Concept,
    Taxonomy,
    Vocabulary,
    shipped,
)
from touchstone.ui.bilingual import active_language, choose

KIND_NAMES = {
    "skill": Bilingual("能力", "Skill"),
    "tool": Bilingual("工具", "Tool"),
    "method": Bilingual("方法", "Method"),
    "metric": Bilingual("指标", "Metric"),
    "task": Bilingual("任务", "Task"),
    "industry": Bilingual("行业用语", "Industry term"),
    "soft": Bilingual("行为特质", "Soft behaviour"),
}
FIELD_NAMES = {
    "zh": Bilingual("中文名", "Chinese name"),
    "en": Bilingual("英文名", "English name"),
    "kind": Bilingual("类别", "Kind"),
    "aliases": Bilingual("说法", "Spellings"),
    "add": Bilingual("新增说法", "Added spellings"),
    "remove": Bilingual("停用说法", "Suppressed spellings"),
    "guards": Bilingual("条件", "Guards"),
    "is_a": Bilingual("是一种", "Is a"),
    "part_of": Bilingual("属于", "Part of"),
    "evidence_for": Bilingual("能证明", "Evidence for"),
}
POLARITIES = {
    "own": Bilingual("本人做过", "their own"),
    "past": Bilingual("很久以前", "long ago"),
    "team": Bilingual("团队的", "the team's"),
    "negated": Bilingual("说没做过", "said not to have"),
    "wished": Bilingual("想做", "wished for"),
    "other_person": Bilingual("别人的", "someone else's"),
}
BLANK_GUARDS = 2
_SPLIT = re.compile(r"[、,，;；\n|]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One concept of the list.

    Attributes:
        own: "new" or "changed" where the company said something of it, else "".
    """

    concept: Concept
    aliases: tuple[str, ...]
    above: tuple[Concept, ...]
    guarded: bool
    own: str
    people: int


def concept_rows(
    known: Taxonomy,
    layer: Mapping[str, Any],
    counts: Mapping[str, int],
    *,
    words: str = "",
    kind: str = "",
    only: str = "",
    sort: str = "",
) -> list[Row]:
    """Concepts found by words (in either language, any spelling) and filters."""
    own = changed_from_shipped(layer)
    found: list[tuple[int, Row]] = []
    wanted = key_of(words)
    for concept in known.concepts.values():
        rank = _rank(wanted, concept.id, _keys(known)[concept.id]) if wanted else 0
        if rank < 0 or (kind and concept.kind != kind):
            continue
        row = Row(
            concept,
            concept.aliases,
            tuple(known.concepts[p] for p in concept.parents),
            bool(known.guards.get(concept.id)),
            own.get(concept.id, ""),
            counts.get(concept.id, 0),
        )
        if _kept(row, only):
            found.append((rank, row))
    return [row for _rank_, row in sorted(found, key=lambda pair: _order(pair, sort))]


def _kept(row: Row, only: str) -> bool:
    if only == "own":
        return bool(row.own)
    if only == "guarded":
        return row.guarded
    if only == "credited":
        return row.people > 0
    return True


def _order(pair: tuple[int, Row], sort: str) -> tuple[Any, ...]:
    rank, row = pair
    if sort == "-people":
        return (-row.people, rank)
    if sort == "people":
        return (row.people, rank)
    if sort in {"name", "-name"}:
        name = (row.concept.en if active_language() == "en" else row.concept.zh).lower()
        return (tuple(-ord(ch) for ch in name),) if sort == "-name" else (name,)
    return (rank,)


def _rank(wanted: str, concept_id: str, keys: Sequence[str]) -> int:
    """0 for the very word, 1 for its beginning, 2 for a part, −1 where it is nowhere."""
    if wanted in keys or wanted == concept_id:
        return 0
    if any(key.startswith(wanted) for key in keys):
        return 1
    return 2 if any(wanted in key for key in keys) or wanted in concept_id else -1


@functools.lru_cache(maxsize=2)
def _keys(known: Taxonomy) -> dict[str, tuple[str, ...]]:
    whole = Vocabulary(known.concepts, known.guards, known.sha256)
    return {
        concept.id: tuple(key_of(s) for s in spellings(concept, whole))
        for concept in known.concepts.values()
    }


def tree_nodes(known: Taxonomy, concept: str = "") -> list[tuple[Concept, int]]:
    """What stands directly below a concept (without one: what stands below nothing), each with
    how much stands below it."""
    ids: Iterable[str] = (
        known.children(concept)
        if concept
        else (c.id for c in known.concepts.values() if not c.parents)
    )
    nodes = [(known.concepts[i], len(known.children(i))) for i in ids]
    return sorted(nodes, key=lambda node: (-node[1], node[0].id))


@dataclass(frozen=True, slots=True)
class GuardRow:
    """A guard as its fields show it."""

    number: int
    alias: str = ""
    near: str = ""
    not_near: str = ""
    case: bool = False
    listed: bool = False
    rest: str = ""


@dataclass(frozen=True, slots=True)
class ConceptForm:
    """A concept as the draft has it, for the form."""

    id: str
    concept: Concept
    new: bool
    shipped_aliases: tuple[tuple[str, bool], ...]
    added: str
    relations: tuple[tuple[str, Bilingual, str], ...]
    guards: tuple[GuardRow, ...]
    changed: bool


def concept_form(concept_id: str, draft: Mapping[str, Any], known: Taxonomy) -> ConceptForm:
    """The form of one concept, filled with what the draft says.

    Raises:
        KeyError: neither what is shipped nor the draft has it.
    """
    layer = parse_layer({concept_id: draft[concept_id]} if concept_id in draft else {})
    before = shipped().concepts.get(concept_id)
    if before is None and concept_id not in layer:
        raise KeyError(concept_id)
    change = layer.get(concept_id, Change())
    concept = applied(change, concept_id, before)
    gone = {key_of(alias) for alias in change.remove}
    rules = merged(layer).guards.get(concept_id, {})
    rules = {**rules, **change.guards}
    return ConceptForm(
        id=concept_id,
        concept=concept,
        new=before is None,
        shipped_aliases=tuple(
            (alias, key_of(alias) not in gone) for alias in (before.aliases if before else ())
        ),
        added="\n".join(change.add),
        relations=tuple(
            (name, FIELD_NAMES[name], "\n".join(_shown(p, known) for p in getattr(concept, name)))
            for name in RELATIONS
        ),
        guards=_guard_rows(rules),
        changed=not change.empty,
    )


def _guard_rows(rules: Mapping[str, Guard]) -> tuple[GuardRow, ...]:
    rows = [
        GuardRow(
            number,
            alias,
            shown_pattern(guard.near),
            shown_pattern(guard.not_near),
            bool(guard.case),
            guard.listed,
            _rest(guard),
        )
        for number, (alias, guard) in enumerate(sorted(rules.items()))
    ]
    return (*rows, *(GuardRow(len(rows) + n) for n in range(BLANK_GUARDS)))


def _rest(guard: Guard) -> str:
    """The parts of a guard that have no field, in words."""
    bare = replace(guard, near="", not_near="", case="", listed=False)
    if bare == Guard():
        return ""
    words = guard_said("", bare)
    return words.text(active_language()).lstrip("：: ")


def _shown(concept_id: str, known: Taxonomy) -> str:
    """A concept by its name where that is unmistakable, else by its id."""
    concept = known.concepts.get(concept_id)
    if concept is None:
        return concept_id
    name = choose(concept.zh, concept.en)
    return name if known.matcher.claims(name) == (concept_id,) else concept_id


def change_of_form(
    form: QueryDict, concept_id: str, draft: Mapping[str, Any], known: Taxonomy
) -> Change:
    """What the form says of a concept, as a difference to what is shipped."""
    before = shipped().concepts.get(concept_id)
    kept = set(form.getlist("keep"))
    aliases = [a for a in (before.aliases if before else ()) if a in kept]
    added = [line.strip() for line in form.get("add", "").splitlines() if line.strip()]
    relations = {name: _ids(form.get(name, ""), known, concept_id) for name in RELATIONS}
    wanted = Concept(
        concept_id,
        form.get("kind", ""),
        form.get("zh", "").strip(),
        form.get("en", "").strip(),
        tuple(aliases),
        **relations,
    )
    change = concept_change(wanted, before)
    held = merged(parse_layer({concept_id: draft[concept_id]} if concept_id in draft else {}))
    return replace(
        change,
        add=tuple(dict.fromkeys((*change.add, *added))),
        guards=_guards(form, concept_id, held),
    )


def _guards(form: QueryDict, concept_id: str, held: Vocabulary) -> dict[str, Guard]:
    """Guards that are not as shipped. A shipped one whose alias is gone from the form is lifted."""
    ours = shipped().guards.get(concept_id, {})
    now = held.guards.get(concept_id, {})
    found: dict[str, Guard] = {}
    for number in range(len(now) + BLANK_GUARDS + 1):
        alias = form.get(f"guard-{number}-alias", "").strip()
        if not alias:
            continue
        was = next((g for a, g in now.items() if key_of(a) == key_of(alias)), Guard())
        case = alias if form.get(f"guard-{number}-case") else ""
        if case and was.case and key_of(was.case) == key_of(alias):
            case = was.case
        found[alias] = replace(
            was,
            near=_pattern(form.get(f"guard-{number}-near", ""), was.near),
            not_near=_pattern(form.get(f"guard-{number}-not_near", ""), was.not_near),
            case=case,
            listed=bool(form.get(f"guard-{number}-listed")),
        )
    lifted = {
        alias: Guard() for alias in ours if not any(key_of(a) == key_of(alias) for a in found)
    }
    return {a: g for a, g in (found | lifted).items() if ours.get(a) != g}


def _pattern(typed: str, was: str) -> str:
    """Words become a pattern; what stands between slashes is one already, and what was left as it
    was stays the very same."""
    typed = typed.strip()
    if typed == shown_pattern(was):
        return was
    if len(typed) > 2 and typed[0] == typed[-1] == "/":
        return typed[1:-1]
    return words_pattern(word.strip() for word in _SPLIT.split(typed))


def _ids(typed: str, known: Taxonomy, own: str) -> tuple[str, ...]:
    """Ids of the concepts named, one a line; what is no concept stays as typed."""
    found: dict[str, None] = {}
    for line in filter(None, (part.strip() for part in _SPLIT.split(typed))):
        if line in known.concepts:
            found[line] = None
            continue
        claims = [c for c in known.matcher.claims(line) if c != own] or [line]
        found[claims[0]] = None
    return tuple(found)
