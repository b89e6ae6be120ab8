"""Outcomes of many hires out of one file, as another system exports them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from touchstone.common.actors import Actor
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import Message, say
from touchstone.evaluation.models import Outcome
from touchstone.evaluation.services.outcomes import outcome_record
from touchstone.positions.models import Position
from touchstone.positions.tables import Cell, read_table

HEADINGS = {
    "who": ("姓名", "候选人", "员工", "邮箱", "name", "email", "employee"),
    "month": ("月", "月份", "第几个月", "month"),
    "projects_delivered": ("交付项目数", "交付项目", "完成项目", "projects", "projects delivered"),
    "model_improvement": (
        "模型效果提升",
        "模型效果提升（百分点）",
        "效果提升",
        "model improvement",
        "improvement",
    ),
    "review": ("评价", "绩效评价", "业务部门评价", "review"),
    "comment": ("备注", "说明", "comment"),
}


@dataclass(frozen=True, slots=True)
class ImportedOutcomes:
    """How many rows were kept, and for each other row its number and why."""

    kept: int
    problems: tuple[tuple[int, Message], ...]


@transaction.atomic
def outcomes_import(
    *, actor: Actor, position: Position, name: str, data: bytes, at: dt.datetime
) -> ImportedOutcomes:
    """Records the outcomes of a CSV or XLSX file; a bad row is named and stops no other.

    Columns are found by their headings: who (name or e-mail), month (1, 3 or 6), and any of
    projects, improvement, review, comment.

    Raises:
        InvalidInput: no table, or no column that says who.
    """
    table = read_table(data, name, lambda heading: _field(heading) != "")
    columns = {_field(h): i for i, h in enumerate(table.headings) if _field(h)}
    if "who" not in columns:
        raise InvalidInput(say("evaluation.no_who_column"), field="file")
    outcomes = {}
    for outcome in Outcome.objects.filter(hire__application__position=position).select_related(
        "hire__application__candidate",
        "hire__application__branch",
        "hire__application__resume",
        "hire__application__position__branch",
    ):
        candidate = outcome.hire.application.candidate
        for key in (candidate.name, candidate.email):
            outcomes[key.strip().lower(), outcome.month] = outcome
    kept, problems = 0, []
    for number, row in zip(table.numbers, table.rows, strict=True):
        cells = {name: row[i] if i < len(row) else None for name, i in columns.items()}
        try:
            who, month = _text(cells.get("who")), int(_number(cells, "month") or 3)
            found = outcomes.get((who.lower(), month))
            if found is None:
                raise InvalidInput(say("evaluation.nobody_so_named", who=who))
            outcome_record(
                actor=actor,
                outcome=found,
                projects_delivered=_number(cells, "projects_delivered"),
                model_improvement=_number(cells, "model_improvement"),
                review=_number(cells, "review"),
                comment=_text(cells.get("comment")),
                at=at,
            )
            kept += 1
        except InvalidInput as error:
            problems.append((number, error.message))
    return ImportedOutcomes(kept, tuple(problems))


def _field(heading: str) -> str:
    words = heading.strip().lower()
    return next((name for name, known in HEADINGS.items() if words in known), "")


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell).strip()


def _number(cells: dict[str, Any], name: str) -> float | None:
    text = _text(cells.get(name)).rstrip("%％").replace("第", "").replace("个月", "")
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise InvalidInput(say("evaluation.not_a_number"), field=name) from error
