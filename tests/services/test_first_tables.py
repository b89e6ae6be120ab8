"""An empty database gets the tables that the migrations would have made one after the other."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.commands.migrate import Command as DjangosMigrate
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from touchstone.accounts.models import Branch
from touchstone.common.first_tables import make_first_tables


@contextmanager
def _empty_database(folder: Path) -> Iterator[BaseDatabaseWrapper]:
    alias = f"t{uuid.uuid4().hex}"
    name = str(folder / alias) if connection.vendor == "sqlite" else alias
    quoted = connection.ops.quote_name(alias)
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {quoted}")
    connections.settings[alias] = {**connection.settings_dict, "NAME": name}
    try:
        yield connections[alias]
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]
        if connection.vendor == "postgresql":
            with connection._nodb_cursor() as cursor:
                cursor.execute(f"DROP DATABASE {quoted}")


def _facts(of: BaseDatabaseWrapper) -> dict[str, Any]:
    """Columns, constraints and how they are stored, by table; order of columns aside."""
    found: dict[str, Any] = {}
    with of.cursor() as cursor:
        for table in of.introspection.table_names(cursor):
            columns = of.introspection.get_table_description(cursor, table)
            constraints = of.introspection.get_constraints(cursor, table)
            found[table] = {
                "columns": sorted(str(tuple(column)) for column in columns),
                "constraints": sorted(
                    str((_lasting(name), sorted(facts.items(), key=str)))
                    for name, facts in constraints.items()
                ),
            }
        if of.vendor == "postgresql":
            cursor.execute(
                "SELECT relname, attname, attstorage, atttypmod, pg_get_expr(adbin, adrelid)"
                " FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid"
                " LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum"
                " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0"
                " AND NOT attisdropped"
            )
            found["stored"] = sorted(map(str, cursor.fetchall()))
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'")
            found["indexes"] = sorted(str(row[0]) for row in cursor.fetchall())
    return found


def _lasting(name: str) -> str:
    """SQLite numbers the constraints without a name in the order of the columns."""
    return "" if name.startswith(("__unnamed_constraint", "fk_")) else name


@pytest.mark.django_db(transaction=True)
def test_first_tables_are_those_of_the_migrations(tmp_path: Path, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), _empty_database(tmp_path) as migrated:
        call_command(DjangosMigrate(), database=migrated.alias, verbosity=0, interactive=False)
        with _empty_database(tmp_path) as made:
            assert make_first_tables(made)
            assert not make_first_tables(made)
            names = set(made.introspection.table_names())
            assert {"recruiting_application", "auth_group", "django_migrations"} <= names
            assert _facts(made) == _facts(migrated)
            for one in (made, migrated):
                assert MigrationRecorder(one).applied_migrations().keys()
            assert (
                MigrationRecorder(made).applied_migrations().keys()
                == MigrationRecorder(migrated).applied_migrations().keys()
            )


@pytest.mark.django_db(transaction=True)
def test_a_database_with_tables_is_left_to_its_migrations(
    tmp_path: Path, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock(), _empty_database(tmp_path) as old:
        with old.schema_editor() as editor:
            editor.create_model(Branch)
        assert not make_first_tables(old)
        assert old.introspection.table_names() == [Branch._meta.db_table]
