"""The yardstick of a round: submitted scorecards in, raw and fair scores out."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from touchstone import __version__
from touchstone.audit.services import audit_record
from touchstone.common.actors import SYSTEM, Actor
from touchstone.common.messages import Message
from touchstone.engine.calibration.calibrate import calibrate
from touchstone.engine.calibration.document import calibration_document, cells_document
from touchstone.engine.calibration.ratings import Rating
from touchstone.evaluation.models import CalibrationRun, IndicatorScore, Scorecard
from touchstone.interviews.models import Interview
from touchstone.positions.models import Position

Row = tuple[str, str, str, str, float]


def position_ratings(position: Position) -> list[Row]:
    """(application, rater, department, dimension, score) of every submitted scorecard that
    counts, in a fixed order; one query.

    A rater's score on a dimension is the mean of the indicators they scored, over all their cards
    for that candidate; "not observed" is no score.
    """
    rows = (
        IndicatorScore.objects.filter(
            scorecard__interview__application__position=position,
            scorecard__status=Scorecard.Status.SUBMITTED,
            scorecard__counts=True,
            score__isnull=False,
        )
        .exclude(scorecard__interview__status=Interview.Status.CANCELLED)
        .values_list(
            "scorecard__interview__application__ref",
            "scorecard__rater__ref",
            "scorecard__department__ref",
            "dimension",
            "score",
        )
    )
    cells: dict[tuple[str, str, str, str], list[float]] = defaultdict(list)
    for application, rater, department, dimension, score in rows:
        cells[application, rater, department or "", dimension].append(float(score or 0))
    return [(*key, round(sum(v) / len(v), 4)) for key, v in sorted(cells.items())]


def input_sha256(ratings: Sequence[Sequence[Any]]) -> str:
    """SHA-256 of the ratings' canonical JSON."""
    text = json.dumps([list(row) for row in ratings], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def calibration_result(ratings: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """An object of `touchstone calibrate` with the cells, and the ratings it came from.

    Raises:
        InvalidInput: there is no rating.
    """
    result = calibrate(
        [Rating(str(c), str(r), str(d), str(j), float(s)) for c, r, d, j, s in ratings]
    )
    return {
        **calibration_document(result, stored),
        **cells_document(result),
        "ratings": [list(row) for row in ratings],
    }


def stored(message: Message) -> dict[str, Any]:
    """A message as it is kept: id and arguments, messages among them alike."""
    args = {
        key: stored(value) if isinstance(value, Message) else value
        for key, value in message.args.items()
    }
    return {"id": message.id, "args": args}


@transaction.atomic
def calibration_run(
    *, position: Position, at: dt.datetime, actor: Actor = SYSTEM
) -> CalibrationRun:
    """Calibrates the round as it stands; the last run itself when nothing changed since.

    Raises:
        InvalidInput: no scorecard was submitted yet.
    """
    ratings = position_ratings(position)
    sha256 = input_sha256(ratings)
    last = position.calibrations.order_by("-created_at", "-id").first()
    if last and last.input_sha256 == sha256 and last.engine == __version__:
        return last
    run = CalibrationRun.objects.create(
        position=position,
        input_sha256=sha256,
        engine=__version__,
        result=calibration_result(ratings),
        created_at=at,
    )
    audit_record(
        actor,
        "calibration.run",
        object_type="position",
        object_ref=position.ref,
        branch_ref=position.branch.ref,
        after=sha256,
        detail={"ratings": len(ratings), "run": run.ref},
    )
    return run
