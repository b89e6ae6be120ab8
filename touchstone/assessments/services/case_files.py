"""The text of a document handed in as a project case, read in a process of its own."""

from __future__ import annotations

import functools

from touchstone.audit.files import file_bytes
from touchstone.audit.models import StoredFile
from touchstone.common.errors import TouchstoneError
from touchstone.engine.resumes.files import Source
from touchstone.engine.resumes.isolated import ReaderPool, Reading

LONGEST = 20_000


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
