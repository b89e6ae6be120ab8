"""What every stored thing shares. Imported by domain packages only, never by engines."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
REF_LENGTH = 14


def new_ref() -> str:
    """A name for URLs: 14 characters of 31, about 69 bits, not guessable, easy to read aloud."""
    return "".join(secrets.choice(ALPHABET) for _ in range(REF_LENGTH))


class Referenced(models.Model):
    """A row that people reach by URL: through `ref`, never through its number."""

    ref = models.CharField(max_length=32, unique=True, default=new_ref, editable=False)

    class Meta:
        abstract = True


class Versioned(models.Model):
    """A row that two people may edit: every change is a compare-and-swap on `version`."""

    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


def rows_of_bytes(rows: models.QuerySet[Any, tuple[Any, ...]]) -> Iterable[tuple[Any, ...]]:
    """What `values_list` gives, for many bytes: PostgreSQL sends them as they are instead of as
    text of twice the length."""
    if connection.vendor != "postgresql":
        return rows
    import psycopg

    try:
        statement, values = rows.query.sql_with_params()
    except EmptyResultSet:  # a condition that nothing can meet, such as "one of none"
        return []
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(statement.encode(), values, binary=True).fetchall()
