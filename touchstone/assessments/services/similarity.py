"""Programs of one problem and round compared with one another; signals to those concerned."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Q

from touchstone.assessments.models import (
    AttemptItem,
    IntegritySignal,
    Similarity,
    SimilarityRound,
    Submission,
    TaskKind,
)
from touchstone.assessments.selectors import best_submission
from touchstone.assessments.tasks import problem_folder
from touchstone.common.background import enqueue
from touchstone.engine.judging.problem import SUFFIXES
from touchstone.engine.judging.similarity import ENGINE, Likeness, Program, likenesses
from touchstone.positions.models import Position

SIMILARITY_TASK = "touchstone.jobs.assessments.programs_compare"
GATHER_S = 60.0
"""Verdicts of one minute are compared in one go: a round hands in together."""
GIVEN_UP = dt.timedelta(minutes=30)
MOST_PAIRS_EACH = 5
FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
KIND = "similarity"


@transaction.atomic
def comparison_ask(*, submission: Submission, at: dt.datetime) -> bool:
    """Puts the comparison of its problem and round into the queue, once for many verdicts.

    Returns:
        whether one was put there; false where one waits already.
    """
    item = submission.attempt_item
    found, _new = SimilarityRound.objects.get_or_create(
        position=item.attempt.application.position, code=item.item.code
    )
    took = (
        SimilarityRound.objects.filter(pk=found.pk)
        .filter(Q(asked_at=None) | Q(asked_at__lt=at - GIVEN_UP))
        .update(asked_at=at)
    )
    if not took:
        return False
    enqueue(SIMILARITY_TASK, delay_s=GATHER_S, position_ref=found.position.ref, code=found.code)
    return True


def programs_compare(*, position: Position, code: str, at: dt.datetime) -> list[Similarity]:
    """Compares the programs that stand for their candidates; earlier pairs give way to these.

    A verdict that comes while this runs asks for another comparison.
    """
    found, _new = SimilarityRound.objects.get_or_create(position=position, code=code)
    SimilarityRound.objects.filter(pk=found.pk).update(asked_at=None)
    standing = _standing(position, code)
    given = given_code(code)
    by_ref = {s.ref: s for s in standing}
    by_language: dict[str, list[Program]] = defaultdict(list)
    for submission in standing:
        by_language[submission.language].append(Program(submission.ref, submission.source))
    pairs = [
        pair
        for language, programs in sorted(by_language.items())
        for pair in _fewest(likenesses(programs, language, given.get(language, [])))
    ]
    return _write(found, pairs, by_ref, at)


def _fewest(pairs: Sequence[Likeness]) -> list[Likeness]:
    """The most alike first; no program stands in more than a few pairs."""
    times: dict[str, int] = defaultdict(int)
    kept = []
    for pair in pairs:
        if times[pair.first] < MOST_PAIRS_EACH and times[pair.second] < MOST_PAIRS_EACH:
            times[pair.first] += 1
            times[pair.second] += 1
            kept.append(pair)
    return kept


def _standing(position: Position, code: str) -> list[Submission]:
    """The program of each candidate that counts; emptied ones are no more."""
    items = (
        AttemptItem.objects.filter(
            item__kind=TaskKind.CODING,
            item__code=code,
            attempt__application__position=position,
        )
        .prefetch_related("submissions")
        .order_by("pk")
    )
    best = [best_submission(item) for item in items]
    return [s for s in best if s is not None and s.source.strip()]


def given_code(code: str) -> dict[str, list[str]]:
    """What the problem gives to everybody, by language: its drivers, the code in its statement."""
    folder = problem_folder(code)
    given: dict[str, list[str]] = defaultdict(list)
    include = folder / "include"
    for path in sorted(include.rglob("*")) if include.is_dir() else ():
        language = SUFFIXES.get(path.suffix)
        if language is not None and path.is_file():
            given[language].append(path.read_text("utf-8", "replace"))
    for path in sorted((folder / "statement").glob("*.md")):
        for block in FENCE.findall(path.read_text("utf-8")):
            for language in set(SUFFIXES.values()):
                given[language].append(block)
    return dict(given)


@transaction.atomic
def _write(
    found: SimilarityRound,
    pairs: Iterable[Likeness],
    by_ref: dict[str, Submission],
    at: dt.datetime,
) -> list[Similarity]:
    SimilarityRound.objects.select_for_update().get(pk=found.pk)
    alive = set(
        Submission.objects.filter(ref__in=by_ref).exclude(source="").values_list("ref", flat=True)
    )
    found.pairs.all().delete()
    made = Similarity.objects.bulk_create(
        Similarity(
            round=found,
            first=by_ref[pair.first],
            second=by_ref[pair.second],
            first_share=pair.first_share,
            second_share=pair.second_share,
            runs=[[*run.first, *run.second] for run in pair.runs],
        )
        for pair in pairs
        if {pair.first, pair.second} <= alive
    )
    SimilarityRound.objects.filter(pk=found.pk).update(
        computed_at=at, compared=len(by_ref), engine=ENGINE
    )
    _signals(found, made, at)
    return made


def _signals(found: SimilarityRound, pairs: Sequence[Similarity], at: dt.datetime) -> None:
    """One signal for each sitting concerned; it names nobody else.

    A signal that no longer holds is withdrawn unless the candidate has written beside it.
    """
    shares: dict[int, float] = defaultdict(float)
    for pair in pairs:
        for submission, share in (
            (pair.first, pair.first_share),
            (pair.second, pair.second_share),
        ):
            attempt = submission.attempt_item.attempt_id
            shares[attempt] = max(shares[attempt], share)
    earlier = IntegritySignal.objects.filter(
        kind=KIND, attempt__application__position=found.position, detail__code=found.code
    )
    known = {signal.attempt_id: signal for signal in earlier}
    for attempt, signal in known.items():
        if attempt not in shares:
            if not signal.comment:
                signal.delete()
        elif signal.detail.get("share") != shares[attempt]:
            signal.detail = {**signal.detail, "share": shares[attempt]}
            signal.save(update_fields=["detail"])
    IntegritySignal.objects.bulk_create(
        IntegritySignal(
            attempt_id=attempt, kind=KIND, at=at, detail={"code": found.code, "share": share}
        )
        for attempt, share in sorted(shares.items())
        if attempt not in known
    )
