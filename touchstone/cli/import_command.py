"""`touchstone import`: resumes, lists of candidates, hiring history, questions, from files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from touchstone.cli.batch import dump
from touchstone.cli.site import prepare_database, start_django
from touchstone.common.clock import utc_now
from touchstone.common.errors import TouchstoneError
from touchstone.common.messages import render

TABLES = (".csv", ".xlsx", ".tsv")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["candidates", "history", "questions"])
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        help="candidates: resumes, ZIPs, folders of them, or a list (CSV, XLSX) with names; "
        "history: CSV or XLSX; questions: YAML, CSV or XLSX",
    )
    parser.add_argument("--position", metavar="REF", help="for candidates; optional for history")
    parser.add_argument("--branch", metavar="REF", help="for history that belongs to no position")
    parser.add_argument("--person", required=True, metavar="USERNAME", help="who brings it in")
    parser.add_argument("--wait", action="store_true", help="read resumes now, not in a worker")


def run(args: argparse.Namespace) -> int:
    """0 when everything was taken; 1 when something was refused: its line says why."""
    start_django()
    prepare_database()
    status = 0
    try:
        rows = {"candidates": _candidates, "history": _history, "questions": _questions}
        for row in rows[args.what](args):
            print(dump(row), flush=True)
            status |= row["status"] == "error"
    except TouchstoneError as error:
        print(f"touchstone import: {error.text('en')}", file=sys.stderr)
        return 1
    return int(status)


def _actor(args: argparse.Namespace) -> Any:
    from touchstone.accounts.models import Person
    from touchstone.accounts.permissions import person_actor

    person = Person.objects.filter(username=args.person, is_active=True).first()
    if person is None:
        raise SystemExit(f"touchstone import: no person {args.person!r} with an open account")
    return person, person_actor(person)


def _position(args: argparse.Namespace, person: Any) -> Any:
    from touchstone.positions.permissions import position_for, require_run

    if not args.position:
        raise SystemExit("touchstone import: --position REF is needed (it stands in its URL)")
    position = position_for(person, args.position)
    require_run(person, position)
    return position


def _refused(path: Path, error: Exception) -> dict[str, Any]:
    detail = render(error.message, "en") if isinstance(error, TouchstoneError) else str(error)
    return {"file": str(path), "status": "error", "detail": detail}


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file() and p.name[0] != ".")
        else:
            yield path


def _candidates(args: argparse.Namespace) -> Iterator[dict[str, Any]]:
    from touchstone.positions.tables import read_table
    from touchstone.recruiting.services.imports import batch_open, resume_receive
    from touchstone.recruiting.services.reading import resumes_read
    from touchstone.recruiting.services.roster import is_heading, roster_import

    person, actor = _actor(args)
    position = _position(args, person)
    batch = None
    waiting: list[int] = []
    for path in _files(args.files):
        try:
            data = path.read_bytes()
            if path.suffix.lower() in TABLES:
                table = read_table(data, path.name, is_heading)
                found = roster_import(
                    actor=actor, position=position, table=table, source="import", at=utc_now()
                )
                yield {
                    "file": str(path),
                    "status": "partial" if found.problems else "ok",
                    "opened": len(found.opened),
                    "known": found.known,
                    "problems": [
                        {"row": number, "detail": render(message, "en")}
                        for number, message in found.problems
                    ],
                }
                continue
            batch = batch or batch_open(
                actor=actor,
                position=position,
                source="import",
                label=args.files[0].name,
                at=utc_now(),
            )
            received = resume_receive(
                actor=actor, batch=batch, name=path.name, data=data, at=utc_now()
            )
        except (TouchstoneError, OSError) as error:
            yield _refused(path, error)
            continue
        waiting += [resume.pk for resume in received]
        yield {"file": str(path), "status": "ok", "resumes": len(received)}
    if args.wait and waiting:
        read = resumes_read(resume_ids=waiting, at=utc_now())
        yield {"file": "", "status": "ok", "read": read}


def _history(args: argparse.Namespace) -> Iterator[dict[str, Any]]:
    from touchstone.accounts.models import Branch
    from touchstone.accounts.permissions import require_role
    from touchstone.positions.history import history_import
    from touchstone.positions.permissions import RUNS_BRANCH

    person, actor = _actor(args)
    position = _position(args, person) if args.position else None
    branch = (
        position.branch
        if position
        else Branch.objects.filter(ref=args.branch).first() or person.branch
    )
    if branch is None:
        raise SystemExit("touchstone import: --position REF or --branch REF is needed")
    require_role(person, RUNS_BRANCH, branch.pk)
    for path in _files(args.files):
        try:
            batch = history_import(
                actor=actor,
                branch=branch,
                position=position,
                name=path.name,
                data=path.read_bytes(),
                mapping=None,
                at=utc_now(),
            )
        except (TouchstoneError, OSError) as error:
            yield _refused(path, error)
            continue
        yield {
            "file": str(path),
            "status": "partial" if batch.problems else "ok",
            "rows": batch.rows,
            "mapping": batch.mapping,
            "problems": len(batch.problems),
        }


def _questions(args: argparse.Namespace) -> Iterator[dict[str, Any]]:
    from touchstone.library.permissions import require_edit
    from touchstone.library.services import questions_import

    person, actor = _actor(args)
    require_edit(person)
    for path in _files(args.files):
        try:
            questions, problems = _read_questions(path)
            if problems:
                yield {
                    "file": str(path),
                    "status": "error",
                    "detail": "nothing was imported",
                    "problems": [render(message, "en") for message in problems],
                }
                continue
            result = questions_import(actor=actor, questions=questions, at=utc_now())
        except (TouchstoneError, OSError) as error:
            yield _refused(path, error)
            continue
        yield {
            "file": str(path),
            "status": "ok",
            "created": len(result.created),
            "updated": len(result.updated),
            "unchanged": len(result.unchanged),
            "drafts": list(result.drafts),
        }


def _read_questions(path: Path) -> tuple[Any, Any]:
    """Questions of a file, and one message for each row of a table that cannot be used."""
    from touchstone.engine.questions.tables import column_name, read_rows
    from touchstone.library.files import questions_from_yaml
    from touchstone.positions.tables import read_table

    data = path.read_bytes()
    if path.suffix.lower() not in TABLES:
        return questions_from_yaml(data, path.name), ()
    table = read_table(data, path.name, lambda heading: bool(column_name(heading)))
    reading = read_rows(table.headings, table.rows, source=path.name, numbers=table.numbers)
    return reading.questions, reading.problems
