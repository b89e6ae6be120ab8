"""Writes a draft as a problem package."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from touchstone.common.messages import Message, say
from touchstone.engine.judging.foreign.draft import SUFFIX, Case, Draft, Part

LEAST_TIME_S, LEAST_MEMORY_MIB = 0.1, 16


@dataclass(frozen=True, slots=True)
class Imported:
    """A package that was written: its folder's name, title, number of hidden tests, notes."""

    name: str
    title: str
    tests: int
    notes: tuple[Message, ...]


def write(draft: Draft, out: Path) -> Imported:
    """Writes the package into a new folder of ``out``."""
    stem = folder_name(draft.title)
    name, number = stem, 1
    while (out / name).exists():
        number += 1
        name = f"{stem}-{number}"
    hidden = len(draft.tests)
    notes = _completed(draft)
    files = _texts(draft) | _data(draft) | _programs(draft)
    for path, content in files.items():
        target = out / name / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return Imported(name, draft.title, hidden, notes)


def folder_name(title: str) -> str:
    """A folder's name from a title: letters, digits and hyphens, at most 60."""
    words = re.sub(r"[^\w]+", "-", title.strip().lower()).strip("-_")
    return words[:60].rstrip("-_") or "problem"


def _completed(draft: Draft) -> tuple[Message, ...]:
    """The notes, with what the whole lacks; samples stand in for missing hidden tests."""
    once = {(note.id, str(sorted(note.args.items()))): note for note in draft.notes}
    notes = list(once.values())
    if not draft.tests and draft.samples:
        draft.tests = [Case(given, wanted) for given, wanted in draft.samples]
        draft.parts = {}
        notes.append(say("judging.import_samples_only"))
    elif not draft.tests:
        notes.append(say("judging.import_no_tests"))
    if not any(folder == "accepted" for folder, _language, _code in draft.solutions):
        notes.append(say("judging.import_no_solution"))
    return tuple(notes)


def _yaml(about: dict[str, Any]) -> bytes:
    return yaml.safe_dump(about, allow_unicode=True, sort_keys=False).encode()


def _texts(draft: Draft) -> dict[str, bytes]:
    titles = {lang: title for lang, title in draft.titles.items() if title}
    scoring = bool(draft.parts) or any(case.points is not None for case in draft.tests)
    kinds = ["scoring" if scoring else "pass-fail"]
    if draft.interactive:
        kinds.append("interactive")
    about: dict[str, Any] = {
        "problem_format_version": "2025-09",
        "name": titles or draft.title,
        "type": kinds if len(kinds) > 1 else kinds[0],
        "license": "unknown",
        "limits": {
            "time_limit": max(LEAST_TIME_S, round(draft.time_s, 3)),
            "memory": max(LEAST_MEMORY_MIB, round(draft.memory_mib)),
        },
    }
    if draft.languages:
        about["languages"] = list(draft.languages)
    about["x-touchstone"] = {"kind": draft.kind}
    files = {"problem.yaml": _yaml(about)}
    statements = {lang: words for lang, words in draft.statements.items() if words.strip()}
    for lang, words in (statements or {"zh": draft.title}).items():
        files[f"statement/problem.{lang}.md"] = f"{words.strip()}\n".encode()
    return files


def _data(draft: Draft) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    if draft.rules:
        settings = _yaml({"output_validator_args": list(draft.rules)})
        files |= {f"data/{kind}/test_group.yaml": settings for kind in ("sample", "secret")}
    width = len(str(max(len(draft.tests), len(draft.samples), 10)))
    for number, (given, wanted) in enumerate(draft.samples, 1):
        files[f"data/sample/{number:0{width}}.in"] = given
        files[f"data/sample/{number:0{width}}.ans"] = wanted
    folders = _folders(draft)
    for folder, part in folders.values():
        files[f"data/secret/{folder}/test_group.yaml"] = _group(part, folders)
    for number, case in enumerate(draft.tests, 1):
        folder = f"{folders[_part_of(case, number)][0]}/" if folders else ""
        files[f"data/secret/{folder}{number:0{width}}.in"] = case.given
        files[f"data/secret/{folder}{number:0{width}}.ans"] = case.wanted
    return files


def _part_of(case: Case, number: int) -> str:
    """The group of a test; one with points and no group is a group of its own."""
    return case.part or f"test {number}"


def _folders(draft: Draft) -> dict[str, tuple[str, Part]]:
    """Folder and settings of each group; none where all tests count the same."""
    if not draft.parts and all(case.points is None for case in draft.tests):
        return {}
    parts: dict[str, Part] = {}
    for number, case in enumerate(draft.tests, 1):
        name = _part_of(case, number)
        parts.setdefault(name, draft.parts.get(name, Part(case.points)))
    width = len(str(len(parts)))
    return {
        name: (f"{number:0{width}}", part) for number, (name, part) in enumerate(parts.items(), 1)
    }


def _group(part: Part, folders: dict[str, tuple[str, Part]]) -> bytes:
    settings: dict[str, Any] = {"score_aggregation": part.aggregation}
    if part.points is not None:
        settings["max_score"] = part.points
    needs = [f"secret/{folders[name][0]}" for name in part.needs if name in folders]
    if needs:
        settings["require_pass"] = needs
    return _yaml(settings)


def _programs(draft: Draft) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for path, content in draft.drivers.items():
        files[f"include/{path}"] = content
    for path, content in draft.validator.items():
        files[f"output_validator/{path}"] = content
    numbers: Counter[tuple[str, str]] = Counter()
    for folder, language, code in draft.solutions:
        numbers[folder, language] += 1
        number = numbers[folder, language]
        stem = "solution" if number == 1 else f"solution_{number}"
        files[f"submissions/{folder}/{stem}.{SUFFIX[language]}"] = code.encode()
    return files
