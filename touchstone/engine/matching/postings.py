"""Who has a term, packed: two bytes for the person, one for how strongly.

People are numbered; 32,768 numbers make a segment. A row of the index is one term in one segment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

SEGMENT = 32_768
Ids = npt.NDArray[np.int64]
Weights = npt.NDArray[np.uint8]
Packed = tuple[bytes, bytes]


def place_of(number: int) -> tuple[int, int]:
    """Segment and place in it of a person's number."""
    return divmod(number, SEGMENT)


def put(packed: Packed | None, place: int, weight: int) -> Packed:
    """The row with the person in it; weight 0 takes them out.

    >>> unpack(put(put(None, 7, 200), 3, 90), 0)[0].tolist()
    [3, 7]
    """
    held = dict(_pairs(packed))
    if weight:
        held[place] = max(1, min(255, weight))
    else:
        held.pop(place, None)
    return pack(held)


def pack(held: Mapping[int, int]) -> Packed:
    """A row from place → weight."""
    places = sorted(held)
    ids = np.array(places, dtype="<u2").tobytes()
    return ids, np.array([held[p] for p in places], dtype=np.uint8).tobytes()


def unpack(packed: Packed, segment: int) -> tuple[Ids, Weights]:
    """Numbers in rising order, and their weights 1–255."""
    ids = np.frombuffer(packed[0], dtype="<u2").astype(np.int64) + segment * SEGMENT
    return ids, np.frombuffer(packed[1], dtype=np.uint8)


def joined(rows: Iterable[tuple[int, bytes, bytes]]) -> tuple[Ids, Weights]:
    """All segments of one term together.

    Args:
        rows: (segment, ids, weights) in any order.
    """
    ordered = sorted(rows)
    if not ordered:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint8)
    ids = np.frombuffer(b"".join(row[1] for row in ordered), dtype="<u2").astype(np.int64)
    starts = np.array([row[0] * SEGMENT for row in ordered], dtype=np.int64)
    ids += np.repeat(starts, [len(row[1]) // 2 for row in ordered])
    return ids, np.frombuffer(b"".join(row[2] for row in ordered), dtype=np.uint8)


def holds(ids: bytes, place: int) -> bool:
    """Whether a row's places contain this one."""
    places = np.frombuffer(ids, dtype="<u2")
    at = int(np.searchsorted(places, place))
    return at < len(places) and int(places[at]) == place


def _pairs(packed: Packed | None) -> Iterable[tuple[int, int]]:
    if packed is None:
        return ()
    ids = np.frombuffer(packed[0], dtype="<u2").tolist()
    return zip(ids, np.frombuffer(packed[1], dtype=np.uint8).tolist(), strict=True)
