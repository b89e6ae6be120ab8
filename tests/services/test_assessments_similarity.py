"""Programs of one problem and round compared: once for many verdicts, told, withdrawn, erased."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from tests.company import Company
from tests.engine.judging.test_similarity import ORIGINAL, OWN_WAY, renamed
from touchstone.assessments.models import (
    Attempt,
    IntegritySignal,
    Similarity,
    SimilarityRound,
    Submission,
    TaskKind,
)
from touchstone.assessments.services import similarity
from touchstone.assessments.services.judging import submission_take, verdict_write
from touchstone.assessments.services.papers import Task, attempt_invite, paper_save
from touchstone.assessments.services.similarity import (
    GIVEN_UP,
    comparison_ask,
    given_code,
    programs_compare,
)
from touchstone.assessments.services.sittings import signal_comment_save
from touchstone.assessments.tasks import problem_folder
from touchstone.common.actors import Actor
from touchstone.evaluation.services.erasure import candidate_erase
from touchstone.jobs.assessments import programs_compare as job
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application

PROBLEM = "standardise-missing-values"
TASK = "touchstone.jobs.assessments.programs_compare"


def sittings(
    company: Company, position: Position, applications: tuple[Application, ...], at: dt.datetime
) -> list[Attempt]:
    """A sitting of each applicant, of one program."""
    actor = company.actor("recruiter")
    tasks = [Task(TaskKind.CODING, PROBLEM, "technical", 45)]
    paper = paper_save(actor=actor, position=position, title="测评", tasks=tasks, at=at)
    return [attempt_invite(actor=actor, application=a, paper=paper, at=at) for a in applications]


def judged(
    attempt: Attempt, source: str, at: dt.datetime, *, score: float = 80.0, samples: bool = False
) -> Submission:
    """A program with its verdict, as the judge would have written it."""
    submission = Submission.objects.create(
        attempt_item=attempt.items.get(),
        language="python",
        source=source,
        samples_only=samples,
        created_at=at,
    )
    token = submission_take(submission=submission)
    assert token is not None
    assert verdict_write(submission=submission, token=token, report=None, at=at)
    Submission.objects.filter(pk=submission.pk).update(verdict="AC", score=score)
    submission.refresh_from_db()
    return submission


@pytest.fixture
def three(
    company: Company, position: Position, applications: tuple[Application, ...], now: dt.datetime
) -> list[Submission]:
    """A program, a copy of it with other names, and one of a third's own."""
    return [
        judged(attempt, source, now)
        for attempt, source in zip(
            sittings(company, position, applications, now),
            (ORIGINAL, renamed(ORIGINAL), OWN_WAY),
            strict=True,
        )
    ]


def waiting() -> list[DBTaskResult]:  # type: ignore[type-arg]
    return list(DBTaskResult.objects.filter(task_path=TASK))


def test_many_verdicts_ask_once(three: list[Submission], position: Position) -> None:
    assert len(waiting()) == 1
    assert waiting()[0].args_kwargs["kwargs"] == {"position_ref": position.ref, "code": PROBLEM}


def test_a_run_on_the_samples_asks_for_nothing(
    company: Company, position: Position, applications: tuple[Application, ...], now: dt.datetime
) -> None:
    attempt = sittings(company, position, applications, now)[0]
    judged(attempt, ORIGINAL, now, samples=True)
    assert waiting() == []


def test_a_verdict_after_the_comparison_asks_again(
    three: list[Submission], position: Position, now: dt.datetime
) -> None:
    job.func(position_ref=position.ref, code=PROBLEM)
    judged(three[0].attempt_item.attempt, OWN_WAY, now, score=90.0)
    assert len(waiting()) == 2
    job.func(position_ref=position.ref, code=PROBLEM)
    assert {(p.first_id, p.second_id) for p in Similarity.objects.all()}.isdisjoint(
        {(three[0].pk, three[1].pk)}
    )


def test_a_comparison_that_never_came_is_asked_for_again(
    three: list[Submission], now: dt.datetime
) -> None:
    assert not comparison_ask(submission=three[0], at=now + GIVEN_UP / 2)
    assert comparison_ask(submission=three[0], at=now + GIVEN_UP * 2)


def test_a_change_taken_back_asks_for_nothing(
    company: Company, position: Position, applications: tuple[Application, ...], now: dt.datetime
) -> None:
    attempt = sittings(company, position, applications, now)[0]
    with transaction.atomic():
        judged(attempt, ORIGINAL, now)
        transaction.set_rollback(True)
    assert waiting() == []
    assert not SimilarityRound.objects.exists()


def test_the_copy_is_found_and_both_are_told(
    three: list[Submission], position: Position, now: dt.datetime
) -> None:
    (pair,) = programs_compare(position=position, code=PROBLEM, at=now)
    assert {pair.first_id, pair.second_id} == {three[0].pk, three[1].pk}
    assert min(pair.first_share, pair.second_share) > 0.85
    start, end, other_start, other_end = pair.runs[0]
    sources = {s.pk: s.source for s in three}
    assert sources[pair.first_id][start:end].strip()
    assert sources[pair.second_id][other_start:other_end].strip()
    signals = IntegritySignal.objects.all()
    assert {s.attempt_id for s in signals} == {t.attempt_item.attempt_id for t in three[:2]}
    for signal in signals:
        assert signal.kind == "similarity"
        assert set(signal.detail) == {"code", "share"}


def test_nothing_but_a_note_comes_of_it(
    three: list[Submission], position: Position, now: dt.datetime
) -> None:
    before = [(s.score, s.verdict) for s in three]
    stages = list(Application.objects.values_list("pk", "stage", "version"))
    programs_compare(position=position, code=PROBLEM, at=now)
    for submission in three:
        submission.refresh_from_db()
    assert [(s.score, s.verdict) for s in three] == before
    assert list(Application.objects.values_list("pk", "stage", "version")) == stages


def test_comparing_again_gives_the_same_and_tells_nobody_twice(
    three: list[Submission], position: Position, now: dt.datetime
) -> None:
    (first,) = programs_compare(position=position, code=PROBLEM, at=now)
    later = now + dt.timedelta(hours=1)
    (again,) = programs_compare(position=position, code=PROBLEM, at=later)
    assert (first.runs, first.first_share) == (again.runs, again.first_share)
    assert IntegritySignal.objects.count() == 2
    assert {s.at for s in IntegritySignal.objects.all()} == {now}
    found = SimilarityRound.objects.get()
    assert (found.compared, found.computed_at, found.asked_at) == (3, later, None)


def test_a_note_that_no_longer_holds_goes_unless_there_is_a_word_beside_it(
    three: list[Submission], position: Position, now: dt.datetime
) -> None:
    programs_compare(position=position, code=PROBLEM, at=now)
    kept = IntegritySignal.objects.get(attempt=three[0].attempt_item.attempt)
    signal_comment_save(actor=Actor("candidate"), signal=kept, text="我们一起练过这道题。")
    judged(three[1].attempt_item.attempt, OWN_WAY.replace("belief", "q"), now, score=95.0)
    judged(three[2].attempt_item.attempt, "print(1)\n", now, score=95.0)
    assert programs_compare(position=position, code=PROBLEM, at=now) == []
    assert [s.pk for s in IntegritySignal.objects.all()] == [kept.pk]


def test_erasure_takes_the_pairs_along(
    company: Company, three: list[Submission], position: Position, now: dt.datetime
) -> None:
    programs_compare(position=position, code=PROBLEM, at=now)
    candidate = three[1].attempt_item.attempt.application.candidate
    candidate_erase(actor=company.actor("administrator"), candidate=candidate, at=now)
    assert not Similarity.objects.exists()
    assert programs_compare(position=position, code=PROBLEM, at=now) == []
    assert not IntegritySignal.objects.exists()


def test_another_position_is_another_round(
    three: list[Submission], position: Position, now: dt.datetime
) -> None:
    other = Position.objects.get(pk=position.pk)
    other.pk = None
    other.ref = "another-round"
    other.save()
    assert programs_compare(position=other, code=PROBLEM, at=now) == []


@pytest.mark.django_db
def test_code_of_the_problem_is_known() -> None:
    given = given_code("confusion-matrix-metrics")["python"]
    driver = problem_folder("confusion-matrix-metrics") / "include" / "python" / "main.py"
    assert driver.read_text("utf-8") in given
    assert len(given) >= 3  # and the code blocks of the statement in both languages


def test_code_of_the_problem_is_no_likeness(
    three: list[Submission],
    position: Position,
    now: dt.datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(similarity, "given_code", lambda _code: {"python": [ORIGINAL]})
    assert programs_compare(position=position, code=PROBLEM, at=now) == []
