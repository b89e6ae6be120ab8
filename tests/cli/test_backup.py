"""Backup and restore, into an empty directory, compared; and archives that cannot be trusted."""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT, CommandLine
from touchstone.integrations.objects import Bucket, S3Store

EVERYTHING = """
import json, hashlib
from touchstone.cli.site import start_django
start_django()
from django.apps import apps
from django.core import serializers
from django.contrib.sessions.models import Session
from touchstone.audit.files import file_bytes
from touchstone.audit.models import StoredFile
from touchstone.accounts.models import Person
found = {}
for model in apps.get_models():
    if model is Session:
        continue
    rows = serializers.serialize("json", model._base_manager.order_by("pk"))
    found[model._meta.label] = hashlib.sha256(rows.encode()).hexdigest()
found["files"] = [file_bytes(f).decode() for f in StoredFile.objects.order_by("pk")]
found["password"] = Person.objects.get(username="recruiter").check_password("trees grow slowly 7")
print(json.dumps(found))
"""
WRITE = """
import time
from touchstone.cli.site import start_django
start_django()
from touchstone.audit.services import audit_record
from touchstone.common.actors import SYSTEM
print("ready", flush=True)
until = time.monotonic() + 60
while time.monotonic() < until:
    audit_record(SYSTEM, "test.written", object_type="test", object_ref="1")
"""


def everything(line: CommandLine) -> dict[str, object]:
    """Hashes of all rows, the files' contents, and whether a password still fits."""
    done = subprocess.run(
        [sys.executable, "-c", EVERYTHING],
        cwd=ROOT,
        env=line.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_restored_is_what_was_backed_up(
    site: CommandLine, new_site: Callable[[], CommandLine], tmp_path: Path
) -> None:
    archive = tmp_path / "all.tar"
    written = site("backup", str(archive), "--json")
    assert written.returncode == 0, written.stderr
    told = json.loads(written.stdout)
    assert told["files"] == 3
    assert archive.stat().st_mode & 0o777 == 0o600
    fresh = new_site()
    restored = fresh("restore", str(archive), "--json")
    assert restored.returncode == 0, restored.stderr
    report = json.loads(restored.stdout)
    assert report["rows"] == told["rows"]
    assert report["audit_intact"]
    before, after = everything(site), everything(fresh)
    assert after == before
    assert after["password"] is True
    assert after["files"] == ["resume 0", "resume 1", "resume 2"]
    assert (fresh.data_dir / "secret-key").read_text() == (site.data_dir / "secret-key").read_text()


def test_files_in_a_bucket_are_in_the_backup_and_go_back_into_a_bucket(
    site: CommandLine, new_site: Callable[[], CommandLine], tmp_path: Path, bucket: Bucket
) -> None:
    before = everything(site)
    old = dataclasses.replace(bucket, prefix="old/")
    for path in (site.data_dir / "files").rglob("*"):
        if path.is_file():
            S3Store(old).put(
                path.relative_to(site.data_dir / "files").as_posix(), path.read_bytes()
            )
    shutil.rmtree(site.data_dir / "files")
    site = in_bucket(site, old)
    archive = tmp_path / "all.tar"
    written = site("backup", str(archive), "--json")
    assert written.returncode == 0, written.stderr
    assert json.loads(written.stdout)["files"] == 3
    fresh = in_bucket(new_site(), dataclasses.replace(bucket, prefix="new/"))
    restored = fresh("restore", str(archive), "--json")
    assert restored.returncode == 0, restored.stderr
    assert everything(fresh) == before
    assert not (fresh.data_dir / "files").exists()
    told = json.loads(fresh("doctor", "--json").stdout)
    assert next(row for row in told["checks"] if row["name"] == "storage")["state"] == "ok"


def in_bucket(line: CommandLine, bucket: Bucket) -> CommandLine:
    """The same installation with its files in the bucket."""
    return dataclasses.replace(
        line,
        settings={
            **line.settings,
            "TOUCHSTONE_S3_BUCKET": bucket.name,
            "TOUCHSTONE_S3_ENDPOINT": bucket.endpoint,
            "TOUCHSTONE_S3_ACCESS_KEY": bucket.access_key,
            "TOUCHSTONE_S3_SECRET_KEY": bucket.secret_key,
            "TOUCHSTONE_S3_ADDRESSING": "path",
            "TOUCHSTONE_S3_PREFIX": bucket.prefix,
        },
    )


def test_a_backup_taken_while_people_write_is_consistent(
    site: CommandLine, new_site: Callable[[], CommandLine], tmp_path: Path
) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE],
        cwd=ROOT,
        env=site.environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    archive = tmp_path / "live.tar"
    written = site("backup", str(archive))
    assert writer.poll() is None
    writer.kill()
    writer.wait()
    assert written.returncode == 0, written.stderr
    restored = new_site()("restore", str(archive), "--json")
    assert restored.returncode == 0, restored.stderr
    assert json.loads(restored.stdout)["audit_intact"]


def test_a_directory_with_something_in_it_is_left_alone(site: CommandLine, tmp_path: Path) -> None:
    archive = tmp_path / "all.tar"
    site("backup", str(archive))
    before = everything(site)
    refused = site("restore", str(archive))
    assert refused.returncode == 1
    assert "is not empty" in refused.stderr
    assert everything(site) == before


def _flip(data: bytearray) -> bytes:
    """Changes one byte in the middle of the database."""
    data[len(data) // 3] ^= 0xFF
    return bytes(data)


def _cut(data: bytearray) -> bytes:
    return bytes(data[: len(data) // 2])


def _other(_data: bytearray) -> bytes:
    return b"this is no archive"


@pytest.mark.parametrize("damage", [_flip, _cut, _other])
def test_a_damaged_archive_restores_nothing(
    site: CommandLine,
    new_site: Callable[[], CommandLine],
    tmp_path: Path,
    damage: Callable[[bytearray], bytes],
) -> None:
    archive = tmp_path / "all.tar"
    site("backup", str(archive))
    archive.write_bytes(damage(bytearray(archive.read_bytes())))
    fresh = new_site()
    refused = fresh("restore", str(archive))
    assert refused.returncode == 1
    assert "Nothing was restored" in refused.stderr
    assert list(fresh.data_dir.iterdir()) == []


def test_names_in_an_archive_cannot_lead_outside(
    site: CommandLine, new_site: Callable[[], CommandLine], tmp_path: Path
) -> None:
    good, bad = tmp_path / "all.tar", tmp_path / "bad.tar"
    site("backup", str(good))
    with tarfile.open(good) as old, tarfile.open(bad, "w:") as new:
        for member in old:
            stream = old.extractfile(member)
            assert stream is not None
            data = stream.read()
            if member.name == "manifest.json":
                manifest = json.loads(data)
                manifest["files"][0]["key"] = "../../outside"
                data = json.dumps(manifest).encode()
            member.size = len(data)
            from io import BytesIO

            new.addfile(member, BytesIO(data))
    fresh = new_site()
    refused = fresh("restore", str(bad))
    assert refused.returncode == 1
    assert "no name of a stored file" in refused.stderr
    assert not (tmp_path / "outside").exists()


def test_a_lost_file_is_named(site: CommandLine, tmp_path: Path) -> None:
    lost = next(path for path in (site.data_dir / "files").rglob("*") if path.is_file())
    lost.unlink()
    written = site("backup", str(tmp_path / "all.tar"), "--json")
    assert written.returncode == 1
    assert json.loads(written.stdout)["files_missing"] == [f"{lost.parent.name}/{lost.name}"]


def test_no_room_leaves_nothing_behind(site: CommandLine, tmp_path: Path) -> None:
    """`/dev/full` takes no byte; as a folder it takes no file either."""
    refused = site("backup", "/dev/full/all.tar")
    assert refused.returncode == 1
    assert "could not be written" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_audit_verify_tells_tampering(site: CommandLine) -> None:
    fine = site("audit", "verify", "--json")
    assert fine.returncode == 0
    assert json.loads(fine.stdout)["intact"]
    code = (
        "from touchstone.cli.site import start_django\n"
        "start_django()\n"
        "from touchstone.audit.models import AuditEvent\n"
        "AuditEvent.objects.filter(seq=2).update(actor_name='somebody else')\n"
    )
    subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=site.environment(), check=True, timeout=60
    )
    broken = site("audit", "verify", "--json")
    assert broken.returncode == 1
    assert json.loads(broken.stdout)["broken_at"] == 2
    assert "Event 2 was changed" in site("audit", "verify").stdout
