"""Clauses that repeat a reference nearly word for word, with a denial put in or left out.

Polarity word by word (`reading`) asks what a negator governs. This asks less and sees more: with
the negators taken out of both, is the clause the reference's clause, and was their number odd in
one and even in the other? So a negator anywhere in the clause is found, twice denied is not
denied, and a correct negative finding that the reference states too agrees with it.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from touchstone.engine.grading.lexicon import cues, stem
from touchstone.engine.grading.reading import normalised

NEARLY = 0.88
"""Share of two clauses that is the same, beyond which they are the same clause."""
FEWEST = 2
"""Characters or words of a clause that says something by itself."""
_SENTENCES = re.compile(r"(?:[^。！？!?\n.]|\.(?=\w))+[？?]?")
_BETWEEN = re.compile(
    r"[，,；;:：、—…()（）]|\b(?:because|so|and|but|when|while|which|therefore|if)\b"
)
_LETTERS = re.compile(r"[㐀-鿿]|[^\W_㐀-鿿]+(?:['’][^\W_㐀-鿿]+)*")


@dataclass(frozen=True, slots=True)
class Clause:
    """What a clause says without its negators, and whether they cancel out.

    Attributes:
        parts: characters (Chinese) or stems.
        denies: an odd number of negators.
        sentence: number of its sentence in the text.
        asked: in a question. ``supposed``: in a sentence with a condition.
    """

    parts: tuple[str, ...]
    denies: bool
    sentence: int
    asked: bool
    supposed: bool
    start: int
    end: int


@functools.cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """What only looks like a negator, negators, and words that make a sentence conditional."""
    words = cues()["parity"]

    def joined(name: str) -> str:
        zh = sorted(map(str, words[name]["zh"]), key=len, reverse=True)
        en = sorted(map(str, words[name]["en"]), key=len, reverse=True)
        return "|".join([*map(re.escape, zh), *(rf"\b{re.escape(w)}\b" for w in en)])

    return (
        re.compile(joined("none")),
        re.compile(rf"(?P<negator>{joined('negators')}|n['’]t\b)|(?P<filler>{joined('fillers')})"),
        re.compile(joined("supposing")),
    )


@functools.lru_cache(4096)
def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a text that are long enough to compare."""
    normal = normalised(text)
    found = []
    for number, sentence in enumerate(_SENTENCES.finditer(normal)):
        whole = sentence.group()
        asked = whole.endswith(("?", "？"))
        supposed = bool(_patterns()[2].search(whole))
        for first, last in _between(whole):
            parts, denies = _stripped(whole[first:last])
            if len(parts) >= FEWEST:
                start, end = sentence.start() + first, sentence.start() + last
                found.append(Clause(parts, denies, number, asked, supposed, start, end))
    return tuple(found)


def _between(sentence: str) -> Iterator[tuple[int, int]]:
    """Where its clauses stand, without the marks, joining words and spaces around them."""
    at = 0
    for match in [*_BETWEEN.finditer(sentence), None]:
        piece = sentence[at : match.start() if match else len(sentence)]
        start = at + len(piece) - len(piece.lstrip())
        if piece.strip():
            yield start, start + len(piece.strip())
        at = match.end() if match else at


def _stripped(text: str) -> tuple[tuple[str, ...], bool]:
    """The clause without its negators, and whether their number is odd."""
    harmless, negators, _ = _patterns()
    shielded = harmless.sub(lambda m: "\x00" * len(m.group()), text)
    count = 0
    kept = list(text)
    for match in negators.finditer(shielded):
        count += match.lastgroup == "negator"
        kept[match.start() : match.end()] = " " * (match.end() - match.start())
    return tuple(map(stem, _LETTERS.findall("".join(kept)))), count % 2 == 1


def likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """How much of two clauses is the same and in the same order, 0..1; 0 below `NEARLY`."""
    whole = len(one) + len(other)
    if 2 * min(len(one), len(other)) < NEARLY * whole:
        return 0.0
    if 2 * (Counter(one) & Counter(other)).total() < NEARLY * whole:
        return 0.0
    ratio = SequenceMatcher(None, one, other, autojunk=False).ratio()
    return ratio if ratio >= NEARLY else 0.0


def _within(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether one clause stands in the other, part by part."""
    width = len(one)
    return any(one == other[i : i + width] for i in range(len(other) - width + 1))


def denied(answer: str, reference: str) -> Clause | None:
    """The first clause of an answer that is one of the reference's, turned round.

    A clause that the answer says unturned as well is left to the other rules, and so is a
    question, and a condition that is turned together with what follows from it.
    """
    wanted = clauses(reference)
    if not wanted:
        return None
    met: list[tuple[Clause, Clause, float, bool]] = []
    for clause in clauses(answer):
        ratio, near = max(
            ((likeness(clause.parts, r.parts), r) for r in wanted), key=lambda found: found[0]
        )
        if ratio and not clause.asked:
            stated = any(
                r.denies == clause.denies and _within(clause.parts, r.parts) for r in wanted
            )
            met.append((clause, near, ratio, near.denies != clause.denies and not stated))
    for _, group in groupby(met, key=lambda found: found[0].sentence):
        found = list(group)
        turned = [f for f in found if f[3]]
        if turned and turned[0][0].supposed and len(turned) == len(found):
            continue
        for clause, near, ratio, _ in turned:
            if not any(n is near and r >= ratio and not t for _, n, r, t in met):
                return clause
    return None
