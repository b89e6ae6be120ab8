"""What pages read of papers and sittings."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from touchstone.accounts.models import Person
from touchstone.assessments.models import (
    Attempt,
    AttemptItem,
    Grading,
    Paper,
    Similarity,
    Submission,
    TaskKind,
)
from touchstone.assessments.permissions import may_grade, visible_attempts
from touchstone.assessments.services.exercises import Progress, exercise_progress
from touchstone.assessments.services.sittings import GRACE, learning_phase
from touchstone.assessments.tasks import TaskText, task_texts
from touchstone.common.errors import NotFound
from touchstone.common.messages import say
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application

SECOND_LOOK_IN = 5
RATERS_OF_SAMPLE = 2
"""One answer in so many is graded by a second person who sees nobody's grading."""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task of a sitting as a list shows it.

    Attributes:
        state: todo, doing, over (out of time, not yet handed in) or done.
        phase: of a learning task, as it is now.
        progress: items done of an exercise; None for other tasks.
    """

    item: AttemptItem
    text: TaskText
    state: str
    phase: str
    minutes: int
    written: int
    progress: Progress | None = None


def attempt_of(application: Application) -> Attempt | None:
    """The application's sitting, if it was invited to one."""
    return (
        Attempt.objects.select_related("paper", "application")
        .filter(application=application)
        .first()
    )


def task_rows(attempt: Attempt, at: dt.datetime) -> list[TaskRow]:
    """The tasks of a sitting in the paper's order; three queries."""
    items = list(attempt.items.select_related("item", "file").order_by("item__order"))
    texts = task_texts(item.item for item in items)
    for item in items:
        item.attempt = attempt
    return [task_row(item, texts[item.item_id], at) for item in items]


def task_row(item: AttemptItem, text: TaskText, at: dt.datetime) -> TaskRow:
    """One task as it stands."""
    if item.submitted_at:
        state = "done"
    elif item.started_at is None:
        state = "todo"
    elif item.deadline and at > item.deadline + GRACE:
        state = "over"
    else:
        state = "doing"
    names = {"language", "lang"}
    written = sum(len(str(value)) for name, value in item.content.items() if name not in names)
    minutes = item.item.minutes + item.attempt.extra_minutes
    progress = exercise_progress(item, text.exercise) if text.exercise else None
    return TaskRow(item, text, state, learning_phase(item, at), minutes, written, progress)


def own_item(application: Application, ref: str) -> AttemptItem:
    """A task of the candidate's own sitting.

    Raises:
        NotFound: there is none of that name in it.
    """
    item = (
        AttemptItem.objects.select_related("item", "attempt__application", "file")
        .filter(ref=ref, attempt__application=application)
        .first()
    )
    if item is None:
        raise NotFound(say("assessments.no_such_task"))
    return item


def open_paper(position: Position) -> Paper | None:
    """The paper that candidates of the position are invited to now."""
    return position.papers.filter(status="open").order_by("-pk").first()


def board_attempts(position: Position) -> QuerySet[Attempt]:
    """The position's sittings with their candidates, as the board lists them."""
    return (
        Attempt.objects.filter(application__position=position)
        .select_related("application__candidate", "paper")
        .prefetch_related("items__item")
        .order_by("-invited_at", "pk")
    )


def board_state(attempt: Attempt, at: dt.datetime) -> str:
    """invited, sitting, handed_in, graded or expired."""
    if attempt.status == Attempt.Status.SUBMITTED:
        return "graded" if attempt.graded_at else "handed_in"
    if attempt.status == Attempt.Status.EXPIRED or at > attempt.deadline:
        return "expired"
    return "sitting" if attempt.status == Attempt.Status.STARTED else "invited"


def best_submission(item: AttemptItem) -> Submission | None:
    """The judged program with the most points, the latest of equals; samples do not count."""
    judged = [
        s
        for s in item.submissions.all()
        if s.status == Submission.Status.JUDGED and not s.samples_only and s.verdict != "IE"
    ]
    return max(judged, key=lambda s: (s.score or 0.0, s.created_at, s.pk), default=None)


def needs_second(item: AttemptItem) -> bool:
    """Whether the answer is of the sample that two people grade blind; always the same ones."""
    return sum(item.ref.encode()) % SECOND_LOOK_IN == 0


def submissions_of(item: AttemptItem, limit: int = 20) -> list[Submission]:
    """The programs handed in for a task, the newest first."""
    return list(item.submissions.order_by("-created_at", "-pk")[:limit])


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often people took the machine's points as they were.

    Attributes:
        n: key points that people looked at.
        same: of them, left as the machine had them (within a quarter).
    """

    n: int
    same: int

    @property
    def share(self) -> float | None:
        return self.same / self.n if self.n else None


def agreements(code: str) -> dict[str, Agreement]:
    """Agreement of people with each rater that is none, on one question, over all sittings.

    Returns:
        By ``system`` and ``llm``.
    """
    rows = Grading.objects.filter(attempt_item__item__code=code).order_by("pk")
    found = list(rows.only("attempt_item_id", "rater_kind", "points", "score"))
    return {rater: agreement_of(found, rater) for rater in ("system", "llm")}


def agreement_of(gradings: Sequence[Grading], rater: str = "system") -> Agreement:
    """People's agreement with one rater from gradings in the order they were written."""
    machine: dict[int, Grading] = {}
    counted: Counter[bool] = Counter()
    for grading in gradings:
        if grading.rater_kind == rater:
            machine[grading.attempt_item_id] = grading
        elif grading.rater_kind == "person" and grading.attempt_item_id in machine:
            theirs = machine[grading.attempt_item_id].points
            for point, credit in grading.points.items():
                if point in theirs:
                    counted[abs(float(credit) - float(theirs[point])) <= 0.25] += 1
    return Agreement(sum(counted.values()), counted[True])


def waiting_for_people(items: Iterable[AttemptItem]) -> list[AttemptItem]:
    """Of the tasks handed in, those that wait for a person."""
    return [item for item in items if item.submitted_at and item.needs_human]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Answers to one task that wait for people: how many, and the first of them."""

    item: AttemptItem
    text: TaskText
    count: int


def waiting_by_task(position: Position) -> list[Waiting]:
    """What waits for people, task by task, the largest heap first; two queries."""
    rows = list(
        AttemptItem.objects.filter(attempt__application__position=position, needs_human=True)
        .exclude(submitted_at=None)
        .select_related("item", "attempt")
        .order_by("submitted_at", "pk")
    )
    texts = task_texts({row.item_id: row.item for row in rows}.values())
    counts = Counter(row.item_id for row in rows)
    firsts: dict[int, AttemptItem] = {}
    for row in rows:
        firsts.setdefault(row.item_id, row)
    return [Waiting(firsts[key], texts[key], number) for key, number in counts.most_common()]


def next_to_grade(item: AttemptItem, person: Person) -> AttemptItem | None:
    """The next answer to the same task that waits for this person: those a machine is unsure of
    first, then those of the sample that two people grade."""
    rows = (
        AttemptItem.objects.filter(item=item.item_id)
        .exclude(submitted_at=None)
        .exclude(pk=item.pk)
        .exclude(gradings__person=person)
        .annotate(people=Count("gradings", filter=Q(gradings__rater_kind="person")))
        .order_by("-needs_human", "submitted_at", "pk")
    )
    for row in rows[:200]:
        if row.needs_human or (needs_second(row) and row.people < RATERS_OF_SAMPLE):
            return row
    return None


def hidden_from(item: AttemptItem, gradings: Sequence[Grading], person: Person) -> bool:
    """Whether others' gradings, the machine's too, stay hidden from this grader for now.

    So it is for the sample that two people grade: until they have given their own, or two have.
    """
    if item.item.kind == TaskKind.CODING or item.submitted_at is None or not needs_second(item):
        return False
    if not may_grade(person, item.attempt.application.position):
        return False
    raters = {g.person_id for g in gradings if g.rater_kind == "person"}
    return person.pk not in raters and len(raters) < RATERS_OF_SAMPLE


@dataclass(frozen=True, slots=True)
class Alike:
    """A program of somebody else with much in common: shares and marked parts of both.

    Attributes:
        share: part of the looked-at program's own code that the other has too, 0..1.
    """

    other: Submission
    share: float
    other_share: float
    marks: tuple[dict[str, object], ...]
    other_marks: tuple[dict[str, object], ...]


def alike_of(submission: Submission, person: Person) -> list[Alike]:
    """Programs like this one, of sittings that the person may see; the most alike first."""
    rows = Similarity.objects.filter(
        Q(first=submission, second__attempt_item__attempt__in=visible_attempts(person))
        | Q(second=submission, first__attempt_item__attempt__in=visible_attempts(person))
    ).select_related(
        "first__attempt_item__attempt__application__candidate",
        "second__attempt_item__attempt__application__candidate",
    )
    return sorted((_alike(row, submission) for row in rows), key=lambda a: (-a.share, a.other.ref))


def _alike(row: Similarity, submission: Submission) -> Alike:
    turned = row.second_id == submission.pk
    runs = [(r[2], r[3], r[0], r[1]) if turned else tuple(r) for r in row.runs]
    return Alike(
        other=row.first if turned else row.second,
        share=row.second_share if turned else row.first_share,
        other_share=row.first_share if turned else row.second_share,
        marks=tuple(
            {"start": start, "end": end, "kind": "used", "id": f"{row.ref}-a{number}"}
            for number, (start, end, _begin, _stop) in enumerate(runs)
        ),
        other_marks=tuple(
            {"start": begin, "end": stop, "kind": "used", "id": f"{row.ref}-b{number}"}
            for number, (_start, _end, begin, stop) in enumerate(runs)
        ),
    )
