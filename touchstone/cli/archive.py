"""The archive of an installation: its database, its files, and a manifest with every hash.

    manifest.json        version, moment, migrations, rows of each table, files with size and hash
    database.sqlite3     as `VACUUM INTO` wrote it      or   database.dump, as `pg_dump -Fc` did
    secret-key           so that sign-ins and invitations stay good
    files/ab/abcdef…     every stored file

Copying a live database file loses rows; a consistent snapshot is taken while people work.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

FORMAT = 1
CHUNK = 1 << 20
SQLITE_NAME, PG_NAME = "database.sqlite3", "database.dump"


class ArchiveProblem(SystemExit):
    """The archive cannot be written or used; the text says why and what was kept."""


def sha256_of(stream: IO[bytes]) -> tuple[str, int]:
    """Hash and number of bytes."""
    digest, size = hashlib.sha256(), 0
    while block := stream.read(CHUNK):
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size


def file_sha256(path: Path) -> tuple[str, int]:
    """Hash and size of a file."""
    with path.open("rb") as stream:
        return sha256_of(stream)


# -- databases


def sqlite_snapshot(source: Path, target: Path) -> dict[str, int]:
    """Writes a consistent copy of a live database; returns the rows of each table in the copy.

    Raises:
        ArchiveProblem: there is no database, or the disk is full.
    """
    if not source.exists():
        raise ArchiveProblem(f"backup: there is no database at {source}. Nothing was written.")
    try:
        live = sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=60)
        try:
            live.execute("VACUUM INTO ?", (str(target),))
        finally:
            live.close()
        return sqlite_rows(target)
    except sqlite3.Error as error:
        target.unlink(missing_ok=True)
        raise ArchiveProblem(
            f"backup: the database could not be copied ({error}). Is the disk full? "
            "Nothing was changed, and no archive was written."
        ) from error


def sqlite_rows(path: Path) -> dict[str, int]:
    """Rows of each table of a database file that nobody writes to."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        names = [
            row[0]
            for row in connection.execute(
                "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%'"
            )
        ]
        return {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
            for name in sorted(names)
        }
    finally:
        connection.close()


def pg_environment(database: Mapping[str, Any]) -> dict[str, str]:
    """The environment with which PostgreSQL's programs reach the database of the settings."""
    given = {
        "PGHOST": database.get("HOST"),
        "PGPORT": database.get("PORT"),
        "PGUSER": database.get("USER"),
        "PGPASSWORD": database.get("PASSWORD"),
        "PGDATABASE": database.get("NAME"),
        "PGSSLMODE": database.get("OPTIONS", {}).get("sslmode"),
    }
    return {**os.environ, **{name: str(value) for name, value in given.items() if value}}


def pg_program(name: str) -> str:
    """Where `pg_dump` or `pg_restore` is: the newest version of Debian's, or what PATH says.

    Raises:
        ArchiveProblem: it is not installed.
    """
    versions = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[-3])
    )
    found = str(versions[-1]) if versions else shutil.which(name)
    if not found:
        raise ArchiveProblem(f"{name} is not installed. Install postgresql-client and try again.")
    return found


def pg_run(arguments: list[str], database: Mapping[str, Any]) -> None:
    """Runs one of PostgreSQL's programs.

    Raises:
        ArchiveProblem: it failed; its own last words are in the text.
    """
    done = subprocess.run(
        arguments, env=pg_environment(database), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ArchiveProblem(
            f"{Path(arguments[0]).name} failed: {done.stderr.strip()[-800:]}\nNothing was changed."
        )


def pg_snapshot(database: Mapping[str, Any], target: Path) -> dict[str, int]:
    """Dumps the database at one moment and counts the rows of each table at the same moment."""
    import psycopg

    options = {name: value for name, value in database.get("OPTIONS", {}).items() if value}
    options.pop("connect_timeout", None)
    with psycopg.connect(
        host=database["HOST"] or None,
        port=database["PORT"] or None,
        user=database["USER"] or None,
        password=database["PASSWORD"] or None,
        dbname=database["NAME"],
        **options,
    ) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        ).fetchall()
        rows = {}
        for (name,) in sorted(names):
            query = psycopg.sql.SQL("SELECT count(*) FROM {}").format(psycopg.sql.Identifier(name))
            counted = connection.execute(query).fetchone()
            rows[name] = int(counted[0]) if counted else 0
        pg_run(
            [
                pg_program("pg_dump"),
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--snapshot={snapshot[0] if snapshot else ''}",
                f"--file={target}",
            ],
            database,
        )
    return rows


# -- the archive itself


def add_bytes(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    """One small member."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), 0o600
    archive.addfile(info, io.BytesIO(data))


def add_file(archive: tarfile.TarFile, name: str, path: Path) -> tuple[str, int]:
    """One member from a file; returns the hash and size of what was written."""
    with path.open("rb") as stream:
        info = tarfile.TarInfo(name)
        info.size, info.mode = os.fstat(stream.fileno()).st_size, 0o600
        archive.addfile(info, stream)
        stream.seek(0)
        return sha256_of(stream)


@contextmanager
def reading(path: Path) -> Iterator[tuple[tarfile.TarFile, dict[str, Any]]]:
    """An archive opened for reading, with its manifest.

    Raises:
        ArchiveProblem: it is no archive of ours, is cut off, or of a newer format.
    """
    try:
        with tarfile.open(path, "r:") as archive:
            manifest = json.loads(_member(archive, "manifest.json").read())
            if manifest.get("format") != FORMAT:
                raise ArchiveProblem(
                    f"{path}: format {manifest.get('format')!r} is not known to this version. "
                    "Nothing was restored."
                )
            yield archive, manifest
    except (OSError, tarfile.TarError, KeyError, ValueError, EOFError) as error:
        raise ArchiveProblem(
            f"{path}: cannot be read as a backup of Touchstone ({error}). Nothing was restored."
        ) from error


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    stream = archive.extractfile(name)
    if stream is None:
        raise KeyError(name)
    return stream


def extract_checked(
    archive: tarfile.TarFile, name: str, target: Path, *, sha256: str, size: int
) -> None:
    """Writes one member to a path of our own choosing.

    Raises:
        ArchiveProblem: its bytes are not those that the manifest speaks of.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with _member(archive, name) as source, target.open("xb") as out:
        shutil.copyfileobj(source, out, CHUNK)
    if file_sha256(target) != (sha256, size):
        raise ArchiveProblem(
            f"{name} in the archive is damaged: its hash is not the manifest's. "
            "Nothing was restored; use an older archive."
        )
