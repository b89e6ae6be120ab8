"""Scorecards: typed score by score, submitted once, locked, reopened only with a reason."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation

from django.db import transaction

from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import Conflict, InvalidInput, NotAllowed
from touchstone.common.messages import say
from touchstone.evaluation.models import IndicatorScore, Scorecard, ScorecardEvent
from touchstone.interviews.models import Interview
from touchstone.interviews.services.room import room_touch, seat_of

HALF = Decimal("0.5")


@transaction.atomic
def scorecard_open(*, actor: Actor, interview: Interview, at: dt.datetime) -> Scorecard:
    """The rater's own scorecard for the interview, made on first use.

    Raises:
        NotAllowed: not on the panel.
    """
    seat = seat_of(interview, actor.person_id)
    card, _made = Scorecard.objects.get_or_create(
        interview=interview,
        rater_id=actor.person_id,
        defaults={
            "department_id": seat.person.department_id,
            "counts": seat.seat != "shadow",
            "created_at": at,
        },
    )
    return card


@transaction.atomic
def score_save(
    *,
    actor: Actor,
    scorecard: Scorecard,
    dimension: str,
    indicator: str,
    at: dt.datetime,
    version: int,
    score: str | float | Decimal | None = None,
    not_observed: bool = False,
    comment: str = "",
) -> IndicatorScore:
    """Keeps one indicator's score as typed.

    Args:
        score: 0–10 in half points; None for none yet.
        version: of the row the rater saw; 0 where there was none.

    Raises:
        InvalidInput: not 0–10 in half points.
        Conflict: it was changed in another tab; nothing was overwritten.
        NotAllowed: the card is another's, or submitted.
    """
    _require_own_draft(actor, scorecard)
    value = None if not_observed else half_points(score)
    row = (
        IndicatorScore.objects.select_for_update()
        .filter(scorecard=scorecard, indicator=indicator)
        .first()
    )
    if row is None:
        row = IndicatorScore.objects.create(
            scorecard=scorecard,
            dimension=dimension,
            indicator=indicator,
            score=value,
            not_observed=not_observed,
            comment=comment,
            updated_at=at,
        )
    elif (row.score, row.not_observed, row.comment) == (value, not_observed, comment):
        return row
    elif row.version != version and not _typed_on(row, value, not_observed, comment):
        raise Conflict(
            say("evaluation.score_changed"),
            theirs={
                "score": row.score,
                "not_observed": row.not_observed,
                "comment": row.comment,
                "version": row.version,
            },
            mine={"score": value, "not_observed": not_observed, "comment": comment},
        )
    else:
        row.score, row.not_observed, row.comment, row.updated_at = value, not_observed, comment, at
        row.version += 1
        row.save()
    # The room's counter stays as it is: a draft is nobody else's business.
    return row


def _typed_on(row: IndicatorScore, value: Decimal | None, not_observed: bool, comment: str) -> bool:
    """Whether only words were added behind the stored ones, as after an answer that was lost."""
    same = (row.score, row.not_observed) == (value, not_observed)
    return same and bool(row.comment) and comment.startswith(row.comment)


@transaction.atomic
def summary_save(
    *, actor: Actor, scorecard: Scorecard, text: str, version: int, at: dt.datetime
) -> Scorecard:
    """Keeps the rater's overall impression as typed.

    Args:
        version: of the card the rater saw.

    Raises:
        Conflict: it was changed in another tab; nothing was overwritten.
        NotAllowed: the card is another's, or submitted.
    """
    _require_own_draft(actor, scorecard)
    current = Scorecard.objects.select_for_update().get(pk=scorecard.pk)
    if current.summary == text:
        return current
    # Typed on after an answer was lost: nothing of the stored text is gone.
    if current.version != version and not (current.summary and text.startswith(current.summary)):
        raise Conflict(
            say("evaluation.score_changed"),
            theirs={"text": current.summary, "version": current.version},
            mine={"text": text},
        )
    current.summary = text
    current.version += 1
    current.save(update_fields=["summary", "version"])
    return current


def half_points(score: str | float | Decimal | None) -> Decimal | None:
    """The score as a decimal of half points.

    Raises:
        InvalidInput: not a number from 0 to 10 in half points.
    """
    if score is None or score == "":
        return None
    try:
        value = Decimal(str(score))
    except InvalidOperation as error:
        raise InvalidInput(say("evaluation.bad_score"), field="score") from error
    if not value.is_finite() or not 0 <= value <= 10 or value % HALF:
        raise InvalidInput(say("evaluation.bad_score"), field="score")
    return value.quantize(Decimal("0.1"))


@transaction.atomic
def scorecard_submit(
    *,
    actor: Actor,
    scorecard: Scorecard,
    expected: list[str],
    summary: str,
    submit_key: str,
    at: dt.datetime,
) -> Scorecard:
    """Locks the card; the others' become visible. Pressing twice submits once.

    Args:
        expected: indicators of the sheet; each needs a score or "not observed".

    Raises:
        InvalidInput: some are open; the message counts them.
        NotAllowed: another's card.
    """
    locked = Scorecard.objects.select_for_update().get(pk=scorecard.pk)
    if locked.rater_id != actor.person_id:
        raise NotAllowed(say("evaluation.not_yours"))
    if locked.status == Scorecard.Status.SUBMITTED:
        return locked
    rated = {
        row.indicator for row in locked.scores.all() if row.score is not None or row.not_observed
    }
    missing = [name for name in expected if name not in rated]
    if missing:
        raise InvalidInput(say("evaluation.scores_missing", count=len(missing)), field="scores")
    locked.status = Scorecard.Status.SUBMITTED
    locked.summary = summary or locked.summary
    locked.submitted_at = at
    locked.submit_key = submit_key[:40]
    locked.version += 1
    locked.save()
    ScorecardEvent.objects.create(
        scorecard=locked, kind="submitted", person_id=locked.rater_id, at=at
    )
    _log(actor, locked, "scorecard.submitted")
    room_touch(locked.interview)
    return locked


@transaction.atomic
def scorecard_reopen(
    *, actor: Actor, scorecard: Scorecard, reason: str, at: dt.datetime
) -> Scorecard:
    """Unlocks a submitted card; who, when and why stay on record.

    Raises:
        InvalidInput: no reason.
        NotAllowed: the actor is no person.
    """
    if not reason.strip():
        raise InvalidInput(say("evaluation.reason_missing"), field="reason")
    if actor.person_id is None:
        raise NotAllowed(say("evaluation.people_decide"))
    locked = Scorecard.objects.select_for_update().get(pk=scorecard.pk)
    if locked.status == Scorecard.Status.DRAFT:
        return locked
    locked.status = Scorecard.Status.DRAFT
    locked.version += 1
    locked.save(update_fields=["status", "version"])
    ScorecardEvent.objects.create(
        scorecard=locked,
        kind="reopened",
        person_id=actor.person_id,
        reason=reason.strip()[:500],
        at=at,
    )
    _log(actor, locked, "scorecard.reopened")
    room_touch(locked.interview)
    return locked


def _require_own_draft(actor: Actor, scorecard: Scorecard) -> None:
    if scorecard.rater_id != actor.person_id:
        raise NotAllowed(say("evaluation.not_yours"))
    seat_of(scorecard.interview, actor.person_id)
    current = Scorecard.objects.select_for_update().get(pk=scorecard.pk)
    if current.status == Scorecard.Status.SUBMITTED:
        raise NotAllowed(say("evaluation.locked"))


def _log(actor: Actor, scorecard: Scorecard, action: str) -> None:
    audit_record(
        actor,
        action,
        object_type="scorecard",
        object_ref=scorecard.ref,
        branch_ref=scorecard.interview.application.branch.ref,
        after=[
            [row.indicator, str(row.score), row.not_observed]
            for row in scorecard.scores.order_by("indicator")
        ],
    )
