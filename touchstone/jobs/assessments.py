"""Grades answers and judges programs."""

from __future__ import annotations

from django_tasks import task

from touchstone.assessments.models import AttemptItem, Submission
from touchstone.assessments.services import second_rater, spoken, spoken_words
from touchstone.assessments.services.grading import attempt_score
from touchstone.assessments.services.grading import item_grade as grade
from touchstone.assessments.services.judging import submission_judge as judge
from touchstone.assessments.services.similarity import programs_compare as compare
from touchstone.common.actors import SYSTEM
from touchstone.common.clock import utc_now
from touchstone.positions.models import Position


@task(queue_name="default")
def item_grade(item_ref: str) -> float | None:
    """Grades one task handed in and brings its sitting's scores up to date."""
    item = AttemptItem.objects.select_related("attempt__application__candidate").get(ref=item_ref)
    now = utc_now()
    grading = grade(item=item, at=now)
    attempt_score(attempt=item.attempt, at=now)
    second_rater.rating_ask(item, now)
    return grading.score if grading else None


@task(queue_name="default")
def second_rating_make(item_ref: str) -> float | None:
    """Asks the language model about one answer, as one more rater; tried again when it is away."""
    rating = second_rater.rating_make(item_ref=item_ref, at=utc_now())
    return rating.score if rating else None


@task(queue_name="default")
def second_ratings_withdraw(candidate_ref: str) -> int:
    """Deletes a model's views of the answers of a candidate who took consent back; how many."""
    return second_rater.ratings_withdrawn(actor=SYSTEM, candidate_ref=candidate_ref)


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


@task(queue_name="speech")
def spoken_words_make(take_ref: str) -> str:
    """Has the speech service write down a spoken answer; returns what came of it."""
    return spoken_words.words_make(take_ref=take_ref, at=utc_now())


@task(queue_name="default")
def takes_withdraw(candidate_ref: str) -> int:
    """Deletes the spoken answers of a candidate who took consent back; returns how many."""
    return spoken.takes_withdrawn(actor=SYSTEM, candidate_ref=candidate_ref, at=utc_now())
