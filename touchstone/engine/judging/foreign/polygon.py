"""Polygon packages, alone or many in a contest's archive."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from touchstone.engine.judging.foreign.checkers import HEADER, standard, take_over
from touchstone.engine.judging.foreign.draft import Case, Draft, Part, inside, natural
from touchstone.engine.judging.foreign.markup import from_tex, sections, with_images
from touchstone.engine.judging.foreign.reading import text, xml

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


def drafts(files: Mapping[str, bytes], name: str, headers: Mapping[str, bytes]) -> Iterator[Draft]:
    """The problems of an archive.

    Raises:
        InvalidInput: a problem.xml is damaged.
    """
    for path in sorted((p for p in files if PurePosixPath(p).name == "problem.xml"), key=natural):
        about, _changed = xml(files[path], name)
        if about.tag != "problem":
            continue
        mine = inside(files, PurePosixPath(path).parent.as_posix())
        yield _draft(about, mine, headers)


def _draft(about: Element, mine: dict[str, bytes], headers: Mapping[str, bytes]) -> Draft:
    names = {n.get("language") or "": n.get("value") or "" for n in about.iterfind("names/name")}
    draft = Draft(titles={_language(lang, names): value for lang, value in _ordered(names)})
    if not draft.title:
        draft.titles = {"zh": about.get("short-name") or "problem"}
    testset = about.find("judging/testset[@name='tests']")
    if testset is None:
        testset = about.find("judging/testset")
    if testset is not None:
        draft.time_s = float(testset.findtext("time-limit") or 1000) / 1000
        draft.memory_mib = float(testset.findtext("memory-limit") or 2**28) / 2**20
        _tests(draft, testset, mine)
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


def _tests(draft: Draft, testset: Element, mine: dict[str, bytes]) -> None:
    patterns = (
        testset.findtext("input-path-pattern") or "tests/%02d",
        testset.findtext("answer-path-pattern") or "tests/%02d.a",
    )
    generated, unanswered = 0, 0
    for number, test in enumerate(testset.iterfind("tests/test"), 1):
        given, wanted = (mine.get(_path(pattern, number)) for pattern in patterns)
        sample = test.get("sample") == "true"
        if sample and (given is None or wanted is None):
            given, wanted = _example(mine, number)
        if given is None:
            generated += 1
        elif wanted is None:
            unanswered += 1
        elif sample:
            draft.samples.append((given, wanted))
        else:
            points = float(test.get("points") or 0)
            draft.tests.append(Case(given, wanted, points, test.get("group") or ""))
    if generated:
        draft.note("tests_generated", n=generated)
    if unanswered:
        draft.note("tests_without_answer", n=unanswered)


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
