"""What every stored thing shares. Imported by domain packages only, never by engines."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
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


def rows_update(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Writes the named fields of each row, one statement for all of them.

    Django's ``bulk_update`` writes one long ``CASE`` a field, and building it takes longer than
    all that the database has to do.
    """
    if not rows:
        return
    meta = type(rows[0])._meta
    columns = {field.name: field for field in meta.concrete_fields}
    fields, key = [columns[name] for name in names], columns["id"]
    quote = connection.ops.quote_name
    assigned = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quote(meta.db_table)} SET {assigned} WHERE {quote(str(key.column))} = %s",  # noqa: S608 - names of our models
            [
                [
                    field.get_db_prep_save(getattr(row, field.attname), connection)
                    for field in (*fields, key)
                ]
                for row in rows
            ],
        )


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
