"""Every figure of the insights page, computed a second time from the raw rows."""

from __future__ import annotations

import datetime as dt
import io
import statistics
from itertools import combinations, pairwise
from zoneinfo import ZoneInfo

import numpy as np
import openpyxl
import pytest

from tests.company import Company
from tests.evaluated import build_round
from touchstone.assessments.models import Attempt, AttemptItem, Grading, Paper, PaperItem
from touchstone.common.errors import Conflict
from touchstone.evaluation.models import Decision, IndicatorScore, Report, Scorecard
from touchstone.evaluation.services.decisions import decision_make
from touchstone.evaluation.services.reports import reports_issue
from touchstone.insights import comparing, snapshots
from touchstone.insights.figures import Figures, compare, figures, split, times
from touchstone.insights.gathering import round_data
from touchstone.insights.onepage import onepage_pdf
from touchstone.insights.round_table import round_table
from touchstone.insights.services import proposal_decide, proposals_refresh
from touchstone.insights.tables import as_csv, as_xlsx, tables
from touchstone.interviews.models import Interview
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application, Screening, StageEvent
from touchstone.recruiting.services.applications import application_move, application_undo

DAY = 86400


def days(start: dt.datetime | None, end: dt.datetime | None) -> float:
    assert start is not None
    assert end is not None
    return (end - start).total_seconds() / DAY


def name_of(card: Scorecard) -> str:
    assert card.department is not None
    return card.department.name


def known(value: float | None) -> float:
    assert value is not None
    return value


@pytest.fixture
def rows(company: Company, position: Position, now: dt.datetime) -> list[Application]:
    """Ten candidates; two departments submit days apart; one step undone; two decisions."""
    found = build_round(company, position, now - dt.timedelta(days=9), count=10)
    for number, application in enumerate(found):
        Application.objects.filter(pk=application.pk).update(
            source="referral" if number % 3 == 0 else "upload"
        )
        for card in Scorecard.objects.filter(interview__application=application):
            late = 2 if card.department == company.commerce else 0
            assert card.submitted_at is not None
            card.submitted_at += dt.timedelta(days=late, hours=number)
            card.save(update_fields=["submitted_at"])
        application_move(
            actor=company.actor("recruiter"),
            application=application,
            to="evaluated",
            at=now - dt.timedelta(days=3, hours=number),
        )
    reports_issue(
        actor=company.actor("recruiter"), position=position, at=now - dt.timedelta(days=2)
    )
    for application, kind in ((found[0], "offer"), (found[9], "reject")):
        decision_make(
            actor=company.actor("hiring_manager"),
            application=application,
            kind=kind,
            reason="理由",
            at=now - dt.timedelta(days=1),
        )
    application_undo(actor=company.actor("recruiter"), application=found[5], at=now)
    Interview.objects.create(
        application=found[6],
        status=Interview.Status.INVITED,
        starts_at=now - dt.timedelta(days=1, hours=2),
        ends_at=now - dt.timedelta(days=1, hours=1),
        created_at=now - dt.timedelta(days=4),
    )
    return found


@pytest.fixture
def f(position: Position, rows: list[Application], now: dt.datetime) -> Figures:
    return figures(round_data(position), now)


def standing(position: Position) -> list[StageEvent]:
    events = list(StageEvent.objects.filter(application__position=position).order_by("at", "id"))
    gone = {e.undoes_id for e in events if e.undoes_id}
    return [e for e in events if e.pk not in gone and not e.undoes_id]


ORDER = [
    "applied",
    "screened",
    "invited",
    "assessed",
    "interviewing",
    "evaluated",
    "offered",
    "hired",
]


def test_funnel(position: Position, f: Figures) -> None:
    furthest: dict[int, int] = {}
    for event in standing(position):
        if event.to_stage in ORDER:
            place = ORDER.index(event.to_stage)
            furthest[event.application_id] = max(furthest.get(event.application_id, 0), place)
    expected = {
        stage: len([p for p in furthest.values() if p >= i]) for i, stage in enumerate(ORDER)
    }
    assert {step.stage: step.n for step in f.funnel} == expected
    assert expected["evaluated"] == 9
    offered = next(s for s in f.funnel if s.stage == "offered")
    assert offered.share == pytest.approx(expected["offered"] / expected["evaluated"])
    assert offered.ci is not None
    assert offered.ci[0] < known(offered.share) < offered.ci[1]


def test_time_in_each_stage(position: Position, f: Figures) -> None:
    stays: dict[str, list[float]] = {}
    by_application: dict[int, list[StageEvent]] = {}
    for event in standing(position):
        by_application.setdefault(event.application_id, []).append(event)
    for events in by_application.values():
        for a, b in pairwise(events):
            stays.setdefault(a.to_stage, []).append(days(a.at, b.at))
    for duration in f.stages:
        own = stays.get(duration.name, [])
        assert duration.n == len(own)
        if own:
            assert duration.median_days == pytest.approx(statistics.median(own))


def test_days_to_decision_and_from_report_to_decision(position: Position, f: Figures) -> None:
    applied = {
        e.application_id: e.at
        for e in StageEvent.objects.filter(application__position=position, from_stage="")
    }
    decided = {d.application_id: d.at for d in Decision.objects.filter(undone_at=None)}
    taken = [days(applied[a], at) for a, at in decided.items()]
    assert f.decision.n == 2
    assert f.decision.median_days == pytest.approx(statistics.median(taken))
    issued = {
        r.application_id: r.issued_at for r in Report.objects.filter(number=1, status="issued")
    }
    waits = [days(issued[a], at) for a, at in decided.items()]
    assert f.report_to_decision.median_days == pytest.approx(statistics.median(waits))
    assert len(f.waiting_decisions) == 8


def test_evaluation_collaboration_and_who_waits(position: Position, f: Figures) -> None:
    cards = list(
        Scorecard.objects.filter(
            interview__application__position=position, status="submitted"
        ).select_related("interview", "department")
    )
    taken = [days(c.interview.ended_at, c.submitted_at) for c in cards]
    assert f.evaluation.n == 20
    assert f.evaluation.median_days == pytest.approx(statistics.median(taken))
    for name, duration in f.evaluation_by_department.items():
        own = [days(c.interview.ended_at, c.submitted_at) for c in cards if name_of(c) == name]
        assert duration.median_days == pytest.approx(statistics.median(own))
    gaps: dict[tuple[str, str], list[float]] = {}
    for a in cards:
        for b in cards:
            gap = days(a.submitted_at, b.submitted_at)
            if a.interview_id == b.interview_id and gap > 0:
                gaps.setdefault((name_of(a), name_of(b)), []).append(gap)
    assert {(w.department, w.waits_for) for w in f.waits} == set(gaps)
    for wait in f.waits:
        own = gaps[wait.department, wait.waits_for]
        assert wait.n == len(own)
        assert wait.median_days == pytest.approx(statistics.median(own))
    first: dict[int, dt.datetime] = {}
    for card in cards:
        key = card.interview.application_id
        assert card.submitted_at is not None
        first[key] = min(first.get(key, card.submitted_at), card.submitted_at)
    issued = {r.application_id: r.issued_at for r in Report.objects.filter(number=1)}
    together = [days(at, issued[a]) for a, at in first.items()]
    assert f.collaboration.median_days == pytest.approx(statistics.median(together))


def test_scheduling_attendance_workload_and_sources(
    company: Company, position: Position, rows: list[Application], f: Figures
) -> None:
    delays = []
    for application in rows:
        screened = application.events.get(to_stage="screened").at
        first = application.interviews.order_by("starts_at").first()
        assert first is not None
        delays.append(days(screened, first.starts_at))
    assert f.scheduling.n == 10
    assert f.scheduling.median_days == pytest.approx(statistics.median(delays))
    assert (f.attendance.held, f.attendance.missed, f.attendance.cancelled) == (10, 1, 0)
    hours = {person: (n, h) for person, _department, n, h in f.workload}
    assert hours[company.algorithm_lead.name][0] == 7
    assert hours[company.algorithm_lead.name][1] == pytest.approx(7.0)
    sources = {s.name: s for s in f.sources}
    assert (sources["referral"].n, sources["upload"].n) == (4, 6)
    assert sources["referral"].recommended == 4
    assert sum(s.offered for s in f.sources) == 1


def test_departments_apart(position: Position, f: Figures) -> None:
    cells: dict[tuple[int, str], dict[int, list[float]]] = {}
    for row in IndicatorScore.objects.filter(scorecard__status="submitted").select_related(
        "scorecard__interview"
    ):
        card = row.scorecard
        key = (card.interview.application_id, row.dimension)
        department = card.department_id or 0
        cells.setdefault(key, {}).setdefault(department, []).append(float(row.score or 0))
    for deviation in f.deviations:
        gaps = [
            10 * abs(statistics.fmean(a) - statistics.fmean(b))
            for (_application, dimension), departments in cells.items()
            if dimension == deviation.dimension
            for a, b in combinations(departments.values(), 2)
        ]
        assert deviation.n == len(gaps) == 10
        assert deviation.raw == pytest.approx(statistics.fmean(gaps), abs=1e-3)
        assert known(deviation.fair) < known(deviation.raw)
        assert deviation.fair_ci is not None
    overall = []
    for application in {a for a, _ in cells}:
        means: dict[int, list[float]] = {}
        for (candidate, _dimension), departments in cells.items():
            if candidate == application:
                for department, scores in departments.items():
                    means.setdefault(department, []).append(statistics.fmean(scores))
        a, b = (statistics.fmean(m) for m in means.values())
        overall.append(10 * abs(a - b))
    assert f.deviation_raw == pytest.approx(statistics.fmean(overall), abs=0.01)
    table = round_table(position)
    assert table.department_deviation_raw == pytest.approx(f.deviation_raw, abs=0.051)
    assert table.department_deviation_fair == pytest.approx(f.deviation_fair, abs=0.051)


def test_the_result_table(position: Position, rows: list[Application], f: Figures) -> None:
    table = round_table(position)
    latest = [a.reports.filter(status="issued").order_by("-number").first() for a in rows]
    assert table.applied == 10
    assert table.recommended == Screening.objects.filter(decision="advance").count()
    assert table.interviewed == 10
    assert table.above_80 == len([r for r in latest if r and (r.overall or 0) > 80])
    assert table.above_80 > 0
    assert (table.offered, table.hired, table.decided) == (1, 0, 2)
    assert table.days_to_decision_median == pytest.approx(f.decision.median_days, abs=0.051)


def test_indicators_and_tasks(
    position: Position, rows: list[Application], now: dt.datetime
) -> None:
    paper = Paper.objects.create(position=position, title="卷", created_at=now)
    items = [
        PaperItem.objects.create(
            paper=paper, order=k, kind="scenario", code=f"q{k}", dimension="business", minutes=5
        )
        for k in range(3)
    ]
    for number, application in enumerate(rows):
        attempt = Attempt.objects.create(
            application=application, paper=paper, seed=1, invited_at=now, deadline=now
        )
        for k, item in enumerate(items):
            score = (90.0, 10.0 * number, 95.0 - 9.0 * number)[k]
            AttemptItem.objects.create(
                attempt=attempt, item=item, score=score, submitted_at=now, needs_human=k == 1
            )
    looked = AttemptItem.objects.filter(item=items[1]).order_by("pk")
    looked.update(started_at=now)
    for answer, credit in zip(looked[:3], (1.0, 0.8, 0.5), strict=True):
        for kind, points in (("system", {"k1": 1.0, "k2": 0.0}), ("person", {"k1": credit})):
            Grading.objects.create(
                attempt_item=answer, rater_kind=kind, score=5, points=points, created_at=now
            )
    found = figures(round_data(position), now)
    scores = [
        float(s or 0)
        for s in IndicatorScore.objects.filter(indicator="tech.data").values_list(
            "score", flat=True
        )
    ]
    own = next(i for i in found.indicators if i.indicator == "tech.data")
    assert own.n == 20
    assert own.mean == pytest.approx(statistics.fmean(scores))
    assert own.sd == pytest.approx(statistics.stdev(scores))
    tasks = {t.code: t for t in found.tasks}
    assert tasks["q0"].difficulty == pytest.approx(90.0)
    assert tasks["q0"].discrimination is None
    rest = [(90 + 95 - 9 * n) / 2 for n in range(10)]
    assert tasks["q1"].discrimination == pytest.approx(
        statistics.correlation([10.0 * n for n in range(10)], rest)
    )
    assert tasks["q1"].to_people == 1.0
    assert (tasks["q1"].judged, tasks["q1"].agreed, tasks["q1"].seen) == (3, 2, 10)
    assert tasks["q1"].agreement == pytest.approx(2 / 3)
    assert (tasks["q0"].judged, tasks["q0"].agreement, tasks["q0"].seen) == (0, None, 0)


def test_proposals_come_from_data_are_decided_once_and_stay(
    company: Company, position: Position, rows: list[Application], now: dt.datetime
) -> None:
    IndicatorScore.objects.filter(indicator="learn.apply").update(score=7)
    found = proposals_refresh(position=position, at=now)
    kinds = {(p.kind, p.subject) for p in found}
    assert ("indicator_same", "learn.apply") in kinds
    proposal = next(p for p in found if p.kind == "indicator_same")
    assert proposal.data["n"] == 20
    actor = company.actor("recruiter")
    proposal_decide(actor=actor, proposal=proposal, accept=True, at=now)
    with pytest.raises(Conflict):
        proposal_decide(actor=actor, proposal=proposal, accept=False, at=now)
    IndicatorScore.objects.filter(indicator="learn.apply", scorecard__pk__gt=0).update(score=3)
    again = proposals_refresh(position=position, at=now)
    kept = next(p for p in again if p.pk == proposal.pk)
    assert kept.status == "accepted"


def test_before_and_after_have_the_same_definition(
    position: Position, rows: list[Application], now: dt.datetime
) -> None:
    whole = times(round_data(position))
    day = now - dt.timedelta(days=8, hours=20)
    early, late = split(whole, day)
    for part, chosen in (
        (early, [a.pk for a in rows if a.applied_at < day]),
        (late, [a.pk for a in rows if a.applied_at >= day]),
    ):
        cards = Scorecard.objects.filter(
            interview__application__in=chosen, status="submitted", counts=True
        ).select_related("interview")
        lengths = [
            max(0.0, days(c.interview.ended_at or c.interview.ends_at, c.submitted_at))
            for c in cards
        ]
        assert sorted(part["evaluation"][1].tolist()) == pytest.approx(sorted(lengths))
    same = {d.name: d for d in compare(whole, whole)}
    assert same["evaluation"].change == pytest.approx(0.0)
    assert same["evaluation"].ci is not None
    assert same["evaluation"].ci[0] <= 0 <= same["evaluation"].ci[1]
    assert same["decision"].ci is None


@pytest.mark.parametrize("n", [2001, 2002])
def test_the_interval_of_many_is_that_of_few_drawn_out(n: int) -> None:
    rng = np.random.default_rng(3)
    values = rng.exponential(3, n)
    picked = np.median(values[rng.integers(0, n, (4000, n))], axis=1)
    drawn = np.concatenate(
        [comparing._medians(np.random.default_rng(seed), values) for seed in range(4)]
    )
    assert np.median(drawn) == pytest.approx(np.median(picked), abs=0.01)
    for level in (5, 95):
        assert np.percentile(drawn, level) == pytest.approx(np.percentile(picked, level), abs=0.02)
    interval = comparing.mean_interval(values)
    means = values[rng.integers(0, n, (4000, n))].mean(axis=1)
    assert interval == pytest.approx(tuple(np.percentile(means, (5, 95))), abs=0.02)


def test_too_few_hires_give_no_correlation(f: Figures) -> None:
    assert not f.validity.enough
    assert f.validity.r is None


def test_files_hold_the_same_figures_and_no_formula(
    position: Position, rows: list[Application], f: Figures
) -> None:
    parts = tables(f, {"technical": "=技术"})
    text = as_csv(parts).decode("utf-8-sig")
    assert "'=技术" in text
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(parts)))
    cells = [c for sheet in book for line in sheet.iter_rows() for c in line]
    assert not [c for c in cells if c.data_type == "f"]
    funnel = [row[1] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)]
    assert funnel == [s.n for s in f.funnel]
    talks, hires = ([c.value for c in sheet[2]] for sheet in book.worksheets[-2:])
    assert talks[:3] == [10, 0, 1]
    assert hires == [f.validity.n, None, None, None, None]
    assert onepage_pdf(position, f, {}, at=rows[0].applied_at, lang="zh")[:5] == b"%PDF-"


def test_a_round_costs_a_fixed_number_of_queries(
    position: Position, rows: list[Application], django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        round_data(position)


def test_a_large_round_is_kept_and_says_of_when(
    position: Position,
    rows: list[Application],
    now: dt.datetime,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: object,
) -> None:
    monkeypatch.setattr(snapshots, "LIVE_UP_TO", 5)
    assert snapshots.is_large(position)
    first, at = snapshots.snapshot(position, now)
    later = now + dt.timedelta(minutes=30)
    with django_assert_max_num_queries(0):  # type: ignore[operator]
        assert snapshots.snapshot(position, later) == (first, at)
    assert snapshots.snapshot_renew(position, later)[1] == later
    assert snapshots.large_positions() == [position]
    Position.objects.update(status=Position.Status.CLOSED)
    assert snapshots.large_positions() == []


@pytest.mark.parametrize("live_up_to", [5, 1000])
def test_what_is_kept_is_what_would_be_computed(
    live_up_to: int,
    position: Position,
    rows: list[Application],
    now: dt.datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(snapshots, "LIVE_UP_TO", live_up_to)
    data = round_data(position)
    fresh, kept = figures(data, now), snapshots.round_times(position, now)
    assert snapshots.round_figures(position, now) == (fresh, now)
    assert compare(kept, kept) == compare(times(data), times(data))
    hidden = {rows[0].pk, rows[1].pk}
    refs = {rows[0].ref, rows[1].ref}
    assert data.run is not None
    data.run = {**data.run, "ratings": [r for r in data.run["ratings"] if r[0] not in refs]}
    without = figures(data, now).deviations
    assert without != fresh.deviations
    assert snapshots.round_figures(position, now, hidden)[0].deviations == without


def test_week_by_week(position: Position, rows: list[Application], f: Figures) -> None:
    zone = ZoneInfo("Asia/Shanghai")

    def monday(moment: dt.datetime) -> dt.date:
        day = moment.astimezone(zone).date()
        return day - dt.timedelta(days=day.weekday())

    applied = [monday(a.applied_at) for a in rows]
    held = [monday(i.starts_at) for i in Interview.objects.filter(status="done")]
    decided = [monday(d.at) for d in Decision.objects.all()]
    for week, a, b, c in f.weeks:
        assert (a, b, c) == (applied.count(week), held.count(week), decided.count(week))
    assert sum(row[1] for row in f.weeks) == 10
    assert sum(row[3] for row in f.weeks) == 2
