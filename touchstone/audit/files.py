"""Files in our storage: written once under the name of their hash.

The bytes lie in a folder or in a bucket (`TOUCHSTONE_S3_BUCKET`), the rows in the database.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from touchstone.audit.models import StoredFile
from touchstone.common.clock import utc_now
from touchstone.common.errors import NotFound
from touchstone.common.messages import say
from touchstone.integrations.objects import Bucket, FolderStore, ObjectStore, S3Store

UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def store() -> ObjectStore:
    """Where files lie in this installation."""
    if settings.FILES_BUCKET is None:
        return FolderStore(Path(settings.FILES_DIR))
    return _bucket(settings.FILES_BUCKET)


@lru_cache(maxsize=4)
def _bucket(bucket: Bucket) -> ObjectStore:
    return S3Store(bucket)


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
    if store().size(key) != len(data):
        store().put(key, data)
    with _alone(sha256):
        if store().size(key) is None:  # the last row that needed them was erased meanwhile
            store().put(key, data)
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


def file_take_in(
    *,
    path: Path,
    original_name: str,
    purpose: str,
    content_type: str = "",
    expires_at: dt.datetime | None = None,
) -> StoredFile:
    """Moves a large complete file into storage and writes its row; it is gone from ``path``."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    size = path.stat().st_size
    key = f"{sha256[:2]}/{sha256}-{secrets.token_hex(6)}"  # never shared: nobody else can erase it
    store().put_file(key, path)
    return StoredFile.objects.create(
        sha256=sha256,
        size=size,
        content_type=content_type[:120],
        original_name=display_name(original_name),
        storage_key=key,
        purpose=purpose,
        created_at=utc_now(),
        expires_at=expires_at,
    )


def file_bytes(stored: StoredFile) -> bytes:
    """The bytes as they came.

    Raises:
        NotFound: they were erased.
    """
    if stored.erased_at:
        raise NotFound(say("files.erased"))
    try:
        return store().get(stored.storage_key)
    except FileNotFoundError as error:
        raise NotFound(say("files.erased")) from error


def file_blocks(stored: StoredFile, first: int = 0, length: int | None = None) -> Iterator[bytes]:
    """``length`` bytes from ``first`` on (all that follow, if None), a block at a time.

    Raises:
        NotFound: they were erased.
    """
    if stored.erased_at or store().size(stored.storage_key) is None:
        raise NotFound(say("files.erased"))
    return store().blocks(
        stored.storage_key, first, stored.size - first if length is None else length
    )


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
    with _alone(stored.sha256):
        StoredFile.objects.filter(pk=stored.pk, erased_at=None).update(erased_at=at)
        if not StoredFile.objects.filter(storage_key=stored.storage_key, erased_at=None).exists():
            store().delete(stored.storage_key)


@contextlib.contextmanager
def _alone(sha256: str) -> Iterator[None]:
    """Nobody else stores or erases the same bytes until the transaction is over.

    Otherwise bytes could be deleted for one row while another row, not yet visible, relies on them.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(sha256[:15], 16)])
        yield
