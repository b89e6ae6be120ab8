"""Who has a term, packed: for whom, and how strongly.

People are numbered; 32,768 numbers make a segment. A row of the index is one term in one segment:
`ids` and `weights`, in the shortest of the shapes that are quick to open. How long `ids` is says
which:

- even: a list of places, two bytes each, and a byte of weight for each;
- 4,097: one bit for each place of the segment, all of the same weight, which is the one byte of
  `weights`;
- 15: the different weights there are, and half a byte for each place of the segment that points
  into them, 0 for nobody; the first half of the segment lies in the lower bits;
- 1: a byte for each place of the segment, 0 for nobody; where more than 15 different weights are.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

SEGMENT = 32_768
FEW_ALIKE = 2_048  # from here on a bit for everybody is shorter than two bytes for each
FEW = 5_461  # from here on half a byte for everybody is shorter than three bytes for each
KINDS = 15
FEW_PUTS = 8  # so many one by one are quicker than a whole row
HALF = SEGMENT // 2
_BITS = SEGMENT // 8 + 1
Ids = npt.NDArray[np.int64]
Weights = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Packed = tuple[bytes, bytes]


def place_of(number: int) -> tuple[int, int]:
    """Segment and place in it of a person's number."""
    return divmod(number, SEGMENT)


def put(packed: Packed | None, place: int, weight: int) -> Packed:
    """The row with the person in it; weight 0 takes them out.

    >>> unpack(put(put(None, 7, 200), 3, 90), 0)[0].tolist()
    [3, 7]
    """
    weight = max(0, min(255, weight))
    held = packed or (b"", b"")
    if (quick := _put_in_place(held, place, weight)) is not None:
        return quick
    places, weights = unpack(held, 0)
    at = int(np.searchsorted(places, place))
    if at < len(places) and int(places[at]) == place:
        places, weights = np.delete(places, at), np.delete(weights, at)
    if weight:
        places = np.insert(places, at, place)
        weights = np.insert(weights, at, weight)
    return pack_arrays(places, weights)


def put_all(packed: Packed | None, held: Mapping[int, int]) -> Packed:
    """The row with many people in it, place → weight; weight 0 takes one out."""
    if len(held) <= FEW_PUTS:
        for place, weight in held.items():
            packed = put(packed, place, weight)
        return packed or (b"", b"")
    spread = _spread_with(packed, held)
    places = np.flatnonzero(spread)
    return pack_arrays(places, spread[places]) if len(places) else (b"", b"")


def laid_over(packed: Packed | None, held: Mapping[int, int]) -> Packed:
    """What `put_all` gives, in a shape that is quick to make rather than short."""
    if len(held) <= FEW_PUTS and (packed is None or is_list(packed[0])):
        return put_all(packed, held)
    return b"\0", _spread_with(packed, held).tobytes()


def places_over(ids: bytes, held: Mapping[int, int]) -> Packed:
    """The same for a row of which only the places are known, one of facts."""
    flags = flags_in((ids, b"")).copy()
    flags[list(held)] = [weight > 0 for weight in held.values()]
    return b"\1" + np.packbits(flags).tobytes(), b"\1"


def _spread_with(packed: Packed | None, held: Mapping[int, int]) -> Weights:
    spread = spread_out(packed or (b"", b"")).copy()
    spread[list(held)] = list(held.values())
    return spread


def _put_in_place(packed: Packed, place: int, weight: int) -> Packed | None:
    """The row in the shape it has, where its shape has room for the weight; one that is left by
    its last person is empty."""
    ids, weights = packed
    if is_list(ids):
        return _put_in_list(packed, place, weight)
    if len(ids) == _BITS and weight in {0, weights[0]}:
        byte, bit = 1 + place // 8, 128 >> place % 8
        changed = ids[byte] | bit if weight else ids[byte] & ~bit
        ids = ids[:byte] + bytes([changed]) + ids[byte + 1 :]
        return (ids, weights) if ids.count(0, 1) < _BITS - 1 else (b"", b"")
    if len(ids) == KINDS and (code := (b"\0" + ids).find(weight)) >= 0:
        byte = place % HALF
        held = weights[byte]
        changed = held & 0xF0 | code if place < HALF else held & 0x0F | code << 4
        weights = weights[:byte] + bytes([changed]) + weights[byte + 1 :]
        return (ids, weights) if weights.count(0) < HALF else (b"", b"")
    return None


def _put_in_list(packed: Packed, place: int, weight: int) -> Packed | None:
    """The list with the person in it, unless another shape may now be shorter."""
    ids, weights = packed
    n = len(weights)
    places = np.frombuffer(ids, dtype="<u2")
    at = int(places.searchsorted(np.uint16(place)))
    there = at < n and int(places[at]) == place
    if weight and not there and n in {FEW_ALIKE, FEW}:
        return None
    after = at + there
    own = (place.to_bytes(2, "little"), bytes([weight])) if weight else (b"", b"")
    return (
        ids[: 2 * at] + own[0] + ids[2 * after :],
        weights[:at] + own[1] + weights[after:],
    )


def pack(held: Mapping[int, int]) -> Packed:
    """A row from place → weight."""
    places = sorted(held)
    return pack_arrays(
        np.array(places, dtype=np.int64), np.array([held[p] for p in places], dtype=np.uint8)
    )


def pack_arrays(places: Ids, weights: Weights) -> Packed:
    """A row from places in rising order and their weights 1–255."""
    if len(places) > FEW_ALIKE and (weights == weights[0]).all():
        flags = np.zeros(SEGMENT, dtype=np.bool_)
        flags[places] = True
        return b"\1" + np.packbits(flags).tobytes(), weights[:1].tobytes()
    if len(places) <= FEW:
        return places.astype("<u2").tobytes(), weights.tobytes()
    spread = np.zeros(SEGMENT, dtype=np.uint8)
    spread[places] = weights
    known = np.flatnonzero(np.bincount(weights, minlength=256))
    if len(known) > KINDS:
        return b"\0", spread.tobytes()
    codes = np.zeros(256, dtype=np.uint8)
    codes[known] = np.arange(1, len(known) + 1)
    halves = np.frombuffer(spread.tobytes().translate(codes.tobytes()), dtype=np.uint8)
    ids = bytes(known.tolist()).ljust(KINDS, b"\0")
    return ids, (halves[:HALF] | halves[HALF:] << 4).tobytes()


def unpack(packed: Packed, segment: int) -> tuple[Ids, Weights]:
    """Numbers in rising order, and their weights."""
    if is_list(packed[0]):
        short, weights = listed(packed)
        return short.astype(np.int64) + segment * SEGMENT, weights
    spread = spread_out(packed)
    places = np.flatnonzero(spread)
    return places + segment * SEGMENT, spread[places]


def is_list(ids: bytes) -> bool:
    """Whether the row names its places one by one."""
    return len(ids) % 2 == 0


def listed(packed: Packed) -> tuple[npt.NDArray[np.uint16], Weights]:
    """Places and weights of a row that names them one by one."""
    return np.frombuffer(packed[0], dtype="<u2"), np.frombuffer(packed[1], dtype=np.uint8)


def spread_out(packed: Packed) -> Weights:
    """For each place of the segment its weight, 0 for nobody."""
    ids, weights = packed
    if is_list(ids):
        spread = np.zeros(SEGMENT, dtype=np.uint8)
        places, own = listed(packed)
        spread[places] = own
        return spread
    if len(ids) == _BITS:
        return np.unpackbits(np.frombuffer(ids, dtype=np.uint8, offset=1)) * np.uint8(weights[0])
    if len(ids) == KINDS:
        low, high = _tables(ids)
        return np.frombuffer(weights.translate(low) + weights.translate(high), dtype=np.uint8)
    return np.frombuffer(weights, dtype=np.uint8)


@functools.lru_cache(maxsize=1024)
def _tables(kinds: bytes) -> tuple[bytes, bytes]:
    """What a byte of two halves stands for: the weight in its lower bits, and in its upper."""
    weights = b"\0" + kinds
    return bytes(weights[b & 15] for b in range(256)), bytes(weights[b >> 4] for b in range(256))


def flags_in(packed: Packed) -> Flags:
    """For each place of the segment whether the row has it. Of a list and of bits the weights
    are not needed."""
    ids = packed[0]
    if is_list(ids):
        flags = np.zeros(SEGMENT, dtype=np.bool_)
        flags[np.frombuffer(ids, dtype="<u2")] = True
        return flags
    if len(ids) == _BITS:
        return np.unpackbits(np.frombuffer(ids, dtype=np.uint8, offset=1)).view(np.bool_)
    return np.not_equal(spread_out(packed), 0)


def count_among(packed: Packed, among: Flags, bits: Weights) -> int:
    """How many of the row's places are flagged.

    Args:
        bits: ``among``, eight to a byte.
    """
    ids = packed[0]
    if is_list(ids):
        return int(np.count_nonzero(among[np.frombuffer(ids, dtype="<u2")]))
    if len(ids) == _BITS:
        own = np.frombuffer(ids, dtype=np.uint8, offset=1)
        return int(np.bitwise_count(own & bits).sum(dtype=np.int64))
    return int(np.count_nonzero(flags_in(packed) & among))


def holds(packed: Packed, place: int) -> bool:
    """Whether a row's places contain this one."""
    if is_list(packed[0]):
        places = np.frombuffer(packed[0], dtype="<u2")
        at = int(np.searchsorted(places, place))
        return at < len(places) and int(places[at]) == place
    return bool(flags_in(packed)[place])
