"""`touchstone schedule PROBLEM.json`: one JSON object as in docs/scheduling.md."""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from touchstone.cli.batch import dump

STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


class _BadFile(Exception):
    """A file that cannot be used: machine reason and human detail."""

    def __init__(self, reason: str, detail: str) -> None:
        self.reason, self.detail = reason, detail
        super().__init__(detail)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="PROBLEM.json", help="- for standard input")
    parser.add_argument(
        "--time-limit", type=float, default=30.0, metavar="S", help="seconds (default: 30)"
    )
    parser.add_argument(
        "--keep", metavar="PLAN.json", help="an earlier output: change it as little as can be"
    )
    parser.add_argument("--greedy", action="store_true", help="the baseline's plan, no search")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="of the reasons")
    parser.add_argument("--quiet", action="store_true", help="no messages")


def run(args: argparse.Namespace) -> int:
    try:
        row = _plan(args)
    except _BadFile as error:
        bad = {"file": args.file, "status": "error"}
        print(dump(bad | {"reason": error.reason, "detail": error.detail}))
        if not args.quiet:
            print(f"touchstone schedule: {error.detail}", file=sys.stderr)
        return 1
    print(dump(row))
    return 0


def _plan(args: argparse.Namespace) -> dict[str, Any]:
    from touchstone.engine.scheduling.change import replan
    from touchstone.engine.scheduling.document import (
        assignment_document,
        assignments_from_document,
        plan_document,
        problem_from_document,
    )
    from touchstone.engine.scheduling.solver import schedule, schedule_greedily

    text, document = _read(args.file)
    with _refusals_of(args.file, text, args.lang):
        problem = problem_from_document(document)
        if not args.keep:
            greedy = args.greedy
            plan = schedule_greedily(problem) if greedy else schedule(problem, args.time_limit)
            return plan_document(plan, args.lang)
    kept_text, kept = _read(args.keep)
    with _refusals_of(args.keep, kept_text, args.lang):
        before = assignments_from_document(kept, problem.zone)
    with _refusals_of(args.file, text, args.lang):
        change = replan(problem, before)
    row = plan_document(change.schedule, args.lang)
    row["moved"] = [assignment_document(a) for a in change.moved]
    return row


@contextlib.contextmanager
def _refusals_of(path: str, text: str, lang: str) -> Iterator[None]:
    """Names the file and line of what the engine refuses."""
    from touchstone.common.errors import InvalidInput

    try:
        yield
    except InvalidInput as error:
        said = error.text("en" if lang == "en" else "zh")
        line = _line_of(text, error.field)
        where = f"{path}:{line}" if line else path
        raise _BadFile("bad_problem", f"{where}: {said}") from error


def _read(path: str) -> tuple[str, Any]:
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise _BadFile("unreadable_file", f"{path}: {error.strerror}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _BadFile("unreadable_text", f"{path}: not UTF-8") from error
    try:
        return text, json.loads(text)
    except json.JSONDecodeError as error:
        raise _BadFile("bad_json", f"{path}:{error.lineno}: {error.msg}") from error
    except RecursionError as error:
        raise _BadFile("bad_json", f"{path}: nested too deeply") from error


def _line_of(text: str, place: str) -> int:
    """The line on which ``interviewers[3].busy`` stands, 0 where it cannot be told.

    JSON is a part of YAML, whose parser remembers lines.
    """
    import yaml

    try:
        node = yaml.compose(text.replace("\t", " "), Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return 0
    line = 0
    for key, index in STEP.findall(place):
        if index and isinstance(node, yaml.SequenceNode) and int(index) < len(node.value):
            node = node.value[int(index)]
        elif key and isinstance(node, yaml.MappingNode):
            found = next((v for k, v in node.value if k.value == key), None)
            if found is None:
                break
            node = found
        else:
            break
        line = int(node.start_mark.line) + 1
    return line or 1
