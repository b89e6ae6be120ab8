"""The demo company as a whole: sites, departments, people, position, wishes, applicants, past."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from touchstone.demo.history import PastApplicant, generate_history
from touchstone.demo.people import AS_OF, Person, generate_people
from touchstone.demo.wording import bank

APPLICANTS = 500


@dataclass(frozen=True, slots=True)
class Branch:
    """``head``: the head office."""

    key: str
    name: str
    name_en: str
    city: str
    head: bool


@dataclass(frozen=True, slots=True)
class Department:
    """``kind``: algorithm, business or hr. ``offset``: what its people add to a score, in points.
    ``emphasis``: the dimension in which they tell people apart most keenly."""

    key: str
    branch: str
    name: str
    name_en: str
    kind: str
    industry: str
    offset: float
    emphasis: str


@dataclass(frozen=True, slots=True)
class Interviewer:
    """``severity``: points added to every score, below zero is strict. ``noise``: standard
    deviation, in points."""

    key: str
    name: str
    name_en: str
    department: str
    title: str
    title_en: str
    severity: float
    noise: float


@dataclass(frozen=True, slots=True)
class Staff:
    """A person who signs in; ``role``: administrator, recruiter, hiring_manager or auditor."""

    key: str
    name: str
    name_en: str
    department: str
    title: str
    title_en: str
    role: str


@dataclass(frozen=True, slots=True)
class DemoPosition:
    """The opening that everyone applies for."""

    title: str
    title_en: str
    headcount: int
    description: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What a department would like, in its own words."""

    department: str
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Company:
    """Everything that the round is made from. ``as_of``: the day the round opens."""

    seed: int
    as_of: dt.date
    name: str
    name_en: str
    domain: str
    branches: tuple[Branch, ...]
    departments: tuple[Department, ...]
    interviewers: tuple[Interviewer, ...]
    staff: tuple[Staff, ...]
    position: DemoPosition
    wishes: tuple[Wish, ...]
    people: tuple[Person, ...]
    history: tuple[PastApplicant, ...]

    def department(self, key: str) -> Department:
        """The department with this key (KeyError where there is none)."""
        found = {d.key: d for d in self.departments}
        return found[key]

    def person(self, identifier: str) -> Person:
        """The applicant with this id (KeyError where there is none)."""
        return {p.id: p for p in self.people}[identifier]

    def address(self, key: str) -> str:
        """The mail address of an interviewer or member of staff."""
        return f"{key.replace('_', '.')}@{self.domain}"


def generate_company(seed: int, *, applicants: int = APPLICANTS, as_of: dt.date = AS_OF) -> Company:
    """The company of a seed; the same seed gives the same company on every machine.

    Args:
        seed: any whole number.
        applicants: how many apply in the present round, duplicates among them.
        as_of: the day the round opens; careers are dated back from it.
    """
    data: Mapping[str, Any] = bank("company")
    return Company(
        seed=seed,
        as_of=as_of,
        name=data["name"],
        name_en=data["name_en"],
        domain=data["domain"],
        branches=tuple(Branch(**entry) for entry in data["branches"]),
        departments=tuple(Department(**entry) for entry in data["departments"]),
        interviewers=tuple(Interviewer(**entry) for entry in data["interviewers"]),
        staff=tuple(Staff(**entry) for entry in data["staff"]),
        position=DemoPosition(**data["position"]),
        wishes=tuple(Wish(**entry) for entry in data["wishes"]),
        people=generate_people(seed, applicants, as_of),
        history=generate_history(seed, as_of),
    )
