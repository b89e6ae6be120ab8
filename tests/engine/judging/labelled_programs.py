"""Programs as candidates send them in, labelled by hand check by check, and how the checks agree.

A program's entry names the checks that must fail and those that must pass; ``#!check`` stands at
the end of the line that a failing check has to name and is taken off before the program is read.
``practice_held_out.yaml`` is a random draw that was not looked at while the checks were improved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from touchstone.engine.judging.practice import check_source

DATA = Path(__file__).resolve().parent / "data"
SETS = ("practice", "practice_held_out")
MARK = re.compile(r"\s*#!(\w+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Program:
    """One labelled program; ``lines`` holds the line each failing check should name."""

    name: str
    label: str
    source: str
    fails: tuple[str, ...]
    passes: tuple[str, ...]
    lines: dict[str, int]


@dataclass(frozen=True, slots=True)
class Judged:
    """One check on one program: what it should say, what it says."""

    program: str
    check: str
    bad: bool
    found: bool
    right_line: bool
    line: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Findings against programs: right, wrong, missed; of the right ones, how many lines."""

    judged: int
    right: int
    wrong: int
    missed: int
    lines: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def programs(name: str) -> tuple[Program, ...]:
    entries = yaml.safe_load((DATA / f"{name}.yaml").read_text("utf-8"))
    return tuple(_program(entry) for entry in entries)


def _program(entry: dict[str, object]) -> Program:
    text = str(entry["program"])
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        marked = MARK.search(line)
        if marked:
            lines[marked[1]] = number
    fails, passes = entry.get("fails", []), entry.get("passes", [])
    assert isinstance(fails, list)
    assert isinstance(passes, list)
    return Program(
        name=str(entry["name"]),
        label=str(entry.get("label", "y")),
        source=MARK.sub("", text),
        fails=tuple(fails),
        passes=tuple(passes),
        lines=lines,
    )


def judged(which: Iterable[Program]) -> tuple[Judged, ...]:
    """Every labelled check of every program, compared."""
    return tuple(
        Judged(
            program=program.name,
            check=finding.check,
            bad=finding.check in program.fails,
            found=not finding.passed,
            right_line=finding.line == program.lines.get(finding.check),
            line=finding.line,
        )
        for program in which
        for finding in check_source(
            program.source.encode(), (*program.fails, *program.passes), program.label
        )
    )


def figures(of: Iterable[Judged]) -> Figures:
    rows = list(of)
    right = [r for r in rows if r.bad and r.found]
    return Figures(
        judged=len(rows),
        right=len(right),
        wrong=sum(r.found and not r.bad for r in rows),
        missed=sum(r.bad and not r.found for r in rows),
        lines=sum(r.right_line for r in right),
    )
