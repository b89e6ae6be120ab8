"""The order of people against the same definition written plainly, one person at a time."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from touchstone.common.messages import say
from touchstone.engine.matching.postings import (
    SEGMENT,
    Packed,
    flags_in,
    laid_over,
    pack,
    places_over,
    put_all,
    unpack,
)
from touchstone.engine.matching.query import Filter, Group, Query
from touchstone.engine.matching.ranking import counted, rank

People = dict[int, dict[str, int]]
WEIGHTS = (42, 70, 90, 138, 150, 230)


def people_of(rng: random.Random, numbers: list[int]) -> People:
    """Concepts from held by everybody to held by few; words of three pairs; facts."""
    found: People = {}
    for number in numbers:
        terms = {f"c:{k}": rng.choice(WEIGHTS) for k in range(1, 8) if rng.random() < 0.97 / k}
        terms |= {f"w:{k}": rng.choice((80, 130)) for k in range(3) if rng.random() < 0.3}
        terms[f"#degree:{rng.choice('abc')}"] = 255
        terms[f"#years:{rng.randrange(9)}"] = 255
        found[number] = terms
    return found


def rows_of(people: People) -> dict[str, dict[int, Packed]]:
    held: dict[str, dict[int, dict[int, int]]] = {}
    for number, terms in people.items():
        segment, place = divmod(number, SEGMENT)
        for term, weight in terms.items():
            held.setdefault(term, {}).setdefault(segment, {})[place] = weight
    return {term: {s: pack(p) for s, p in parts.items()} for term, parts in held.items()}


def strength(group: Group, terms: dict[str, int]) -> np.float32:
    own = [(terms[t], share) for t, share in group.terms if t in terms]
    if len(group.terms) > 1 and sum(share for _t, share in group.terms) <= 1.001:
        seen = sum((np.float32(share) for _w, share in own), np.float32(0))
        if seen < 0.6:
            return np.float32(0)
        parts = (np.float32(share) * np.float32(w) / np.float32(255) for w, share in own)
        return sum(parts, np.float32(0))
    return np.float32(max((w for w, _share in own), default=0)) / np.float32(255)


def plainly(query: Query, people: People, size: int) -> list[tuple[int, float]]:
    """Everybody found with the score, best first."""
    wanted = [group for group in query.groups if not group.excluded]
    worth = []
    for group in wanted:
        n = sum(1 for terms in people.values() if strength(group, terms) > 0)
        rarity = 0.2 + 0.8 * math.log((size + 1) / (n + 1)) / math.log(size + 1)
        worth.append(group.worth * rarity)
    total = sum(worth)
    found = []
    for number, terms in people.items():
        if any(strength(g, terms) > 0 for g in query.groups if g.excluded):
            continue
        if not all(any(t in terms for t in f.terms) for f in query.filters):
            continue
        score = np.float32(0.5)
        if wanted:
            own = [strength(group, terms) for group in wanted]
            have = sum((np.float32(w) for w, s in zip(worth, own, strict=True) if s), np.float32(0))
            if not have:
                continue
            score = sum(
                (np.float32(w) * s for w, s in zip(worth, own, strict=True) if s), np.float32(0)
            )
            score = score * have / np.float32(total * total)
        for group in query.preferred:
            if any(t in terms for t, _share in group.terms):
                score *= np.float32(1.25)
        found.append((number, float(score)))
    return sorted(found, key=lambda row: (-round(row[1], 6), row[0]))


def concept(*names: int, worth: float = 1.0, excluded: bool = False) -> Group:
    return Group("", tuple((f"c:{k}", 1.0) for k in names), worth, excluded=excluded)


WORD = Group("", tuple((f"w:{k}", 1 / 3) for k in range(3)), 0.7)
MASTER = Filter(say("pool.filter_master"), ("#degree:b", "#degree:c"))
SENIOR = Group("senior", tuple((f"#years:{k}", 1.0) for k in range(5, 9)))
QUERIES = {
    "one": Query((concept(1),)),
    "any of some": Query((concept(1, 5, 7), concept(2, 6, worth=3.1), concept(4))),
    "words": Query((WORD, concept(3))),
    "conditions": Query((concept(1), concept(6)), (MASTER,), (SENIOR,)),
    "unwanted": Query((concept(2), concept(5, 7, excluded=True)), (MASTER,)),
    "facts only": Query((), (MASTER,)),
    "only unwanted": Query((concept(1, excluded=True),), (MASTER,)),
    "nobody": Query((concept(99), concept(98))),
}


@pytest.fixture(scope="module")
def people() -> People:
    """A segment with many, one with a few, one with nobody, the last one with an odd end."""
    numbers = [*range(1, 9_000), *range(SEGMENT, 2 * SEGMENT, 700), *range(3 * SEGMENT, 100_001)]
    return people_of(random.Random(5), numbers)


@pytest.mark.parametrize("name", QUERIES)
def test_the_order_is_the_plain_one(name: str, people: People) -> None:
    query, size = QUERIES[name], max(people) + 1
    postings = rows_of(people)
    ranking = rank(query, postings, size, 50)
    truth = plainly(query, people, size)
    assert ranking.total == len(truth)
    assert [f.number for f in ranking.found] == [number for number, _score in truth[:50]]
    assert [f.score for f in ranking.found] == pytest.approx(
        [round(100 * min(1.0, score), 1) for _number, score in truth[:50]], abs=0.11
    )
    for found in ranking.found:
        own = [(k, float(strength(g, people[found.number]))) for k, g in enumerate(query.groups)]
        assert dict(found.groups) == {k: s for k, s in own if s and not query.groups[k].excluded}
    facts = ["#degree:a", "#degree:b", "#degree:c", "#years:3", "#years:77"]
    counts = {f: sum(1 for n, _s in truth if f in people[n]) for f in facts[:4]}
    assert counted(ranking, postings, facts) == counts


@pytest.mark.parametrize("spread", [3, 6_000, 30_000])
@pytest.mark.parametrize("kinds", [(255,), (90, 150, 230), tuple(range(1, 60))])
def test_changes_laid_over_a_row_read_like_the_row_with_the_changes(
    spread: int, kinds: tuple[int, ...]
) -> None:
    rng = random.Random(spread + len(kinds))
    held = {place: rng.choice(kinds) for place in rng.sample(range(SEGMENT), spread)}
    for count in (1, 5, 300):
        changes = {p: rng.choice((0, *kinds)) for p in rng.sample(range(SEGMENT), count)}
        changes |= dict.fromkeys(rng.sample(sorted(held), min(3, spread)), 0)
        expected = {p: w for p, w in (held | changes).items() if w}
        for row in (put_all(pack(held), changes), laid_over(pack(held), changes)):
            numbers, weights = unpack(row, 0)
            assert dict(zip(numbers.tolist(), weights.tolist(), strict=True)) == expected
        if kinds == (255,):
            places = places_over(pack(held)[0], changes)
            assert np.flatnonzero(flags_in(places)).tolist() == sorted(expected)
    everybody_out = dict.fromkeys(held, 0)
    assert put_all(pack(held), everybody_out) == (b"", b"")
    assert not unpack(laid_over(pack(held), everybody_out), 0)[0].size
