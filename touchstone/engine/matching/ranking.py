"""Puts people in order for a query, from the postings of its terms alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from touchstone.engine.matching.postings import Ids, Weights
from touchstone.engine.matching.query import Group, Query

Postings = Mapping[str, tuple[Ids, Weights]]
Floats = npt.NDArray[np.float32]
PREFERENCE = 0.25
WORD_AT_LEAST = 0.6  # share of a word's pairs of characters that must be there


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
    """The best people, how many there are in all, and everybody's numbers in rising order."""

    found: tuple[Found, ...]
    total: int
    numbers: npt.NDArray[np.int64]


def rank(query: Query, postings: Postings, size: int, most: int) -> Ranking:
    """The best people for a query.

    A person's score is the weighted mean of their strengths over the groups looked for, a group
    counting its worth times how rare it is, times the share of groups they have; so
    somebody with all of them weakly comes before somebody with one of them strongly. Equal scores
    are ordered by number.

    Args:
        postings: of every term of the query; terms nobody has may be missing.
        size: one more than the highest number.
    """
    allowed = _allowed(query, postings, size)
    wanted = [(place, group) for place, group in enumerate(query.groups) if not group.excluded]
    score = np.zeros(size, dtype=np.float32)
    have = np.zeros(size, dtype=np.float32)
    strengths: dict[int, Floats] = {}
    total = 0.0
    for place, group in wanted:
        strength = _strength(group, postings, size)
        holders = int(np.count_nonzero(strength))
        worth = group.worth * _rarity(holders, size)
        total += worth
        if holders:
            strengths[place] = strength
            score += np.float32(worth) * strength
            have += np.float32(worth) * (strength > 0)
    if wanted:
        if total <= 0:
            return Ranking((), 0, np.zeros(0, dtype=np.int64))
        score = score / np.float32(total) * (have / np.float32(total))
        allowed &= have > 0
    else:
        score[allowed] = 0.5
    for group in query.preferred:
        score *= np.float32(1.0) + np.float32(PREFERENCE) * (_strength(group, postings, size) > 0)
    numbers = np.flatnonzero(allowed)
    scores = np.round(np.minimum(score[numbers], 1.0), 6)
    order = np.lexsort((numbers, -scores))[:most]
    found = tuple(
        Found(
            int(numbers[i]),
            round(100 * float(scores[i]), 1),
            _groups(int(numbers[i]), strengths),
        )
        for i in order
    )
    return Ranking(found, len(numbers), numbers)


def counted(ranking: Ranking, postings: Postings, terms: Sequence[str]) -> dict[str, int]:
    """How many of those found have each term."""
    return {
        term: int(np.isin(postings[term][0], ranking.numbers, assume_unique=True).sum())
        for term in terms
        if term in postings
    }


def _groups(number: int, strengths: Mapping[int, Floats]) -> tuple[tuple[int, float], ...]:
    held = [(place, float(s[number])) for place, s in strengths.items() if s[number] > 0]
    return tuple(sorted(held, key=lambda pair: (-pair[1], pair[0])))


def _allowed(query: Query, postings: Postings, size: int) -> npt.NDArray[np.bool_]:
    allowed = np.ones(size, dtype=np.bool_)
    for wanted in query.filters:
        one = np.zeros(size, dtype=np.bool_)
        for term in wanted.terms:
            if term in postings:
                one[postings[term][0]] = True
        allowed &= one
    for group in query.groups:
        if group.excluded:
            allowed &= _strength(group, postings, size) == 0
    return allowed


def _strength(group: Group, postings: Postings, size: int) -> Floats:
    """Per person 0–1: the strongest of a concept's terms; of a word, the pairs it has."""
    result = np.zeros(size, dtype=np.float32)
    summed = sum(share for _term, share in group.terms) <= 1.001 and len(group.terms) > 1
    seen = np.zeros(size, dtype=np.float32) if summed else result
    for term, share in group.terms:
        if term not in postings:
            continue
        ids, weights = postings[term]
        value = weights.astype(np.float32) / np.float32(255)
        if summed:
            seen[ids] += np.float32(share)
            result[ids] += np.float32(share) * value
        else:
            result[ids] = np.maximum(result[ids], value)
    if summed:
        result[seen < WORD_AT_LEAST] = 0
    return result


def _rarity(holders: int, size: int) -> float:
    """From about 0.2 for what everybody has to 1 for what one in a thousand has."""
    if size <= 1:
        return 1.0
    return 0.2 + 0.8 * math.log((size + 1) / (holders + 1)) / math.log(size + 1)
