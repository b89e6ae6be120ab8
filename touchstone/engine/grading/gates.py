"""What makes an answer not count: echoes, copies, lists of keywords, shuffled words, injections.

Gates do not guess at intent. They take words out of the grading (what the question or material
already said, sentences that talk to the grader) or cap the score, and say so in a flag.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from touchstone.engine.grading.credit import pairs
from touchstone.engine.grading.lexicon import function_words, injection_pattern, telling_pattern
from touchstone.engine.grading.reading import Reading, Span, normalised
from touchstone.engine.grading.word_order import disorder, is_unlikely

GRAM = 4
STRETCH = 60  # words
_DOUBLED = re.compile(r"，，|、、|,,|；；")
_SPACE_BETWEEN_WORDS = re.compile(r"(?<![0-9A-Za-z.%])\s+(?![0-9A-Za-z.%])")
_SENTENCE_INSIDE = re.compile(r"[。！？!?\n](?=.)|\.\s")
_ODD_MARKS = re.compile(r"^[、，。：；,.;:]|[、，：；,;:][、，。：；,.;:]|。[、，：；]")
SHUFFLED = 0.6
RUN = 15
JOINING_ZH, JOINING_EN = 0.2, 0.31
"""Share of function words below which a long clause strings terms together; sentences that people
wrote have more (0.25 and 0.35 at the least, in the labelled answers)."""


@dataclass(frozen=True, slots=True)
class Gates:
    """What was found about an answer before its points are graded.

    Attributes:
        ignored: windows whose words carry no point (echoed, copied, injected).
        own: share of the answer's characters that is the person's own, 0..1.
        copied: share of it copied from the material, 0..1.
        strung: terms run on without a mark or a word between them that says how they hang together.
        scrambled: marks stand where nobody puts them.
        disorder: probability that its words were shuffled, 0..1.
        thrown: that is higher than hardly anybody's own words have.
    """

    ignored: tuple[Span, ...]
    own: float
    echoed: float
    copied: float
    injected: bool
    keywords: bool
    strung: bool
    scrambled: bool
    disorder: float
    thrown: bool
    short: bool


def inspect(reading: Reading, question: str, material: str) -> Gates:
    """Looks an answer over. ``question`` and ``material`` are what it may have been copied from."""
    asked, given = _grams(question), _grams(material)
    echoed = [c for c in reading.clauses if _contained(reading, c, asked) >= 0.8]
    copied = [c for c in reading.clauses if c not in echoed and _copied(reading, c, given)]
    injected = [s for s in reading.sentences if _injects(reading, s)]
    whole = max(1, sum(c.end - c.start for c in reading.clauses))
    ignored = tuple(dict.fromkeys([*echoed, *copied, *injected]))
    lost = sum(
        c.end - c.start
        for c in reading.clauses
        if any(i.start <= c.start and c.end <= i.end for i in ignored)
    )
    mixed = disorder(reading)
    return Gates(
        ignored=ignored,
        own=1 - min(1.0, lost / whole),
        echoed=sum(c.end - c.start for c in echoed) / whole,
        copied=sum(c.end - c.start for c in copied) / whole,
        injected=bool(injected) or bool(injection_pattern().search(normalised(reading.text))),
        keywords=is_keyword_list(reading),
        strung=is_strung(reading),
        scrambled=has_scrambled_marks(reading.text),
        disorder=mixed,
        thrown=is_unlikely(reading, mixed),
        short=_is_short(reading),
    )


def _grams(text: str) -> frozenset[str]:
    plain = _plain(text)
    return frozenset(plain[i : i + GRAM] for i in range(len(plain) - GRAM + 1))


def _plain(text: str) -> str:
    return "".join(c for c in normalised(text) if c.isalnum())


def _contained(reading: Reading, span: Span, grams: frozenset[str]) -> float:
    """Share of the clause's runs of four characters that the other text has."""
    plain = _plain(reading.text[span.start : span.end])
    mine = [plain[i : i + GRAM] for i in range(len(plain) - GRAM + 1)]
    if len(mine) < 3 or not grams:
        return 0.0
    return sum(g in grams for g in mine) / len(mine)


def _copied(reading: Reading, span: Span, grams: frozenset[str]) -> bool:
    """A clause of some length that stands in the material nearly letter by letter."""
    plain = _plain(reading.text[span.start : span.end])
    enough = 28 if plain.isascii() else 9
    return len(plain) >= enough and _contained(reading, span, grams) >= 0.9


def _injects(reading: Reading, span: Span) -> bool:
    return bool(injection_pattern().search(normalised(reading.text[span.start : span.end + 1])))


def _is_short(reading: Reading) -> bool:
    letters = sum(1 for c in reading.text if c.isalnum())
    words = len(reading.tokens)
    return letters < 6 or words < 3


def has_scrambled_marks(text: str) -> bool:
    """Whether marks stand where nobody puts them: at the start, or two different ones together."""
    odd = sum(len(set(m.group())) > 1 or m.start() == 0 for m in _ODD_MARKS.finditer(text))
    return odd > 0 or len(_DOUBLED.findall(text)) > 1


def is_keyword_list(reading: Reading) -> bool:
    """Whether the answer is a run of terms: hardly a function word, short pieces, no sentence."""
    tokens = reading.tokens
    if len(tokens) < 6:
        return False
    joining = sum(t.text in function_words() for t in tokens) / len(tokens)
    repeated = _repeated([t.key for t in tokens])
    pieces = [len(p) for p in _pieces(reading.text)]
    chinese = any(not t.text.isascii() for t in tokens)
    brief = median(pieces) <= (6 if chinese else 22)
    if repeated > 0.6 and len(tokens) >= 15:
        return True
    told = sum(bool(telling_pattern().search(normalised(p))) for p in _pieces(reading.text))
    if told > 0.34 * len(pieces) or _SENTENCE_INSIDE.search(reading.text.strip()):
        return False
    longer = median(pieces) <= (11 if chinese else 40)
    listed = (len(pieces) >= 5 and brief and joining < 0.08) or (
        len(pieces) >= (7 if chinese else 6) and longer
    )
    unbroken = len(pieces) <= 2 and len(tokens) >= 12 and joining < 0.05
    return listed or unbroken


def is_strung(reading: Reading) -> bool:
    """Whether a clause runs on as no sentence does: `RUN` words of content and more, with hardly a
    function word among them."""
    for clause in reading.clauses:
        words = reading.tokens[clause.first : clause.last]
        content = sum(t.text not in function_words() for t in words)
        most = JOINING_EN if all(t.text.isascii() for t in words) else JOINING_ZH
        if content >= RUN and 1 - content / len(words) < most:
            return True
    return False


def _repeated(keys: Sequence[str]) -> float:
    """Share of words said before, 0..1, within stretches of `STRETCH` words: over a whole text it
    grows with the text's length, however it is written (Covington & McFall 2010, MATTR)."""
    starts = range(0, max(1, len(keys) - STRETCH // 2), STRETCH // 2)
    stretches = [keys[at : at + STRETCH] for at in starts]
    return fmean(1 - len(set(stretch)) / len(stretch) for stretch in stretches)


def _pieces(text: str) -> list[str]:
    marks = "，,；;。！？!?\n：:、/|·+"
    spaced = "".join("，" if c in marks else c for c in text)
    if any(ord(c) > 0x2E7F for c in text):
        spaced = _SPACE_BETWEEN_WORDS.sub("，", spaced)
    return [p.strip() for p in spaced.split("，") if p.strip()] or [text]


def on_topic(reading: Reading, wanted: frozenset[str]) -> float:
    """Share of the wanted texts' character pairs that the answer has, 0..1."""
    have = pairs(reading.text)
    return len(have & wanted) / max(1, min(len(have), len(wanted)))
