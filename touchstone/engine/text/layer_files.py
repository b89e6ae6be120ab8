"""A company's layer as a file of the shipped form: groups of concepts, and behind ``---`` guards.

The file says of each concept touched all that holds of it, so that a folder with it in serves
`load_taxonomy` as well; read back, it becomes the differences to what is shipped again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say
from touchstone.engine.text.layer import (
    Change,
    Layer,
    differences,
    guard_document,
    merged,
)
from touchstone.engine.text.matcher import Guard
from touchstone.engine.text.taxonomy import (
    KINDS,
    RELATIONS,
    Concept,
    Vocabulary,
    documents,
    is_guards,
    read_concepts,
    read_guards,
    shipped,
)

MOST_BYTES = 2 * 1024 * 1024


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key, as the shipped files do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def layer_yaml(layer: Layer) -> str:
    """The layer in the shipped form. The opposite of `read_layer`."""
    whole = merged(layer)
    groups: list[dict[str, Any]] = []
    for kind in KINDS:
        items = {
            concept.id: _item(concept)
            for concept_id in sorted(layer)
            if (concept := whole.concepts[concept_id]).kind == kind
        }
        if items:
            groups.append({"kind": kind, "items": items})
    guards = {
        concept: rules
        for concept in sorted(layer)
        if (rules := _guards(concept, layer[concept], whole))
    }
    parts = [groups, guards] if guards else [groups]
    return "---\n".join(
        yaml.dump(part, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1000)
        for part in parts
    )


def _guards(concept: str, change: Change, whole: Vocabulary) -> dict[str, Any]:
    rules = {alias: guard_document(g) for alias, g in whole.guards.get(concept, {}).items()}
    return rules if change.guards else {}


def _item(concept: Concept) -> str:
    relations = "; ".join(
        f"{name}={','.join(ids)}" for name in RELATIONS if (ids := getattr(concept, name))
    )
    parts = [concept.zh, concept.en, "; ".join(concept.aliases), relations]
    while len(parts) > 2 and not parts[-1]:
        parts.pop()
    return " | ".join(parts)


def read_layer(files: Iterable[tuple[str, bytes]]) -> dict[str, Change]:
    """The layer that files of the shipped form make.

    Raises:
        InvalidInput: a file is malformed or too large; the message names it.
    """
    concepts: dict[str, Concept] = {}
    guards: dict[str, dict[str, Guard]] = {}
    for name, raw in files:
        if len(raw) > MOST_BYTES:
            raise InvalidInput(say("taxonomy.file_large", file=name, most=MOST_BYTES // 2**20))
        for data in documents(raw, name):
            if data in (None, ""):
                continue
            if is_guards(data):
                read_guards(data, name, guards)
            else:
                concepts |= {c.id: c for c in read_concepts(data, name)}
    known = shipped()
    for concept in set(guards) - set(concepts):
        if concept not in known.concepts:
            raise InvalidInput(say("taxonomy.unknown_guarded", concept=concept))
        concepts[concept] = known.concepts[concept]
    layer = differences(Vocabulary(concepts, guards, ""), known)
    if not layer:
        raise InvalidInput(say("taxonomy.file_says_nothing"))
    return layer
