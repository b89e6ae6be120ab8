"""Large files on their way in: their pieces lie in storage until the whole is there.

An upload can stop at any byte and go on later, through any node: each piece is named by its offset.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from touchstone.audit.files import file_blocks, store
from touchstone.audit.models import StoredFile


def piece_keep(upload: str, offset: int, data: bytes) -> None:
    """Stores the bytes of an upload that begin at ``offset``."""
    store().put(f"{_folder(upload)}{offset:012d}", data)


def pieces_join(upload: str, path: Path) -> int:
    """Writes what arrived, in order, to ``path``; returns how many bytes that are."""
    with path.open("wb") as file:
        for key in sorted(store().keys(_folder(upload))):
            file.write(store().get(key))
    return path.stat().st_size


def pieces_forget(upload: str) -> None:
    """Deletes the bytes that arrived of an upload, wherever it stopped."""
    for key in list(store().keys(_folder(upload))):
        store().delete(key)


@contextlib.contextmanager
def scratch_file() -> Iterator[Path]:
    """A place for a file on its way in, on the disk of the files' folder; gone afterwards."""
    folder = Path(settings.FILES_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{secrets.token_hex(8)}.part"
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def local_copy(stored: StoredFile) -> Iterator[Path]:
    """A stored file as a file on this node, gone afterwards."""
    with scratch_file() as path:
        with path.open("wb") as file:
            for block in file_blocks(stored):
                file.write(block)
        yield path


def _folder(upload: str) -> str:
    return f"uploads/{upload}/"
