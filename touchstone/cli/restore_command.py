"""`touchstone restore FILE`: puts an archive into an empty data directory, and checks it."""

from __future__ import annotations

import argparse
import shutil
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from touchstone.cli.archive import (
    ArchiveProblem,
    extract_checked,
    pg_program,
    pg_run,
    reading,
    sqlite_rows,
)
from touchstone.cli.batch import dump
from touchstone.cli.site import prepare_database, start_django
from touchstone.config import env
from touchstone.integrations.objects import S3Store

HARMLESS = {"lost+found"}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="an archive written by touchstone backup")
    parser.add_argument("--json", action="store_true", help="say what was restored as JSON")


def run(args: argparse.Namespace) -> int:
    root = Path(__file__).resolve().parents[2]
    env.load_dotenv(Path(env.text("TOUCHSTONE_ENV_FILE", str(root / ".env"))))
    data_dir = env.data_dir()
    database = env.database(data_dir)
    with reading(args.file) as (archive, manifest):
        _refuse(data_dir, database, manifest)
        _put_back(archive, manifest, data_dir, database)
    start_django()
    prepare_database()
    found = _verify(manifest, data_dir)
    if args.json:
        print(dump(found))
    else:
        print(
            f"restored {found['rows']} rows and {found['files']} files of {manifest['made_at']} "
            f"into {data_dir}; hashes and row counts fit, "
            f"the audit log's {found['audit_events']} events "
            f"{'fit' if found['audit_intact'] else 'DO NOT FIT'}"
        )
    if not found["audit_intact"]:
        print("touchstone: the audit log was tampered with before the backup", file=sys.stderr)
    return 0 if found["audit_intact"] else 1


def _refuse(data_dir: Path, database: Mapping[str, Any], manifest: Mapping[str, Any]) -> None:
    there = sorted(path.name for path in data_dir.iterdir() if path.name not in HARMLESS)
    if there:
        raise ArchiveProblem(
            f"restore: {data_dir} is not empty ({', '.join(there[:4])}). Nothing was changed. "
            "Name an empty one: TOUCHSTONE_DATA_DIR=/path touchstone restore FILE"
        )
    is_sqlite = database["ENGINE"].endswith("sqlite3")
    if is_sqlite != (manifest["engine"] == "sqlite"):
        raise ArchiveProblem(
            f"restore: the archive holds a {manifest['engine']} database, and DATABASE_URL names "
            "another kind. Nothing was changed."
        )


def _put_back(
    archive: tarfile.TarFile,
    manifest: Mapping[str, Any],
    data_dir: Path,
    database: Mapping[str, Any],
) -> None:
    """Unpacks beside, checks every hash, and only then moves things to their places."""
    aside = data_dir / ".restore"
    shutil.rmtree(aside, ignore_errors=True)
    try:
        kept = manifest["database"]
        copy = aside / "database"
        extract_checked(archive, kept["name"], copy, sha256=kept["sha256"], size=kept["size"])
        for entry in manifest["files"]:
            key = _safe_key(entry["key"])
            extract_checked(
                archive,
                f"files/{key}",
                aside / "files" / key,
                sha256=entry["sha256"],
                size=entry["size"],
            )
        if manifest["engine"] == "sqlite":
            _same_rows(sqlite_rows(copy), manifest["rows"])
            Path(database["NAME"]).parent.mkdir(parents=True, exist_ok=True)
            copy.replace(database["NAME"])
        else:
            pg_run(
                [
                    pg_program("pg_restore"),
                    "--no-owner",
                    "--no-privileges",
                    "--exit-on-error",
                    "--single-transaction",
                    f"--dbname={database['NAME']}",
                    str(copy),
                ],
                database,
            )
        _files_back(aside / "files", data_dir / "files")
        if manifest["secret_key"]:
            stream = archive.extractfile("secret-key")
            if stream is not None:
                secret = data_dir / "secret-key"
                secret.touch(0o600)
                secret.write_bytes(stream.read())
    except OSError as error:
        raise ArchiveProblem(
            f"restore: {data_dir} could not be written ({error.strerror or error}). "
            "Make room, empty it, and run the command again."
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _files_back(unpacked: Path, files_dir: Path) -> None:
    """Into the folder at once, or into the bucket one by one."""
    if not unpacked.exists():
        return
    bucket = env.bucket()
    if bucket is None:
        unpacked.replace(files_dir)
        return
    store = S3Store(bucket)
    for path in sorted(unpacked.rglob("*")):
        if path.is_file():
            store.put_file(path.relative_to(unpacked).as_posix(), path)


def _safe_key(key: str) -> str:
    parts = key.split("/")
    if key.startswith("/") or ".." in parts or "\\" in key or not all(parts):
        raise ArchiveProblem(f"restore: {key!r} is no name of a stored file. Nothing was restored.")
    return key


def _same_rows(found: Mapping[str, int], told: Mapping[str, int]) -> None:
    for name, rows in told.items():
        if found.get(name) != rows:
            raise ArchiveProblem(
                f"restore: the table {name} has {found.get(name)} rows where the manifest says "
                f"{rows}. Nothing was restored."
            )


def _verify(manifest: Mapping[str, Any], data_dir: Path) -> dict[str, Any]:
    """What is there now, read through the application itself."""
    from django.conf import settings
    from django.db import connection

    from touchstone.audit.selectors import chain_verify

    counted = {}
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        for name in manifest["rows"]:
            if name in present:
                quoted = connection.ops.quote_name(name)
                cursor.execute(f"SELECT count(*) FROM {quoted}")  # noqa: S608
                counted[name] = cursor.fetchone()[0]
    # Migrations of a newer version may add rows of their own; none may be gone.
    gone = [name for name, rows in manifest["rows"].items() if counted.get(name, rows) < rows]
    if gone:
        raise ArchiveProblem(f"restore: rows are missing in {', '.join(gone)}.")
    chain = chain_verify()
    return {
        "data_dir": str(settings.DATA_DIR),
        "made_at": manifest["made_at"],
        "version": manifest["version"],
        "rows": sum(manifest["rows"].values()),
        "files": sum(1 for _ in manifest["files"]),
        "audit_events": chain.events,
        "audit_intact": chain.intact,
    }
