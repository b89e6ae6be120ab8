"""`touchstone backup [FILE]`: database and files in one archive, while people go on working."""

from __future__ import annotations

import argparse
import json
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from touchstone import __version__
from touchstone.cli.archive import (
    FORMAT,
    PG_NAME,
    SQLITE_NAME,
    ArchiveProblem,
    add_bytes,
    add_file,
    file_sha256,
    pg_snapshot,
    sqlite_snapshot,
)
from touchstone.cli.batch import dump
from touchstone.cli.site import start_django
from touchstone.common.clock import utc_now


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", nargs="?", type=Path, help="the archive (default: backups/… in the data directory)"
    )
    parser.add_argument("--json", action="store_true", help="say what was written as JSON")


def run(args: argparse.Namespace) -> int:
    start_django()
    from django.conf import settings

    name = f"touchstone-{utc_now():%Y%m%d-%H%M%S}.tar"
    target: Path = args.file or settings.DATA_DIR / "backups" / name
    if target.exists():
        raise ArchiveProblem(f"backup: {target} exists already. Nothing was written.")
    manifest = write_archive(target, settings.DATABASES["default"], settings.DATA_DIR)
    lost = manifest["files_missing"]
    if args.json:
        print(
            dump(
                {
                    "file": str(target),
                    "rows": sum(manifest["rows"].values()),
                    "files": len(manifest["files"]),
                    "files_missing": lost,
                    "bytes": target.stat().st_size,
                }
            )
        )
    else:
        print(
            f"{target}: {sum(manifest['rows'].values())} rows, {len(manifest['files'])} files, "
            f"{target.stat().st_size / 2**20:.1f} MiB"
        )
    for key in lost:
        print(f"touchstone: the file {key} is in the database but not on disk", file=sys.stderr)
    return 1 if lost else 0


def write_archive(target: Path, database: Mapping[str, Any], data_dir: Path) -> dict[str, Any]:
    """Writes the archive under another name first, so that a half-written one is never used.

    Returns:
        The manifest.

    Raises:
        ArchiveProblem: the database or the disk refused; nothing is left behind.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
            fresh = Path(folder) / "archive.tar"
            manifest = _fill(fresh, Path(folder), database, data_dir)
            fresh.chmod(0o600)
            fresh.replace(target)
    except OSError as error:
        raise ArchiveProblem(
            f"backup: {target} could not be written ({error.strerror or error}). "
            "Nothing was left behind; choose a place with room: touchstone backup FILE"
        ) from error
    return manifest


def _fill(
    archive_path: Path, folder: Path, database: Mapping[str, Any], data_dir: Path
) -> dict[str, Any]:
    is_sqlite = database["ENGINE"].endswith("sqlite3")
    name = SQLITE_NAME if is_sqlite else PG_NAME
    copy = folder / name
    # The database first: a file stored later is not missed in it, one erased later is only listed.
    rows = (
        sqlite_snapshot(Path(database["NAME"]), copy) if is_sqlite else pg_snapshot(database, copy)
    )
    sha256, size = file_sha256(copy)
    files: list[dict[str, Any]] = []
    missing: list[str] = []
    with tarfile.open(archive_path, "w:") as archive:
        add_file(archive, name, copy)
        copy.unlink()
        for key in _stored_keys():
            try:
                with _as_file(key, folder) as path:
                    digest, length = add_file(archive, f"files/{key}", path)
            except FileNotFoundError:
                missing.append(key)
                continue
            files.append({"key": key, "sha256": digest, "size": length})
        secret = data_dir / "secret-key"
        if secret.exists():
            add_bytes(archive, "secret-key", secret.read_bytes())
        manifest = {
            "format": FORMAT,
            "version": __version__,
            "made_at": utc_now().isoformat(timespec="seconds"),
            "engine": "sqlite" if is_sqlite else "postgresql",
            "database": {"name": name, "sha256": sha256, "size": size},
            "rows": rows,
            "files": files,
            "files_missing": missing,
            "secret_key": secret.exists(),
        }
        add_bytes(archive, "manifest.json", json.dumps(manifest, indent=1).encode())
    return manifest


def _stored_keys() -> list[str]:
    """Keys of all files that are to be kept: those in storage, and those the database names."""
    from touchstone.audit.files import store
    from touchstone.audit.models import StoredFile

    named = set(
        StoredFile.objects.filter(erased_at=None).values_list("storage_key", flat=True).distinct()
    )
    return sorted(set(store().keys()) | named)


@contextmanager
def _as_file(key: str, folder: Path) -> Iterator[Path]:
    """The stored file as a path: where it lies, or a copy of what lies in the bucket.

    Raises:
        FileNotFoundError: it is not there.
    """
    from touchstone.audit.files import store
    from touchstone.integrations.objects import FolderStore

    where = store()
    if isinstance(where, FolderStore):
        yield where.root / key
        return
    size = where.size(key)
    if size is None:
        raise FileNotFoundError(key)
    copy = folder / "object"
    with copy.open("wb") as file:
        for block in where.blocks(key, 0, size):
            file.write(block)
    yield copy
    copy.unlink()
