from __future__ import annotations

import pytest

from touchstone.common.errors import InvalidInput
from touchstone.engine.judging.comparison import compare, compare_rows, parse_rules


@pytest.mark.parametrize(
    ("output", "answer", "arguments", "expected"),
    [
        (b"1 2\n", b"1 2", [], "AC"),
        (b"  1\r\n\t2", b"1 2\n", [], "AC"),
        (b"1 3", b"1 2", [], "WA"),
        (b"1", b"1 2", [], "WA"),
        (b"1 2 3", b"1 2", [], "WA"),
        (b"", b"", [], "AC"),
        (b"", b"1", [], "WA"),
        (b"YES", b"yes", [], "AC"),
        (b"YES", b"yes", ["case_sensitive"], "WA"),
        ("试金石".encode(), "试金石".encode(), ["case_sensitive"], "AC"),
        (b"1  2", b"1 2", ["space_change_sensitive"], "PE"),
        (b" 1 2", b"1 2 ", ["space_change_sensitive"], "PE"),
        (b"1  3", b"1 2", ["space_change_sensitive"], "WA"),
        (b"1.0", b"1", [], "WA"),
        (b"1.0", b"1", ["float_tolerance", "1e-6"], "AC"),
        (b"1.001", b"1", ["float_absolute_tolerance 1e-2"], "AC"),
        (b"1001", b"1000", ["float_relative_tolerance", "1e-3"], "AC"),
        (b"1002", b"1000", ["float_relative_tolerance", "1e-3"], "WA"),
        (b"1e3", b"1000", ["float_tolerance", "1e-9"], "AC"),
        (b"nan", b"1", ["float_tolerance", "1e9"], "WA"),
        (b"inf", b"1", ["float_tolerance", "1e9"], "WA"),
        (b"1e999", b"1", ["float_tolerance", "1e9"], "WA"),
        (b"0x10", b"16", ["float_tolerance", "1"], "WA"),
        (b"abc", b"ABC", ["float_tolerance", "1"], "AC"),
        (b"\xff\xfe", b"\xff\xfe", [], "AC"),
    ],
)
def test_tokens(output: bytes, answer: bytes, arguments: list[str], expected: str) -> None:
    assert compare(output, answer, parse_rules(arguments)).verdict == expected


@pytest.mark.parametrize(
    "arguments",
    [
        ["float_tolerance"],
        ["float_tolerance", "small"],
        ["float_tolerance", "1", "float_absolute_tolerance", "1"],
        ["float_tolerance", "1", "float_tolerance", "1"],
        ["ignore_everything"],
    ],
)
def test_faulty_arguments_are_refused(arguments: list[str]) -> None:
    with pytest.raises(InvalidInput):
        parse_rules(arguments)


@pytest.mark.parametrize(
    ("output", "answer", "ordered", "expected"),
    [
        (b"a\t1\nb\t2\n", b"a\t1\nb\t2", True, "AC"),
        (b"b\t2\na\t1\n", b"a\t1\nb\t2\n", False, "AC"),
        (b"b\t2\na\t1\n", b"a\t1\nb\t2\n", True, "WA"),
        (b"a\t1\na\t1\n", b"a\t1\nb\t2\n", False, "WA"),
        (b"a\t1\n", b"a\t1\na\t1\n", False, "WA"),
        (b"a b\t1\n", b"a\tb 1\n", False, "WA"),
        (b"\t1\n", b"\t1\n", True, "AC"),
        (b"", b"", False, "AC"),
    ],
)
def test_rows(output: bytes, answer: bytes, ordered: bool, expected: str) -> None:
    assert compare_rows(output, answer, parse_rules([]), ordered=ordered).verdict == expected


def test_unordered_rows_match_within_tolerance() -> None:
    rules = parse_rules(["float_tolerance", "1e-3"])
    got, expected = b"b\t2.0001\na\t1.0\n", b"a\t1\nb\t2\n"
    assert compare_rows(got, expected, rules, ordered=False).verdict == "AC"
    assert compare_rows(b"b\t2.1\na\t1\n", expected, rules, ordered=False).verdict == "WA"
