"""How much a language model may be asked a day as a rater, counted from what was stored.

A request is counted before it is sent, by a condition in the database, so that no number of workers
goes past the limit. A limit of tokens is met by the first request after it was reached.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F

from touchstone.assessments.models import ModelUsage
from touchstone.common.errors import PermanentOutsideError
from touchstone.common.messages import say


class BudgetSpent(PermanentOutsideError):
    """Today's limit is reached; tomorrow it may be asked again."""

    def __init__(self) -> None:
        super().__init__(say("llm.daily_limit"))


@dataclass(frozen=True, slots=True)
class Today:
    """What has been used today, and whether that is all."""

    requests: int
    tokens: int
    spent: bool
    capped: bool


class DailyMeter:
    """Counts requests and tokens of the day of ``at``."""

    def __init__(self, at: dt.datetime) -> None:
        self.day = at.astimezone(dt.UTC).date()

    def asked(self) -> None:
        """Counts a request that is about to be sent.

        Raises:
            BudgetSpent: it may not be sent.
        """
        row, _made = ModelUsage.objects.get_or_create(day=self.day)
        rows = ModelUsage.objects.filter(pk=row.pk)
        if settings.LLM_DAILY_REQUESTS:
            rows = rows.filter(requests__lt=settings.LLM_DAILY_REQUESTS)
        if settings.LLM_DAILY_TOKENS:
            rows = rows.filter(tokens__lt=settings.LLM_DAILY_TOKENS)
        if not rows.update(requests=F("requests") + 1):
            raise BudgetSpent

    def answered(self, tokens: int) -> None:
        """Counts the tokens of a request and its answer."""
        ModelUsage.objects.filter(day=self.day).update(tokens=F("tokens") + tokens)


def rater_today(at: dt.datetime) -> Today | None:
    """What was used today; None where no model reads answers here."""
    if not (settings.LLM_RATES and settings.LLM_BASE and settings.LLM_MODEL):
        return None
    row = ModelUsage.objects.filter(day=at.astimezone(dt.UTC).date()).first()
    requests, tokens = (row.requests, row.tokens) if row else (0, 0)
    most, most_tokens = settings.LLM_DAILY_REQUESTS, settings.LLM_DAILY_TOKENS
    spent = bool((most and requests >= most) or (most_tokens and tokens >= most_tokens))
    return Today(requests, tokens, spent, bool(most or most_tokens))


def until_tomorrow_s(at: dt.datetime) -> float:
    """Seconds to the next day of the count."""
    there = at.astimezone(dt.UTC)
    midnight = dt.datetime.combine(there.date() + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)
    return (midnight - there).total_seconds()
