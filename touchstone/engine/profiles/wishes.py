"""A business department's wishes as proposed indicators, each with the words it rests on."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from touchstone.common.messages import Bilingual

INDICATORS = Path(__file__).resolve().parents[2] / "content" / "indicators.yaml"
_CLAUSE = re.compile(r"[^。；;！!？?\n,，、]+")
_SENTENCE_END = "。；;！!？?\n"
_MUST = re.compile(r"必须|一定要|务必|至少|要求|需要|must|required?|need|at least", re.IGNORECASE)
_NICE = re.compile(
    r"最好|优先|加分|如果能|希望|preferabl|nice to have|a plus|ideally", re.IGNORECASE
)
_NOT = re.compile(
    r"不要求|不需要|无需|不用|不必|没有要求|not required|no need|don't need", re.IGNORECASE
)
_COUNT = re.compile(
    r"(?P<n>\d+|[一二两三四五六七八九十])\s*\+?\s*(?:(?P<time>年|个月|years?|months?)"
    r"|(?:个|款|条)?(?:以上)?的?(?:训练|完整|落地|AI|标注)*\s*(?P<unit>项目|人|次|projects?|people))",
    re.IGNORECASE,
)
_DIGIT = {
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator of the common vocabulary, with words that point at it.

    Attributes:
        function, level: of the national occupation standard, with the lowest level that has it
            (5 五级 … 1 一级); "" and 0 for what the standard does not ask for.
    """

    id: str
    dimension: str
    name: Bilingual
    cues: tuple[str, ...]
    function: str = ""
    level: int = 0


@dataclass(frozen=True, slots=True)
class WishProposal:
    """A proposed indicator.

    Attributes:
        quote: the words it came from; ``text[start:end] == quote``.
        indicator: of the common vocabulary; empty when the words point at none of it.
        cues: the words in the quote that decided.
        strength: "must", "wanted" or "nice".
        at_least, unit: a quantity in the words, like 3 and "项目"; None and "" without.
    """

    quote: str
    start: int
    end: int
    indicator: str
    dimension: str
    name: Bilingual
    cues: tuple[str, ...]
    strength: str
    at_least: float | None
    unit: str


@functools.cache
def common_indicators() -> tuple[Indicator, ...]:
    """The vocabulary of content/indicators.yaml, in its order."""
    with INDICATORS.open("rb") as file:
        data: dict[str, Any] = yaml.safe_load(file)
    return tuple(
        Indicator(
            id=key,
            dimension=row["dimension"],
            name=Bilingual(**row["name"]),
            cues=tuple(cue.casefold() for lang in ("zh", "en") for cue in row["cues"][lang]),
            function=row.get("standard", {}).get("function", ""),
            level=row.get("standard", {}).get("level", 0),
        )
        for key, row in data.items()
    )


def wishes_to_indicators(text: str) -> tuple[WishProposal, ...]:
    """Proposals in the order of the text, at most one for each indicator and clause.

    What the department says it does not need is left out. A clause with no known word but with a
    quantity or a "must" is proposed without an indicator, so that nothing asked for is lost.
    """
    proposals: list[WishProposal] = []
    strength = "wanted"
    previous_end = 0
    for start, end in _clauses(text):
        if any(mark in _SENTENCE_END for mark in text[previous_end:start]):
            strength = "wanted"
        previous_end = end
        quote = text[start:end]
        if _NOT.search(quote):
            continue
        strength = _strength(quote, strength)
        at_least, unit = _quantity(quote)
        matches = _matches(quote)
        for indicator, cues in matches:
            proposals.append(
                WishProposal(
                    quote,
                    start,
                    end,
                    indicator.id,
                    indicator.dimension,
                    indicator.name,
                    cues,
                    strength,
                    at_least,
                    unit,
                )
            )
        if not matches and (at_least is not None or _MUST.search(quote)):
            proposals.append(
                WishProposal(
                    quote, start, end, "", "", Bilingual(quote, quote), (), strength, at_least, unit
                )
            )
    return tuple(proposals)


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    for match in _CLAUSE.finditer(text):
        words = match.group()
        start = match.start() + len(words) - len(words.lstrip())
        end = match.end() - (len(words) - len(words.rstrip()))
        if end - start >= 2:
            yield start, end


def _strength(quote: str, before: str) -> str:
    if _NICE.search(quote):
        return "nice"
    if _MUST.search(quote):
        return "must"
    return before


def _quantity(quote: str) -> tuple[float | None, str]:
    match = _COUNT.search(quote)
    if not match:
        return None, ""
    number = match["n"]
    return float(_DIGIT.get(number) or int(number)), match["time"] or match["unit"]


def _matches(quote: str) -> list[tuple[Indicator, tuple[str, ...]]]:
    """Indicators whose words stand in the quote; a word inside a longer one does not count."""
    folded = quote.casefold()
    found = [
        (indicator, cue)
        for indicator in common_indicators()
        for cue in indicator.cues
        if _stands_in(cue, folded)
    ]
    longest = [
        (indicator, cue)
        for indicator, cue in found
        if not any(cue != other and cue in other for _, other in found)
    ]
    grouped: dict[str, tuple[Indicator, tuple[str, ...]]] = {}
    for indicator, cue in longest:
        grouped[indicator.id] = (indicator, (*grouped.get(indicator.id, (None, ()))[1], cue))
    return list(grouped.values())


def _stands_in(cue: str, folded: str) -> bool:
    if cue.isascii():
        return re.search(rf"(?<![a-z]){re.escape(cue)}", folded) is not None
    return cue in folded
