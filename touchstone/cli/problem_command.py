"""`touchstone problem new|verify|preview|import`: making and checking problem packages."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from touchstone.cli.batch import dump, emit

KINDS = ("program", "function", "ml", "sql")


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="new|verify|preview|import"
    )
    new = actions.add_parser("new", help="start a package that verifies")
    new.add_argument("folder", metavar="DIR")
    new.add_argument("--kind", choices=KINDS, default="program")
    new.add_argument("--name", default="", help="shown to candidates (default: the folder's)")
    verify = actions.add_parser("verify", help="judge every example submission in every variant")
    verify.add_argument("folders", nargs="+", metavar="DIR")
    verify.add_argument("--quiet", action="store_true", help="no progress, no messages")
    preview = actions.add_parser("preview", help="what candidates read, and the facts of the judge")
    preview.add_argument("folder", metavar="DIR")
    preview.add_argument("--lang", choices=("zh", "en"), default="zh")
    bring = actions.add_parser("import", help="FPS XML, QDUOJ, Hydro or Polygon into packages")
    bring.add_argument("file", metavar="FILE")
    bring.add_argument("--out", default=".", metavar="DIR", help="where the packages go")
    bring.add_argument(
        "--testlib", metavar="FILE", help="testlib.h, for checkers whose file does not bring it"
    )
    bring.add_argument(
        "--make-tests",
        action="store_true",
        help="run the authors' generators, in the sandbox, for tests that the file lacks",
    )
    bring.add_argument("--lang", choices=("zh", "en"), default="zh")


def run(args: argparse.Namespace) -> int:
    from touchstone.common.errors import TouchstoneError

    actions = {"new": _new, "verify": _verify, "preview": _preview, "import": _import}
    try:
        return actions[args.action](args)
    except TouchstoneError as error:
        row = {"status": "error", "reason": error.message.id, "detail": error.text("zh")}
        print(dump(row))
        print(f"touchstone problem: {error.text('en')}", file=sys.stderr)
        return 1
    except OSError as error:
        detail = f"{error.filename}: {error.strerror}"
        print(dump({"status": "error", "reason": "unreadable_file", "detail": detail}))
        print(f"touchstone problem: {detail}", file=sys.stderr)
        return 1


def _verify(args: argparse.Namespace) -> int:
    rows = [row for folder in args.folders for row in _verified(Path(folder), quiet=args.quiet)]
    return 1 if any(not row["ok"] for row in rows) else 0


def _verified(folder: Path, *, quiet: bool) -> Iterator[dict[str, Any]]:
    """One row a submission and variant: what it was meant to get and what it got."""
    from touchstone.cli.judging import executor
    from touchstone.engine.judging.loading import load_problem
    from touchstone.integrations.sandbox import shared_sandbox
    from touchstone.integrations.sandbox.judge import judge_submission

    problem = load_problem(folder)
    variants: tuple[str | None, ...] = problem.extension.variants or (None,)
    for solution in problem.solutions:
        for variant in variants:
            report = judge_submission(
                folder,
                solution.path.read_bytes(),
                solution.language,
                variant=variant,
                sandbox=shared_sandbox(),
                executor=executor(),
            )
            row = {
                "problem": problem.id,
                "variant": variant,
                "submission": solution.path.relative_to(problem.folder).as_posix(),
                "expected": solution.expected,
                "verdict": str(report.verdict),
                "score": round(report.score, 2),
                "ok": report.verdict in EXPECTED.get(solution.expected, ()),
            }
            emit([row], quiet=quiet)
            yield row


EXPECTED: dict[str, tuple[str, ...]] = {
    "accepted": ("AC",),
    "partially_accepted": ("AC", "WA"),
    "wrong_answer": ("WA", "PE"),
    "time_limit_exceeded": ("TLE",),
    "run_time_error": ("RE", "MLE"),
    "memory_limit_exceeded": ("MLE",),
    "output_limit_exceeded": ("OLE",),
    "compile_error": ("CE",),
    "rejected": ("WA", "PE", "TLE", "RE", "MLE", "OLE", "CE"),
    "brute_force": ("TLE", "WA", "RE", "MLE"),
}
"""Verdicts that an example may get, by the folder it lies in."""


def _preview(args: argparse.Namespace) -> int:
    from touchstone.engine.judging.loading import load_problem

    folder = Path(args.folder)
    problem = load_problem(folder)
    names = (f"problem.{args.lang}.md", "problem.zh.md", "problem.en.md", "problem.md")
    statements = [folder / "statement" / name for name in names]
    found = next((path for path in statements if path.is_file()), None)
    title = problem.names.get(args.lang) or next(iter(problem.names.values()), problem.id)
    print(f"# {title}\n")
    print(found.read_text("utf-8").strip() if found else "(no statement)")
    for number, test in enumerate(problem.samples.tests, 1):
        print(f"\n## {number}\n\n{test.read_input().decode('utf-8', 'replace').rstrip()}")
        print(f"\n---\n{test.read_answer().decode('utf-8', 'replace').rstrip()}")
    facts = {
        "id": problem.id,
        "kind": problem.extension.kind,
        "languages": list(problem.languages),
        "time_s": problem.limits.time_s,
        "memory_mib": problem.limits.memory_mib,
        "variants": list(problem.extension.variants),
        "samples": len(problem.samples.tests),
        "tests": len([t for t in problem.tests(None) if not t.is_sample]),
        "submissions": [s.path.relative_to(problem.folder).as_posix() for s in problem.solutions],
        "practice": list(problem.extension.practice),
    }
    print(f"\n{dump(facts)}")
    return 0


def _new(args: argparse.Namespace) -> int:
    from touchstone.engine.judging.starting import start_package

    folder = Path(args.folder)
    for path in start_package(folder, kind=args.kind, name=args.name or folder.name):
        print(path.as_posix())
    return 0


def _import(args: argparse.Namespace) -> int:
    from touchstone.common.messages import render
    from touchstone.engine.judging.importing import import_problems
    from touchstone.integrations.sandbox import shared_sandbox
    from touchstone.integrations.sandbox.making import make_tests

    file, out = Path(args.file), Path(args.out)
    testlib = Path(args.testlib).read_bytes() if args.testlib else b""
    make = partial(make_tests, sandbox=shared_sandbox()) if args.make_tests else None
    rows = [
        {
            "problem": made.name,
            "title": made.title,
            "tests": made.tests,
            "notes": [render(note, args.lang) for note in made.notes],
        }
        for made in import_problems(file.read_bytes(), file.name, out, testlib=testlib, make=make)
    ]
    return emit(rows, quiet=True)
