"""The default output validator of the problem package format 2025-09.

https://www.kattis.com/problem-package-format/spec/2025-09.html#default-output-validator-specification
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import Message, say
from touchstone.engine.judging.problem import Verdict

SPACE = re.compile(rb"[ \t\n\v\f\r]+")
FLOAT = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z")
SHOWN_BYTES = 60
TOLERANCES = ("float_relative_tolerance", "float_absolute_tolerance", "float_tolerance")


@dataclass(frozen=True, slots=True)
class Rules:
    """How strictly outputs are compared; tolerances None: numbers are compared as text."""

    case_sensitive: bool = False
    space_sensitive: bool = False
    relative: float | None = None
    absolute: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Verdict AC, WA or PE; ``detail`` tells where they differ (not for hidden tests)."""

    verdict: Verdict
    detail: Message | None = None


def parse_rules(arguments: Sequence[str]) -> Rules:
    """The rules of ``output_validator_args``; each word may also hold several.

    Raises:
        InvalidInput: an unknown argument, a tolerance without its number or given twice.
    """
    words = [word for argument in arguments for word in argument.split()]
    given: dict[str, float] = {}
    flags = set()
    position = 0
    while position < len(words):
        word = words[position]
        if word in TOLERANCES:
            value = words[position + 1] if position + 1 < len(words) else ""
            if not FLOAT.match(value.encode()) or word in given:
                raise InvalidInput(say("judging.bad_validator_args", arguments=" ".join(words)))
            given[word] = float(value)
            position += 2
        elif word in {"case_sensitive", "space_change_sensitive"}:
            flags.add(word)
            position += 1
        else:
            raise InvalidInput(say("judging.bad_validator_args", arguments=" ".join(words)))
    both = given.get("float_tolerance")
    if both is not None and len(given) > 1:
        raise InvalidInput(say("judging.bad_validator_args", arguments=" ".join(words)))
    return Rules(
        case_sensitive="case_sensitive" in flags,
        space_sensitive="space_change_sensitive" in flags,
        relative=given.get("float_relative_tolerance", both),
        absolute=given.get("float_absolute_tolerance", both),
    )


def compare(output: bytes, answer: bytes, rules: Rules) -> Comparison:
    """Compares token by token.

    PE is given where every token is right and only the white space is not, and white space counts.
    """
    got, expected = SPACE.split(output), SPACE.split(answer)
    got, expected = _trimmed(got), _trimmed(expected)
    for number, (mine, theirs) in enumerate(zip(got, expected, strict=False), 1):
        if not _same(mine, theirs, rules):
            return Comparison(
                Verdict.WRONG_ANSWER,
                say("judging.differs_at", n=number, got=_shown(mine), expected=_shown(theirs)),
            )
    if len(got) != len(expected):
        return Comparison(
            Verdict.WRONG_ANSWER,
            say("judging.token_count", got=len(got), expected=len(expected)),
        )
    if rules.space_sensitive and _spacing(output) != _spacing(answer):
        return Comparison(Verdict.PRESENTATION_ERROR, say("judging.white_space"))
    return Comparison(Verdict.ACCEPTED)


def compare_rows(output: bytes, answer: bytes, rules: Rules, *, ordered: bool) -> Comparison:
    """Compares tab-separated rows of a query; unordered: as multisets of rows.

    Cells are compared whole, spaces included, by the same rules as tokens.
    """
    got, expected = _rows(output), _rows(answer)
    if len(got) != len(expected):
        return Comparison(
            Verdict.WRONG_ANSWER, say("judging.row_count", got=len(got), expected=len(expected))
        )
    same = partial(_same_row, rules=rules)
    if ordered:
        for number, (mine, theirs) in enumerate(zip(got, expected, strict=True), 1):
            if not same(mine, theirs):
                return Comparison(Verdict.WRONG_ANSWER, say("judging.row_differs", n=number))
        return Comparison(Verdict.ACCEPTED)
    counts = Counter(map(tuple, expected))
    counts.subtract(map(tuple, got))
    left = [list(row) for row, count in counts.items() for _ in range(count)]
    pending = [list(row) for row, count in sorted(counts.items()) for _ in range(-count)]
    for row in pending:
        match = next((i for i, theirs in enumerate(left) if same(row, theirs)), None)
        if match is None:
            return Comparison(
                Verdict.WRONG_ANSWER,
                say("judging.row_unexpected", row=_shown(b" | ".join(row))),
            )
        del left[match]
    return Comparison(Verdict.ACCEPTED)


def _rows(text: bytes) -> list[list[bytes]]:
    lines = text.replace(b"\r\n", b"\n").split(b"\n")
    while lines and not lines[-1].strip():
        lines.pop()
    return [[cell.strip(b" ") for cell in line.split(b"\t")] for line in lines]


def _same_row(mine: list[bytes], theirs: list[bytes], *, rules: Rules) -> bool:
    return len(mine) == len(theirs) and all(map(partial(_same, rules=rules), mine, theirs))


def _same(mine: bytes, theirs: bytes, rules: Rules) -> bool:
    if mine == theirs:
        return True
    tolerant = rules.relative is not None or rules.absolute is not None
    if tolerant and FLOAT.match(theirs):
        if not FLOAT.match(mine):
            return False
        value, target = float(mine), float(theirs)
        error = abs(value - target)
        within_absolute = rules.absolute is not None and error <= rules.absolute
        return within_absolute or (
            rules.relative is not None and error <= rules.relative * abs(target)
        )
    return not rules.case_sensitive and mine.lower() == theirs.lower()


def _spacing(text: bytes) -> tuple[list[bytes], bool]:
    return SPACE.findall(text), bool(SPACE.match(text))


def _trimmed(tokens: list[bytes]) -> list[bytes]:
    return [token for token in tokens if token]


def _shown(token: bytes) -> str:
    text = token[:SHOWN_BYTES].decode("utf-8", "replace")
    return text + "…" if len(token) > SHOWN_BYTES else text
