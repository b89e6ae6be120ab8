"""Puts people in order for a query, from the postings of its terms alone.

People are gone through a segment at a time: what a segment needs stays in the processor's cache.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from touchstone.engine.matching.postings import (
    SEGMENT,
    Flags,
    Ids,
    Packed,
    Weights,
    count_among,
    flags_in,
    is_list,
    listed,
    spread_out,
    unpack,
)
from touchstone.engine.matching.query import Group, Query

Postings = Mapping[str, Mapping[int, Packed]]
Floats = npt.NDArray[np.float32]
Strengths = Weights | Floats
PREFERENCE = 0.25
WORD_AT_LEAST = 0.6  # share of a word's pairs of characters that must be there
FULL = np.float32(255)
ALIKE = np.float32(1e-6)  # scores closer than this may round to the same six digits


@dataclass(frozen=True, slots=True)
class Found:
    """A person and which groups they have, strongest first.

    Attributes:
        score: 0–100; 100 has everything, each with result.
        groups: (place of the group in the query, strength 0–1).
    """

    number: int
    score: float
    groups: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best people, how many there are in all, and per segment and place whether somebody is
    one of them."""

    found: tuple[Found, ...]
    total: int
    among: Flags


@dataclass(frozen=True, slots=True)
class _Held:
    """A group looked for: its worth, and per segment the strength of each place, 0 for none."""

    place: int
    worth: np.float32
    strengths: list[Strengths | None]


def rank(query: Query, postings: Postings, size: int, most: int, above: int = -1) -> Ranking:
    """The best people for a query.

    A person's score is the weighted mean of their strengths over the groups looked for, a group
    counting its worth times how rare it is, times the share of groups they have; so
    somebody with all of them weakly comes before somebody with one of them strongly. Equal scores
    are ordered by number.

    Args:
        postings: of every term of the query by segment; terms nobody has may be missing. Of terms
            of filters and preferences only the places are read.
        size: one more than the highest number.
        above: only who has a higher number is found.
    """
    count = -(-size // SEGMENT)
    held, total = _looked_for(query, postings, size, count)
    asked = any(not group.excluded for group in query.groups)
    among = np.zeros((count, SEGMENT), dtype=np.bool_)
    if asked and total <= 0:
        return Ranking((), 0, among)
    best = _Best(most)
    for segment in range(count):
        own = among[segment]
        own[max(0, above + 1 - segment * SEGMENT) : size - segment * SEGMENT] = True
        _narrow(own, query, postings, segment)
        score = _scores(own, held, total, segment) if asked else np.full(SEGMENT, np.float32(0.5))
        for group in query.preferred:
            liked = _having((term for term, _share in group.terms), postings, segment)
            score[liked] *= np.float32(1.0 + PREFERENCE)
        best.take(segment, score, own)
    found = tuple(
        Found(number, round(100 * min(1.0, score), 1), _groups(number, held))
        for number, score in best.ordered()
    )
    return Ranking(found, int(np.count_nonzero(among)), among)


def counted(ranking: Ranking, postings: Postings, terms: Sequence[str]) -> dict[str, int]:
    """How many of those found have each term."""
    bits = np.packbits(ranking.among, axis=1)
    return {
        term: sum(
            count_among(row, ranking.among[segment], bits[segment])
            for segment, row in postings[term].items()
            if segment < len(bits)
        )
        for term in terms
        if term in postings
    }


class _Best:
    """The highest scores so far, rounded to six digits, equal ones in rising order of number."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.edge = np.float32(-1)
        self.numbers: Ids = np.zeros(0, dtype=np.int64)
        self.scores: Floats = np.zeros(0, dtype=np.float32)

    def take(self, segment: int, score: Floats, among: Flags) -> None:
        """Takes in a segment; ``score`` counts where ``among``."""
        places = np.flatnonzero((score >= self.edge) & among)
        if not len(places) or not self.most:
            return
        self.numbers = np.concatenate([self.numbers, places + segment * SEGMENT])
        self.scores = np.concatenate([self.scores, score[places]])
        if len(self.scores) > self.most:
            at = len(self.scores) - self.most
            self.edge = np.partition(self.scores, at)[at] - ALIKE
            kept = self.scores >= self.edge
            self.numbers, self.scores = self.numbers[kept], self.scores[kept]

    def ordered(self) -> list[tuple[int, float]]:
        order = np.lexsort((self.numbers, -np.round(self.scores.astype(np.float64), 6)))
        chosen = order[: self.most]
        return list(zip(self.numbers[chosen].tolist(), self.scores[chosen].tolist(), strict=True))


def _looked_for(
    query: Query, postings: Postings, size: int, count: int
) -> tuple[list[_Held], float]:
    """The groups looked for, and their worth together."""
    held, total = [], 0.0
    for place, group in enumerate(query.groups):
        if group.excluded:
            continue
        strengths = [_strengths(group, postings, segment) for segment in range(count)]
        holders = sum(int(np.count_nonzero(s)) for s in strengths if s is not None)
        worth = group.worth * _rarity(holders, size)
        total += worth
        held.append(_Held(place, np.float32(worth), strengths))
    return held, total


def _narrow(among: Flags, query: Query, postings: Postings, segment: int) -> None:
    """Takes out who has what is not wanted, and who lacks a fact."""
    for group in query.groups:
        if group.excluded:
            strengths = _strengths(group, postings, segment)
            if strengths is not None:
                among &= strengths == 0
    for wanted in query.filters:
        among &= _having(wanted.terms, postings, segment)


def _scores(among: Flags, held: Sequence[_Held], total: float, segment: int) -> Floats:
    """Scores of a segment; who has nothing of what is looked for is taken out."""
    score = np.zeros(SEGMENT, dtype=np.float32)
    have = np.zeros(SEGMENT, dtype=np.float32)
    for group in held:
        strengths = group.strengths[segment]
        if strengths is None:
            continue
        have += (strengths != 0).astype(np.float32) * group.worth
        share = strengths.astype(np.float32)
        if strengths.dtype == np.uint8:
            share /= FULL
        share *= group.worth
        score += share
    among &= have > 0
    score *= have
    score /= np.float32(total * total)
    return score


def _groups(number: int, held: Sequence[_Held]) -> tuple[tuple[int, float], ...]:
    segment, place = divmod(number, SEGMENT)
    found = []
    for group in held:
        strengths = group.strengths[segment]
        if strengths is not None and strengths[place]:
            share = np.float32(strengths[place])
            if strengths.dtype == np.uint8:
                share /= FULL
            found.append((group.place, float(share)))
    return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0])))


def _having(terms: Iterable[str], postings: Postings, segment: int) -> Flags:
    """Who has any of the terms."""
    one = np.zeros(SEGMENT, dtype=np.bool_)
    for term in terms:
        row = postings.get(term, {}).get(segment)
        if row is None:
            continue
        if is_list(row[0]):
            one[listed(row)[0]] = True
        else:
            one |= flags_in(row)
    return one


def _strengths(group: Group, postings: Postings, segment: int) -> Strengths | None:
    """How strongly each place of the segment has the group, 0 for not at all: as a weight for the
    strongest of a concept's terms; 0–1 for a word of several pairs of characters. Nothing where
    nobody has any of it."""
    known = [
        (postings[term][segment], share)
        for term, share in group.terms
        if segment in postings.get(term, {})
    ]
    if not known:
        return None
    if len(group.terms) > 1 and sum(share for _term, share in group.terms) <= 1.001:
        return _by_parts(known)
    strongest = np.zeros(SEGMENT, dtype=np.uint8)
    for row, _share in known:
        if is_list(row[0]):
            short, weights = listed(row)
            places = short.astype(np.intp)
            strongest[places] = np.maximum(strongest[places], weights)
        else:
            np.maximum(strongest, spread_out(row), out=strongest)
    return strongest


def _by_parts(known: Sequence[tuple[Packed, float]]) -> Floats:
    """The pairs of characters somebody has of a word, if it is enough of them."""
    strength = np.zeros(SEGMENT, dtype=np.float32)
    seen = np.zeros(SEGMENT, dtype=np.float32)
    for row, share in known:
        places, weights = unpack(row, 0)
        strength[places] += np.float32(share) * weights.astype(np.float32) / FULL
        seen[places] += np.float32(share)
    strength[seen < WORD_AT_LEAST] = 0
    return strength


def _rarity(holders: int, size: int) -> float:
    """From about 0.2 for what everybody has to 1 for what one in a thousand has."""
    if size <= 1:
        return 1.0
    return 0.2 + 0.8 * math.log((size + 1) / (holders + 1)) / math.log(size + 1)
