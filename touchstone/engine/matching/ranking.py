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
Flags = npt.NDArray[np.bool_]
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
    """The best people, how many there are in all, and per number whether it is one of them."""

    found: tuple[Found, ...]
    total: int
    among: Flags


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
    among = np.ones(size, dtype=np.bool_)
    score = np.zeros(size, dtype=np.float32)
    have = np.zeros(size, dtype=np.float32)
    scratch = np.zeros(size, dtype=np.uint8)
    held: dict[int, tuple[Ids, Floats]] = {}
    total = 0.0
    for place, group in enumerate(query.groups):
        ids, strength = _strength(group, postings, scratch)
        if group.excluded:
            among[ids] = False
            continue
        worth = group.worth * _rarity(len(ids), size)
        total += worth
        held[place] = (ids, strength)
        score[ids] += np.float32(worth) * strength
        have[ids] += np.float32(worth)
    for wanted in query.filters:
        among &= _having(wanted.terms, postings, size)
    asked = any(not group.excluded for group in query.groups)
    if asked:
        if total <= 0:
            return Ranking((), 0, np.zeros(size, dtype=np.bool_))
        score *= have
        score /= np.float32(total * total)
        among &= have > 0
    else:
        score[:] = 0.5
    for group in query.preferred:
        ids, _strength_of = _strength(group, postings, scratch)
        score[ids] *= np.float32(1.0 + PREFERENCE)
    numbers = _best(score, among, most)
    found = tuple(
        Found(int(n), round(100 * min(1.0, float(score[n])), 1), _groups(int(n), held))
        for n in numbers
    )
    return Ranking(found, int(np.count_nonzero(among)), among)


def counted(ranking: Ranking, postings: Postings, terms: Sequence[str]) -> dict[str, int]:
    """How many of those found have each term."""
    return {
        term: int(np.count_nonzero(ranking.among[postings[term][0]]))
        for term in terms
        if term in postings
    }


def _best(score: Floats, among: Flags, most: int) -> Ids:
    """The numbers of the highest scores, rounded to six digits, equal ones in rising order."""
    numbers = np.flatnonzero(among)
    scores = score[numbers]
    if len(numbers) > most:
        edge = np.partition(scores, len(scores) - most)[len(scores) - most] - np.float32(1e-6)
        kept = scores >= edge
        numbers, scores = numbers[kept], scores[kept]
    order = np.lexsort((numbers, -np.round(scores.astype(np.float64), 6)))[:most]
    return np.asarray(numbers[order], dtype=np.int64)


def _groups(number: int, held: Mapping[int, tuple[Ids, Floats]]) -> tuple[tuple[int, float], ...]:
    found = []
    for place, (ids, strength) in held.items():
        at = int(np.searchsorted(ids, number))
        if at < len(ids) and ids[at] == number:
            found.append((place, float(strength[at])))
    return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0])))


def _having(terms: Sequence[str], postings: Postings, size: int) -> Flags:
    one = np.zeros(size, dtype=np.bool_)
    for term in terms:
        if term in postings:
            one[postings[term][0]] = True
    return one


def _strength(group: Group, postings: Postings, scratch: Weights) -> tuple[Ids, Floats]:
    """Who has the group, in rising order, with 0–1: the strongest of a concept's terms; of a
    word, the pairs of characters they have, if it is enough of them.

    Args:
        scratch: zeros, and left as zeros.
    """
    known = [(*postings[term], share) for term, share in group.terms if term in postings]
    if not known:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    if len(group.terms) > 1 and sum(share for _term, share in group.terms) <= 1.001:
        return _by_parts(known)
    if len(known) == 1:
        return known[0][0], known[0][1].astype(np.float32) / np.float32(255)
    for ids, weights, _share in known:
        scratch[ids] = np.maximum(scratch[ids], weights)
    everybody = np.flatnonzero(scratch != 0)
    strength = scratch[everybody].astype(np.float32) / np.float32(255)
    scratch[everybody] = 0
    return everybody, strength


def _by_parts(known: Sequence[tuple[Ids, Weights, float]]) -> tuple[Ids, Floats]:
    """Pairs of characters are rare, so few people have any of them."""
    everybody = np.unique(np.concatenate([ids for ids, _weights, _share in known]))
    strength = np.zeros(len(everybody), dtype=np.float32)
    seen = np.zeros(len(everybody), dtype=np.float32)
    for ids, weights, share in known:
        at = np.searchsorted(everybody, ids)
        strength[at] += np.float32(share) * weights.astype(np.float32) / np.float32(255)
        seen[at] += np.float32(share)
    enough = seen >= WORD_AT_LEAST
    return everybody[enough], strength[enough]


def _rarity(holders: int, size: int) -> float:
    """From about 0.2 for what everybody has to 1 for what one in a thousand has."""
    if size <= 1:
        return 1.0
    return 0.2 + 0.8 * math.log((size + 1) / (holders + 1)) / math.log(size + 1)
