"""Who should sit together so that a round's raters stay comparable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from touchstone.engine.calibration.connectedness import linked_groups
from touchstone.engine.calibration.ratings import Rating

ENOUGH_SHARED = 3


@dataclass(frozen=True, slots=True)
class Link:
    """Two raters who should see the same candidates.

    Attributes:
        shared: candidates both see so far.
        joins: whether nothing at all connects them yet.
    """

    first: str
    second: str
    shared: int
    joins: bool


def advise_links(panels: Iterable[tuple[str, Sequence[str]]], most: int = 5) -> tuple[Link, ...]:
    """The pairs of raters that would make the round's yardstick firmer, most urgent first.

    First a pair across every gap between unconnected groups (the busiest rater of each), then
    the groups' weakest raters: those who share fewer than three candidates with anybody.

    Args:
        panels: (candidate, raters) of every interview held or planned.
    """
    seats = [(candidate, rater) for candidate, raters in panels for rater in raters]
    if not seats:
        return ()
    load = Counter(rater for _candidate, rater in seats)
    shared: Counter[tuple[str, str]] = Counter()
    by_candidate: dict[str, set[str]] = {}
    for candidate, rater in seats:
        by_candidate.setdefault(candidate, set()).add(rater)
    for raters in by_candidate.values():
        shared.update(combinations(sorted(raters), 2))
    groups = linked_groups([Rating(c, r, "", "", 0.0) for c, r in seats])
    busiest = [min(raters, key=lambda r: (-load[r], r)) for _candidates, raters in groups]
    links = [Link(busiest[0], other, 0, joins=True) for other in busiest[1:]]
    best = dict.fromkeys(load, 0)
    for (a, b), n in shared.items():
        best[a], best[b] = max(best[a], n), max(best[b], n)
    for rater in sorted(best, key=lambda r: (best[r], r)):
        if best[rater] < ENOUGH_SHARED and rater != busiest[0]:
            pair = (min(rater, busiest[0]), max(rater, busiest[0]))
            if not any({link.first, link.second} == set(pair) for link in links):
                links.append(Link(*pair, shared[pair], joins=False))
    return tuple(links[:most])
