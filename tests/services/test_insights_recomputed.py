"""Fairness and validity of the insights page, computed a second time from the raw rows."""

from __future__ import annotations

import datetime as dt
import math
import statistics

import pytest

from tests.company import Company
from tests.evaluated import build_round
from touchstone.evaluation.models import Hire, Outcome, Report
from touchstone.evaluation.services.reports import reports_issue
from touchstone.insights.figures import figures
from touchstone.insights.gathering import round_data
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application, Candidate, StageEvent

Z95 = 1.959964


def _applied(position: Position, now: dt.datetime, source: str, n: int, invited: int) -> None:
    for number in range(n):
        candidate = Candidate.objects.create(
            branch=position.branch, name=f"{source}{number}", created_at=now
        )
        application = Application.objects.create(
            candidate=candidate,
            position=position,
            branch=position.branch,
            source=source,
            applied_at=now,
            stage_since=now,
        )
        for stage in ["applied", "invited"][: 2 if number < invited else 1]:
            StageEvent.objects.create(
                application=application, to_stage=stage, actor_kind="system", at=now
            )


def _fisher(a: int, n: int, c: int, m: int) -> float:
    """Two-sided: every table with the same sums that is no likelier than the one seen."""
    hits, people = a + c, n + m

    def ways(k: int) -> int:
        return math.comb(n, k) * math.comb(m, hits - k)

    likely = [ways(k) for k in range(max(0, hits - m), min(n, hits) + 1)]
    return sum(w for w in likely if w <= ways(a)) / math.comb(people, hits)


def test_fairness_is_that_of_the_steps(position: Position, now: dt.datetime) -> None:
    _applied(position, now, "campus", 30, 18)
    _applied(position, now, "referral", 25, 5)
    _applied(position, now, "portal", 8, 4)
    report = dict(figures(round_data(position), now).fairness)["source"]
    rows = {row.group.key: row for row in report.rows}
    counted = {
        source: (
            Application.objects.filter(position=position, source=source).count(),
            StageEvent.objects.filter(
                application__position=position, application__source=source, to_stage="invited"
            ).count(),
        )
        for source in ("campus", "referral", "portal")
    }
    assert {key: (r.group.n, r.group.selected) for key, r in rows.items()} == counted
    (n, a), (m, c) = counted["referral"], counted["campus"]
    ratio, spread = (a / n) / (c / m), math.sqrt(1 / a - 1 / n + 1 / c - 1 / m)
    low = rows["referral"]
    assert low.ratio == pytest.approx(ratio)
    assert low.ratio_ci == pytest.approx(
        (ratio * math.exp(-Z95 * spread), ratio * math.exp(Z95 * spread)), abs=1e-4
    )
    assert low.p == pytest.approx(_fisher(a, n, c, m), rel=1e-6)
    assert low.remarkable
    assert not rows["portal"].enough
    assert rows["portal"].ratio is None
    assert rows["portal"].p is None


def test_validity_is_that_of_the_last_report_and_the_last_review(
    company: Company, position: Position, now: dt.datetime
) -> None:
    rows = build_round(company, position, now - dt.timedelta(days=9), count=14)
    reports_issue(actor=company.actor("recruiter"), position=position, at=now)
    for number, application in enumerate(rows):
        Report.objects.filter(application=application).update(overall=50.0 + 3 * number)
    for number, application in enumerate(rows[4:]):
        hire = Hire.objects.create(application=application, starts_on=now.date(), created_at=now)
        for month, review in ((1, 0.0), (3, 5.0 + (number * 7 % 10) / 5 + number / 5)):
            Outcome.objects.create(hire=hire, month=month, due_on=now.date(), review=review, at=now)
    scores = [50.0 + 3 * number for number in range(4, 14)]
    reviews = [5.0 + (number * 7 % 10) / 5 + number / 5 for number in range(10)]
    r = statistics.correlation(scores, reviews)
    wider = statistics.stdev([50.0 + 3 * number for number in range(14)]) / statistics.stdev(scores)
    found = figures(round_data(position), now).validity
    assert found.enough
    assert found.n == 10
    assert found.r == pytest.approx(r)
    assert found.corrected == pytest.approx(
        r * wider / math.sqrt(1 + r * r * (wider * wider - 1)), rel=0.01
    )
