"""Reads the environment and `.env`, and says plainly what is wrong with them.

Secrets come from a variable or from the file named by the variable with ``_FILE`` behind it.
"""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
import urllib.parse
from pathlib import Path
from typing import Any

from touchstone.integrations.judge0.service import LOOPBACK, Judge0Service
from touchstone.integrations.objects.s3 import Bucket

JUDGE0_LANGUAGES = ("python", "libraries", "cpp", "java", "javascript")
LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)\Z")


class EnvironmentProblem(SystemExit):
    """The configuration cannot be used; the text says which line or variable and how to mend it."""


def load_dotenv(path: Path) -> None:
    """Puts the file's values into the environment where it has none yet.

    Raises:
        EnvironmentProblem: a line is not ``NAME=value``, or the file cannot be read.
    """
    if not path.is_file():
        return
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentProblem(f"{path}: cannot be read as UTF-8 text ({error})") from error
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        match = LINE.match(line)
        if not match:
            raise EnvironmentProblem(
                f"{path}, line {number}: expected NAME=value, found {line.split('=')[0][:40]!r}. "
                "Nothing was started."
            )
        name, value = match[1], match[2].strip()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        os.environ.setdefault(name, value)


def text(name: str, default: str = "") -> str:
    """The variable, or the content of the file named by ``name_FILE``, or the default."""
    from_file = os.environ.get(f"{name}_FILE")
    if from_file:
        try:
            return Path(from_file).read_text("utf-8").strip()
        except OSError as error:
            raise EnvironmentProblem(f"{name}_FILE={from_file}: {error.strerror}") from error
    return os.environ.get(name, default)


def flag(name: str, *, default: bool = False) -> bool:
    """True for 1/true/yes/on, False for 0/false/no/off.

    Raises:
        EnvironmentProblem: anything else.
    """
    value = text(name, "1" if default else "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise EnvironmentProblem(f"{name}={value!r}: expected 1 or 0.")


def number(name: str, default: int, *, low: int = 0, high: int = 2**31) -> int:
    """A whole number between ``low`` and ``high``."""
    value = text(name, str(default))
    if not value.lstrip("-").isdigit() or not low <= int(value) <= high:
        raise EnvironmentProblem(f"{name}={value!r}: expected a number from {low} to {high}.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def pairs(name: str) -> dict[str, str]:
    """A comma-separated list of ``name=value``.

    Raises:
        EnvironmentProblem: one of them is not.
    """
    found = {}
    for word in words(name):
        key, equals, value = (part.strip() for part in word.partition("="))
        if not (key and equals and value):
            raise EnvironmentProblem(f"{name}: expected name=value, found {word!r}.")
        found[key] = value
    return found


def networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """A comma-separated list of networks.

    Raises:
        EnvironmentProblem: one of them is none.
    """
    found = []
    for word in words(name):
        try:
            found.append(ipaddress.ip_network(word))
        except ValueError as error:
            raise EnvironmentProblem(f"{name}: {error}. Expected 10.20.0.0/16 or such.") from error
    return found


def data_dir() -> Path:
    """The folder that holds all state; made if missing.

    Raises:
        EnvironmentProblem: it cannot be made or written.
    """
    path = Path(text("TOUCHSTONE_DATA_DIR", "data")).expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".write-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise EnvironmentProblem(
            f"The data directory {path} cannot be written ({error.strerror}). "
            "Set TOUCHSTONE_DATA_DIR to a folder of yours, or give this user the right to write."
        ) from error
    return path


def bucket() -> Bucket | None:
    """The S3 bucket for files; None where `TOUCHSTONE_S3_BUCKET` is not set.

    Raises:
        EnvironmentProblem: a key is missing, or the address is none.
    """
    name = text("TOUCHSTONE_S3_BUCKET")
    if not name:
        return None
    endpoint = text("TOUCHSTONE_S3_ENDPOINT").rstrip("/")
    if endpoint and urllib.parse.urlsplit(endpoint).scheme not in {"http", "https"}:
        raise EnvironmentProblem(
            f"TOUCHSTONE_S3_ENDPOINT={endpoint!r}: expected an address that begins with https://."
        )
    addressing = text("TOUCHSTONE_S3_ADDRESSING", "auto")
    if addressing not in {"auto", "path", "virtual"}:
        raise EnvironmentProblem(
            f"TOUCHSTONE_S3_ADDRESSING={addressing!r}: expected auto, path or virtual."
        )
    access_key, secret = text("TOUCHSTONE_S3_ACCESS_KEY"), text("TOUCHSTONE_S3_SECRET_KEY")
    if bool(access_key) != bool(secret):
        raise EnvironmentProblem(
            "TOUCHSTONE_S3_ACCESS_KEY and TOUCHSTONE_S3_SECRET_KEY belong together: "
            "one of them is missing."
        )
    prefix = text("TOUCHSTONE_S3_PREFIX").strip("/")
    return Bucket(
        name=name,
        endpoint=endpoint,
        region=text("TOUCHSTONE_S3_REGION", "us-east-1"),
        access_key=access_key,
        secret_key=secret,
        addressing=addressing,
        prefix=f"{prefix}/" if prefix else "",
    )


def judge0() -> Judge0Service | None:
    """The Judge0 server that runs programs; None where `TOUCHSTONE_JUDGE0_BASE` is not set.

    Raises:
        EnvironmentProblem: the address is none, or a language is not ``name=id``.
    """
    base = text("TOUCHSTONE_JUDGE0_BASE").rstrip("/")
    if not base:
        return None
    if urllib.parse.urlsplit(base).scheme not in {"http", "https"}:
        raise EnvironmentProblem(
            f"TOUCHSTONE_JUDGE0_BASE={base!r}: expected an address that begins with https://."
        )
    languages: dict[str, int] = {}
    for word in words("TOUCHSTONE_JUDGE0_LANGUAGES"):
        name, _, number_text = word.partition("=")
        if name not in JUDGE0_LANGUAGES or not number_text.isdigit():
            raise EnvironmentProblem(
                f"TOUCHSTONE_JUDGE0_LANGUAGES: {word!r} is not one of "
                f"{', '.join(JUDGE0_LANGUAGES)} with an id behind it, such as python=92."
            )
        languages[name] = int(number_text)
    return Judge0Service(
        base=base,
        token=text("TOUCHSTONE_JUDGE0_TOKEN"),
        user_token=text("TOUCHSTONE_JUDGE0_USER_TOKEN"),
        networks=(*LOOPBACK, *networks("TOUCHSTONE_WEBHOOK_NETWORKS")),
        languages=languages,
        timeout_s=float(number("TOUCHSTONE_JUDGE0_TIMEOUT_S", 20, low=1, high=600)),
        patience_s=float(number("TOUCHSTONE_JUDGE0_PATIENCE_S", 180, low=5, high=7200)),
    )


def secret_key(folder: Path) -> str:
    """`TOUCHSTONE_SECRET_KEY`, or the one kept in the data directory, made on first use."""
    given = text("TOUCHSTONE_SECRET_KEY")
    if given:
        if len(given) < 32:
            raise EnvironmentProblem("TOUCHSTONE_SECRET_KEY is too short: at least 32 characters.")
        return given
    path = folder / "secret-key"
    if not path.exists():
        fresh = path.with_name(f"secret-key.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(fresh, path)
        except FileExistsError:
            # Another process was first; its key is the one to use.
            path.exists()
        finally:
            fresh.unlink()
    return path.read_text("utf-8").strip()


def database(folder: Path) -> dict[str, Any]:
    """Django's database settings from `DATABASE_URL`; SQLite in the data directory by default.

    Raises:
        EnvironmentProblem: the address is of a kind we do not know.
    """
    url = text("DATABASE_URL")
    if not url:
        return sqlite(folder / "touchstone.sqlite3")
    parts = urllib.parse.urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(Path(urllib.parse.unquote(parts.path)))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise EnvironmentProblem(
            f"DATABASE_URL: {parts.scheme!r} is not supported. Use postgresql://user:password@host/"
            "name, or leave it out for SQLite in the data directory."
        )
    query = dict(urllib.parse.parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": urllib.parse.unquote(parts.path.lstrip("/")),
        "USER": urllib.parse.unquote(parts.username or ""),
        "PASSWORD": urllib.parse.unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, **query},
    }


def sqlite(path: Path) -> dict[str, Any]:
    """SQLite for many writers: WAL, immediate transactions, twenty seconds of patience."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "timeout": number("TOUCHSTONE_SQLITE_PATIENCE_S", 20, low=1, high=300),
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA cache_size=-20000;"
                "PRAGMA mmap_size=134217728;PRAGMA temp_store=MEMORY;"
            ),
        },
        "TEST": {"NAME": None},
    }
