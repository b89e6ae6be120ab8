"""Reads of evaluation: who may read which report, and the round as a ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from touchstone.accounts.models import Person
from touchstone.accounts.permissions import has_role
from touchstone.common.errors import NotAllowed, NotFound
from touchstone.common.messages import Message, say
from touchstone.engine.calibration.design import Link, advise_links
from touchstone.engine.calibration.notes import rater_notes
from touchstone.engine.calibration.ratings import RaterSeverity
from touchstone.engine.reporting.standing import places, rank
from touchstone.evaluation.models import Decision, Hire, Outcome, Report, Scorecard
from touchstone.evaluation.permissions import blind
from touchstone.interviews.models import Interview, PanelMember
from touchstone.positions.models import Position
from touchstone.positions.permissions import SEES_BRANCH, may_decide
from touchstone.recruiting.models import Application
from touchstone.recruiting.stages import FINAL


def require_report(person: Person, application: Application) -> None:
    """Raises:
    NotAllowed: the person still owes a scorecard, so others' scores stay closed to them.
    """
    if blind(person, application):
        raise NotAllowed(say("reporting.still_blind"))


def require_round(person: Person, position: Position) -> None:
    """For those who see the whole round: recruiters, auditors, its managers.

    Raises:
        NotAllowed: the person only takes part in single interviews.
    """
    if not (has_role(person, SEES_BRANCH, position.branch_id) or may_decide(person, position)):
        raise NotAllowed(say("accounts.not_allowed"))


def hidden_applications(person: Person, position: Position) -> set[int]:
    """Applications whose scores are still closed to somebody who sees the round: they sit on the
    panel and have not submitted. Two queries."""
    if not position.blind_first:
        return set()
    seats = (
        PanelMember.objects.filter(interview__application__position=position, person=person)
        .exclude(interview__status=Interview.Status.CANCELLED)
        .values_list("interview_id", "interview__application_id")
    )
    done = set(
        Scorecard.objects.filter(
            interview__application__position=position,
            rater=person,
            status=Scorecard.Status.SUBMITTED,
        ).values_list("interview_id", flat=True)
    )
    return {application for interview, application in seats if interview not in done}


@dataclass(slots=True)
class RoundRow:
    """An application in the ranking.

    Attributes:
        hidden: its scores are closed to the reader for now.
        place: best and worst place the intervals leave open; None without an interval.
        tie: it shares its place with a neighbour, as far as the intervals tell.
    """

    application: Application
    report_ref: str = ""
    number: int = 0
    fair: float | None = None
    raw: float | None = None
    ci: tuple[float, float] | None = None
    dimensions: list[dict[str, Any]] = field(default_factory=list)
    place: tuple[int, int] | None = None
    rank: int | None = None
    hidden: bool = False
    decision: Decision | None = None

    @property
    def tie(self) -> bool:
        return self.place is not None and self.place[0] != self.place[1]

    @property
    def decided(self) -> bool:
        return self.decision is not None or self.application.stage in FINAL


def round_rows(position: Position, hidden: set[int] | None = None) -> list[RoundRow]:
    """Everybody with an issued report, best first, then those evaluated without one; three
    queries. Scores of hidden applications are left out altogether."""
    hidden = hidden or set()
    reports: dict[int, tuple[Any, ...]] = {}
    for values in (
        Report.objects.filter(application__position=position, status="issued")
        .exclude(facts={})
        .order_by("number")
        .values_list("application_id", "ref", "number", "overall", "overall_raw", "facts__scores")
    ):
        reports[values[0]] = values
    applications = (
        Application.objects.filter(position=position)
        .filter(pk__in=[*reports, *_evaluated(position)])
        .select_related("candidate")
    )
    decisions = standing_decisions(position)
    rows = []
    for application in applications:
        row = RoundRow(application, decision=decisions.get(application.pk))
        row.hidden = application.pk in hidden
        if application.pk in reports and not row.hidden:
            _pk, ref, number, fair, raw, scores = reports[application.pk]
            row.report_ref, row.number, row.fair, row.raw = ref, number, fair, raw
            row.ci = tuple(scores["ci"]) if scores["ci"] else None
            row.dimensions = scores["dimensions"]
        rows.append(row)
    rows.sort(key=lambda r: (r.fair is None, -(r.fair or 0.0), r.application.pk))
    known = [row for row in rows if row.fair is not None]
    for row in known:
        others = [other for other in known if other is not row]
        row.place = places(row.ci, [other.ci for other in others])
        row.rank = rank(row.fair or 0.0, [other.fair or 0.0 for other in others])
    return rows


def own_calibration(person: Person, position: Position) -> tuple[Message, ...]:
    """What the last calibration says about this person's own scoring; for nobody else's eyes."""
    run = position.calibrations.order_by("-created_at", "-pk").first()
    row = next((r for r in run.result["raters"] if r["id"] == person.ref), None) if run else None
    if row is None:
        return ()
    ci = (float(row["ci"][0]), float(row["ci"][1])) if row["ci"] else None
    return rater_notes(
        RaterSeverity(row["id"], "", float(row["severity"]), ci, row["n"], row["misfit"])
    )


def panel_links(position: Position) -> list[tuple[str, str, Link]]:
    """Who should see a candidate together so that everybody stays comparable: names and why."""
    panels: dict[int, list[str]] = {}
    names: dict[str, str] = {}
    rows = (
        PanelMember.objects.filter(interview__application__position=position, removed_at=None)
        .exclude(interview__status=Interview.Status.CANCELLED)
        .exclude(seat="shadow")
        .values_list("interview__application_id", "person__ref", "person__name")
    )
    for application, ref, name in rows:
        panels.setdefault(application, []).append(ref)
        names[ref] = name
    links = advise_links((str(a), raters) for a, raters in panels.items())
    return [(names[link.first], names[link.second], link) for link in links]


def _evaluated(position: Position) -> list[int]:
    return list(
        Application.objects.filter(position=position, stage="evaluated").values_list(
            "pk", flat=True
        )
    )


def standing_decisions(position: Position) -> dict[int, Decision]:
    """The last decision of each application that was not undone."""
    rows = (
        Decision.objects.filter(application__position=position, undone_at=None)
        .select_related("by")
        .order_by("at", "pk")
    )
    return {decision.application_id: decision for decision in rows}


def decision_for(person: Person, ref: str) -> Decision:
    """A decision of a position this person decides about.

    Raises:
        NotFound: there is none that this person may know of.
    """
    decision = (
        Decision.objects.select_related(
            "application__candidate", "application__position__branch", "application__branch", "by"
        )
        .filter(ref=ref)
        .first()
    )
    if decision is None or not may_decide(person, decision.application.position):
        raise NotFound(say("recruiting.not_found"))
    return decision


def reports_of(application: Application) -> list[Report]:
    """The issued versions, newest first, without their content."""
    return list(
        application.reports.filter(status="issued")
        .exclude(facts={})
        .defer("facts", "analysis")
        .select_related("issued_by")
        .order_by("-number")
    )


def hires_of(position: Position) -> Sequence[Hire]:
    """Those who joined, with their outcomes, by first day."""
    return list(
        Hire.objects.filter(application__position=position)
        .select_related("application__candidate", "manager")
        .prefetch_related("outcomes__by")
        .order_by("starts_on", "pk")
    )


def outcome_for(person: Person, ref: str) -> Outcome:
    """The outcome of a hire this person manages or recruits for.

    Raises:
        NotFound: there is none that this person may know of.
    """
    outcome = (
        Outcome.objects.select_related(
            "hire__application__candidate",
            "hire__application__branch",
            "hire__application__resume",
            "hire__application__position__branch",
            "hire__manager",
        )
        .filter(ref=ref)
        .first()
    )
    if outcome is None or not (
        outcome.hire.manager_id == person.pk
        or may_decide(person, outcome.hire.application.position)
    ):
        raise NotFound(say("recruiting.not_found"))
    return outcome


def latest_overall(applications: Sequence[int]) -> dict[int, float | None]:
    """The fair overall score last issued, per application."""
    rows = Report.objects.filter(application_id__in=applications, status="issued")
    return dict(rows.order_by("number").values_list("application_id", "overall"))
