"""A folder and a bucket behave alike, and a bucket's failures are told as ours."""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bucket import bucket_server
from touchstone.common.errors import PermanentOutsideError, TemporaryOutsideError
from touchstone.integrations.objects import Bucket, FolderStore, ObjectStore, S3Store
from touchstone.integrations.objects.store import BLOCK


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with bucket_server(prefix="house/") as bucket:
        yield bucket


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "folder":
        return FolderStore(tmp_path / "files")
    return S3Store(request.getfixturevalue("bucket"))


def test_what_is_written_is_read_back_whole_and_in_part(store: ObjectStore) -> None:
    data = bytes(range(256)) * 3000
    store.put("ab/whole", data)
    store.put("ab/whole", data)
    assert store.get("ab/whole") == data
    assert store.size("ab/whole") == len(data)
    blocks = list(store.blocks("ab/whole", 5, BLOCK + 10))
    assert b"".join(blocks) == data[5 : BLOCK + 15]
    assert max(map(len, blocks)) <= BLOCK
    assert b"".join(store.blocks("ab/whole", len(data) - 3, 3)) == data[-3:]
    assert list(store.blocks("ab/whole", 0, 0)) == []


def test_a_file_is_moved_in(store: ObjectStore, tmp_path: Path) -> None:
    path = tmp_path / "large.part"
    path.write_bytes(b"x" * 1000)
    store.put_file("cd/moved", path)
    assert not path.exists()
    assert store.get("cd/moved") == b"x" * 1000


def test_what_is_not_there(store: ObjectStore) -> None:
    assert store.size("no/such") is None
    with pytest.raises(FileNotFoundError):
        store.get("no/such")
    with pytest.raises(FileNotFoundError):
        list(store.blocks("no/such", 0, 10))
    store.delete("no/such")


def test_keys_by_prefix_and_deleting(store: ObjectStore) -> None:
    for key in ("up/1/0", "up/1/9", "up/2/0"):
        store.put(key, b"1")
    assert sorted(store.keys("up/1/")) == ["up/1/0", "up/1/9"]
    store.delete("up/1/0")
    assert sorted(store.keys("up/")) == ["up/1/9", "up/2/0"]


def test_a_half_written_file_of_a_folder_is_no_object(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.put("ab/c", b"1")
    (tmp_path / "ab" / "d.123.beef").write_bytes(b"half")
    assert list(store.keys()) == ["ab/c"]


def test_a_shared_bucket_keeps_others_apart(bucket: Bucket) -> None:
    other = S3Store(dataclasses.replace(bucket, prefix="other/"))
    S3Store(bucket).put("mine", b"1")
    assert other.size("mine") is None
    assert "mine" not in set(other.keys())


def test_a_service_that_does_not_answer_is_worth_another_try(bucket: Bucket) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    away = S3Store(dataclasses.replace(bucket, endpoint=f"http://127.0.0.1:{port}"))
    with pytest.raises(TemporaryOutsideError, match="store_unreachable"):
        away.get("ab/c")


def test_a_bucket_that_is_none_needs_a_person(bucket: Bucket) -> None:
    with pytest.raises(PermanentOutsideError) as told:
        S3Store(dataclasses.replace(bucket, name="not-made")).put("ab/c", b"1")
    assert told.value.message.args["why"] == "NoSuchBucket"


def test_the_secret_stays_out_of_words(bucket: Bucket) -> None:
    assert "secret" not in repr(bucket).replace("secret_key", "")
