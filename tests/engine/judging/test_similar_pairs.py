"""Labelled pairs: what an established tool finds is found here, with fewer false alarms."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from .similar_pairs import Pair, copies, our_share, strangers, their_shares

THEIR_DEFAULT = 0.33
EVERY = 5


@pytest.fixture(scope="module")
def copied() -> list[Pair]:
    return list(copies())[::EVERY]


@pytest.fixture(scope="module")
def apart() -> list[Pair]:
    """Of pairs of different problems, of which there are many, some; of the others all."""
    every = list(strangers())
    others = [p for p in every if p.kind == "other problem"]
    return [p for p in every if p.kind != "other problem"] + others[:: 2 * EVERY]


def shares(pairs: Sequence[Pair]) -> dict[Pair, float]:
    return {pair: our_share(pair) for pair in pairs}


def test_every_kind_of_copy_is_found(copied: list[Pair]) -> None:
    found = shares(copied)
    assert len(copied) >= 60
    assert len({pair.kind for pair in copied}) == 9
    assert [pair.name for pair, share in found.items() if not share] == []


def test_programs_written_apart_are_left_alone(apart: list[Pair]) -> None:
    assert len(apart) >= 100
    assert [pair.name for pair, share in shares(apart).items() if share] == []


def test_an_established_tool_finds_no_copy_more_and_raises_more_alarms(
    copied: list[Pair], apart: list[Pair]
) -> None:
    theirs = their_shares([*copied, *apart])
    ours = [our_share(pair) for pair in (*copied, *apart)]
    only_theirs = [
        pair.name
        for pair, mine, other in zip(copied, ours, theirs, strict=False)
        if other >= THEIR_DEFAULT and not mine
    ]
    assert only_theirs == []
    alarms = [other >= THEIR_DEFAULT for other in theirs[len(copied) :]]
    assert sum(share > 0 for share in ours[len(copied) :]) < sum(alarms)  # and so there are some
