"""Proposals: what the records suggest changing, taken up or not by a person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from touchstone.audit.services import audit_record
from touchstone.common.actors import SYSTEM, Actor
from touchstone.common.errors import Conflict, InvalidInput
from touchstone.common.messages import Message, say
from touchstone.insights.figures import Figures, figures
from touchstone.insights.gathering import round_data
from touchstone.insights.models import Proposal
from touchstone.positions.models import Position

LEAST = 8
SAME_SD = 0.5
EASY, HARD = 85.0, 30.0
WEAK_DISCRIMINATION = 0.1
SLOW_DAYS = 1.0
IDLE_DAYS = 3.0
MANY_TO_PEOPLE = 0.3
MANY_MISSED = 0.1
MANY_OVERRULED = 0.15
FAR_APART = 12.0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something worth changing, and the numbers that say so."""

    kind: str
    subject: str
    message: Message
    data: dict[str, Any]


def suggest(f: Figures, names: dict[str, Any]) -> list[Suggestion]:
    """What the figures suggest; nothing from fewer than eight cases.

    Args:
        names: words of indicators and tasks by id: a string, or ``zh`` and ``en``.
    """
    return [*_people(f), *_dimensions(f, names), *_indicators(f, names), *_tasks(f, names)]


def _named(names: dict[str, Any], key: str) -> Any:
    name = names.get(key, key)
    if isinstance(name, dict):
        return {"id": "insights.words", "args": name}
    return name


def _people(f: Figures) -> list[Suggestion]:
    found = []
    for wait in f.waits:
        if wait.n >= LEAST and wait.median_days >= SLOW_DAYS:
            args = {
                "a": wait.department,
                "b": wait.waits_for,
                "days": f"{wait.median_days:.1f}",
                "n": wait.n,
            }
            found.append(
                Suggestion(
                    "department_waits",
                    f"{wait.department}→{wait.waits_for}",
                    say("insights.department_waits", **args),
                    {"median_days": round(wait.median_days, 2), "n": wait.n},
                )
            )
    idle = [days for days in f.waiting_decisions if days > IDLE_DAYS]
    if idle:
        args = {"n": len(idle), "days": f"{max(idle):.1f}"}
        found.append(
            Suggestion(
                "decisions_idle",
                "decisions",
                say("insights.decisions_idle", **args),
                {"n": len(idle), "longest_days": round(max(idle), 2)},
            )
        )
    over = f.attendance.held + f.attendance.missed
    if over >= LEAST and f.attendance.missed / over >= MANY_MISSED:
        args = {"missed": f.attendance.missed, "n": over}
        found.append(
            Suggestion(
                "interviews_missed", "interviews", say("insights.interviews_missed", **args), args
            )
        )
    overruled, total = f.overrides
    if total >= 4 * LEAST and overruled / total >= MANY_OVERRULED:
        args = {"n": overruled, "total": total}
        found.append(
            Suggestion("model_overruled", "model", say("insights.model_overruled", **args), args)
        )
    return found


def _indicators(f: Figures, names: dict[str, Any]) -> list[Suggestion]:
    found = []
    for row in f.indicators:
        name = _named(names, row.indicator)
        if row.n >= LEAST and row.sd < SAME_SD:
            args = {"indicator": name, "sd": f"{row.sd:.1f}", "mean": f"{row.mean:.1f}", "n": row.n}
            found.append(
                Suggestion(
                    "indicator_same",
                    row.indicator,
                    say("insights.indicator_same", **args),
                    {"sd": round(row.sd, 2), "n": row.n},
                )
            )
        seen = row.n + row.not_observed
        if seen >= LEAST and row.not_observed / seen > 0.5:
            args = {"indicator": name, "unseen": row.not_observed, "n": seen}
            found.append(
                Suggestion(
                    "indicator_unseen",
                    row.indicator,
                    say("insights.indicator_unseen", **args),
                    {"not_observed": row.not_observed, "n": seen},
                )
            )
    return found


def _dimensions(f: Figures, names: dict[str, Any]) -> list[Suggestion]:
    """Dimensions on which departments stay apart after severity is taken out: they mean different
    things by it, which only scoring together mends."""
    return [
        Suggestion(
            "dimension_apart",
            row.dimension,
            say(
                "insights.dimension_apart",
                dimension=_named(names, row.dimension),
                fair=f"{row.fair:.1f}",
                n=row.n,
            ),
            {"fair": round(row.fair, 1), "n": row.n},
        )
        for row in f.deviations
        if row.fair is not None and row.n >= LEAST and row.fair >= FAR_APART
    ]


def _tasks(f: Figures, names: dict[str, Any]) -> list[Suggestion]:
    found = []
    for row in f.tasks:
        if row.n < LEAST:
            continue
        name = _named(names, row.code)
        data = {"difficulty": round(row.difficulty, 1), "n": row.n}
        args = {"task": name, "mean": f"{row.difficulty:.0f}", "n": row.n}
        if row.difficulty >= EASY:
            found.append(Suggestion("task_easy", row.code, say("insights.task_easy", **args), data))
        elif row.difficulty <= HARD:
            found.append(Suggestion("task_hard", row.code, say("insights.task_hard", **args), data))
        if row.discrimination is not None and row.discrimination < WEAK_DISCRIMINATION:
            args = {"task": name, "r": f"{row.discrimination:.2f}", "n": row.n}
            found.append(
                Suggestion(
                    "task_flat",
                    row.code,
                    say("insights.task_flat", **args),
                    {"r": round(row.discrimination, 2), "n": row.n},
                )
            )
        if row.to_people > MANY_TO_PEOPLE:
            args = {"task": name, "share": f"{100 * row.to_people:.0f}", "n": row.n}
            found.append(
                Suggestion(
                    "task_to_people",
                    row.code,
                    say("insights.task_to_people", **args),
                    {"share": round(row.to_people, 2), "n": row.n},
                )
            )
    return found


def subject_names(position: Position, codes: list[str]) -> dict[str, Any]:
    """Names of the position's indicators and of the tasks used, by id or code; three queries."""
    from touchstone.assessments.models import PaperItem
    from touchstone.evaluation.services.report_facts import KIND_TITLES
    from touchstone.library.models import Problem, Question

    names: dict[str, Any] = {}
    document = position.model_version.document if position.model_version else {}
    for dimension in document.get("dimensions", []):
        names[dimension["id"]] = dimension.get("name")
        for indicator in dimension.get("indicators", []):
            names[indicator["id"]] = indicator.get("name") or indicator.get("text")
    names |= dict(Question.objects.filter(code__in=codes).values_list("code", "title"))
    for code, zh, en in Problem.objects.filter(code__in=codes).values_list(
        "code", "title", "title_en"
    ):
        names[code] = {"zh": zh, "en": en or zh}
    unnamed = [code for code in codes if code not in names]
    for code, kind in PaperItem.objects.filter(code__in=unnamed).values_list("code", "kind"):
        names[code] = KIND_TITLES[kind]
    return names


@transaction.atomic
def proposals_refresh(
    *, position: Position, at: dt.datetime, actor: Actor = SYSTEM, known: Figures | None = None
) -> list[Proposal]:
    """Writes what the figures suggest now; what was decided stays decided, what no longer holds
    and was never decided goes."""
    f = known or figures(round_data(position), at)
    names = subject_names(position, [task.code for task in f.tasks])
    Position.objects.select_for_update().get(pk=position.pk)
    held = {(p.kind, p.subject): p for p in position.proposals.all()}
    current = set()
    for suggestion in suggest(f, names):
        key = (suggestion.kind, suggestion.subject[:120])
        current.add(key)
        message = _stored(suggestion.message)
        row = held.get(key)
        if row is None:
            Proposal.objects.create(
                position=position,
                kind=key[0],
                subject=key[1],
                message=message,
                data=suggestion.data,
                created_at=at,
            )
        elif row.status == "open":
            row.message, row.data = message, suggestion.data
            row.save(update_fields=["message", "data"])
        else:
            row.data = {**row.data, "now": suggestion.data}
            row.save(update_fields=["data"])
    gone = [p.pk for key, p in held.items() if key not in current and p.status == "open"]
    Proposal.objects.filter(pk__in=gone).delete()
    audit_record(
        actor,
        "proposals.refreshed",
        object_type="position",
        object_ref=position.ref,
        branch_ref=position.branch.ref,
        detail={"open": len(current)},
    )
    return list(position.proposals.order_by("status", "created_at", "pk"))


@transaction.atomic
def proposal_decide(*, actor: Actor, proposal: Proposal, accept: bool, at: dt.datetime) -> Proposal:
    """Takes a proposal up or sets it aside; the figures of that day stay with it.

    Raises:
        Conflict: a colleague decided first.
        InvalidInput: nobody decides for the system.
    """
    if actor.person_id is None:
        raise InvalidInput(say("evaluation.people_decide"))
    status = "accepted" if accept else "declined"
    changed = Proposal.objects.filter(pk=proposal.pk, status="open").update(
        status=status, decided_by_id=actor.person_id, decided_at=at
    )
    if not changed:
        raise Conflict(say("insights.decided_already"))
    proposal.refresh_from_db()
    audit_record(
        actor,
        f"proposal.{status}",
        object_type="position",
        object_ref=proposal.position.ref,
        branch_ref=proposal.position.branch.ref,
        detail={"kind": proposal.kind, "subject": proposal.subject},
    )
    return proposal


def _stored(message: Message) -> dict[str, Any]:
    return {"id": message.id, "args": dict(message.args)}
