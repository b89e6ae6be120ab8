"""`touchstone claims CASES.jsonl`: one analysis of a project case a line."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from touchstone.cli.answer_lines import Line, error_row, read_lines
from touchstone.cli.batch import add_batch_arguments, dump, emit, in_order

FEW = 500


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="CASES.jsonl", help="- for standard input")
    add_batch_arguments(parser)


def run(args: argparse.Namespace) -> int:
    try:
        lines = [line for path in args.files for line in read_lines(path, "text")]
    except OSError as error:
        detail = f"{error.filename}: {error.strerror}"
        row = {"file": str(error.filename), "status": "error", "reason": "unreadable_file"}
        print(dump(row | {"detail": detail}))
        if not args.quiet:
            print(f"touchstone claims: {detail}", file=sys.stderr)
        return 1
    # Starting a process costs more than analysing a few cases.
    jobs = args.jobs or (1 if len(lines) <= FEW else 0)
    rows = in_order(_analysed, lines, jobs=jobs, failed=_failed)
    return emit(rows, total=len(lines), quiet=args.quiet)


def _analysed(line: Line) -> list[dict[str, Any]]:
    from touchstone.engine.grading.claims import analyse_case

    if line.reason:
        return [error_row(line)]
    text = line.data["text"]
    named = str(line.data.get("lang") or ("en" if text.isascii() else "zh"))
    lang: Any = "en" if named.startswith("en") else "zh"
    return [{"id": line.data["id"], **analyse_case(text, lang).to_row(lang)}]


def _failed(line: Line, error: BaseException) -> dict[str, Any]:
    return error_row(Line(line.number, line.data, "failed", f"{type(error).__name__}: {error}"))
