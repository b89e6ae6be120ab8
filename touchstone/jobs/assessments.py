"""Grades answers and judges programs."""

from __future__ import annotations

from django_tasks import task

from touchstone.assessments.models import AttemptItem, Submission
from touchstone.assessments.services.grading import attempt_score
from touchstone.assessments.services.grading import item_grade as grade
from touchstone.assessments.services.judging import submission_judge as judge
from touchstone.assessments.services.similarity import programs_compare as compare
from touchstone.common.clock import utc_now
from touchstone.positions.models import Position


@task(queue_name="default")
def item_grade(item_ref: str) -> float | None:
    """Grades one task handed in and brings its sitting's scores up to date."""
    item = AttemptItem.objects.select_related("attempt").get(ref=item_ref)
    now = utc_now()
    grading = grade(item=item, at=now)
    attempt_score(attempt=item.attempt, at=now)
    return grading.score if grading else None


@task(queue_name="judge")
def submission_judge(submission_ref: str) -> str:
    """Judges one program; tried again when the judge fails."""
    submission = Submission.objects.select_related(
        "attempt_item__item", "attempt_item__attempt__application__branch"
    ).get(ref=submission_ref)
    now = utc_now()
    judged = judge(submission=submission, at=now)
    grade(item=submission.attempt_item, at=now)
    attempt_score(attempt=submission.attempt_item.attempt, at=now)
    return judged.verdict


@task(queue_name="default")
def programs_compare(position_ref: str, code: str) -> int:
    """Compares the programs of one problem and round with one another; how many pairs stand out."""
    position = Position.objects.get(ref=position_ref)
    return len(compare(position=position, code=code, at=utc_now()))
