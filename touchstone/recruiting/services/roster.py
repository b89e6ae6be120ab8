"""Candidates from a list: names with mail or phone, from another system, without resumes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from touchstone.common.actors import Actor
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import Message, say
from touchstone.positions.models import Position
from touchstone.positions.tables import Table
from touchstone.recruiting.models import Application, Candidate
from touchstone.recruiting.services.applications import application_open

HEADINGS = {
    "name": ("姓名", "候选人", "名字", "name", "full name", "candidate"),
    "email": ("邮箱", "电子邮箱", "邮件", "email", "e-mail", "mail"),
    "phone": ("手机", "电话", "手机号", "联系电话", "phone", "mobile", "telephone"),
}
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: ``number`` as the file counts it."""

    number: int
    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class RosterResult:
    """What an import did: refs of new applications, how many were known, rows not taken."""

    opened: tuple[str, ...]
    known: int
    problems: tuple[tuple[int, Message], ...]


def is_heading(text: str) -> bool:
    """Whether a column's heading is one of ours."""
    return any(text.strip().lower() in words for words in HEADINGS.values())


def roster_entries(table: Table) -> tuple[list[Entry], list[tuple[int, Message]]]:
    """The rows that can be used, and those that cannot with the reason.

    Raises:
        InvalidInput: there is no column of names.
    """
    places = {
        field: place
        for place, heading in enumerate(table.headings)
        for field, words in HEADINGS.items()
        if heading.strip().lower() in words
    }
    if "name" not in places:
        raise InvalidInput(say("recruiting.roster_no_names"), field="file")
    entries: list[Entry] = []
    problems: list[tuple[int, Message]] = []
    for number, row in zip(table.numbers, table.rows, strict=True):

        def cell(field: str, row: Sequence[object] = row) -> str:
            value = row[places[field]] if field in places and places[field] < len(row) else None
            return "" if value is None else " ".join(str(value).replace("\x00", "").split())

        email, phone = cell("email").lower(), re.sub(r"[^\d+]", "", cell("phone"))
        if not cell("name"):
            if any(value is not None for value in row):
                problems.append((number, say("recruiting.name_missing")))
            continue
        if email and not EMAIL.fullmatch(email):
            problems.append((number, say("recruiting.not_an_address", address=email[:80])))
            continue
        if re.fullmatch(r"1[3-9]\d{9}", phone):
            phone = f"+86{phone}"
        entries.append(Entry(number, cell("name")[:120], email[:254], phone[:24]))
    return entries, problems


@transaction.atomic
def roster_import(
    *, actor: Actor, position: Position, table: Table, source: str, at: dt.datetime
) -> RosterResult:
    """Opens an application for every person of the list who has none in the position.

    Somebody of the branch with the same mail or phone, and the same name, is the same person.

    Raises:
        InvalidInput: there is no column of names.
    """
    entries, problems = roster_entries(table)
    opened: list[str] = []
    known = 0
    for entry in entries:
        candidate = _candidate(position, entry) or Candidate.objects.create(
            branch_id=position.branch_id,
            name=entry.name,
            email=entry.email,
            phone=entry.phone,
            language="en" if entry.name.isascii() else "zh",
            created_at=at,
        )
        if Application.objects.filter(candidate=candidate, position=position).exists():
            known += 1
            continue
        application = application_open(
            actor=actor,
            candidate=candidate,
            position=position,
            resume=None,
            source=source,
            at=at,
        )
        opened.append(application.ref)
    return RosterResult(tuple(opened), known, tuple(problems))


def _candidate(position: Position, entry: Entry) -> Candidate | None:
    same = Q(pk__in=())
    if entry.email:
        same |= Q(email=entry.email)
    if entry.phone:
        same |= Q(phone=entry.phone)
    return (
        Candidate.objects.filter(
            same, branch_id=position.branch_id, name=entry.name, merged_into=None, erased_at=None
        )
        .order_by("pk")
        .first()
    )
