"""Background work of the question bank."""

from __future__ import annotations

from django_tasks import task

from touchstone.common.clock import utc_now
from touchstone.library.drafting import draft_fulfil


@task(queue_name="default")
def question_draft(draft_ref: str) -> str:
    """Asks the language model for a draft of a question; once it is there, never again."""
    return draft_fulfil(draft_ref=draft_ref, at=utc_now()).status
