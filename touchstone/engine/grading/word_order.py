"""Whether words stand in an order that people write, or were thrown together.

How much more often two words follow one another in the product's own texts than in the same texts
shuffled. A pair is looked up by its words where both are common, and by their classes: a function
word is its own class, any other word its part of speech (Chinese, from jieba's dictionary) or its
ending (English). Words that stand two apart are looked up by class.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from touchstone.engine.grading.lexicon import function_words, read_json
from touchstone.engine.grading.reading import Reading

_MARKS = {"，": ",", "；": ",", "：": ",", "、": "、", "。": ".", "！": ".", "？": ".", "\n": "."}
_ANY_MARK = ",.、/"
_ENDINGS = ("ing", "ed", "ly", "tion", "ment", "ity", "er", "al", "ive", "able", "es", "s")
MIN_PAIRS = 6
MIXED = 0.25
UNLIKELY = {
    "zh": ((20, 0.85), (10, 0.9), (0, 0.98)),
    "en": ((40, 0.75), (20, 0.93), (14, 0.96), (0, 0.99)),
}
"""Words of a text, and from which `disorder` on it was thrown together: few words tell little."""


@functools.cache
def word_class(word: str) -> str:
    """The class of a lower-case word or mark."""
    if not word[0].isalnum():
        return _MARKS.get(word, word if word in ",." else "/")
    if word in function_words():
        return word
    if word[0].isdigit():
        return "#"
    if word.isascii():
        return next((f"-{e}" for e in _ENDINGS if word.endswith(e) and len(word) > 3), "-")
    return "$" + _parts_of_speech().get(word, "x")[:1]


@functools.cache
def _parts_of_speech() -> dict[str, str]:
    import jieba

    table: dict[str, str] = {}
    with jieba.get_dict_file() as file:
        for line in file:
            word, _, tag = line.decode("utf-8").strip().split(" ")
            table[word] = tag
    return table


@dataclass(frozen=True, slots=True)
class OrderModel:
    """Log odds of pairs in real against shuffled text, for one language.

    Attributes:
        common: words that are looked up as they are.
        words: what a pair with a common word adds to the odds of its classes.
        classes: of pairs of classes; ``unseen`` where a pair was never met.
        skips: of classes two apart.
        intercept: with ``slope``, from the likeness of a text to a probability.
    """

    common: frozenset[str]
    words: Mapping[str, float]
    classes: Mapping[str, float]
    skips: Mapping[str, float]
    unseen: float
    intercept: float
    slope: float


Step = tuple[str, str]
"""A word as it is looked up, and its class."""


@functools.cache
def order_model(lang: str) -> OrderModel:
    """The model that comes with the product."""
    stored = read_json("order_model.json")[lang]
    return OrderModel(**{**stored, "common": frozenset(stored["common"])})


def steps(words: Sequence[str], common: frozenset[str]) -> list[Step]:
    """The text's words and marks, with its edges as full stops; runs of marks count once."""
    found: list[Step] = [(".", ".")]
    for word in words:
        name = word_class(word)
        if name in _ANY_MARK:
            if found[-1][1] not in _ANY_MARK:
                found.append((name, name))
        else:
            found.append((word if word in common else name, name))
    found.append((".", "."))
    return found


def likeness(found: Sequence[Step], model: OrderModel) -> float:
    """How much likelier these steps are in real text than in shuffled: the sum of log odds
    divided by the root of their number, so that long texts and short ones compare."""
    total = 0.0
    for (word, name), (next_word, next_name) in pairwise(found):
        total += model.classes.get(f"{name} {next_name}", model.unseen)
        total += model.words.get(f"{word} {next_word}", 0.0)
    for (_, name), (_, other) in zip(found, found[2:], strict=False):
        total += model.skips.get(f"{name} {other}", 0.0)
    return total / math.sqrt(len(found))


def disorder(reading: Reading) -> float:
    """Probability, 0..1, that the words were shuffled; 0.0 when there are too few to judge."""
    model = order_model(_language(reading))
    found = steps(reading.words, model.common)
    if len(found) <= MIN_PAIRS:
        return 0.0
    total = model.intercept + model.slope * likeness(found, model)
    return 1 / (1 + math.exp(min(60.0, -total)))


def is_unlikely(reading: Reading, found: float) -> bool:
    """Whether a `disorder` of ``found`` is more than hardly anybody's own words have."""
    words = len(reading.tokens)
    letters = [w for w in reading.words if w[0].isalpha()]
    foreign = sum(w.isascii() for w in letters)
    if MIXED <= foreign / max(1, len(letters)) < 1:
        return False  # Chinese and English in one sentence: neither model knows that order
    return found >= next(limit for least, limit in UNLIKELY[_language(reading)] if words >= least)


def _language(reading: Reading) -> str:
    return "zh" if any(not w.isascii() and w.isalnum() for w in reading.words) else "en"


LIKE_A_COPY = 0.85
"""Share of an answer's words that a reference has, and the other way round, from which on the
answer is that reference with its words in this or another order."""
IN_SEQUENCE = 0.8
"""A copy this true, with a word put in here and there, is in order."""
BRIEF = 200
"""Words: in a long copy a word put in breaks few of its pairs."""
FEWEST_KEPT = 3
_JOINING = frozenset(["和", "与", "及", "以及", "或", "或者", "and", "or"])


def kept_together(answer: Reading, reference: Reading) -> float | None:
    """Of the neighbours in an answer that consists of the reference's words and of nearly all of
    them, the share that are neighbours in the reference too. A list in another order keeps what
    stands between its marks; where that is single words, each keeps the marks beside it.

    None when the answer has other words or too few neighbours: then its order says nothing.
    """
    mine, theirs = _bag(answer), _bag(reference)
    if (mine & theirs).total() < LIKE_A_COPY * max(mine.total(), theirs.total()):
        return None
    brief = len(answer.words) <= BRIEF
    if brief and SequenceMatcher(None, answer.words, reference.words, False).ratio() >= IN_SEQUENCE:
        return 1.0
    for marked, fewest in ((False, FEWEST_KEPT), (True, 2 * FEWEST_KEPT)):
        ours, wanted = _neighbours(answer, marked), _neighbours(reference, marked)
        least = min(ours.total(), wanted.total())
        if least >= fewest:
            return (ours & wanted).total() / least
    return None


def _bag(reading: Reading) -> Counter[str]:
    """Words, and Chinese characters: shuffled words read together are cut into other words."""
    letters: Counter[str] = Counter()
    for word in reading.words:
        if word[0].isalnum():
            letters.update([word] if word.isascii() else word)
    return letters


def _neighbours(reading: Reading, marked: bool) -> Counter[tuple[str, str]]:
    """Pairs of words with no mark and no "and" between them; with ``marked``, those as well."""
    told = (w if w[0].isalnum() and w not in _JOINING else "" for w in reading.words)
    words = ["", *told, ""]
    return Counter((a, b) for a, b in pairwise(words) if (a and b) or (marked and (a or b)))
