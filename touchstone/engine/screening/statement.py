"""A sentence of a resume and the job or project that it stands in."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from typing import Literal

from touchstone.engine.screening.demand import Sign

Strength = Literal["listed", "used", "result"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A job or project that sentences stand in.

    Attributes:
        key: tells entries apart; -1 for what stands in none.
        start: where it begins.
        kind: full_time | internship | part_time | project | "".
        months_ago: since it ended, 0 while it lasts; None when undated.
        months: how long it lasted; None when undated.
    """

    key: int = -1
    start: int = -1
    kind: str = ""
    months_ago: float | None = None
    months: float | None = None


@dataclass(slots=True)
class Statement:
    """One sentence of the resume and what was found in it.

    Attributes:
        section: work | project | education | skills | summary | wish | reference | other.
        part: the section's kind as the resume has it (certificates, campus …).
        strength: as the text engine has it, weakened where the sentence is only a list.
        grounding: 0–1, how much it tells that could be checked: numbers, tools, causes.
        manner: how it is told: of "helped", "clerical", "trait" and "owned" those that apply.
        enumerated: it only strings terms together.
        copied: it reads like the model's own sentences.
        role: "head" of a job or project, "person" where it tells who somebody is, else "".
        spoken: polarity of what is no concept.
        item: number of the line or bullet that it is a part of.
        anchor: end of the first word of a behaviour or hint.
        marks: groups of words in it that show how it is told.
        figures, causes, done, tools, size: what its grounding is made of: numbers, words of cause,
            words of completion, tools, and length in Latin letters (a Han character counts two).
        named: every concept that stands in it, whoever's it is.
        concepts: own concepts that the model asks for, with where they stand.
        foreign: concepts that are negated, wished for or someone else's, with polarity.
        shared: concepts of the team or of long ago; they count by half.
        behaviours: behaviours whose groups all stand in it.
        hints: parts of the model's own words, by number of the hint.
    """

    start: int
    end: int
    section: str
    part: str
    entry: Entry
    strength: Strength = "listed"
    grounding: float = 0.0
    manner: tuple[str, ...] = ()
    enumerated: bool = False
    copied: bool = False
    role: str = ""
    spoken: str = "own"
    item: int = 0
    anchor: int = 0
    marks: Set[str] = frozenset()
    figures: int = 0
    causes: bool = False
    done: bool = False
    tools: int = 0
    size: int = 0
    named: list[str] = field(default_factory=list)
    concepts: list[tuple[str, int, int]] = field(default_factory=list)
    foreign: list[tuple[str, int, int, str]] = field(default_factory=list)
    shared: set[str] = field(default_factory=set)
    behaviours: list[Sign] = field(default_factory=list)
    hints: dict[int, set[int]] = field(default_factory=dict)
