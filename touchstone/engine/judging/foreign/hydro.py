"""Hydro problem archives: folders with problem.yaml, statements, testdata/ and its config.yaml."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import yaml

from touchstone.engine.judging.foreign.checkers import Style, standard, take_over
from touchstone.engine.judging.foreign.draft import (
    Case,
    Draft,
    Part,
    cases_in,
    figure,
    inside,
    language_of,
    mebibytes,
    natural,
    rows,
    seconds,
)
from touchstone.engine.judging.foreign.functions import PACKAGE_NAMES
from touchstone.engine.judging.foreign.markup import from_mixed, with_images
from touchstone.engine.judging.foreign.reading import text

OTHER_TYPES = frozenset({"objective", "submit_answer", "communication", "generate"})
STYLES: dict[str, Style] = {
    "testlib": "testlib", "hustoj": "hustoj", "qduoj": "qduoj", "lemon": "lemon", "syzoj": "syzoj",
    "kattis": "kattis",
}  # fmt: skip
NOTHING = "/dev/null"


def drafts(files: Mapping[str, bytes], headers: Mapping[str, bytes]) -> Iterator[Draft]:
    """The problems of an archive."""
    for path in sorted((p for p in files if PurePosixPath(p).name == "problem.yaml"), key=natural):
        folder = PurePosixPath(path).parent
        mine = inside(files, folder.as_posix())
        data = inside(mine, "testdata")
        place = next((n for n in ("config.yaml", "config.yml", "Config.yaml") if n in data), "")
        about, config = _settings(files[path]), _settings(data.get(place, b""))
        draft = _draft(about or {}, config or {}, mine, data, headers, folder.name)
        if about is None:
            draft.note("file_unreadable", file="problem.yaml")
        if config is None:
            draft.note("file_unreadable", file=place)
        yield draft


def _settings(data: bytes) -> dict[str, Any] | None:
    """Keys and values; None where it is none. Tabs stand between words here, as Hydro allows."""
    try:
        loaded = yaml.safe_load(text(data).replace("\t", " "))
    except yaml.YAMLError:
        return None
    return {} if loaded is None else loaded if isinstance(loaded, dict) else None


def _draft(
    about: dict[str, Any],
    config: dict[str, Any],
    mine: dict[str, bytes],
    data: dict[str, bytes],
    headers: Mapping[str, bytes],
    folder: str,
) -> Draft:
    draft = Draft(
        titles={"zh": str(about.get("title") or folder or "problem")},
        time_s=seconds(config.get("time", "1s")),
        memory_mib=mebibytes(config.get("memory", "256m")),
        languages=_languages(config),
    )
    _statements(draft, mine)
    _tests(draft, config, data)
    kind = str(config.get("type") or "default")
    if kind == "remote_judge":
        where = f"{config.get('subType', '')} {config.get('target', '')}".strip()
        draft.note("remote", where=where or kind)
    elif kind in OTHER_TYPES:
        draft.note("kind", kind=kind)
    elif kind == "interactive" or config.get("interactor"):
        _program(draft, config, "interactor", data, headers)
    else:
        _checker(draft, config, data, headers)
    for key in ("filename", "multi_pass", "user_extra_files"):
        if config.get(key):
            draft.note("setting", key=key, value=str(config[key]))
    return draft


def _languages(config: dict[str, Any]) -> tuple[str, ...]:
    given = config.get("langs")
    if not isinstance(given, list) or not given:
        return ()
    ours = (language_of(str(name)) for name in given)
    return tuple(dict.fromkeys(PACKAGE_NAMES.get(name, name) for name in ours if name))


def _statements(draft: Draft, mine: dict[str, bytes]) -> None:
    """Statements by their names: problem.md, problem_zh.md, or one of texts by language in JSON."""
    images = {**inside(mine, "additional_file"), **inside(mine, "file"), **mine}
    for path, content in sorted(mine.items()):
        if not path.startswith("problem") or not path.endswith(".md") or "/" in path:
            continue
        suffix = path[len("problem") : -len(".md")].strip("_").lower()
        for language, words in _by_language(text(content), suffix):
            kept = "en" if language.startswith("en") else "zh"
            if kept in draft.statements and language not in {"zh", "en"}:
                continue
            plain = from_mixed(words)
            if not draft.samples:
                draft.samples = _samples(plain)
            plain = plain.replace("](file://", "](")
            draft.statements[kept], lost = with_images(plain, images)
            if lost:
                draft.note("images", n=lost)


def _by_language(words: str, suffix: str) -> list[tuple[str, str]]:
    if words.lstrip().startswith("{"):
        try:
            texts = json.loads(words)
        except ValueError:
            texts = None
        if isinstance(texts, dict) and texts:
            return [(str(lang).lower(), str(value)) for lang, value in texts.items()]
    return [(suffix or "zh", words)]


def _samples(words: str) -> list[tuple[bytes, bytes]]:
    """Pairs of fenced blocks marked input1 and output1, with or without numbers."""
    found: dict[str, dict[str, list[str]]] = {"input": {}, "output": {}}
    fence, number = "", ""
    block: list[str] = []
    for line in words.split("\n"):
        mark = line.strip()
        if fence and mark == "```":
            found[fence].setdefault(number, []).append("\n".join(block) + "\n")
            fence = ""
        elif fence:
            block.append(line)
        elif mark.startswith(("```input", "```output")):
            fence = "input" if mark.startswith("```input") else "output"
            number, block = mark[3 + len(fence) :].split("|")[0].strip(), []
    pairs = []
    for key, inputs in found["input"].items():
        outputs = found["output"].get(key, [])
        pairs += [(i.encode(), o.encode()) for i, o in zip(inputs, outputs, strict=False)]
    return pairs


def _tests(draft: Draft, config: dict[str, Any], data: dict[str, bytes]) -> None:
    subtasks = rows(config.get("subtasks"))
    listed = [{**s, "cases": rows(s.get("cases"))} for s in subtasks if rows(s.get("cases"))]
    missing = 0
    if rows(config.get("cases")):
        listed = [{"cases": rows(config["cases"]), "type": "sum"}]
        subtasks = []
    if not listed:
        draft.tests = cases_in(data, "")
        if len(subtasks) > 1:
            draft.note("setting", key="subtasks", value=str(len(subtasks)))
        return
    several = len(subtasks) > 1
    for number, subtask in enumerate(listed, 1):
        name = str(subtask.get("id", number)) if several else ""
        if several:
            kind = str(subtask.get("type") or "min")
            given_needs = subtask.get("if")
            needs = tuple(map(str, given_needs)) if isinstance(given_needs, list) else ()
            points = figure(subtask.get("score"), 0.0)
            draft.parts[name] = Part(points or None, "sum" if kind == "sum" else "min", needs)
            if kind == "max":
                draft.note("setting", key="type", value="max")
        for case in subtask["cases"]:
            given = _file(data, case.get("input"))
            wanted = _file(data, case.get("output"))
            if given is None or wanted is None:
                missing += 1
                continue
            draft.tests.append(
                Case(
                    given, wanted, None if several else figure(case.get("score"), 0.0) or None, name
                )
            )
        times = [subtask.get("time"), *(case.get("time") for case in subtask["cases"])]
        draft.time_s = max([draft.time_s, *(seconds(t) for t in times if t)])
        spaces = [subtask.get("memory"), *(case.get("memory") for case in subtask["cases"])]
        draft.memory_mib = max([draft.memory_mib, *(mebibytes(m) for m in spaces if m)])
    if missing:
        draft.note("tests_without_answer", n=missing)


def _file(data: dict[str, bytes], name: Any) -> bytes | None:
    if name is None or name in ("", NOTHING):
        return b""
    return data.get(str(name))


def _checker(
    draft: Draft, config: dict[str, Any], data: dict[str, bytes], headers: Mapping[str, bytes]
) -> None:
    kind = str(config.get("checker_type") or ("testlib" if config.get("checker") else "default"))
    if kind == "default":
        return
    if kind == "strict":
        draft.rules = ("case_sensitive", "space_change_sensitive")
        return
    source, _language = _source(config.get("checker"))
    if kind == "testlib" and source not in data and standard(draft, source):
        return
    if kind not in STYLES:
        draft.note("setting", key="checker_type", value=kind)
        return
    _program(draft, config, "checker", data, headers, STYLES[kind])


def _source(given: Any) -> tuple[str, str]:
    """File and language of a program that is named alone or with its language."""
    if isinstance(given, dict):
        name, language = str(given.get("file") or ""), str(given.get("lang") or "")
    else:
        name, language = str(given or ""), ""
    if language in {"", "auto"}:
        language = name.rpartition(".")[2]
    return name, language


def _program(
    draft: Draft,
    config: dict[str, Any],
    role: str,
    data: dict[str, bytes],
    headers: Mapping[str, bytes],
    style: Style = "interactor",
) -> None:
    name, language = _source(config.get(role))
    source = data.get(name)
    if source is None:
        draft.note(f"{role}_missing", file=name or "?")
        return
    extra = config.get("judge_extra_files")
    names = extra if isinstance(extra, list) else []
    beside = {**headers, **{n: data[n] for n in map(str, names) if n in data}}
    beside |= {n: d for n, d in data.items() if n.endswith((".h", ".hpp"))}
    take_over(draft, text(source), style, language=language, beside=beside)
