"""Files in our storage: written once under the name of their hash, read back whole."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import unicodedata
from pathlib import Path

from django.conf import settings

from touchstone.audit.models import StoredFile
from touchstone.common.clock import utc_now
from touchstone.common.errors import NotFound
from touchstone.common.messages import say

UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def display_name(name: str) -> str:
    """The file's name as it may be shown and stored: no paths, no control or direction marks."""
    cleaned = UNSAFE.sub("_", unicodedata.normalize("NFC", name)).strip(" .")
    return (cleaned or "file")[:255]


def file_store(
    *,
    data: bytes,
    original_name: str,
    purpose: str,
    content_type: str = "",
    expires_at: dt.datetime | None = None,
) -> StoredFile:
    """Writes the bytes and their row. The same bytes are kept on disk once."""
    sha256 = hashlib.sha256(data).hexdigest()
    key = f"{sha256[:2]}/{sha256}"
    path = Path(settings.FILES_DIR) / key
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        try:
            with fresh.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
    return StoredFile.objects.create(
        sha256=sha256,
        size=len(data),
        content_type=content_type[:120],
        original_name=display_name(original_name),
        storage_key=key,
        purpose=purpose,
        created_at=utc_now(),
        expires_at=expires_at,
    )


def file_path(stored: StoredFile) -> Path:
    """Where the bytes lie.

    Raises:
        NotFound: they were erased.
    """
    path = Path(settings.FILES_DIR) / stored.storage_key
    if stored.erased_at or not path.exists():
        raise NotFound(say("files.erased"))
    return path


def file_bytes(stored: StoredFile) -> bytes:
    """The bytes as they came."""
    return file_path(stored).read_bytes()


def files_expire(*, at: dt.datetime) -> int:
    """Deletes the bytes of files whose time is over; their rows stay, marked. Returns how many.

    Bytes shared with a file that is still needed stay until that one is over too.
    """
    over = StoredFile.objects.filter(expires_at__lte=at, erased_at=None)
    erased = 0
    for stored in over.iterator():
        file_erase(stored=stored, at=at)
        erased += 1
    return erased


def file_erase(*, stored: StoredFile, at: dt.datetime) -> None:
    """Marks the file as erased and deletes its bytes if no other row needs them."""
    StoredFile.objects.filter(pk=stored.pk, erased_at=None).update(erased_at=at)
    needed = StoredFile.objects.filter(sha256=stored.sha256, erased_at=None).exists()
    if not needed:
        (Path(settings.FILES_DIR) / stored.storage_key).unlink(missing_ok=True)
