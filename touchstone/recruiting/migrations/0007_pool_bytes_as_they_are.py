"""The pool's index is packed already: PostgreSQL need not press it again, nor open it at a search."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

EXTERNAL, EXTENDED = "EXTERNAL", "EXTENDED"


def _store(editor: BaseDatabaseSchemaEditor, how: str) -> None:
    if editor.connection.vendor == "postgresql":
        for column in ("ids", "weights"):
            editor.execute(
                f"ALTER TABLE recruiting_poolposting ALTER COLUMN {column} SET STORAGE {how}"
            )


def forwards(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    _store(editor, EXTERNAL)


def backwards(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    _store(editor, EXTENDED)


class Migration(migrations.Migration):
    dependencies = [("recruiting", "0006_mail_sources")]
    operations = [migrations.RunPython(forwards, backwards)]
