"""QDUOJ exports: numbered folders with problem.json and testcase/."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from touchstone.engine.judging.foreign.checkers import Style, take_over
from touchstone.engine.judging.foreign.draft import (
    Case,
    Draft,
    cases_in,
    figure,
    inside,
    natural,
    rows,
)
from touchstone.engine.judging.foreign.functions import frame
from touchstone.engine.judging.foreign.markup import from_html, sections, with_images
from touchstone.engine.judging.foreign.reading import refuse, text

PARTS = (
    *(("", "description"), ("输入", "input_description")),
    *(("输出", "output_description"), ("提示", "hint")),
)
NO_ANSWER = "-"


def drafts(files: Mapping[str, bytes], name: str) -> Iterator[Draft]:
    """The problems of an export.

    Raises:
        InvalidInput: a problem.json is not what it should be.
    """
    for path in sorted((p for p in files if PurePosixPath(p).name == "problem.json"), key=natural):
        try:
            about = json.loads(text(files[path]))
        except ValueError as error:
            refuse(name, error)
        if not isinstance(about, dict) or not about.keys() >= {"title", "description"}:
            refuse(name)
        yield _draft(about, inside(files, PurePosixPath(path).parent.as_posix()))


def _draft(about: dict[str, Any], mine: dict[str, bytes]) -> Draft:
    draft = Draft(
        titles={"zh": str(about.get("title") or "problem")},
        time_s=figure(about.get("time_limit"), 1000) / 1000,
        memory_mib=figure(about.get("memory_limit"), 256),
    )
    statement = sections([(head, _words(about.get(key))) for head, key in PARTS])
    draft.statements["zh"], lost = with_images(statement, mine)
    if lost:
        draft.note("images", n=lost)
    draft.samples = [
        (str(s.get("input", "")).encode(), str(s.get("output", "")).encode())
        for s in rows(about.get("samples"))
    ]
    spj = about.get("spj")
    _tests(draft, about, mine, answers_wanted=not spj)
    for answer in rows(about.get("answers")):
        draft.solve("accepted", str(answer.get("language", "")), str(answer.get("code", "")))
    templates = about.get("template")
    if isinstance(templates, dict):
        frame(draft, {name: _frame(code) for name, code in templates.items()})
    if isinstance(spj, dict) and spj.get("code"):
        language = str(spj.get("language") or "C++")
        style: Style = "testlib" if "testlib.h" in str(spj["code"]) else "qduoj"
        take_over(draft, str(spj["code"]), style, language=language, beside=mine)
    return draft


def _words(part: Any) -> str:
    if not isinstance(part, dict):
        return from_html(str(part or ""))
    words = str(part.get("value") or "")
    return words.strip() if part.get("format") == "markdown" else from_html(words)


def _frame(code: Any) -> tuple[str, str]:
    if not isinstance(code, dict):
        return "", ""
    return str(code.get("prepend") or ""), str(code.get("append") or "")


def _tests(
    draft: Draft, about: dict[str, Any], mine: dict[str, bytes], *, answers_wanted: bool
) -> None:
    """Tests by the names problem.json gives, with points where they count (rule type OI)."""
    data = inside(mine, "testcase")
    listed = rows(about.get("test_case_score"))
    by_points = about.get("rule_type") == "OI"
    missing = 0
    for row in listed:
        given = data.get(str(row.get("input_name")))
        wanted = data.get(str(row.get("output_name", NO_ANSWER)))
        if given is None or (wanted is None and answers_wanted):
            missing += 1
            continue
        points = figure(row.get("score"), 0.0) if by_points else None
        draft.tests.append(Case(given, wanted or b"", points))
    if listed:
        if missing:
            draft.note("tests_without_answer", n=missing)
        return
    draft.tests = cases_in(mine, "testcase")
    if not draft.tests and not answers_wanted:
        names = sorted((n for n in data if n.endswith(".in")), key=natural)
        draft.tests = [Case(data[name], b"") for name in names]
