"""Sentences from phrase banks: alternatives, numbers that agree with one another, slots.

A phrase is plain text with braces, the innermost filled first and from left to right:

======================  ====================================================================
``{a|b|c}``             one of the alternatives
``{#12-30}``            a number; decimals as written (``{#0.61-0.74}``)
``{#1200-9800/100}``    a multiple of 100
``{x=#60-70}``          the same, remembered as ``x``
``{@x}``                the number ``x`` again
``{y=@x+5-12}``         ``x`` plus 5 to 12, remembered as ``y``; ``-`` subtracts
``{$slot}``             a word given by the caller
======================  ====================================================================

The banks lie in ``touchstone/content/demo/*.yaml``; a block of text there is one phrase a line.
"""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml

BANKS = Path(__file__).resolve().parent.parent / "content" / "demo"

_INNERMOST = re.compile(r"\{([^{}]*)\}")
_NUMBER = re.compile(r"(?:(\w+)=)?#([\d.]+)-([\d.]+)(?:/(\d+))?")
_RECALL = re.compile(r"(?:(\w+)=)?@(\w+)(?:([+-])([\d.]+)-([\d.]+))?")

T = TypeVar("T")


@functools.cache
def bank(name: str) -> Mapping[str, Any]:
    """The phrase bank ``name``.yaml, with every block of text split into its lines."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with (BANKS / f"{name}.yaml").open("rb") as file:
        loaded = yaml.load(file, Loader=loader)  # noqa: S506 - safe loaders
    split: Mapping[str, Any] = _split(loaded)
    return split


def _split(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _split(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_split(inner) for inner in value]
    if isinstance(value, str) and value.endswith("\n"):
        return [line.strip() for line in value.splitlines() if line.strip()]
    return value


def rng_for(*parts: object) -> random.Random:
    """A generator of its own for each thing made, so that one change does not move the rest."""
    return random.Random(":".join(map(str, parts)))


class Wording:
    """Fills phrases; numbers remembered in one phrase can be recalled in the next.

    Args:
        rng: decides everything left open.
        slots: words for ``{$name}``.
    """

    def __init__(self, rng: random.Random, slots: Mapping[str, str] | None = None) -> None:
        self.rng = rng
        self.slots = dict(slots or {})
        self.numbers: dict[str, tuple[float, int]] = {}

    def write(self, phrase: str) -> str:
        """The phrase with every brace filled.

        Raises:
            KeyError: a slot or number is used that nothing has set.
        """
        while "{" in phrase:
            filled = _INNERMOST.sub(self._fill, phrase)
            if filled == phrase:
                raise ValueError(f"unbalanced braces: {phrase}")
            phrase = filled
        return phrase

    def one(self, phrases: Sequence[str]) -> str:
        """One of the phrases, filled."""
        return self.write(self.rng.choice(phrases))

    def some(self, phrases: Sequence[str], count: int) -> list[str]:
        """``count`` different phrases (fewer where the bank has fewer), filled."""
        chosen = self.rng.sample(list(phrases), min(count, len(phrases)))
        return [self.write(phrase) for phrase in chosen]

    def _fill(self, match: re.Match[str]) -> str:
        body = match[1]
        if body.startswith("$"):
            return self.slots[body[1:]]
        if number := _NUMBER.fullmatch(body):
            return self._number(*number.groups())
        if recall := _RECALL.fullmatch(body):
            return self._recall(*recall.groups())
        return str(self.rng.choice(body.split("|")))

    def _number(self, name: str | None, low: str, high: str, step: str | None) -> str:
        decimals = len(low.partition(".")[2])
        value = self.rng.uniform(float(low), float(high))
        if step:
            value = round(value / int(step)) * int(step)
        return self._keep(name, value, decimals)

    def _recall(
        self, name: str | None, source: str, sign: str | None, low: str | None, high: str | None
    ) -> str:
        value, decimals = self.numbers[source]
        if sign and low and high:
            change = self.rng.uniform(float(low), float(high))
            value += change if sign == "+" else -change
        return self._keep(name, value, decimals)

    def _keep(self, name: str | None, value: float, decimals: int) -> str:
        value = round(value, decimals)
        if name:
            self.numbers[name] = (value, decimals)
        return f"{value:.{decimals}f}"


def weighted(rng: random.Random, shares: Mapping[T, float]) -> T:
    """One key, as likely as its share."""
    return rng.choices(list(shares), weights=list(shares.values()))[0]
