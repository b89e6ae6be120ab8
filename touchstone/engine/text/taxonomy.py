"""The trade's concepts: names, aliases, kinds, relations, guards; read from YAML and checked.

Groups of concepts stand in `touchstone/content/taxonomy/*.yaml`; a company adds files of the same
form in a folder of its own, whose concepts add to or replace ours::

    - kind: tool                  # skill | tool | method | metric | task | industry | soft
      is_a: [framework]           # each item is a kind of these …
      part_of: []                 # … a part of these …
      evidence_for: [deep_learning]   # … and whoever has done it has done some of these
      items:
        pytorch: PyTorch | PyTorch | torch; pytorch lightning | part_of=x,y

An item is ``中文名 | English name | alias; alias | relations of its own``. `guards.yaml` says, by
concept and alias, what must stand around a word that also means something else; a file may hold
guards as a YAML document of their own as well, behind ``---``.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say
from touchstone.engine.text.lexicon import CONTENT, PLAIN_LOADER
from touchstone.engine.text.matcher import Alias, AliasMatcher, Guard
from touchstone.engine.text.normalize import key_of

Lang = Literal["zh", "en"]
KINDS = ("skill", "tool", "method", "metric", "task", "industry", "soft")
RELATIONS = ("is_a", "part_of", "evidence_for")
GUARDS = "guards.yaml"
_PRACTICAL = {"skill", "tool", "method"}
PATTERNS = ("after", "not_after", "before", "not_before", "near", "not_near")


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that a resume, a model or a question may speak of.

    Attributes:
        id: lower case and underscores, never changed once in use.
        kind: one of `KINDS`.
        zh: its Chinese name.
        en: its English name.
        aliases: other spellings in either language, the names not among them.
        is_a: what it is a kind of; ``part_of`` what it is a part of; ``evidence_for`` what having
            done it speaks for.
    """

    id: str
    kind: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()
    is_a: tuple[str, ...] = ()
    part_of: tuple[str, ...] = ()
    evidence_for: tuple[str, ...] = ()

    @property
    def parents(self) -> tuple[str, ...]:
        """What evidence for this concept is also evidence for, one step up."""
        return tuple(dict.fromkeys((*self.is_a, *self.part_of, *self.evidence_for)))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Concepts and guards as read, not yet tied together."""

    concepts: Mapping[str, Concept]
    guards: Mapping[str, Mapping[str, Guard]]
    sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class Taxonomy:
    """All concepts with their relations and the automaton that finds them. Equal to itself only,
    so that what is compiled from it can be kept beside it.

    Attributes:
        sha256: of everything it was made from.
        layer: SHA-256 of the company's own layer; empty for what comes with the product.
    """

    concepts: Mapping[str, Concept]
    guards: Mapping[str, Mapping[str, Guard]]
    sha256: str
    matcher: AliasMatcher = field(repr=False)
    _ancestors: Mapping[str, tuple[str, ...]] = field(repr=False)
    _children: Mapping[str, tuple[str, ...]] = field(repr=False)
    layer: str = ""

    def concept(self, concept_id: str) -> Concept:
        """The concept of that id.

        Raises:
            KeyError: there is none.
        """
        return self.concepts[concept_id]

    def ancestors(self, concept_id: str) -> tuple[str, ...]:
        """Everything above a concept by any relation, nearest first, itself not among them."""
        return self._ancestors[concept_id]

    def children(self, concept_id: str) -> tuple[str, ...]:
        """Concepts one step below by any relation, in the order of the files."""
        return self._children.get(concept_id, ())

    def name(self, concept_id: str, lang: Lang = "zh") -> str:
        """The concept's name in that language."""
        concept = self.concepts[concept_id]
        return concept.zh if lang == "zh" else concept.en

    def find(self, words: str) -> tuple[str, ...]:
        """Ids of the concepts that have these words as name or alias, else that occur in them."""
        exact = self.matcher.claims(words)
        if exact:
            return exact
        return tuple(dict.fromkeys(hit.concept for hit in self.matcher.find(words)))


@functools.cache
def taxonomy() -> Taxonomy:
    """The built-in taxonomy."""
    known = shipped()
    return build(known.concepts, known.guards, known.sha256)


@functools.cache
def shipped() -> Vocabulary:
    """Concepts and guards that come with the product."""
    return read_vocabulary(())


def load_taxonomy(folders: Sequence[Path]) -> Taxonomy:
    """The built-in concepts with those of a company's own folders, later ones winning.

    Raises:
        InvalidInput: a file is malformed; the message names it and says what is wrong.
    """
    known = read_vocabulary(folders)
    return build(known.concepts, known.guards, known.sha256)


def read_vocabulary(folders: Sequence[Path]) -> Vocabulary:
    """As `load_taxonomy`, not yet tied together.

    Raises:
        InvalidInput: a file is malformed.
    """
    concepts: dict[str, Concept] = {}
    guards: dict[str, dict[str, Guard]] = {}
    digest = hashlib.sha256()
    for folder in (CONTENT / "taxonomy", *folders):
        for path in sorted(folder.glob("*.yaml")):
            raw = path.read_bytes()
            digest.update(path.name.encode() + b"\0" + raw)
            for data in documents(raw, path.name):
                if path.name == GUARDS or is_guards(data):
                    read_guards(data, path.name, guards, checked=folder in folders)
                else:
                    concepts |= {c.id: c for c in read_concepts(data, path.name)}
    return Vocabulary(concepts, guards, digest.hexdigest())


def is_guards(data: Any) -> bool:
    """Whether a document holds guards: concept → alias → rule."""
    return isinstance(data, dict) and all(
        isinstance(aliases, dict) and all(isinstance(rule, dict) for rule in aliases.values())
        for aliases in data.values()
    )


def documents(raw: bytes, source: str) -> list[Any]:
    """The YAML documents of a file, every word a string.

    Raises:
        InvalidInput: it is no YAML; the message names the line.
    """
    try:
        return list(yaml.load_all(raw, Loader=PLAIN_LOADER))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        raise InvalidInput(say("taxonomy.not_yaml", file=source, line=line)) from error


def build(
    concepts: Mapping[str, Concept],
    guards: Mapping[str, Mapping[str, Guard]],
    sha256: str,
    layer: str = "",
) -> Taxonomy:
    """Ties concepts together.

    Raises:
        InvalidInput: a relation or a guard names a concept that does not exist, or a circle.
    """
    children: dict[str, list[str]] = {}
    for concept in concepts.values():
        for parent in concept.parents:
            if parent not in concepts:
                raise InvalidInput(
                    say("taxonomy.unknown_parent", concept=concept.id, parent=parent)
                )
            children.setdefault(parent, []).append(concept.id)
    for concept_id in guards:
        if concept_id not in concepts:
            raise InvalidInput(say("taxonomy.unknown_guarded", concept=concept_id))
    return Taxonomy(
        concepts=concepts,
        guards=guards,
        sha256=sha256,
        matcher=AliasMatcher(_aliases(concepts.values(), guards)),
        _ancestors={c: _above(c, concepts) for c in concepts},
        _children={c: tuple(below) for c, below in children.items()},
        layer=layer,
    )


def _above(concept_id: str, concepts: Mapping[str, Concept]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    level: tuple[str, ...] = (concept_id,)
    while level:
        above = [p for c in level for p in concepts[c].parents if p not in found]
        if concept_id in above:
            raise InvalidInput(say("taxonomy.circle", concept=concept_id))
        found |= dict.fromkeys(above)
        level = tuple(above)
    return tuple(found)


def _aliases(concepts: Iterable[Concept], guards: Mapping[str, Mapping[str, Guard]]) -> list[Alias]:
    aliases = []
    for concept in concepts:
        guarded = guards.get(concept.id, {})
        practical = concept.kind in _PRACTICAL
        for spelling in dict.fromkeys((concept.zh, concept.en, *concept.aliases, *guarded)):
            guard = guarded.get(spelling)
            if guard is None and guarded:
                key = key_of(spelling)
                guard = next((g for a, g in guarded.items() if key_of(a) == key), None)
            aliases.append(Alias(spelling, concept.id, guard, practical))
    return aliases


def read_concepts(data: Any, source: str) -> list[Concept]:
    """Concepts of one file's groups.

    Raises:
        InvalidInput: not groups of the form described above.
    """
    if not isinstance(data, list):
        raise InvalidInput(say("taxonomy.not_groups", file=source))
    found: list[Concept] = []
    for group in data:
        if not isinstance(group, dict) or group.get("kind") not in KINDS:
            kind = str(group.get("kind", "")) if isinstance(group, dict) else ""
            raise InvalidInput(say("taxonomy.unknown_kind", file=source, kind=kind))
        common = {name: tuple(group.get(name) or ()) for name in RELATIONS}
        for concept_id, item in (group.get("items") or {}).items():
            found.append(_concept(str(concept_id), str(group["kind"]), str(item), common, source))
    return found


def _concept(
    concept_id: str, kind: str, item: str, common: Mapping[str, tuple[str, ...]], source: str
) -> Concept:
    fields = [part.strip() for part in item.split("|")]
    if len(fields) not in {2, 3, 4} or not fields[0] or not fields[1]:
        raise InvalidInput(say("taxonomy.malformed_item", file=source, concept=concept_id))
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,63}", concept_id):
        raise InvalidInput(say("taxonomy.malformed_id", file=source, concept=concept_id))
    aliases = tuple(a.strip() for a in fields[2].split(";") if a.strip()) if len(fields) > 2 else ()
    own = _relations(fields[3], concept_id, source) if len(fields) > 3 else {}
    is_a, part_of, evidence_for = ((*common[r], *own.get(r, ())) for r in RELATIONS)
    return Concept(concept_id, kind, fields[0], fields[1], aliases, is_a, part_of, evidence_for)


def _relations(text: str, concept_id: str, source: str) -> dict[str, tuple[str, ...]]:
    own: dict[str, tuple[str, ...]] = {}
    for part in filter(None, (p.strip() for p in text.split(";"))):
        name, _, ids = part.partition("=")
        if name.strip() not in RELATIONS or not ids.strip():
            raise InvalidInput(say("taxonomy.malformed_item", file=source, concept=concept_id))
        own[name.strip()] = tuple(i.strip() for i in ids.split(",") if i.strip())
    return own


def read_guards(
    data: Any, source: str, into: dict[str, dict[str, Guard]], *, checked: bool = True
) -> None:
    """Adds the guards of one file.

    Args:
        checked: try every pattern now; our own are tried by a test, not at each start.

    Raises:
        InvalidInput: an unknown key or a pattern that is none.
    """
    for concept_id, aliases in (data or {}).items():
        for alias, rule in aliases.items():
            unknown = set(rule) - {*PATTERNS, "case", "listed"}
            if unknown:
                name = ", ".join(sorted(unknown))
                raise InvalidInput(
                    say("taxonomy.unknown_guard", file=source, concept=concept_id, name=name)
                )
            patterns = {k: str(rule[k]) for k in PATTERNS if rule.get(k)}
            try:
                for pattern in patterns.values() if checked else ():
                    re.compile(pattern)
            except re.error as error:
                raise InvalidInput(
                    say("taxonomy.bad_pattern", file=source, concept=concept_id, reason=str(error))
                ) from error
            case, listed = str(rule.get("case", "")), str(rule.get("listed", "")).lower()
            guard = Guard(case=case, listed=listed == "true", **patterns)
            into.setdefault(str(concept_id), {})[str(alias)] = guard
