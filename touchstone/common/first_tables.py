"""The tables of an empty database, made in one go instead of through every migration's past.

Django renders the models anew at each operation of each migration, which takes seconds before a
new company sees its first page. An empty database has no past to respect: the migrations are
added up in memory, each model's table is made once, and the migrations are recorded as applied.
What one of our own migrations does by hand (``RunPython``, ``RunSQL``) is done as well, unless it
is marked elidable, as those are that only move rows; libraries' migrations only move rows.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.operations import RunPython, RunSQL
from django.db.migrations.state import ProjectState


def make_first_tables(connection: BaseDatabaseWrapper) -> bool:
    """Makes all tables if the database has none, in one transaction; otherwise changes nothing.

    Returns:
        Whether tables were made. Django's ``migrate`` is still to be called: it tells the apps.
    """
    if connection.introspection.table_names():
        return False
    executor = MigrationExecutor(connection)
    plan = [
        migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())
    ]
    state = ProjectState()
    for migration in plan:
        migration.mutate_state(state, preserve=False)
    with connection.schema_editor() as editor:
        editor.create_model(executor.recorder.Migration)
        for model in state.apps.get_models():
            if model._meta.managed and not model._meta.proxy and not model._meta.swapped:
                editor.create_model(model)
        for migration in plan:
            _run_by_hand(migration, state, editor)
            for app, name in migration.replaces or [(migration.app_label, migration.name)]:
                executor.recorder.record_applied(app, name)
    return True


def _run_by_hand(
    migration: Migration, state: ProjectState, editor: BaseDatabaseSchemaEditor
) -> None:
    if not type(migration).__module__.startswith("touchstone."):
        return
    for operation in migration.operations:
        if isinstance(operation, RunPython | RunSQL) and not operation.elidable:
            operation.database_forwards(migration.app_label, editor, state, state)
