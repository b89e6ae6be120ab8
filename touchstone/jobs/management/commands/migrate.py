"""``migrate``, quicker on an empty database."""

from __future__ import annotations

from django.core.management.commands import migrate
from django.db import connections

from touchstone.common.first_tables import make_first_tables


class Command(migrate.Command):
    help = migrate.Command.help

    def handle(self, *args: object, **options: object) -> None:
        asked = ("app_label", "migration_name", "fake", "fake_initial", "plan", "check_unapplied")
        if not any(options.get(name) for name in asked):
            make_first_tables(connections[str(options["database"])])
        super().handle(*args, **options)
