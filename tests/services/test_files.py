"""Stored files, in a folder and in a bucket: bytes go with the last row that needs them."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from touchstone.audit import files
from touchstone.audit.files import (
    file_blocks,
    file_bytes,
    file_erase,
    file_store,
    file_take_in,
    files_expire,
    store,
)
from touchstone.audit.models import StoredFile
from touchstone.common.errors import NotFound

pytestmark = pytest.mark.usefixtures("storage")


def kept(data: bytes, name: str = "a.txt", expires_at: dt.datetime | None = None) -> StoredFile:
    return file_store(data=data, original_name=name, purpose="resume", expires_at=expires_at)


def test_the_same_bytes_lie_once_and_go_with_the_last_row(db: None, now: dt.datetime) -> None:
    first, second = kept(b"same"), kept(b"same", "b.txt")
    assert first.storage_key == second.storage_key
    assert len(list(store().keys())) == 1
    file_erase(stored=first, at=now)
    assert file_bytes(second) == b"same"
    first.refresh_from_db()
    with pytest.raises(NotFound):
        file_bytes(first)
    file_erase(stored=second, at=now)
    assert list(store().keys()) == []


def test_bytes_damaged_by_a_crash_are_written_again(db: None) -> None:
    first = kept(b"whole")
    store().put(first.storage_key, b"who")
    kept(b"whole", "again.txt")
    assert file_bytes(first) == b"whole"


def test_a_large_file_is_moved_in_and_read_in_part(db: None, tmp_path: Path) -> None:
    path = tmp_path / "talk.part"
    path.write_bytes(b"0123456789" * 100_000)
    stored = file_take_in(path=path, original_name="talk.mp4", purpose="recording")
    assert not path.exists()
    assert stored.size == 1_000_000
    assert b"".join(file_blocks(stored, 11, 5)) == b"12345"
    assert len(b"".join(file_blocks(stored, 999_990))) == 10


def test_two_recordings_of_the_same_bytes_do_not_share_them(
    db: None, tmp_path: Path, now: dt.datetime
) -> None:
    made = []
    for number in range(2):
        path = tmp_path / f"{number}.part"
        path.write_bytes(b"silence")
        made.append(file_take_in(path=path, original_name="a.mp3", purpose="recording"))
    file_erase(stored=made[0], at=now)
    assert file_bytes(made[1]) == b"silence"


def test_what_is_over_is_deleted_in_time(db: None, now: dt.datetime) -> None:
    over = kept(b"old", expires_at=now - dt.timedelta(seconds=1))
    still = kept(b"new", expires_at=now + dt.timedelta(days=1))
    assert files_expire(at=now) == 1
    assert list(store().keys()) == [still.storage_key]
    over.refresh_from_db()
    assert over.erased_at == now


def test_bytes_erased_while_the_same_bytes_are_stored_are_written_again(
    db: None, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between seeing that the bytes lie there and the new row, the old row's erasure ends."""
    old = kept(b"contested")
    alone = files._alone

    def erased_before(sha256: str) -> AbstractContextManager[None]:
        monkeypatch.setattr(files, "_alone", alone)
        file_erase(stored=old, at=now)
        return alone(sha256)

    monkeypatch.setattr(files, "_alone", erased_before)
    assert file_bytes(kept(b"contested", "fresh.txt")) == b"contested"
