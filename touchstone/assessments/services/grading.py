"""What answers are worth: the machine suggests with evidence and receipts, people have the word."""

from __future__ import annotations

import datetime as dt
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from django.db import transaction

from touchstone.assessments.models import Attempt, AttemptItem, Grading, Submission, TaskKind
from touchstone.assessments.selectors import best_submission
from touchstone.assessments.services.case_files import case_file_text
from touchstone.assessments.services.judging import submission_judge, submissions_judge
from touchstone.assessments.spoken import Form, counts, form_of, spoken_text
from touchstone.assessments.tasks import TaskText, exercise_work, task_texts
from touchstone.audit.services import audit_record
from touchstone.common.actors import SYSTEM, Actor
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say
from touchstone.engine.grading.rubrics import rubric_from_mapping
from touchstone.engine.grading.work import (
    Work,
    WorkGrading,
    grade_work,
    language_of,
    score_with_points,
)
from touchstone.positions.models import Position

__all__ = [
    "attempt_score",
    "attempts_score",
    "best_submission",
    "grading_by_person",
    "item_grade",
    "items_grade",
    "submission_judge",
    "submissions_judge",
]
FILE_FIELD = "file"
MANY = 200


def item_grade(*, item: AttemptItem, at: dt.datetime) -> Grading | None:
    """The machine's grading of one task, handed in; None where a person alone grades.

    A person alone grades when the candidate asked for it, and where there is nothing a machine
    can measure yet (a program not judged). Grading the same answer again gives the grading that
    exists.
    """
    return next(iter(items_grade(items=[item], at=at)), None)


def items_grade(
    *,
    items: Iterable[AttemptItem] | None = None,
    position: Position | None = None,
    at: dt.datetime | None = None,
    workers: int = 0,
) -> list[Grading]:
    """Grades many tasks at once.

    Args:
        items: those to grade; without them, all that were handed in for the position.
        at: of the gradings; without it each is dated a minute after its task was handed in.
        workers: processes that read and measure; by default several only where it pays.

    Returns:
        The gradings that stand, in the order of the items; those of a person alone are left out.
    """
    rows = AttemptItem.objects.all()
    if items is not None:
        rows = rows.filter(pk__in=[item.pk for item in items])
    if position is not None:
        rows = rows.filter(attempt__application__position=position).exclude(submitted_at=None)
    loaded = list(
        rows.select_related(
            "item", "file", "attempt__application__branch", "attempt__application__candidate"
        )
        .prefetch_related("gradings", "submissions", "takes__words")
        .order_by("pk")
    )
    texts = task_texts({item.item_id: item.item for item in loaded}.values())
    allowed = [i for i in loaded if not i.attempt.application.human_only]
    unread = {Form.UNHEARD, Form.GONE}
    worded = [i for i in allowed if i.item.kind != TaskKind.CODING and form_of(i) not in unread]
    graded = _measured([_work(i, texts[i.item_id]) for i in worded], workers)
    found: dict[int, Grading] = {}
    with transaction.atomic():
        for item, work in zip(worded, graded, strict=True):
            found[item.pk] = _keep(item, work, at or _dated(item))
        for item in allowed:
            if item.item.kind == TaskKind.CODING:
                grading = _of_program(item, at or _dated(item))
                if grading is not None:
                    found[item.pk] = grading
        for item in loaded:
            if item.pk not in found:
                _for_people(item)
    return [found[item.pk] for item in loaded if item.pk in found]


def _dated(item: AttemptItem) -> dt.datetime:
    written = item.submitted_at or item.saved_at or item.attempt.invited_at
    return written + dt.timedelta(minutes=1)


def _measured(works: Sequence[Work], workers: int) -> list[WorkGrading]:
    """Grades in this process, or in several where there is much to do."""
    count = workers or (os.cpu_count() or 1 if len(works) >= MANY else 1)
    if count == 1:
        return [grade_work(work) for work in works]
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        return list(pool.map(grade_work, works, chunksize=16))


def _work(item: AttemptItem, task: TaskText) -> Work:
    if task.exercise is not None:
        return exercise_work(item, task.exercise)
    content: dict[str, str] = {k: str(v) for k, v in item.content.items() if v}
    if form_of(item) is Form.HEARD:
        content = {"answer": spoken_text(item)}
    if item.file_id and item.item.kind == TaskKind.CASE:
        content[FILE_FIELD] = case_file_text(item.file)
    default = "en" if item.attempt.application.candidate.language == "en" else "zh"
    lang = language_of(" ".join(content.values()), "en" if default == "en" else "zh")
    return Work(item.item.kind, content, task.rubric(lang), lang)


def _keep(item: AttemptItem, work: WorkGrading, at: dt.datetime) -> Grading:
    """The machine's grading, written once for each answer it was made for."""
    known = [g for g in item.gradings.all() if g.rater_kind == "system"]
    same = next((g for g in known if g.receipt == dict(work.receipt) and counts(g)), None)
    if same is not None:
        return same
    return _write(
        item,
        Grading(
            attempt_item=item,
            rater_kind="system",
            score=work.score,
            points=dict(work.points),
            result=dict(work.result),
            receipt=dict(work.receipt),
            created_at=at,
        ),
        needs_human=work.needs_human,
        actor=SYSTEM,
    )


def _of_program(item: AttemptItem, at: dt.datetime) -> Grading | None:
    """The judge's verdict on the best program as a grading; None while there is none."""
    best = best_submission(item)
    waiting = any(
        s.status != Submission.Status.JUDGED and not s.samples_only for s in item.submissions.all()
    )
    if best is None and (waiting or not item.submitted_at):
        return None
    receipt = {"submission": best.ref if best else "", "engine": "judge"}
    known = [g for g in item.gradings.all() if g.rater_kind == "system"]
    same = next((g for g in known if g.receipt == receipt), None)
    if same is not None:
        return same
    score = round((best.score or 0.0) / 10, 2) if best else 0.0
    grading = Grading(
        attempt_item=item,
        rater_kind="system",
        score=score,
        result={"submission": best.ref, "verdict": best.verdict} if best else {},
        receipt=receipt,
        created_at=at,
    )
    return _write(item, grading, needs_human=False, actor=SYSTEM)


def _for_people(item: AttemptItem) -> None:
    """Nothing a machine may say: people grade it."""
    has_word = any(g.rater_kind == "person" for g in item.gradings.all())
    human_only = item.attempt.application.human_only
    if item.submitted_at and not has_word and (human_only or item.item.kind != TaskKind.CODING):
        AttemptItem.objects.filter(pk=item.pk, needs_human=False).update(needs_human=True)


def grading_by_person(
    *,
    actor: Actor,
    item: AttemptItem,
    at: dt.datetime,
    points: Mapping[str, float] | None = None,
    score: float | None = None,
    note: str = "",
    blind: bool = False,
) -> Grading:
    """A person's grading, which stands before the machine's; several people's are averaged.

    Args:
        points: credit 0..1 per key point; the score follows from the rubric's weights.
        score: 0..10, where there are no points or the person sees it otherwise.
        blind: the person had not seen anybody's grading of it.

    Raises:
        InvalidInput: not handed in yet, or a number outside its range.
    """
    loaded = (
        AttemptItem.objects.select_related(
            "item", "attempt__application__branch", "attempt__application__candidate"
        )
        .prefetch_related("gradings")
        .get(pk=item.pk)
    )
    if loaded.submitted_at is None:
        raise InvalidInput(say("assessments.not_handed_in"))
    given = dict(points or {})
    _in_range(given.values(), 1.0)
    if score is None:
        score = _weighted(loaded, given)
    _in_range([score], 10.0)
    last = next((g for g in reversed(_machine(loaded)) if g), None)
    with transaction.atomic():
        grading = _write(
            loaded,
            Grading(
                attempt_item=loaded,
                rater_kind="person",
                person_id=actor.person_id,
                score=round(score, 2),
                points=given,
                result={"note": note[:2000], "accepted": _same(given, score, last)},
                receipt={"machine": last.pk if last else None},
                blind=blind,
                created_at=at,
            ),
            needs_human=False,
            actor=actor,
        )
    attempt_score(attempt=loaded.attempt, at=at)
    return grading


def _machine(item: AttemptItem) -> list[Grading]:
    found = (g for g in item.gradings.all() if g.rater_kind == "system" and counts(g))
    return sorted(found, key=lambda g: g.pk)


def _same(points: Mapping[str, float], score: float, machine: Grading | None) -> bool:
    """Whether the person took the machine's suggestion as it was."""
    if machine is None:
        return False
    if points:
        return all(abs(points[k] - float(machine.points.get(k, 0.0))) < 0.05 for k in points)
    return abs(score - machine.score) < 0.05


def _in_range(values: Iterable[float], most: float) -> None:
    if any(not math.isfinite(v) or not 0 <= v <= most for v in values):
        raise InvalidInput(say("assessments.bad_score"), field="score")


def _weighted(item: AttemptItem, points: Mapping[str, float]) -> float:
    """The score of credits by the rubric's weights; credits not given count as nothing."""
    task = task_texts([item.item])[item.item_id]
    document = task.rubric("zh", item.variant)
    if document is None or not points:
        raise InvalidInput(say("assessments.bad_score"), field="score")
    rubric = rubric_from_mapping(document)
    known = {p.id for p in rubric.key_points}
    if not points.keys() <= known:
        raise InvalidInput(say("assessments.bad_score"), field="points")
    if task.exercise is not None:
        return score_with_points(exercise_work(item, task.exercise), points)
    total = sum(p.weight for p in rubric.key_points)
    return 10 * sum(p.weight * points.get(p.id, 0.0) for p in rubric.key_points) / total


def _write(item: AttemptItem, grading: Grading, *, needs_human: bool, actor: Actor) -> Grading:
    grading.save(force_insert=True)
    others = [g for g in item.gradings.all() if g.pk != grading.pk]
    standing = standing_score([*others, grading])
    has_person = any(g.rater_kind == "person" for g in [*others, grading])
    AttemptItem.objects.filter(pk=item.pk).update(
        score=None if standing is None else round(10 * standing, 2),
        needs_human=needs_human and not has_person,
    )
    audit_record(
        actor,
        "answer.graded",
        object_type="attempt_item",
        object_ref=item.ref,
        branch_ref=item.attempt.application.branch.ref,
        after={"score": grading.score, "points": grading.points},
        detail={"rater": grading.rater_kind, "grading": grading.ref},
    )
    return grading


def standing_score(gradings: Sequence[Grading]) -> float | None:
    """The score 0..10 that counts: the mean of each person's latest, else the machine's latest."""
    ordered = sorted(gradings, key=lambda g: (g.created_at, g.pk))
    people = {g.person_id: g.score for g in ordered if g.rater_kind == "person"}
    if people:
        return sum(people.values()) / len(people)
    machine = [g.score for g in ordered if g.rater_kind == "system" and counts(g)]
    return machine[-1] if machine else None


def attempt_score(*, attempt: Attempt, at: dt.datetime) -> Attempt:
    """Scores 0..100 per dimension and over all, from the tasks as they stand.

    A dimension is the mean of its tasks by their weights. The whole is the mean of the dimensions
    by the weights of the position's competency model; dimensions without a task do not count.
    `graded_at` is set when no task waits for a judge or a person.
    """
    attempts_score(attempts=[attempt], at=at)
    attempt.refresh_from_db()
    return attempt


@transaction.atomic
def attempts_score(*, attempts: Iterable[Attempt], at: dt.datetime) -> int:
    """`attempt_score` for many at once; returns how many are fully graded."""
    rows = (
        Attempt.objects.filter(pk__in=[a.pk for a in attempts])
        .select_related("application__position__model_version")
        .prefetch_related("items__item")
    )
    finished = 0
    for attempt in rows:
        items = list(attempt.items.all())
        scores = dimension_scores(items)
        model = attempt.application.position.model_version
        done = bool(items) and all(i.score is not None and not i.needs_human for i in items)
        finished += done
        Attempt.objects.filter(pk=attempt.pk).update(
            scores=scores,
            score=overall(scores, dimension_weights(model.document if model else {})),
            graded_at=(attempt.graded_at or at) if done else None,
        )
    return finished


def dimension_scores(items: Iterable[AttemptItem]) -> dict[str, float]:
    """Dimension → 0..100, two decimals, from tasks that have a score."""
    sums: dict[str, tuple[float, float]] = {}
    for item in items:
        if item.score is None:
            continue
        total, weight = sums.get(item.item.dimension, (0.0, 0.0))
        added = item.item.weight
        sums[item.item.dimension] = (total + added * item.score, weight + added)
    return {name: round(total / weight, 2) for name, (total, weight) in sums.items() if weight}


def dimension_weights(document: Mapping[str, Any]) -> dict[str, float]:
    """Dimension → weight of a competency model's document."""
    return {str(d["id"]): float(d["weight"]) for d in document.get("dimensions", ())}


def overall(scores: Mapping[str, float], weights: Mapping[str, float]) -> float | None:
    """The mean of the dimensions by weight; without any known weight each counts alike."""
    if not scores:
        return None
    used = {name: weights.get(name, 0.0) for name in scores}
    if not any(used.values()):
        used = dict.fromkeys(scores, 1.0)
    return round(sum(scores[n] * w for n, w in used.items()) / sum(used.values()), 2)
