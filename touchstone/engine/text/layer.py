"""A company's own layer over the shipped concepts: what it adds, takes away and says otherwise.

The layer holds differences only, so that a newer version of the shipped concepts shows through
wherever the company has said nothing::

    {"tsa": {"new": true, "kind": "tool", "zh": "试金标注台", "en": "Touchstone Annotator",
             "add": ["TSA"], "evidence_for": ["data_annotation"],
             "guards": {"TSA": {"near": "标注"}}},
     "prompt_engineering": {"add": ["提示词工程师"], "remove": ["咒语工程"]}}

`check.py` says what is wrong with one, `layer_files.py` reads and writes it in the shipped form.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from touchstone.engine.text.matcher import Guard
from touchstone.engine.text.normalize import flattened, key_of
from touchstone.engine.text.taxonomy import (
    PATTERNS,
    RELATIONS,
    Concept,
    Taxonomy,
    Vocabulary,
    build,
    shipped,
    taxonomy,
)

Document = dict[str, Any]
MOST_CONCEPTS = 2000
MOST_ALIASES = 60
LONGEST = 80
_PLAIN = re.compile(r"(?:\\b)?((?:[^\\.^$*+?{}\[\]|()]|\\[^a-zA-Z0-9])+?)(?:s\?)?(?:\\b)?")


@dataclass(frozen=True, slots=True)
class Change:
    """What the layer says of one concept; None and empty where it says nothing.

    Attributes:
        new: the shipped concepts have none of this id.
        add: further spellings. remove: shipped aliases that do not count here.
        guards: what must stand around an alias, in place of what is shipped; an empty guard lifts
            the shipped one.
    """

    new: bool = False
    kind: str | None = None
    zh: str | None = None
    en: str | None = None
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    is_a: tuple[str, ...] | None = None
    part_of: tuple[str, ...] | None = None
    evidence_for: tuple[str, ...] | None = None
    guards: Mapping[str, Guard] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return self == Change()


Layer = Mapping[str, Change]


def parse_layer(document: Mapping[str, Any]) -> dict[str, Change]:
    """The layer that a document holds. Takes whatever was typed; `check_layer` judges it."""
    return {
        str(concept): change
        for concept, row in sorted(document.items())
        if not (change := _change(row)).empty
    }


def _change(row: Mapping[str, Any]) -> Change:
    def words(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(w for item in row.get(name) or () if (w := str(item).strip())))

    def said(name: str) -> str | None:
        return str(row[name]).strip() if row.get(name) is not None else None

    is_a, part_of, evidence_for = (
        words(name) if row.get(name) is not None else None for name in RELATIONS
    )
    return Change(
        new=bool(row.get("new")),
        kind=said("kind"),
        zh=said("zh"),
        en=said("en"),
        add=words("add"),
        remove=words("remove"),
        is_a=is_a,
        part_of=part_of,
        evidence_for=evidence_for,
        guards={str(a): guard_of(rule) for a, rule in (row.get("guards") or {}).items()},
    )


def guard_of(rule: Mapping[str, Any]) -> Guard:
    """A guard from its keys, as `guards.yaml` has them."""
    patterns = {name: str(rule[name]) for name in PATTERNS if rule.get(name)}
    listed = str(rule.get("listed", "")).lower() == "true"
    return Guard(case=str(rule.get("case") or ""), listed=listed, **patterns)


def guard_document(guard: Guard) -> Document:
    """A guard as `guards.yaml` has it."""
    row: Document = {n: v for n in ("case", *PATTERNS) if (v := getattr(guard, n))}
    return row | ({"listed": True} if guard.listed else {})


def layer_document(layer: Layer) -> Document:
    """The layer as data, equal for equal layers; the opposite of `parse_layer`."""
    return {key: _document(layer[key]) for key in sorted(layer) if not layer[key].empty}


def _document(change: Change) -> Document:
    row: Document = {"new": True} if change.new else {}
    row |= {n: v for n in ("kind", "zh", "en") if (v := getattr(change, n)) is not None}
    row |= {n: list(v) for n in ("add", "remove") if (v := getattr(change, n))}
    row |= {n: list(v) for n in RELATIONS if (v := getattr(change, n)) is not None}
    if change.guards:
        row["guards"] = {a: guard_document(g) for a, g in sorted(change.guards.items())}
    return row


def layer_sha256(document: Mapping[str, Any]) -> str:
    """SHA-256 of a layer's canonical JSON; empty for a layer that says nothing."""
    if not document:
        return ""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def merged(layer: Layer, base: Vocabulary | None = None) -> Vocabulary:
    """Concepts and guards with the layer's differences applied, not yet tied together."""
    known = base or shipped()
    concepts = dict(known.concepts)
    guards = {concept: dict(rules) for concept, rules in known.guards.items()}
    for concept_id, change in layer.items():
        concepts[concept_id] = applied(change, concept_id, known.concepts.get(concept_id))
        for alias, guard in change.guards.items():
            own = guards.setdefault(concept_id, {})
            for spelt in [a for a in own if key_of(a) == key_of(alias)]:
                del own[spelt]
            own[alias] = guard
        gone = {key_of(alias) for alias in change.remove}
        guards[concept_id] = {
            a: g for a, g in guards.get(concept_id, {}).items() if key_of(a) not in gone
        }
    return Vocabulary(concepts, {c: g for c, g in guards.items() if g}, known.sha256)


def applied(change: Change, concept_id: str, before: Concept | None) -> Concept:
    """One concept as the layer has it."""
    was = before or Concept(concept_id, "skill", "", "")
    gone = {key_of(alias) for alias in change.remove}
    aliases = (*(a for a in was.aliases if key_of(a) not in gone), *change.add)
    own: dict[str, Any] = {
        name: value
        for name in ("kind", "zh", "en", *RELATIONS)
        if (value := getattr(change, name)) is not None
    }
    return replace(was, aliases=tuple(dict.fromkeys(aliases)), **own)


def layered(document: Mapping[str, Any]) -> Taxonomy:
    """The taxonomy with a layer over it; the same object for the same layer while it is in use.

    Raises:
        InvalidInput: relations lead nowhere or back to themselves.
    """
    if not document:
        return taxonomy()
    return _built(json.dumps(document, sort_keys=True, ensure_ascii=False))


@functools.lru_cache(maxsize=3)
def _built(text: str) -> Taxonomy:
    document = json.loads(text)
    whole, own = merged(parse_layer(document)), layer_sha256(document)
    sha256 = hashlib.sha256(f"{whole.sha256}/{own}".encode()).hexdigest()
    return build(whole.concepts, whole.guards, sha256, own)


def differences(wanted: Vocabulary, base: Vocabulary | None = None) -> dict[str, Change]:
    """The layer that makes the shipped concepts what is wanted. Concepts that ``wanted`` does not
    have stay as shipped."""
    known = base or shipped()
    layer: dict[str, Change] = {}
    for concept_id, concept in wanted.concepts.items():
        change = concept_change(concept, known.concepts.get(concept_id))
        was, now = known.guards.get(concept_id, {}), wanted.guards.get(concept_id, {})
        guards = {alias: guard for alias, guard in now.items() if was.get(alias) != guard}
        change = replace(change, guards=guards)
        if not change.empty:
            layer[concept_id] = change
    return layer


def differences_between(before: Taxonomy, after: Taxonomy) -> dict[str, Change]:
    """What the one says that the other does not."""
    wanted, base = (Vocabulary(t.concepts, t.guards, t.sha256) for t in (after, before))
    return differences(wanted, base)


def concept_change(concept: Concept, before: Concept | None) -> Change:
    """What has to be said of a concept so that it becomes this one, guards aside."""
    if before is None:
        return Change(
            new=True,
            kind=concept.kind,
            zh=concept.zh,
            en=concept.en,
            add=_others(concept.aliases, ()),
            is_a=concept.is_a or None,
            part_of=concept.part_of or None,
            evidence_for=concept.evidence_for or None,
        )
    own: dict[str, Any] = {
        name: value
        for name in ("kind", "zh", "en", *RELATIONS)
        if (value := getattr(concept, name)) != getattr(before, name)
    }
    return Change(
        add=_others(concept.aliases, before.aliases),
        remove=_others(before.aliases, concept.aliases),
        **own,
    )


def _others(aliases: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    held = {key_of(alias) for alias in known}
    return tuple(dict.fromkeys(alias for alias in aliases if key_of(alias) not in held))


def words_pattern(words: Iterable[str]) -> str:
    """A pattern that finds any of these words in a flattened text; Latin ones as whole words or
    their plurals."""
    forms = [form for word in words if (form := flattened(word).strip())]
    return "|".join(_word_pattern(form) for form in dict.fromkeys(forms))


def _word_pattern(form: str) -> str:
    first = r"\b" if form[0].isascii() and form[0].isalnum() else ""
    last = r"s?\b" if form[-1].isascii() and form[-1].isalnum() else ""
    return first + re.escape(form).replace(r"\ ", " ") + last


def pattern_words(pattern: str) -> tuple[str, ...] | None:
    """The words that a pattern is made of; None where it is more than words."""
    if not pattern:
        return ()
    found = []
    for part in pattern.split("|"):
        match = _PLAIN.fullmatch(part)
        if match is None:
            return None
        found.append(re.sub(r"\\(.)", r"\1", match[1]))
    return tuple(found)


def new_id(name: str, taken: Iterable[str]) -> str:
    """An id for a new concept from its English name: "Touchstone Annotator" → touchstone_annotator.

    A name without Latin letters gives ``own_`` and a number.
    """
    held = set(taken)
    stem = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:48]
    if not re.match(r"[a-z][a-z0-9_]", stem):
        stem = f"own_{stem}" if stem else "own"
    number, found = 1, stem
    while found in held or len(found) < 2:
        number += 1
        found = f"{stem}_{number}"
    return found


def credited(quotes: Sequence[str], known: Taxonomy) -> set[str]:
    """Concepts named by words that points rest on."""
    return {hit.concept for quote in quotes for hit in known.matcher.find(quote)}
