"""What the commands share that need Django: settings, tables, the cache's table."""

from __future__ import annotations

import os


def start_django() -> None:
    """Loads settings and apps; a broken configuration ends the command with its message."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "touchstone.config.settings")
    import django

    django.setup()


def prepare_database() -> None:
    """Brings the tables up to date and makes the cache's table; safe to repeat.

    Raises:
        SystemExit: the database cannot be reached; the text says what to do.
    """
    from django.core.management import call_command
    from django.db import OperationalError, connection

    try:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise SystemExit(
            f"touchstone: the database cannot be used ({reason}).\n"
            f"{_way_out(connection.vendor, reason)} Nothing was started."
        ) from error
    finally:
        connection.close()


def _way_out(vendor: str, reason: str) -> str:
    """What to do about a database that refuses; a SQLite file has no server to look after."""
    if vendor != "sqlite":
        return "Check DATABASE_URL, and that the server runs and accepts this user."
    if "full" in reason:
        return "Free some space on the disk of the data directory, then start again."
    if "locked" in reason:
        return "Another program holds the database file; end it, then start again."
    return "Check that the database file in the data directory can be read and written."
