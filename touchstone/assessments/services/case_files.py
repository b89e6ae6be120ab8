"""Documents handed in as project cases: stored first, read in a process of their own."""

from __future__ import annotations

import datetime as dt
import functools

from touchstone.assessments.models import AttemptItem
from touchstone.assessments.services.sittings import file_attach
from touchstone.audit.files import file_bytes, file_store
from touchstone.audit.models import StoredFile
from touchstone.common.errors import InvalidInput, TouchstoneError
from touchstone.common.messages import say
from touchstone.engine.resumes.files import Source
from touchstone.engine.resumes.isolated import ReaderPool, Reading

LONGEST = 20_000
LARGEST_MIB = 20
KEPT = dt.timedelta(days=550)
KINDS = (".pdf", ".docx", ".doc", ".odt", ".rtf", ".txt", ".md", ".png", ".jpg", ".jpeg")


def case_file_text(stored: StoredFile | None) -> str:
    """Its words, at most 20 000 characters; empty when it cannot be read (people read it then)."""
    if stored is None or stored.erased_at:
        return ""
    return _read(stored.pk, stored.sha256)


@functools.lru_cache(256)
def _read(pk: int, _sha256: str) -> str:
    stored = StoredFile.objects.get(pk=pk)
    try:
        source = Source(stored.original_name, file_bytes(stored))
        as_of = stored.created_at.date()
        with ReaderPool(as_of, then=_words, workers=1, ocr=False) as pool:
            outcome = next(iter(pool.read([source])), None)
    except TouchstoneError:
        return ""
    return str(outcome.value)[:LONGEST] if outcome and outcome.value else ""


def _words(reading: Reading) -> str:
    return reading.document.text


def case_file_keep(*, item: AttemptItem, name: str, data: bytes, at: dt.datetime) -> AttemptItem:
    """Stores a project case's document under the day it is deleted, and ties it to the task.

    Raises:
        InvalidInput: empty, too large, or of a kind that cannot be shown safely.
    """
    if not data:
        raise InvalidInput(say("assessments.empty_file"), field="file")
    if len(data) > LARGEST_MIB * 2**20:
        raise InvalidInput(say("assessments.file_too_large", limit=LARGEST_MIB), field="file")
    if not name.lower().endswith(KINDS):
        raise InvalidInput(say("assessments.bad_file"), field="file")
    stored = file_store(
        data=data,
        original_name=name,
        purpose="case",
        content_type="application/octet-stream",
        expires_at=at + KEPT,
    )
    return file_attach(item=item, stored=stored, at=at)
