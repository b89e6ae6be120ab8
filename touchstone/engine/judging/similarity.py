"""How much of two programs is the same, whatever names, spacing and comments were changed.

Programs are read into tokens; names of the program's own count as one and the same, names of
libraries, key words and operators as they are. Common runs of tokens are found from fingerprints
and laid over both programs without overlap, longest first. What the problem gave to everybody and
what many candidates write counts neither as common nor as own.
"""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Text, Token, Whitespace

ENGINE = "similarity 2"
GRAM = 12
LEAST_RUN = 18
LEAST_OWN = 80  # below that, programs of one problem are alike because the problem is small
LEAST_COMMON = 60
NOTABLE = 0.45
COMMON_FROM, COMMON_SHARE, COMMON_MOST = 5, 5, 20
MOST_PLACES = 12
MOST_TIMES = 4 * MOST_PLACES
MOST_TOKENS = 20_000
UNSEEN_MARKS = frozenset({",", ";"})
ALIASES = {"cpp": "cpp", "java": "java", "javascript": "javascript", "sql": "sql"}


@dataclass(frozen=True, slots=True)
class Program:
    """A program handed in, under a key of the caller's."""

    key: str
    source: str


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch that both have: character offsets in the first and in the second."""

    first: tuple[int, int]
    second: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two programs that have much in common.

    Attributes:
        first_share, second_share: part of each one's own tokens that the other has too.
        tokens: how many of the first's own tokens are common.
    """

    first: str
    second: str
    first_share: float
    second_share: float
    tokens: int
    runs: tuple[Run, ...]

    @property
    def share(self) -> float:
        return max(self.first_share, self.second_share)


@dataclass(frozen=True, slots=True)
class _Read:
    key: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    grams: tuple[int, ...]


def likenesses(
    programs: Sequence[Program], language: str, given: Iterable[str] = ()
) -> tuple[Likeness, ...]:
    """Pairs of which one has much of its own code, `NOTABLE` of it, in common with the other.

    Args:
        programs: of one problem and one language, one of each candidate.
        given: code that the problem gave to everybody.

    Returns:
        the most alike first; the same for the same programs, in whatever order they come.
    """
    read = sorted((_read(p, language) for p in programs), key=lambda r: r.key)
    known = _shared_by_many(read)
    for text in given:
        known |= set(_read(Program("", text), language).grams)
    own = {r.key: _own(r, known) for r in read}
    by_key = {r.key: r for r in read if len(own[r.key]) >= LEAST_OWN}
    found = [
        pair
        for first, second in _worth_comparing(by_key, known)
        if (pair := _compared(by_key[first], by_key[second], own[first], own[second], known))
    ]
    return tuple(sorted(found, key=lambda p: (-p.share, p.first, p.second)))


def _read(program: Program, language: str) -> _Read:
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    lexer = _lexer(language)
    dotted = False
    for start, kind, text in lexer.get_tokens_unprocessed(program.source):
        word = _word(kind, text, dotted=dotted)
        if word is None:
            continue
        dotted = text == "."
        if word == "S" and words and words[-1] == "S":
            spans[-1] = (spans[-1][0], start + len(text))
            continue
        words.append(word)
        spans.append((start, start + len(text)))
        if len(words) >= MOST_TOKENS:
            break
    grams = tuple(
        _number(" ".join(words[i : i + GRAM])) for i in range(max(0, len(words) - GRAM + 1))
    )
    return _Read(program.key, tuple(words), tuple(spans), grams)


def _lexer(language: str) -> Lexer:
    return get_lexer_by_name(ALIASES.get(language, "python"))


def _word(kind: type[Token], text: str, *, dotted: bool) -> str | None:
    """A token as it is compared; None for what does not count."""
    if kind in Comment or kind in Text or kind in Whitespace or kind in String.Doc:
        return None
    if not text.strip() or text in UNSEEN_MARKS:
        return None
    if kind in String:
        return "S"
    if kind in Number:
        return "0"
    named = kind in Name and kind not in Name.Namespace
    if named and not dotted and (kind not in Name.Builtin or kind in Name.Builtin.Pseudo):
        return "v"
    if kind in Keyword or kind in Operator:
        return text.lower()
    return text


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def _shared_by_many(read: Sequence[_Read]) -> set[int]:
    """Stretches that so many have written that they tell nothing."""
    most = min(COMMON_MOST, max(COMMON_FROM, len(read) // COMMON_SHARE))
    counts = Counter(gram for r in read for gram in set(r.grams))
    return {gram for gram, times in counts.items() if times > most}


def _own(read: _Read, known: set[int]) -> frozenset[int]:
    """Places of tokens that are the candidate's own."""
    covered: set[int] = set()
    for place, gram in enumerate(read.grams):
        if gram in known:
            covered.update(range(place, place + GRAM))
    return frozenset(range(len(read.words))) - covered


def _worth_comparing(by_key: dict[str, _Read], known: set[int]) -> list[tuple[str, str]]:
    """Pairs that share enough fingerprints to be alike at all."""
    holders: dict[int, list[str]] = defaultdict(list)
    for key in sorted(by_key):
        for gram in set(by_key[key].grams) - known:
            holders[gram].append(key)
    shared: Counter[tuple[str, str]] = Counter()
    for keys in holders.values():
        for number, first in enumerate(keys):
            for second in keys[number + 1 :]:
                shared[first, second] += 1
    return sorted(pair for pair, times in shared.items() if times > LEAST_RUN - GRAM)


def _compared(
    first: _Read,
    second: _Read,
    first_own: frozenset[int],
    second_own: frozenset[int],
    known: set[int],
) -> Likeness | None:
    tiles = _tiles(first, second, known)
    in_first = {p for at, _other, length in tiles for p in range(at, at + length)} & first_own
    in_second = {p for _at, other, length in tiles for p in range(other, other + length)}
    in_second &= second_own
    shares = len(in_first) / len(first_own), len(in_second) / len(second_own)
    if max(shares) < NOTABLE or min(len(in_first), len(in_second)) < LEAST_COMMON:
        return None
    runs = tuple(
        Run(
            (first.spans[at][0], first.spans[at + length - 1][1]),
            (second.spans[other][0], second.spans[other + length - 1][1]),
        )
        for at, other, length in sorted(tiles)
    )
    return Likeness(
        first.key, second.key, round(shares[0], 3), round(shares[1], 3), len(in_first), runs
    )


def _tiles(first: _Read, second: _Read, known: set[int]) -> list[tuple[int, int, int]]:
    """Common runs without overlap, the longest placed first: (place, other place, length)."""
    places: dict[int, list[int]] = defaultdict(list)
    for place, gram in enumerate(second.grams):
        if gram not in known and len(places[gram]) < MOST_PLACES:
            places[gram].append(place)
    times = Counter(first.grams)
    waiting: list[tuple[int, int, int]] = []
    for at, gram in enumerate(first.grams):
        if times[gram] > MOST_TIMES:
            continue  # a table of numbers, say; a run that began before goes on through it
        for other in places.get(gram, ()):
            before = at and other and first.grams[at - 1] == second.grams[other - 1]
            if before and first.grams[at - 1] not in known:
                continue
            length = _length(first.words, second.words, at, other)
            if length >= LEAST_RUN:
                heapq.heappush(waiting, (-length, at, other))
    taken_first: set[int] = set()
    taken_second: set[int] = set()
    tiles = []
    while waiting:
        length, at, other = heapq.heappop(waiting)
        length = -length
        free = [
            n for n in range(length) if at + n not in taken_first and other + n not in taken_second
        ]
        longest = _longest_stretch(free)
        if len(longest) < LEAST_RUN:
            continue
        if len(longest) < length:
            heapq.heappush(waiting, (-len(longest), at + longest[0], other + longest[0]))
            continue
        tiles.append((at, other, length))
        taken_first.update(range(at, at + length))
        taken_second.update(range(other, other + length))
    return tiles


def _length(first: Sequence[str], second: Sequence[str], at: int, other: int) -> int:
    length = 0
    while (
        at + length < len(first)
        and other + length < len(second)
        and first[at + length] == second[other + length]
    ):
        length += 1
    return length


def _longest_stretch(numbers: Sequence[int]) -> Sequence[int]:
    best: Sequence[int] = ()
    begin = 0
    for place in range(1, len(numbers) + 1):
        if place == len(numbers) or numbers[place] != numbers[place - 1] + 1:
            if place - begin > len(best):
                best = numbers[begin:place]
            begin = place
    return best
