"""Runs a command with `DATABASE_URL` of a PostgreSQL server that lives as long as the command.

    python -m tests.postgres pytest tests/services tests/views

The server listens on a socket in a temporary directory only. It refuses to run as root, so that
there it runs as the user `nobody`. Without PostgreSQL's programs nothing is run: exit status 3.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ORDINARY = "nobody"
MISSING = 3
# Durability is of no use to a server that is thrown away.
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"


def program_folder() -> Path | None:
    """Where `initdb` and `pg_ctl` lie: the newest Debian version, or what PATH says."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[-3]),
    )
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _as_ordinary(command: Sequence[str]) -> None:
    """Runs a program as an ordinary user.

    Raises:
        SystemExit: it failed; its own words are in the text.
    """
    options: dict[str, object] = {}
    if os.geteuid() == 0:
        person = pwd.getpwnam(ORDINARY)
        options = {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
    done = subprocess.run(
        list(command),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **options,  # type: ignore[call-overload]
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}")


@contextmanager
def server(programs: Path) -> Iterator[str]:
    """Starts a server in a temporary directory and yields its `DATABASE_URL`."""
    folder = Path(tempfile.mkdtemp(prefix="touchstone-pg-"))
    data, log = folder / "data", folder / "log"
    if os.geteuid() == 0:
        person = pwd.getpwnam(ORDINARY)
        os.chown(folder, person.pw_uid, person.pw_gid)
    control = [str(programs / "pg_ctl"), "-D", str(data), "-w"]
    initdb = [str(programs / "initdb"), "-D", str(data), "-U", "touchstone", "-A", "trust"]
    try:
        _as_ordinary([*initdb, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"])
        options = f"-k {folder} -c listen_addresses='' {FAST}"
        _as_ordinary([*control, "-l", str(log), "-o", options, "start"])
        try:
            yield f"postgresql://touchstone@/postgres?host={folder}"
        finally:
            _as_ordinary([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(argv: Sequence[str]) -> int:
    """Exit status of the command, or 3 where PostgreSQL is not installed."""
    if not argv:
        print(__doc__, file=sys.stderr)
        return 2
    programs = program_folder()
    if programs is None:
        print("PostgreSQL is not installed: apt-get install postgresql", file=sys.stderr)
        return MISSING
    with server(programs) as url:
        environment = {**os.environ, "DATABASE_URL": url}
        return subprocess.run(list(argv), env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
