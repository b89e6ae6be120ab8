"""`touchstone judge PROBLEM_DIR SOURCE`: one JSON object as in the formats document."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from touchstone.cli.batch import dump

if TYPE_CHECKING:
    from touchstone.common.messages import Lang
    from touchstone.engine.judging.problem import Language
    from touchstone.engine.judging.report import JudgeReport

LANGUAGES = ("python", "cpp", "java", "javascript", "sql")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("problem", metavar="PROBLEM_DIR", help="a problem package")
    parser.add_argument("source", metavar="SOURCE", help="the source file; - for standard input")
    parser.add_argument("--language", choices=LANGUAGES, help="default: by the file's ending")
    parser.add_argument("--json", action="store_true", help="print the JSON object")
    parser.add_argument("--variant", help="judge this variant only (default: all)")
    parser.add_argument("--seed", type=int, help="choose the variant as for this candidate")
    parser.add_argument("--samples", action="store_true", help="run the samples only")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="of the sentences")


def run(args: argparse.Namespace) -> int:
    from touchstone.common.errors import TouchstoneError

    lang: Lang = args.lang
    try:
        report = _judge(args)
    except TouchstoneError as error:
        if args.json:
            print(dump({"status": "error", "reason": error.message.id, "detail": error.text(lang)}))
        print(f"touchstone judge: {error.text(lang)}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"touchstone judge: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    if args.json or not sys.stdout.isatty():
        print(dump(report.as_json(lang)))
    else:
        _show(report, lang)
    if report.detail:
        print(f"touchstone judge: {report.detail}", file=sys.stderr)
    return 1 if report.verdict == "IE" else 0


def _judge(args: argparse.Namespace) -> JudgeReport:
    from touchstone.cli.judging import executor
    from touchstone.engine.judging.practice import practice_findings
    from touchstone.integrations.sandbox.judge import judge_submission

    source = sys.stdin.buffer.read() if args.source == "-" else Path(args.source).read_bytes()
    language = args.language or _language(args.source)
    return judge_submission(
        Path(args.problem),
        source,
        language,
        variant=args.variant,
        seed=args.seed,
        samples_only=args.samples,
        executor=executor(),
        practice=practice_findings if language == "python" else None,
    )


def _language(path: str) -> Language:
    from touchstone.common.errors import InvalidInput
    from touchstone.common.messages import say
    from touchstone.engine.judging.problem import SUFFIXES

    language = SUFFIXES.get(Path(path).suffix.lower())
    if language is None:
        raise InvalidInput(say("judging.language_unknown", file=path))
    return language


def _show(report: JudgeReport, lang: Lang) -> None:
    from touchstone.common.messages import render

    print(f"{report.verdict}  {report.score:.1f}/100")
    for message in report.report:
        print(f"  {render(message, lang)}")
    if report.compiler:
        print(report.compiler.rstrip())
    for test in report.tests:
        figures = f"{test.cpu_ms:>6} ms {test.memory_kib // 1024:>5} MiB"
        said = render(test.feedback, lang) if test.feedback else ""
        print(f"  {test.verdict:<4}{figures}  {test.id}  {said}".rstrip())
