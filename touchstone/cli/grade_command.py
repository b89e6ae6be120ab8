"""`touchstone grade --rubric RUBRIC.yaml ANSWERS.jsonl`: one grading a line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from touchstone.cli.answer_lines import Line, error_row, read_lines
from touchstone.cli.batch import add_batch_arguments, dump, emit, in_order

if TYPE_CHECKING:
    from touchstone.common.messages import Lang

FEW = 200


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rubric", required=True, metavar="RUBRIC.yaml")
    parser.add_argument("files", nargs="+", metavar="ANSWERS.jsonl", help="- for standard input")
    parser.add_argument(
        "--lang", choices=("zh", "en"), help="of the analysis (default: the rubric's)"
    )
    add_batch_arguments(parser)


def run(args: argparse.Namespace) -> int:
    from touchstone.common.errors import InvalidInput
    from touchstone.engine.grading.rubrics import load_rubric

    try:
        data = Path(args.rubric).read_bytes()
        lang: Lang = load_rubric(data, args.rubric).lang
        lines = [line for path in args.files for line in read_lines(path, "answer")]
    except InvalidInput as error:
        return _refused(args, args.rubric, "bad_rubric", error.text(args.lang or "zh"))
    except OSError as error:
        name = str(error.filename or "")
        return _refused(args, name, "unreadable_file", f"{name}: {error.strerror}")
    return emit(_rows(lines, args, data, args.lang or lang), total=len(lines), quiet=args.quiet)


def _refused(args: argparse.Namespace, path: str, reason: str, detail: str) -> int:
    print(dump({"file": path, "status": "error", "reason": reason, "detail": detail}))
    if not args.quiet:
        print(f"touchstone grade: {detail}", file=sys.stderr)
    return 1


def _rows(
    lines: list[Line], args: argparse.Namespace, data: bytes, lang: Lang
) -> Iterator[dict[str, Any]]:
    # Starting a process costs more than grading a few answers.
    jobs = args.jobs or (1 if len(lines) <= FEW else 0)
    return in_order(
        _graded,
        lines,
        jobs=jobs,
        failed=_failed,
        initializer=_prepare,
        initargs=(data, args.rubric, lang),
    )


_ready: dict[str, Any] = {}


def _prepare(data: bytes, path: str, lang: Lang) -> None:
    from touchstone.engine.grading.rubrics import load_rubric

    _ready.update(rubric=load_rubric(data, path), lang=lang)


def _graded(line: Line) -> list[dict[str, Any]]:
    from touchstone.common.messages import render, say
    from touchstone.engine.grading.grade import grade

    if line.reason:
        return [error_row(line)]
    rubric, lang = _ready["rubric"], _ready["lang"]
    named = line.data.get("rubric")
    if named is not None and str(named) != rubric.id:
        detail = render(say("grading.rubric_mismatch", given=named, wanted=rubric.id), lang)
        return [error_row(Line(line.number, line.data, "rubric_mismatch", detail))]
    row = grade(rubric, line.data["answer"]).to_row(lang)
    return [{"rubric": row.pop("rubric"), "id": line.data["id"], **row}]


def _failed(line: Line, error: BaseException) -> dict[str, Any]:
    return error_row(Line(line.number, line.data, "failed", f"{type(error).__name__}: {error}"))
