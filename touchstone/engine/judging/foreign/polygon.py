"""Polygon packages, alone or many in a contest's archive."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from touchstone.engine.judging.foreign.checkers import HEADER, standard, take_over
from touchstone.engine.judging.foreign.draft import (
    Case,
    Draft,
    Maker,
    Part,
    Recipe,
    Step,
    figure,
    inside,
    language_of,
    natural,
)
from touchstone.engine.judging.foreign.markup import from_tex, sections, with_images
from touchstone.engine.judging.foreign.reading import text, xml
from touchstone.engine.judging.problem import Language

FOLDERS = {
    "main": "accepted",
    "accepted": "accepted",
    "wrong-answer": "wrong_answer",
    "presentation-error": "wrong_answer",
    "time-limit-exceeded": "time_limit_exceeded",
    "memory-limit-exceeded": "run_time_error",
    "time-limit-exceeded-or-memory-limit-exceeded": "rejected",
    "rejected": "rejected",
    "failed": "rejected",
}
HEADS = {
    "zh": (("", "legend"), ("输入", "input"), ("输出", "output"), ("交互", "interaction"),
           ("评分", "scoring"), ("说明", "notes")),
    "en": (("", "legend"), ("Input", "input"), ("Output", "output"), ("Interaction", "interaction"),
           ("Scoring", "scoring"), ("Notes", "notes")),
}  # fmt: skip
COMPLETE = frozenset({"complete-group"})
PATTERN = re.compile(r"%0?(\d*)d")


def drafts(
    files: Mapping[str, bytes],
    name: str,
    headers: Mapping[str, bytes],
    make: Maker | None = None,
) -> Iterator[Draft]:
    """The problems of an archive.

    Args:
        make: runs the authors' programs for tests that the archive lacks.

    Raises:
        InvalidInput: a problem.xml is damaged.
    """
    for path in sorted((p for p in files if PurePosixPath(p).name == "problem.xml"), key=natural):
        about, _changed = xml(files[path], name)
        if about.tag != "problem":
            continue
        mine = inside(files, PurePosixPath(path).parent.as_posix())
        yield _draft(about, mine, headers, make)


def _draft(
    about: Element,
    mine: dict[str, bytes],
    headers: Mapping[str, bytes],
    make: Maker | None,
) -> Draft:
    names = {n.get("language") or "": n.get("value") or "" for n in about.iterfind("names/name")}
    draft = Draft(titles={_language(lang, names): value for lang, value in _ordered(names)})
    if not draft.title:
        draft.titles = {"zh": about.get("short-name") or "problem"}
    testset = about.find("judging/testset[@name='tests']")
    if testset is None:
        testset = about.find("judging/testset")
    if testset is not None:
        draft.time_s = figure(testset.findtext("time-limit"), 1000) / 1000
        draft.memory_mib = figure(testset.findtext("memory-limit"), 2**28) / 2**20
        _tests(draft, about, testset, mine, make)
        _groups(draft, testset)
    _statements(draft, names, mine)
    for solution in about.iter("solution"):
        _solution(draft, solution, mine)
    _programs(draft, about, mine, headers)
    judging = about.find("judging")
    for key in ("input-file", "output-file"):
        value = judging.get(key) if judging is not None else ""
        if value:
            draft.note("setting", key=key, value=value)
    return draft


def _ordered(names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Chinese and English names first; another language's only where it is all there is."""
    ours = [(lang, names[lang]) for lang in ("chinese", "english") if names.get(lang)]
    return ours or list(names.items())[:1]


def _language(lang: str, names: Mapping[str, str]) -> str:
    """Our language; whatever is neither Chinese nor English stands where the default is read."""
    return "en" if lang == "english" and "chinese" in names else "zh"


@dataclass
class _Row:
    """A test as problem.xml lists it; what is None is not in the archive."""

    test: Element
    given: bytes | None
    wanted: bytes | None

    @property
    def sample(self) -> bool:
        return self.test.get("sample") == "true"


def _tests(
    draft: Draft, about: Element, testset: Element, mine: dict[str, bytes], make: Maker | None
) -> None:
    patterns = (
        testset.findtext("input-path-pattern") or "tests/%02d",
        testset.findtext("answer-path-pattern") or "tests/%02d.a",
    )
    rows = []
    for number, test in enumerate(testset.iterfind("tests/test"), 1):
        row = _Row(test, *(mine.get(_path(pattern, number)) for pattern in patterns))
        if row.sample and (row.given is None or row.wanted is None):
            row.given, row.wanted = _example(mine, number)
        rows.append(row)
    if make is not None:
        _made(about, rows, mine, make)
    for row in rows:
        if row.given is None or row.wanted is None:
            continue
        if row.sample:
            draft.samples.append((row.given, row.wanted))
        else:
            points = figure(row.test.get("points"), 0.0)
            draft.tests.append(Case(row.given, row.wanted, points, row.test.get("group") or ""))
    generated = sum(row.given is None for row in rows)
    unanswered = sum(row.given is not None and row.wanted is None for row in rows)
    if generated:
        draft.note("tests_generated", n=generated)
    if unanswered:
        draft.note("tests_without_answer", n=unanswered)


def _made(about: Element, rows: list[_Row], mine: dict[str, bytes], make: Maker) -> None:
    """Fills in what the authors' generators and their main solution write."""
    lacking = [row for row in rows if row.given is None or row.wanted is None]
    steps = tuple(Step(tuple(shlex.split(row.test.get("cmd") or "")), row.given) for row in lacking)
    main = _source(about.find("assets/solutions/solution[@tag='main']"), mine)
    interactive = about.find("assets/interactor") is not None
    if not steps or (main is None and not interactive):
        return
    programs = {}
    for executable in about.iterfind("files/executables/executable"):
        source = _source(executable, mine)
        path = executable.find("source")
        if source is not None and path is not None:
            programs[PurePosixPath(path.get("path") or "").stem] = source
    recipe = Recipe(programs, inside(mine, "files"), None if interactive else main, steps)
    for row, made in zip(lacking, make(recipe), strict=True):
        if made is not None:
            row.given, row.wanted = made


def _source(asset: Element | None, mine: dict[str, bytes]) -> tuple[Language, bytes] | None:
    source = asset.find("source") if asset is not None else None
    if source is None:
        return None
    language, code = language_of(source.get("type") or ""), mine.get(source.get("path") or "")
    return (language, code) if language is not None and code is not None else None


def _path(pattern: str, number: int) -> str:
    return PATTERN.sub(lambda m: str(number).zfill(int(m[1] or 0)), pattern)


def _example(mine: dict[str, bytes], number: int) -> tuple[bytes | None, bytes | None]:
    """A sample's files among the statement's, which are there where tests are not."""
    for path in sorted(mine):
        parts = PurePosixPath(path).parts
        if parts[0] == "statement-sections" and parts[-1] == f"example.{number:02}":
            return mine[path], mine.get(f"{path}.a")
    return None, None


def _groups(draft: Draft, testset: Element) -> None:
    """Groups with their points; without groups, points of single tests where they differ."""
    groups = {g.get("name") or "": g for g in testset.iterfind("groups/group")}
    total = sum(case.points or 0 for case in draft.tests)
    if not total or not groups:
        if len({case.points for case in draft.tests}) == 1:
            for case in draft.tests:
                case.points = None
        for case in draft.tests:
            case.part = ""
        return
    for name in dict.fromkeys(case.part for case in draft.tests):
        group = groups.get(name)
        mine = [case for case in draft.tests if case.part == name]
        policy = group.get("points-policy") if group is not None else ""
        needs = group.iterfind("dependencies/dependency") if group is not None else ()
        draft.parts[name] = Part(
            points=sum(case.points or 0 for case in mine),
            aggregation="min" if policy in COMPLETE else "sum",
            needs=tuple(d.get("group") or "" for d in needs),
        )
        if policy not in COMPLETE and len({case.points for case in mine}) > 1:
            draft.note("points_evened", group=name)
        for case in mine:
            case.points = None


def _statements(draft: Draft, names: Mapping[str, str], mine: dict[str, bytes]) -> None:
    for lang, _title in _ordered(names) or [("english", "")]:
        ours = _language(lang, names)
        folder = f"statement-sections/{lang}"
        parts = [(h, _section(mine, f"{folder}/{p}.tex")) for h, p in HEADS[ours]]
        if not any(body for _head, body in parts):
            folder = f"statements/{lang}"
            about = _properties(mine.get(f"{folder}/problem-properties.json", b""))
            parts = [(h, from_tex(str(about.get(p) or ""))) for h, p in HEADS[ours]]
        draft.statements[ours], lost = with_images(sections(parts), inside(mine, folder))
        if lost:
            draft.note("images", n=lost)


def _section(mine: dict[str, bytes], path: str) -> str:
    return from_tex(text(mine.get(path, b"")))


def _properties(data: bytes) -> dict[str, object]:
    try:
        loaded = json.loads(text(data) or "{}")
    except ValueError:
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _solution(draft: Draft, solution: Element, mine: dict[str, bytes]) -> None:
    source = solution.find("source")
    tag = solution.get("tag") or ""
    code = mine.get(source.get("path") or "", b"") if source is not None else b""
    if source is None or not code:
        return
    if tag not in FOLDERS:
        draft.note("solution_tag", tag=tag)
        return
    draft.solve(FOLDERS[tag], source.get("type") or "", text(code))


def _programs(
    draft: Draft, about: Element, mine: dict[str, bytes], headers: Mapping[str, bytes]
) -> None:
    beside = {**headers, **inside(mine, "files")}
    if f"files/{HEADER}" not in mine and HEADER in mine:
        beside[HEADER] = mine[HEADER]
    interactor = about.find("assets/interactor")
    checker = about.find("assets/checker")
    if interactor is not None:
        _program(draft, interactor, "interactor", mine, beside)
        if checker is not None:
            draft.note("checker_beside_interactor")
        return
    if checker is not None and not standard(draft, checker.get("name") or ""):
        _program(draft, checker, "checker", mine, beside)


def _program(
    draft: Draft, asset: Element, role: str, mine: dict[str, bytes], beside: dict[str, bytes]
) -> None:
    source = asset.find("source")
    path = (source.get("path") or "") if source is not None else ""
    code = mine.get(path)
    if code is None:
        draft.note(f"{role}_missing", file=path or asset.get("name") or "?")
        return
    most = max((case.points or 0 for case in draft.tests), default=0) or 1.0
    take_over(
        draft,
        text(code),
        "interactor" if role == "interactor" else "testlib",
        language=(source.get("type") or "cpp") if source is not None else "cpp",
        beside=beside,
        full_points=most,
    )
