"""`touchstone manage …`: Django's management commands."""

from __future__ import annotations

import argparse
import os


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("arguments", nargs=argparse.REMAINDER)


def run(args: argparse.Namespace) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "touchstone.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["touchstone manage", *args.arguments])
    return 0
