"""The pages of insights with 200,000 applications in one round: seconds and queries of each.

python benchmarks/insights_load.py [--applications 200000] [--data FOLDER]
python -m tests.postgres python benchmarks/insights_load.py

Every application has its steps and screening; about one in three an assessment of four tasks, one
in sixteen a talk with three scorecards of six indicators, a report and a decision. A second round
of a tenth of the size stands beside it. The folder is filled once and used again.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
if TYPE_CHECKING:
    from tests.company import Company
    from touchstone.positions.models import Position

# The last stage somebody reaches, and of how many in a thousand.
FURTHEST = (
    ("applied", 40),
    ("screened", 620),
    ("invited", 60),
    ("assessed", 215),
    ("interviewing", 15),
    ("evaluated", 38),
    ("offered", 4),
    ("hired", 8),
)
STAGES = [stage for stage, _share in FURTHEST]
TASKS = ("recall-metric", "case-cold-start", "scenario-labels", "learning-nl2sql")
SCORED = (
    ("technical", "tech.data"),
    ("technical", "tech.training"),
    ("business", "biz.scenario"),
    ("communication", "comm.collaborate"),
    ("learning", "learn.apply"),
)


def fill(company: Company, position: Position, count: int, first: int, rng: random.Random) -> None:
    """Everything of one round, in numbers from ``first`` on."""
    from django.db import connection, transaction

    from benchmarks.pool_people import insert
    from touchstone.assessments.models import Attempt, AttemptItem, Paper, PaperItem
    from touchstone.evaluation.models import (
        CalibrationRun,
        Decision,
        Hire,
        IndicatorScore,
        Outcome,
        Report,
        Scorecard,
    )
    from touchstone.interviews.models import Interview, PanelMember
    from touchstone.recruiting.models import (
        Application,
        Candidate,
        Resume,
        Screening,
        StageEvent,
    )

    opened = position.opened_at or position.created_at
    paper = Paper.objects.create(position=position, title="测评", status="open", created_at=opened)
    items = [
        PaperItem.objects.create(
            paper=paper, order=k, kind="case", code=code, dimension="technical", minutes=30
        )
        for k, code in enumerate(TASKS)
    ]
    raters = [company.algorithm_lead, company.business_lead, company.hr_interviewer]
    severity = (0.6, -0.5, 0.1)
    manager = company.hiring_manager.pk
    tables: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    ratings: list[list[object]] = []

    def add(model: Any, pk: int, /, **values: Any) -> None:
        if any(field.name == "ref" for field in model._meta.fields):
            values["ref"] = f"{model.__name__[:3].lower()}{pk:011}"
        tables[model].append({"id": pk, **values})

    def write() -> None:
        # References are checked at the end of a transaction, so order does not matter.
        with transaction.atomic():
            for model, rows in tables.items():
                columns = tuple(rows[0])
                moments = [c for c in columns if isinstance(rows[0][c], dt.datetime)]
                for row in rows:
                    for column in moments:
                        row[column] = connection.ops.adapt_datetimefield_value(row[column])
                insert(model._meta.db_table, columns, (tuple(row.values()) for row in rows))
        tables.clear()

    def days(mean: float) -> dt.timedelta:
        return dt.timedelta(days=rng.expovariate(1 / mean))

    for n in range(first, first + count):
        applied = opened + dt.timedelta(days=rng.uniform(0, 120))
        furthest = STAGES.index(rng.choices(STAGES, [share for _stage, share in FURTHEST])[0])
        language, degree = rng.choice(("zh", "zh", "zh", "en")), rng.choice(("bachelor", "master"))
        recommendation = rng.choice(("advance", "review", "decline"))
        talent = rng.gauss(6, 1.2)
        at, moments, before = applied, {}, ""
        for k, stage in enumerate([*STAGES[: furthest + 1], "rejected"]):
            if stage == "rejected" and (furthest in {0, 6, 7} or rng.random() < 0.1):
                break
            at = applied if not k else at + days(2)
            moments[stage] = at
            add(
                StageEvent,
                10 * n + k,
                application_id=n,
                from_stage=before,
                to_stage=stage,
                actor_kind="person",
                person_id=manager,
                at=at,
                reason="",
            )
            before = stage
        add(Candidate, n, version=1, branch_id=company.head.pk, name=f"人{n}", email="", phone="")
        tables[Candidate][-1] |= {"language": language, "time_zone": "Asia/Shanghai"}
        tables[Candidate][-1] |= {"created_at": applied}
        add(
            Resume,
            n,
            position_id=position.pk,
            candidate_id=n,
            file_name="简历.pdf",
            sha256=f"{n:064}",
            status="read",
            reason="",
            detail="",
            language=language,
            text="负责数据标注与质检。" * 40,
            parsed="{}",
            flags="[]",
            company="",
            title="",
            degree=degree,
            created_at=applied,
            attached=False,
        )
        add(
            Application,
            n,
            version=1,
            candidate_id=n,
            position_id=position.pk,
            branch_id=company.head.pk,
            stage=before,
            source=rng.choice(("upload", "mail", "referral", "board", "campus")),
            applied_at=applied,
            stage_since=at,
            resume_id=n,
            score=rng.uniform(0, 100),
            recommendation=recommendation,
            overridden=False,
            flagged=False,
            degree=degree,
            language=language,
            human_only=False,
        )
        if furthest:
            add(
                Screening,
                n,
                application_id=n,
                resume_id=n,
                model_version_id=position.model_version_id,
                score=rng.uniform(0, 100),
                decision=recommendation,
                result="{}",
                created_at=moments["screened"],
                taxonomy_sha256="",
                override="advance" if rng.random() < 0.05 else "",
                override_reason="",
            )
        if "assessed" in moments:
            add(
                Attempt,
                n,
                version=1,
                application_id=n,
                paper_id=paper.pk,
                status="submitted",
                seed=n,
                extra_minutes=0,
                invited_at=moments["invited"],
                deadline=moments["assessed"],
                submitted_at=moments["assessed"],
                scores="{}",
                score=10 * talent,
            )
            for k, item in enumerate(items):
                add(
                    AttemptItem,
                    10 * n + k,
                    version=1,
                    attempt_id=n,
                    item_id=item.pk,
                    variant=0,
                    phase="",
                    content="{}",
                    submitted_at=moments["assessed"],
                    score=max(0.0, min(100.0, 10 * talent + rng.gauss(0, 12))),
                    needs_human=rng.random() < 0.2,
                )
        if "interviewing" in moments:
            _talk = moments["interviewing"] + days(3)
            held = rng.random() < 0.95
            add(
                Interview,
                n,
                version=1,
                application_id=n,
                round_no=1,
                title="",
                status="done" if held else rng.choice(("cancelled", "invited")),
                starts_at=_talk,
                ends_at=_talk + dt.timedelta(minutes=60),
                meeting_provider="",
                meeting_id="",
                meeting_code="",
                meeting_url="",
                meeting_failure="",
                place="",
                materials="",
                kit="{}",
                ics_uid="",
                ics_sequence=0,
                candidate_reply="",
                room_version=0,
                asked="{}",
                created_at=moments["interviewing"],
            )
            for k, rater in enumerate(raters):
                add(
                    PanelMember,
                    10 * n + k,
                    interview_id=n,
                    person_id=rater.pk,
                    seat="member",
                    focus="[]",
                    looking_at="",
                    asks="[]",
                    reply="",
                )
                if not held:
                    continue
                add(
                    Scorecard,
                    10 * n + k,
                    version=1,
                    interview_id=n,
                    rater_id=rater.pk,
                    department_id=rater.department_id,
                    status="submitted",
                    counts=True,
                    summary="",
                    submitted_at=_talk + dt.timedelta(hours=1) + days(0.5 + k / 2),
                    submit_key="",
                    created_at=_talk,
                )
                for j, (dimension, indicator) in enumerate(SCORED):
                    score = round(2 * (talent - severity[k] + rng.gauss(0, 0.8))) / 2
                    score = max(0.0, min(10.0, score))
                    seen = rng.random() > 0.1
                    add(
                        IndicatorScore,
                        100 * n + 10 * k + j,
                        version=1,
                        scorecard_id=10 * n + k,
                        dimension=dimension,
                        indicator=indicator,
                        score=score if seen else None,
                        not_observed=not seen,
                        comment="",
                        updated_at=_talk,
                    )
                    if seen:
                        department = str(rater.department.ref if rater.department else "")
                        ratings.append([f"app{n:011}", rater.ref, department, dimension, score])
            if held and "evaluated" in moments:
                add(
                    Report,
                    n,
                    application_id=n,
                    number=1,
                    status="issued",
                    facts="{}",
                    analysis="{}",
                    overall=10 * talent,
                    overall_raw=10 * talent,
                    sha256="",
                    created_at=_talk + days(2),
                    issued_at=_talk + dt.timedelta(days=2) + days(2),
                )
        decided = moments.get("offered") or moments.get("rejected")
        if decided:
            add(
                Decision,
                n,
                application_id=n,
                kind="offer" if "offered" in moments else "reject",
                reason="理由",
                by_id=manager,
                at=decided,
            )
        if "hired" in moments:
            day = moments["hired"].date()
            add(Hire, n, application_id=n, starts_on=day, onboarding="[]", created_at=at)
            add(Outcome, n, hire_id=n, month=3, due_on=day, comment="", review=talent)
        if len(tables[Application]) == 10_000:
            write()
            print(f"{n - first + 1:,} applications", flush=True)
    write()
    CalibrationRun.objects.create(
        position=position,
        input_sha256="",
        engine="",
        result={
            "agreement": {"mean_abs_deviation_raw": 0.9, "mean_abs_deviation_fair": 0.6},
            "raters": [
                {"id": r.ref, "severity": s, "ci": None, "n": 1, "misfit": False}
                for r, s in zip(raters, severity, strict=True)
            ],
            "ratings": json.loads(json.dumps(ratings)),
        },
        created_at=opened + dt.timedelta(days=150),
    )


def measured(name: str, rounds: int, act: Callable[[], Any]) -> None:
    """Prints the first time, the best one and the number of queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    took, queries = [], 0
    for _ in range(rounds):
        with CaptureQueriesContext(connection) as seen:
            began = time.perf_counter()
            answer = act()
            took.append(time.perf_counter() - began)
        queries = len(seen)
        assert answer is None or answer.status_code in {200, 302}, answer
    print(f"{name:<32} first {took[0]:6.2f} s  best {min(took):6.2f} s  {queries:3} queries")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--applications", type=int, default=200_000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--rounds", type=int, default=4)
    args = parser.parse_args()
    folder = args.data or Path(tempfile.mkdtemp(prefix="touchstone-insights-"))
    os.environ.update(TOUCHSTONE_DEBUG="1", TOUCHSTONE_ALLOWED_HOSTS="testserver")
    from benchmarks.pool_search import prepare

    prepare(folder)
    from django.db import connection

    from tests.company import build_company, build_position
    from tests.conftest import sign_in
    from touchstone.accounts.models import Person
    from touchstone.common.clock import utc_now
    from touchstone.config.warm import warm_up
    from touchstone.insights.snapshots import snapshot_renew
    from touchstone.positions.models import Position
    from touchstone.recruiting.models import Application

    now = utc_now()
    if not Position.objects.exists():
        began = time.perf_counter()
        company = build_company(now - dt.timedelta(days=300))
        rng = random.Random(1)
        first = 1
        for count in (args.applications, args.applications // 10):
            position = build_position(company, now - dt.timedelta(days=200))
            fill(company, position, count, first, rng)
            first += count
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        print(f"filled in {time.perf_counter() - began:.0f} s")
    position, other = Position.objects.order_by("pk")
    print(
        f"{connection.vendor}, {Application.objects.filter(position=position).count():,} "
        "applications in the round"
    )
    recruiter = sign_in(Person.objects.get(username="recruiter"))
    rater = sign_in(Person.objects.get(username="hiring_manager"))
    path = f"/positions/{position.ref}/insights"
    warm_up()  # as every process does before it answers
    half = (now - dt.timedelta(days=140)).date()
    measured("figures in the background", 2, lambda: snapshot_renew(position, utc_now()) and None)
    snapshot_renew(other, utc_now())
    for name, client, address in (
        ("page", recruiter, f"{path}/"),
        ("page, hiring manager", rater, f"{path}/"),
        ("page, split at a day", recruiter, f"{path}/?split={half}"),
        ("page, against another round", recruiter, f"{path}/?with={other.ref}"),
        ("CSV", recruiter, f"{path}.csv"),
        ("workbook", recruiter, f"{path}.csv?format=xlsx"),
        ("one page as PDF", recruiter, f"{path}.pdf"),
    ):
        measured(name, args.rounds, lambda c=client, a=address: c.get(a))  # type: ignore[misc]
    measured("proposals, looked for again", 2, lambda: recruiter.post(f"{path}/proposals/"))
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
