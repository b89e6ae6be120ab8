"""`touchstone parse`: resumes to structured fields, one JSON object a file."""

from __future__ import annotations

import argparse
import datetime as dt
import functools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from touchstone.cli.batch import Row, add_batch_arguments, emit
from touchstone.common.clock import today


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="a resume, a ZIP, or - for stdin")
    parser.add_argument(
        "--as-of", type=as_of_date, default=None, metavar="YYYY-MM", help='what "now" means'
    )
    parser.add_argument("--text", action="store_true", help="add the extracted text")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of `detail`")
    add_batch_arguments(parser)


def as_of_date(text: str) -> dt.date:
    """The first day of "2026-11", or the day itself of "2026-11-24"."""
    try:
        return dt.date.fromisoformat(text if text.count("-") == 2 else f"{text}-01")
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not a month like 2026-11: {text!r}") from error


def run(args: argparse.Namespace) -> int:
    from touchstone.engine.resumes.isolated import ReaderPool
    from touchstone.engine.resumes.row import parse_row

    then = functools.partial(parse_row, with_text=args.text, lang=args.lang)
    with ReaderPool(args.as_of or today(), then=then, workers=args.jobs, fork=True) as pool:
        outcomes = pool.read(sources(args.files))
        rows = (
            outcome.value if outcome.refusal is None else refusal_row(outcome, args.lang)
            for outcome in outcomes
        )
        return emit(rows, total=len(args.files), quiet=args.quiet)


def sources(names: list[str]) -> Iterator[Any]:
    """The files named, archives opened, in the order given; directories file by file."""
    from touchstone.engine.resumes.files import Source, sources_of
    from touchstone.engine.resumes.refusal import refuse

    for name in names:
        if name == "-":
            yield from sources_of(sys.stdin.buffer.read(), "-")
            continue
        path = Path(name)
        inside = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in inside:
            try:
                data = file.read_bytes()
            except OSError:
                yield Source(str(file), refusal=refuse("not_found"))
                continue
            yield from sources_of(data, str(file))


def refusal_row(outcome: Any, lang: Any) -> Row:
    """The row of a file that was refused."""
    error = outcome.refusal
    return {
        "file": outcome.source.name,
        "status": "error",
        "reason": error.reason,
        "detail": error.text(lang),
    }
