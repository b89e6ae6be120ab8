"""`touchstone export`: applications, questions, audit log, to a file or to standard output.

Who exports, and why, is recorded in the audit log.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from touchstone.cli.site import start_django
from touchstone.common.errors import TouchstoneError

FORMULA = ("=", "+", "-", "@", "\t", "\r")
APPLICATION_COLUMNS = (
    *("application", "name", "email", "phone", "stage", "stage_since", "applied_at", "source"),
    *("score", "recommendation"),
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["applications", "questions", "audit"])
    parser.add_argument("--position", metavar="REF", help="whose applications")
    parser.add_argument("--person", required=True, metavar="USERNAME", help="who takes it out")
    parser.add_argument("--reason", required=True, help="why; kept in the audit log")
    parser.add_argument("-o", "--output", type=Path, help="the file (default: standard output)")


def run(args: argparse.Namespace) -> int:
    """0 when written, 1 when refused."""
    start_django()
    parts = {"applications": _applications, "questions": _questions, "audit": _audit}
    try:
        data = parts[args.what](args)
        if args.output:
            with args.output.open("xb") as file:
                for part in data:
                    file.write(part)
        else:
            for part in data:
                sys.stdout.buffer.write(part)
            sys.stdout.buffer.flush()
    except TouchstoneError as error:
        print(f"touchstone export: {error.text('en')}", file=sys.stderr)
        return 1
    except FileExistsError:
        print(f"touchstone export: {args.output} exists already", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"touchstone export: {args.output}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _lines(rows: Iterable[list[str]]) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf"  # tells spreadsheet programs that this is UTF-8
    for row in rows:
        line = StringIO()
        # A cell that begins like a formula would be carried out by spreadsheet programs.
        csv.writer(line).writerow([f"'{c}" if c.startswith(FORMULA) else c for c in row])
        yield line.getvalue().encode()


def _person(args: argparse.Namespace, kind: str, ref: str, branch_ref: str = "") -> Any:
    from touchstone.accounts.models import Person
    from touchstone.accounts.permissions import person_actor
    from touchstone.audit.services import audit_record

    person = Person.objects.filter(username=args.person, is_active=True).first()
    if person is None:
        raise SystemExit(f"touchstone export: no person {args.person!r} with an open account")
    if not args.reason.strip():
        raise SystemExit("touchstone export: --reason is empty")

    def recorded() -> None:
        audit_record(
            person_actor(person),
            f"{kind}.exported",
            object_type=kind,
            object_ref=ref,
            branch_ref=branch_ref,
            detail={"reason": args.reason.strip()[:200]},
        )

    return person, recorded


def _applications(args: argparse.Namespace) -> Iterator[bytes]:
    from touchstone.positions.permissions import position_for
    from touchstone.recruiting.permissions import visible_applications

    if not args.position:
        raise SystemExit("touchstone export: --position REF is needed (it stands in its URL)")
    person, recorded = _person(args, "applications", args.position)
    position = position_for(person, args.position)
    recorded()
    found = visible_applications(person).filter(position=position).select_related("candidate")

    def rows() -> Iterator[list[str]]:
        yield list(APPLICATION_COLUMNS)
        for row in found.order_by("pk").iterator(chunk_size=1000):
            yield [
                row.ref,
                row.candidate.name,
                row.candidate.email,
                # A leading + is a country code here and stays one in spreadsheet programs.
                row.candidate.phone,
                row.stage,
                row.stage_since.isoformat(),
                row.applied_at.isoformat(),
                row.source,
                "" if row.score is None else f"{row.score:.1f}",
                row.recommendation,
            ]

    return _lines(rows())


def _questions(args: argparse.Namespace) -> Iterator[bytes]:
    from touchstone.accounts.permissions import require_role
    from touchstone.library.files import questions_yaml
    from touchstone.library.permissions import READERS
    from touchstone.library.selectors import current_questions, parsed

    person, recorded = _person(args, "questions", "library")
    require_role(person, READERS)
    recorded()
    yield questions_yaml([parsed(row) for row in current_questions().order_by("code")])


def _audit(args: argparse.Namespace) -> Iterator[bytes]:
    from touchstone.accounts.models import Branch, Role
    from touchstone.accounts.permissions import require_role, role_scopes
    from touchstone.audit.selectors import events_csv_rows, events_found

    person, recorded = _person(args, "audit", "log")
    roles = (Role.ADMINISTRATOR, Role.AUDITOR)
    require_role(person, roles)
    recorded()
    held = {branch for role in roles for branch in role_scopes(person).get(role, ())}
    ids = {branch for branch in held if branch is not None}
    refs = (
        None
        if None in held
        else list(Branch.objects.filter(pk__in=ids).values_list("ref", flat=True))
    )
    return _lines(events_csv_rows(events_found(branch_refs=refs)))
