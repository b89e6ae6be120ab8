"""Problems of other judges made into packages: FPS XML, QDUOJ, Hydro and Polygon exports.

What such a file holds is taken as it is: statement, limits, samples, hidden tests, the authors'
solutions. Special checkers are programs written against another judge's library; they are not
taken over, and a note says so. Archives are read with caps on entries and bytes.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn
from xml.etree.ElementTree import Element

import yaml
from defusedxml.ElementTree import fromstring

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say

MOST_ENTRIES = 20_000
MOST_BYTES = 512 * 2**20
LARGEST_ENTRY = 128 * 2**20
SUFFIX = {"python": "py", "cpp": "cpp", "java": "java", "javascript": "js"}
SOLUTION_LANGUAGES = {
    "c++": "cpp", "cpp": "cpp", "c": "cpp", "g++": "cpp", "python": "python", "python3": "python",
    "py": "python", "java": "java", "javascript": "javascript", "cc": "cpp",
}  # fmt: skip


@dataclass
class Draft:
    """A problem on its way into a package."""

    title: str
    time_s: float = 1.0
    memory_mib: int = 256
    statement: str = ""
    samples: list[tuple[bytes, bytes]] = field(default_factory=list)
    tests: list[tuple[bytes, bytes]] = field(default_factory=list)
    solutions: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Imported:
    """A package that was written: its folder's name, title, number of hidden tests, notes."""

    name: str
    title: str
    tests: int
    notes: tuple[str, ...]


def import_problems(data: bytes, name: str, out: Path) -> list[Imported]:
    """Writes one package for each problem in the file.

    Args:
        name: of the file, for errors.
        out: the folder that the packages go into; existing packages are left alone.

    Raises:
        InvalidInput: of none of the four kinds, damaged, or too large.
    """
    drafts = list(_drafts(data, name))
    if not drafts:
        _refuse(name)
    return [_write(draft, out) for draft in drafts]


def _refuse(name: str) -> NoReturn:
    raise InvalidInput(say("judging.import_unknown", file=name), field="file")


def _drafts(data: bytes, name: str) -> Iterator[Draft]:
    if data[:2] != b"PK":
        yield from _fps(data, name)
        return
    files = _entries(data, name)
    if any(PurePosixPath(p).name == "problem.xml" for p in files):
        yield from _polygon(files, name)
    elif any(PurePosixPath(p).name == "problem.json" for p in files):
        yield from _qduoj(files)
    elif any(PurePosixPath(p).name == "problem.yaml" for p in files):
        yield from _hydro(files)
    else:
        for path, content in sorted(files.items()):
            if path.lower().endswith(".xml"):
                yield from _fps(content, path)


def _entries(data: bytes, name: str) -> dict[str, bytes]:
    """The archive's files by safe relative path."""
    found: dict[str, bytes] = {}
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if len(infos) > MOST_ENTRIES:
                _refuse(name)
            for info in infos:
                path = PurePosixPath(info.filename.replace("\\", "/"))
                if info.is_dir() or path.is_absolute() or ".." in path.parts:
                    continue
                with archive.open(info) as member:
                    content = member.read(LARGEST_ENTRY + 1)
                total += len(content)
                if len(content) > LARGEST_ENTRY or total > MOST_BYTES:
                    _refuse(name)
                found[path.as_posix()] = content
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise InvalidInput(say("judging.import_unknown", file=name), field="file") from error
    return found


# -- FPS: FreeProblemSet XML of HUSTOJ


def _fps(data: bytes, name: str) -> Iterator[Draft]:
    try:
        root = fromstring(data)
    except Exception as error:
        raise InvalidInput(say("judging.import_unknown", file=name), field="file") from error
    for item in root.iter("item"):
        yield _fps_item(item)


def _fps_item(item: Element) -> Draft:
    time, memory = item.find("time_limit"), item.find("memory_limit")
    draft = Draft(
        title=_text(item, "title") or "problem",
        time_s=_number(time, 1.0) * (0.001 if _unit(time) == "ms" else 1.0),
        memory_mib=round(_number(memory, 256) * (1 / 1024 if _unit(memory) == "kb" else 1)),
    )
    parts = (("", "description"), ("输入", "input"), ("输出", "output"), ("提示", "hint"))
    draft.statement = _statement((head, plain(_text(item, tag))) for head, tag in parts)
    draft.samples = _paired(item, "sample_input", "sample_output")
    draft.tests = _paired(item, "test_input", "test_output")
    for solution in item.findall("solution"):
        language = SOLUTION_LANGUAGES.get((solution.get("language") or "").lower())
        if language:
            draft.solutions.append((language, solution.text or ""))
    if item.find("spj") is not None and (item.findtext("spj") or "").strip():
        draft.notes.append("special judge left out")
    return draft


def _text(item: Element, tag: str) -> str:
    return (item.findtext(tag) or "").strip()


def _unit(element: Element | None) -> str:
    return (element.get("unit") or "").lower() if element is not None else ""


def _number(element: Element | None, default: float) -> float:
    try:
        return float((element.text or "").strip()) if element is not None else default
    except ValueError:
        return default


def _paired(item: Element, given: str, wanted: str) -> list[tuple[bytes, bytes]]:
    ins, outs = item.findall(given), item.findall(wanted)
    return [
        ((i.text or "").encode(), (o.text or "").encode())
        for i, o in zip(ins, outs, strict=False)
        if (o.text or "").strip()
    ]


# -- QDUOJ: folders with problem.json and testcase/


def _qduoj(files: Mapping[str, bytes]) -> Iterator[Draft]:
    for path in sorted(p for p in files if PurePosixPath(p).name == "problem.json"):
        about = json.loads(files[path].decode("utf-8", "replace"))
        folder = PurePosixPath(path).parent / "testcase"
        draft = Draft(
            title=str(about.get("title") or "problem"),
            time_s=float(about.get("time_limit") or 1000) / 1000,
            memory_mib=int(about.get("memory_limit") or 256),
        )
        keys = (
            *(("", "description"), ("输入", "input_description")),
            *(("输出", "output_description"), ("提示", "hint")),
        )
        draft.statement = _statement((head, plain(_value(about.get(key)))) for head, key in keys)
        draft.samples = [
            (str(s.get("input", "")).encode(), str(s.get("output", "")).encode())
            for s in about.get("samples") or ()
        ]
        draft.tests = _cases(files, folder.as_posix())
        for template in about.get("answers") or ():
            language = SOLUTION_LANGUAGES.get(str(template.get("language", "")).lower())
            if language:
                draft.solutions.append((language, str(template.get("code", ""))))
        if about.get("spj"):
            draft.notes.append("special judge left out")
        yield draft


def _value(part: Any) -> str:
    return str(part.get("value", "")) if isinstance(part, dict) else str(part or "")


def _cases(files: Mapping[str, bytes], folder: str) -> list[tuple[bytes, bytes]]:
    """Pairs of .in and .out or .ans in a folder, in the order of their numbers."""
    prefix = "" if folder in {"", "."} else f"{folder}/"
    mine = {p[len(prefix) :]: c for p, c in files.items() if p.startswith(prefix)}
    stems = sorted({p[:-3] for p in mine if p.endswith(".in")}, key=_natural)
    pairs = []
    for stem in stems:
        answer = mine.get(f"{stem}.out", mine.get(f"{stem}.ans"))
        if answer is not None:
            pairs.append((mine[f"{stem}.in"], answer))
    return pairs


def _natural(name: str) -> tuple[Any, ...]:
    return tuple(int(p) if p.isdigit() else p for p in re.split(r"(\d+)", name))


# -- Hydro: folders with problem.yaml, problem_zh.md and testdata/


def _hydro(files: Mapping[str, bytes]) -> Iterator[Draft]:
    for path in sorted(p for p in files if PurePosixPath(p).name == "problem.yaml"):
        folder = PurePosixPath(path).parent
        about = yaml.safe_load(files[path].decode("utf-8", "replace")) or {}
        tests = f"{folder.as_posix()}/testdata" if folder.as_posix() != "." else "testdata"
        config = yaml.safe_load(files.get(f"{tests}/config.yaml", b"{}").decode()) or {}
        draft = Draft(
            title=str(about.get("title") or folder.name or "problem"),
            time_s=_seconds(config.get("time", "1s")),
            memory_mib=_mebibytes(config.get("memory", "256m")),
        )
        prefix = "" if folder.as_posix() == "." else f"{folder.as_posix()}/"
        names = (f"{prefix}problem_zh.md", f"{prefix}problem.md", f"{prefix}problem_en.md")
        draft.statement = next(
            (files[n].decode("utf-8", "replace") for n in names if n in files), ""
        )
        draft.samples = _markdown_samples(draft.statement)
        draft.tests = _cases(files, tests)
        if config.get("checker_type", "default") not in {"default", "strict"}:
            draft.notes.append("checker left out")
        yield draft


def _markdown_samples(text: str) -> list[tuple[bytes, bytes]]:
    ins = re.findall(r"```input\d*\n(.*?)```", text, re.DOTALL)
    outs = re.findall(r"```output\d*\n(.*?)```", text, re.DOTALL)
    return [(i.encode(), o.encode()) for i, o in zip(ins, outs, strict=False)]


def _seconds(value: Any) -> float:
    match = re.match(r"([\d.]+)\s*(ms|s)?", str(value).lower())
    if not match:
        return 1.0
    return float(match[1]) * (0.001 if match[2] == "ms" else 1.0)


def _mebibytes(value: Any) -> int:
    match = re.match(r"([\d.]+)\s*(k|m|g)?", str(value).lower())
    if not match:
        return 256
    return max(1, round(float(match[1]) * {"k": 1 / 1024, "g": 1024}.get(match[2] or "m", 1)))


# -- Polygon: problem.xml, tests/, statements


def _polygon(files: Mapping[str, bytes], name: str) -> Iterator[Draft]:
    for path in sorted(p for p in files if PurePosixPath(p).name == "problem.xml"):
        root = PurePosixPath(path).parent
        prefix = "" if root.as_posix() == "." else f"{root.as_posix()}/"
        try:
            about = fromstring(files[path])
        except Exception as error:
            raise InvalidInput(say("judging.import_unknown", file=name), field="file") from error
        names = {n.get("language"): n.get("value") or "" for n in about.iter("name")}
        title = (
            names.get("chinese") or names.get("english") or next(iter(names.values()), "problem")
        )
        draft = Draft(title=title)
        testset = about.find(".//testset")
        if testset is not None:
            draft.time_s = _number(testset.find("time-limit"), 1000) / 1000
            draft.memory_mib = round(_number(testset.find("memory-limit"), 2**28) / 2**20)
            _polygon_tests(draft, testset, files, prefix)
        draft.statement = _polygon_statement(files, prefix)
        for solution in about.iter("solution"):
            source = solution.find("source")
            if solution.get("tag") == "main" and source is not None:
                code = files.get(prefix + (source.get("path") or ""), b"")
                language = SOLUTION_LANGUAGES.get((source.get("type") or "").split(".")[0])
                if language and code:
                    draft.solutions.append((language, code.decode("utf-8", "replace")))
        if about.find(".//checker") is not None:
            draft.notes.append("checker left out: compared token by token")
        yield draft


def _polygon_tests(draft: Draft, testset: Element, files: Mapping[str, bytes], prefix: str) -> None:
    pattern = testset.findtext("input-path-pattern") or "tests/%02d"
    answers = testset.findtext("answer-path-pattern") or "tests/%02d.a"
    for number, test in enumerate(testset.iter("test"), 1):
        given = files.get(prefix + pattern % number)
        wanted = files.get(prefix + answers % number)
        if given is None or wanted is None:
            continue
        target = draft.samples if test.get("sample") == "true" else draft.tests
        target.append((given, wanted))


def _polygon_statement(files: Mapping[str, bytes], prefix: str) -> str:
    for language in ("chinese", "english", "russian"):
        base = f"{prefix}statement-sections/{language}/"
        parts = (("", "legend.tex"), ("输入", "input.tex"), ("输出", "output.tex"))
        found = [
            (head, files.get(base + part, b"").decode("utf-8", "replace")) for head, part in parts
        ]
        if any(text for _head, text in found):
            return _statement((head, plain(text)) for head, text in found)
    return ""


# -- writing


def _statement(parts: Any) -> str:
    written = [f"## {head}\n\n{text}" if head else text for head, text in parts if text.strip()]
    return "\n\n".join(written).strip() + "\n"


class _Words(HTMLParser):
    """Text of HTML: blocks become lines, code stays as it is."""

    BLOCKS = frozenset({"p", "br", "div", "li", "tr", "h1", "h2", "h3", "pre", "ul", "ol"})

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag in self.BLOCKS:
            self.parts.append("\n")
        if tag == "li":
            self.parts.append("- ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def plain(html: str) -> str:
    """Words of a statement in HTML or TeX, as Markdown without markup."""
    if "<" in html:
        reader = _Words()
        reader.feed(html)
        reader.close()
        html = "".join(reader.parts)
    return re.sub(r"\n{3,}", "\n\n", html).strip()


def _write(draft: Draft, out: Path) -> Imported:
    name = folder_name(draft.title)
    number = 1
    while (out / name).exists():
        number += 1
        name = f"{folder_name(draft.title)}-{number}"
    folder = out / name
    about = {
        "problem_format_version": "2025-09",
        "name": draft.title,
        "type": "pass-fail",
        "license": "unknown",
        "limits": {
            "time_limit": max(0.1, round(draft.time_s, 3)),
            "memory": max(16, draft.memory_mib),
        },
        "x-touchstone": {"kind": "program"},
    }
    files: dict[str, bytes] = {
        "problem.yaml": yaml.safe_dump(about, allow_unicode=True, sort_keys=False).encode(),
        "statement/problem.zh.md": (draft.statement or draft.title).encode(),
    }
    for kind, pairs in (("sample", draft.samples), ("secret", draft.tests)):
        for index, (given, wanted) in enumerate(pairs, 1):
            files[f"data/{kind}/{index:02}.in"] = given
            files[f"data/{kind}/{index:02}.ans"] = wanted
    for index, (language, code) in enumerate(draft.solutions, 1):
        file = "Main.java" if language == "java" else f"solution_{index}.{SUFFIX[language]}"
        files[f"submissions/accepted/{file}"] = code.encode()
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    notes = list(draft.notes)
    if not draft.tests:
        notes.append("no hidden tests in the file")
    if not draft.solutions:
        notes.append("no solution in the file")
    return Imported(name, draft.title, len(draft.tests), tuple(notes))


def folder_name(title: str) -> str:
    """A folder's name from a title: letters, digits and hyphens, at most 60."""
    words = re.sub(r"[^\w]+", "-", title.strip().lower()).strip("-_")
    return words[:60] or "problem"
