"""Whether raters can be compared: they must share candidates, directly or through others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from touchstone.engine.calibration.ratings import Rating


def linked_groups(ratings: Iterable[Rating]) -> list[tuple[set[str], set[str]]]:
    """The connected parts of the graph that joins a rater to each candidate they scored.

    Only inside one part can severity be told from ability.

    Returns:
        ``(candidates, raters)`` of each part, most candidates first, then by name.
    """
    parent: dict[tuple[str, str], tuple[str, str]] = {}

    def root(node: tuple[str, str]) -> tuple[str, str]:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for rating in ratings:
        parent[root(("candidate", rating.candidate))] = root(("rater", rating.rater))
    groups: dict[tuple[str, str], tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for node in list(parent):
        kind, name = node
        groups[root(node)][0 if kind == "candidate" else 1].add(name)
    return sorted(groups.values(), key=lambda group: (-len(group[0]), min(group[1])))
