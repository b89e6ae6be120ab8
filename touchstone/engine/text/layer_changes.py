"""What one layer of concepts says that another does not, concept by concept, for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from touchstone.common.messages import Bilingual
from touchstone.engine.text.layer import guard_document, merged, parse_layer, pattern_words
from touchstone.engine.text.layer_check import named, spellings
from touchstone.engine.text.matcher import Guard
from touchstone.engine.text.taxonomy import RELATIONS, Concept, Vocabulary, shipped


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a concept: what is gone and what is new, each as words in both languages.

    Attributes:
        field: zh, en, kind, aliases, guards, or a relation.
    """

    field: str
    gone: tuple[Bilingual, ...]
    new: tuple[Bilingual, ...]


@dataclass(frozen=True, slots=True)
class ConceptChanges:
    """Attributes:
    kind: "added", "removed" or "changed".
    """

    id: str
    name: Bilingual
    kind: str
    fields: tuple[FieldChange, ...]


def layer_changes(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[ConceptChanges, ...]:
    """What the one document changes of the other."""
    one, other = (merged(parse_layer(document)) for document in (before, after))
    touched = {k for k in {*before, *after} if before.get(k) != after.get(k)}
    found = []
    for concept_id in sorted(touched):
        was, now = one.concepts.get(concept_id), other.concepts.get(concept_id)
        concept = now or was
        if concept is None:
            continue
        fields = tuple(_fields(was, now, one, other))
        if fields:
            kind = "added" if was is None else "removed" if now is None else "changed"
            found.append(ConceptChanges(concept_id, named(concept), kind, fields))
    return tuple(found)


def changed_from_shipped(document: Mapping[str, Any]) -> dict[str, str]:
    """Which concepts a layer touches: "new" or "changed"."""
    known = shipped().concepts
    return {key: "changed" if key in known else "new" for key in document}


def _fields(
    was: Concept | None, now: Concept | None, one: Vocabulary, other: Vocabulary
) -> Iterable[FieldChange]:
    for field in ("zh", "en", "kind"):
        pair = (_said(getattr(was, field, "")), _said(getattr(now, field, "")))
        if pair[0] != pair[1]:
            yield FieldChange(field, *pair)
    yield from _sets("aliases", _aliases(was, one), _aliases(now, other))
    for relation in RELATIONS:
        yield from _sets(
            relation,
            {p: _name(p, one) for p in getattr(was, relation, ())},
            {p: _name(p, other) for p in getattr(now, relation, ())},
        )
    yield from _sets("guards", _guards(was, one), _guards(now, other))


def _said(value: str) -> tuple[Bilingual, ...]:
    return (Bilingual(value, value),) if value else ()


def _aliases(concept: Concept | None, whole: Vocabulary) -> dict[str, Bilingual]:
    if concept is None:
        return {}
    names = {concept.zh, concept.en}
    return {a: Bilingual(a, a) for a in spellings(concept, whole) if a not in names}


def _name(concept_id: str, whole: Vocabulary) -> Bilingual:
    concept = whole.concepts.get(concept_id)
    return named(concept) if concept else Bilingual(concept_id, concept_id)


def _guards(concept: Concept | None, whole: Vocabulary) -> dict[str, Bilingual]:
    if concept is None:
        return {}
    rules = whole.guards.get(concept.id, {})
    return {f"{alias}/{guard_document(g)}": guard_said(alias, g) for alias, g in rules.items()}


def _sets(
    field: str, was: Mapping[str, Bilingual], now: Mapping[str, Bilingual]
) -> Iterable[FieldChange]:
    gone = tuple(words for key, words in was.items() if key not in now)
    new = tuple(words for key, words in now.items() if key not in was)
    if gone or new:
        yield FieldChange(field, gone, new)


def guard_said(alias: str, guard: Guard) -> Bilingual:
    """A guard in words."""
    zh, en = [], []
    for pattern, said_zh, said_en in (
        (guard.near, "同一行要有", "needs in its line"),
        (guard.not_near, "同一行不能有", "must not have in its line"),
        (guard.before, "前面要是", "needs before it"),
        (guard.after, "后面要是", "needs behind it"),
        (guard.not_before, "前面不能是", "must not have before it"),
        (guard.not_after, "后面不能是", "must not have behind it"),
    ):
        if pattern:
            words = shown_pattern(pattern)
            zh.append(f"{said_zh} {words}")
            en.append(f"{said_en} {words}")
    if guard.case:
        zh.append(f"要写成 {guard.case}")
        en.append(f"must be spelt {guard.case}")
    if guard.listed:
        zh.append("和别的技能并列也算")
        en.append("also counts in a list of skills")
    if not zh:
        return Bilingual(f"{alias}：不设条件", f"{alias}: no guard")
    return Bilingual(f"{alias}：{'；'.join(zh)}", f"{alias}: {'; '.join(en)}")


def shown_pattern(pattern: str) -> str:
    """Words where a pattern is made of words, else the pattern between slashes."""
    words = pattern_words(pattern)
    return f"/{pattern}/" if words is None else "、".join(words)
