"""Whether words stand in an order that people write, or were thrown together.

A classifier over pairs of neighbouring word classes, trained on the product's own texts against
the same texts shuffled: a function word is its own class, any other word its part of speech
(Chinese, from jieba's dictionary) or its ending (English).
"""

from __future__ import annotations

import functools
import math
from itertools import pairwise

from touchstone.engine.grading.lexicon import function_words, read_json
from touchstone.engine.grading.reading import Reading

_MARKS = {"，": ",", "；": ",", "：": ",", "、": "、", "。": ".", "！": ".", "？": ".", "\n": "."}
_ENDINGS = ("ing", "ed", "ly", "tion", "ment", "ity", "er", "al", "ive", "able", "es", "s")
MIN_PAIRS = 6


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


def class_pairs(words: tuple[str, ...]) -> list[tuple[str, str]]:
    """Neighbouring classes, with the text's edges as full stops; runs of marks count once."""
    classes = ["."]
    for word in words:
        name = word_class(word)
        if not (name in ",.、/" and classes[-1] in ",.、/"):
            classes.append(name)
    classes.append(".")
    return list(pairwise(classes))


def disorder(reading: Reading) -> float:
    """Probability, 0..1, that the words were shuffled; 0.0 when there are too few to judge."""
    found = class_pairs(reading.words)
    if len(found) < MIN_PAIRS:
        return 0.0
    lang = "zh" if any(not w.isascii() and w.isalnum() for w in reading.words) else "en"
    model = read_json("order_model.json")[lang]
    odds = model["pairs"]
    mean = sum(odds.get(f"{a} {b}", model["unseen"]) for a, b in found) / len(found)
    total = model["intercept"] + model["slope"] * mean * math.sqrt(len(found))
    return 1 / (1 + math.exp(min(60.0, -total)))
