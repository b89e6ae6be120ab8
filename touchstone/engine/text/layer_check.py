"""What is wrong, or may go wrong, with a company's own layer of concepts, before it is used."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from touchstone.common.messages import Bilingual, Message, say
from touchstone.engine.text.layer import (
    LONGEST,
    MOST_ALIASES,
    MOST_CONCEPTS,
    Change,
    Layer,
    merged,
)
from touchstone.engine.text.matcher import Guard
from touchstone.engine.text.normalize import key_of
from touchstone.engine.text.taxonomy import (
    KINDS,
    PATTERNS,
    RELATIONS,
    Concept,
    Vocabulary,
    shipped,
    taxonomy,
)

SHORT_LATIN, UNSURE_LATIN, SHORT_HAN = 2, 3, 1
LONGEST_PATTERN = 300
MOST_REPEATS = 2
_ENDLESS = re.compile(r"(?<!\\)(?:[*+]|\{\d*,\})")
_ANY_ENDLESS = re.compile(r"(?<!\\)\.(?:[*+]|\{\d*,\})")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend (error) or to look at (warning), and where.

    Attributes:
        field: zh, en, kind, add, remove, guards, or a relation.
    """

    level: Literal["error", "warning"]
    concept: str
    field: str
    message: Message


def check_layer(
    layer: Layer, *, ordinary: Collection[str] = (), base: Vocabulary | None = None
) -> tuple[Finding, ...]:
    """Looks a layer over; without errors `layered` takes it.

    Args:
        ordinary: words that say nothing by themselves, in lower case.
    """
    known = base or shipped()
    if len(layer) > MOST_CONCEPTS:
        message = say("taxonomy.too_many", n=len(layer), most=MOST_CONCEPTS)
        return (Finding("error", "", "", message),)
    whole = merged(layer, known)
    owners = _owners(whole)
    found: list[Finding] = []
    for concept_id, change in layer.items():
        look = _Look(concept_id, change, whole, owners, known, frozenset(ordinary))
        found += look.findings()
    if not any(f.level == "error" and f.field in RELATIONS for f in found):
        found += _circles(layer, whole)
    return tuple(found)


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether something must be mended before the layer can be used."""
    return any(finding.level == "error" for finding in findings)


def _owners(whole: Vocabulary) -> dict[str, list[str]]:
    """Who spells itself so, by the form under which a spelling is looked for."""
    owners: dict[str, list[str]] = {}
    for concept in whole.concepts.values():
        for spelling in spellings(concept, whole):
            claims = owners.setdefault(key_of(spelling), [])
            if concept.id not in claims:
                claims.append(concept.id)
    return owners


def spellings(concept: Concept, whole: Vocabulary) -> list[str]:
    """Every way to write a concept: names, aliases, and what only its guards name."""
    guarded = whole.guards.get(concept.id, {})
    return list(dict.fromkeys((concept.zh, concept.en, *concept.aliases, *guarded)))


def named(concept: Concept) -> Bilingual:
    """The concept's names, for a message."""
    return Bilingual(concept.zh or concept.id, concept.en or concept.id)


class _Look:
    """One concept of the layer looked over."""

    def __init__(
        self,
        concept_id: str,
        change: Change,
        whole: Vocabulary,
        owners: Mapping[str, list[str]],
        known: Vocabulary,
        ordinary: frozenset[str],
    ) -> None:
        self.id, self.change, self.whole, self.owners = concept_id, change, whole, owners
        self.known, self.ordinary = known, ordinary
        self.concept = whole.concepts[concept_id]
        self.found: list[Finding] = []

    def findings(self) -> list[Finding]:
        self._identity()
        for spelling, field in self._new_spellings():
            self._spelling(spelling, field)
        self._removed()
        self._relations()
        for alias, guard in self.change.guards.items():
            self._guard(alias, guard)
        return self.found

    def _say(self, field: str, message: Message, *, warning: bool = False) -> None:
        self.found.append(Finding("warning" if warning else "error", self.id, field, message))

    def _identity(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]{1,63}", self.id):
            self._say("", say("taxonomy.id_wrong", id=self.id))
        if self.change.new and self.id in self.known.concepts:
            name = named(self.known.concepts[self.id])
            self._say("", say("taxonomy.id_taken", id=self.id, name=name))
        if not self.change.new and self.id not in self.known.concepts:
            self._say("", say("taxonomy.no_such_concept", id=self.id))
        if not self.concept.zh:
            self._say("zh", say("taxonomy.name_missing_zh"))
        if not self.concept.en:
            self._say("en", say("taxonomy.name_missing_en"))
        if self.concept.kind not in KINDS:
            self._say("kind", say("taxonomy.kind_unknown", kind=self.concept.kind))
        if len(self.change.add) > MOST_ALIASES:
            message = say("taxonomy.aliases_many", n=len(self.change.add), most=MOST_ALIASES)
            self._say("add", message)

    def _new_spellings(self) -> list[tuple[str, str]]:
        names = [(v, f) for f in ("zh", "en") if (v := getattr(self.change, f))]
        return [*names, *((alias, "add") for alias in self.change.add)]

    def _spelling(self, spelling: str, field: str) -> None:
        key = key_of(spelling)
        if len(spelling) > LONGEST or any(sign in spelling for sign in "|;\n"):
            self._say(field, say("taxonomy.alias_malformed", alias=spelling[:40], most=LONGEST))
            return
        if not any(ch.isalnum() for ch in key):
            self._say(field, say("taxonomy.alias_empty", alias=spelling))
            return
        for other in self.owners.get(key, ()):
            if other != self.id:
                name = named(self.whole.concepts[other])
                self._say(field, say("taxonomy.alias_taken", alias=spelling, name=name))
        before = self.known.concepts.get(self.id)
        if field == "add" and before is not None:
            held = {key_of(s) for s in spellings(before, self.known)} - {
                key_of(alias) for alias in self.change.remove
            }
            if key in held:
                self._say(field, say("taxonomy.alias_known", alias=spelling), warning=True)
        if field == "add" or len(key) <= SHORT_LATIN:
            self._short(spelling, key, field)

    def _short(self, spelling: str, key: str, field: str) -> None:
        guarded = any(
            key_of(alias) == key and guard != Guard()
            for alias, guard in self.whole.guards.get(self.id, {}).items()
        )
        if guarded:
            return
        latin = key.isascii()
        if key in self.ordinary:
            self._say(field, say("taxonomy.alias_ordinary", alias=spelling))
        elif len(key) <= (SHORT_LATIN if latin else SHORT_HAN):
            self._say(field, say("taxonomy.alias_short", alias=spelling))
        elif latin and key.isalpha() and len(key) <= UNSURE_LATIN:
            self._say(field, say("taxonomy.alias_unsure", alias=spelling), warning=True)
        within = [
            hit.concept
            for hit in taxonomy().matcher.find(spelling)
            if hit.concept != self.id and (hit.start, hit.end) != (0, len(spelling))
        ]
        if within:
            name = named(self.whole.concepts[within[0]])
            self._say(field, say("taxonomy.alias_within", alias=spelling, name=name), warning=True)

    def _removed(self) -> None:
        before = self.known.concepts.get(self.id)
        held = {key_of(alias) for alias in before.aliases} if before else set()
        names = {key_of(n) for n in (before.zh, before.en)} if before else set()
        for alias in self.change.remove:
            if key_of(alias) in names - held:
                self._say("remove", say("taxonomy.name_is_spelling", alias=alias))
            elif key_of(alias) not in held:
                self._say("remove", say("taxonomy.alias_not_there", alias=alias))

    def _relations(self) -> None:
        for relation in RELATIONS:
            for parent in getattr(self.change, relation) or ():
                if parent == self.id:
                    self._say(relation, say("taxonomy.relation_self"))
                elif parent not in self.whole.concepts:
                    self._say(relation, say("taxonomy.relation_unknown", parent=parent))
        if self.change.new and not self.concept.parents:
            self._say("is_a", say("taxonomy.relation_none"), warning=True)

    def _guard(self, alias: str, guard: Guard) -> None:
        held = {key_of(s) for s in (self.concept.zh, self.concept.en, *self.concept.aliases)}
        shipped_rules = self.known.guards.get(self.id, {})
        shipped_one = any(key_of(a) == key_of(alias) for a in shipped_rules)
        if key_of(alias) not in held and not shipped_one:
            self._say("guards", say("taxonomy.guard_of_nothing", alias=alias))
        if guard == Guard() and not shipped_one:
            self._say("guards", say("taxonomy.guard_empty", alias=alias))
        for name in PATTERNS:
            pattern = getattr(guard, name)
            reason = pattern_fault(pattern) if pattern else ""
            if reason:
                self._say("guards", say(f"taxonomy.pattern_{reason}", alias=alias))
        if guard.case and key_of(guard.case) != key_of(alias):
            self._say("guards", say("taxonomy.guard_case", alias=alias, case=guard.case))


def pattern_fault(pattern: str) -> str:
    """Why a pattern is not taken: "wrong", or "slow" where some text could keep it busy."""
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return "wrong"
    endless = len(_ENDLESS.findall(pattern))
    slow = (
        len(pattern) > LONGEST_PATTERN
        or endless > MOST_REPEATS
        or _ANY_ENDLESS.search(pattern) is not None
        or _repeats_repeats(pattern)
    )
    return "slow" if slow else ""


def _repeats_repeats(pattern: str) -> bool:
    """Whether a group that repeats something is itself repeated, as in ``(a+)+``."""
    open_groups: list[bool] = []
    last_closed = False
    at, in_class = 0, False
    while at < len(pattern):
        ch = pattern[at]
        if ch == "\\":
            at, last_closed = at + 2, False
            continue
        if in_class:
            in_class = ch != "]"
        elif ch == "[":
            in_class = True
        elif ch == "(":
            open_groups.append(False)
        elif ch == ")":
            last_closed = open_groups.pop()
            if open_groups and last_closed:
                open_groups[-1] = True
            at += 1
            if last_closed and at < len(pattern) and pattern[at] in "*+{":
                return True
            continue
        elif ch in "*+{" and open_groups:
            open_groups[-1] = True
        at += 1
    return False


def _circles(layer: Layer, whole: Vocabulary) -> list[Finding]:
    """Relations of the layer that lead back to where they start, each circle once."""
    found: list[Finding] = []
    seen: set[frozenset[str]] = set()
    for concept_id, change in layer.items():
        if all(getattr(change, relation) is None for relation in RELATIONS):
            continue
        circle = _circle(concept_id, whole)
        if not circle or frozenset(circle) in seen:
            continue
        seen.add(frozenset(circle))
        names = [named(whole.concepts[c]) for c in (*circle, circle[0])]
        way = Bilingual(" → ".join(n.zh for n in names), " → ".join(n.en for n in names))
        field = next(r for r in RELATIONS if getattr(change, r) is not None)
        found.append(Finding("error", concept_id, field, say("taxonomy.circle_way", way=way)))
    return found


def _circle(concept_id: str, whole: Vocabulary) -> tuple[str, ...]:
    """The shortest way up from a concept back to itself."""
    ways: dict[str, tuple[str, ...]] = {concept_id: (concept_id,)}
    level = [concept_id]
    while level:
        above: list[str] = []
        for concept in level:
            for parent in whole.concepts[concept].parents:
                if parent == concept_id:
                    return ways[concept]
                if parent not in ways and parent in whole.concepts:
                    ways[parent] = (*ways[concept], parent)
                    above.append(parent)
        level = above
    return ()
