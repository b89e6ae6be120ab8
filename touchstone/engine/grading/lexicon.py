"""The words grading knows: synonyms with their opposites, cues, and how telling a word is."""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CONTENT = Path(__file__).resolve().parents[2] / "content" / "grading"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SUFFIXES = ("ations", "ation", "ingly", "ings", "ing", "edly", "ied", "ies", "ed", "es", "ly", "s")


@dataclass(frozen=True, slots=True)
class Sense:
    """What a word stands for: its group's name, and −1 when it is the group's opposite."""

    name: str
    sign: int


def read_yaml(name: str) -> dict[str, Any]:
    """A YAML file of the grading content."""
    loaded: dict[str, Any] = yaml.load((CONTENT / name).read_bytes(), Loader=LOADER)  # noqa: S506
    return loaded


@functools.cache
def read_json(name: str) -> Mapping[str, Any]:
    """A JSON file of the grading content."""
    loaded: Mapping[str, Any] = json.loads((CONTENT / name).read_text("utf-8"))
    return loaded


@functools.cache
def cues() -> Mapping[str, Any]:
    """Negators, denials, function words and patterns of `cues.yaml`."""
    return read_yaml("cues.yaml")


@functools.cache
def function_words() -> frozenset[str]:
    """Words that join others and carry no point by themselves, in both languages."""
    words = cues()["function"]
    return frozenset(str(w).lower() for lang in ("zh", "en") for w in words[lang])


@functools.cache
def synonyms() -> Mapping[str, Sense]:
    """Every word of `synonyms.yaml` with its sense; the first group that names a word keeps it."""
    senses: dict[str, Sense] = {}
    for lang, groups in read_yaml("synonyms.yaml").items():
        for group in groups:
            sides = [side.split() for side in str(group).split("|")]
            name = f"={sides[0][0]}"
            for side, sign in zip(sides, (1, -1), strict=False):
                for word in side:
                    key = word.replace("-", " ") if lang == "en" else word
                    senses.setdefault(key, Sense(name, sign))
    return senses


@functools.cache
def stem(word: str) -> str:
    """An English word without its ending, at least three letters: "labelling" → "label"."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3 and not word.endswith("ss"):
            word = word[: -len(suffix)] + ("y" if suffix in {"ied", "ies"} else "")
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiou":
        word = word[:-1]
    return word[:-1] if len(word) > 4 and word[-1] == "e" else word


@functools.cache
def segmenter() -> Any:
    """jieba's tokeniser that also keeps the words of `synonyms.yaml` whole."""
    import logging

    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    for word in synonyms():
        if len(word) > 1 and not word.isascii():
            tokenizer.add_word(word)
    return tokenizer


@functools.cache
def weight(word: str) -> float:
    """How telling a word is, 0..1: rare words of the language tell more, function words nothing.

    Chinese: ``(ln N/f − 5) / 9`` clipped to 0.15..1, f the word's count among the N of jieba's
    dictionary. English: 0.4 for words of up to three letters, 0.8 otherwise.
    """
    if word in function_words():
        return 0.0
    if word.isascii():
        return 0.4 if len(word) <= 3 and word.isalpha() else 0.8
    table = segmenter()
    frequency = table.FREQ.get(word, 0) or 3
    telling = (math.log(table.total / frequency) - 5) / 9
    return min(1.0, max(0.15, telling)) * (0.6 if len(word) == 1 else 1.0)


@functools.cache
def injection_pattern() -> re.Pattern[str]:
    """Sentences that talk to a grading machine instead of answering."""
    return re.compile("|".join(f"(?:{p})" for p in cues()["injection"]), re.IGNORECASE)


@functools.cache
def telling_pattern() -> re.Pattern[str]:
    """Words by which somebody tells what they do and why, rather than naming terms."""
    words = cues()["telling"]
    english = "|".join(rf"\b{re.escape(str(w))}\b" for w in words["en"])
    return re.compile("|".join([*map(re.escape, map(str, words["zh"])), english]), re.IGNORECASE)
