"""A problem of another judge on its way into a package, and the small readings all kinds share."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from touchstone.common.messages import Message, say
from touchstone.engine.judging.problem import Language

SUFFIX: dict[str, str] = {
    "python": "py",
    "cpp": "cpp",
    "java": "java",
    "javascript": "js",
    "sql": "sql",
}
LANGUAGES: tuple[tuple[str, Language], ...] = (
    (r"python.*|py(\.py)?3?|pypy.*|py\..*", "python"),
    (r"c|c\+\+.*|cpp.*|g\+\+.*|gcc.*|clang.*|cc.*|c\..*", "cpp"),
    (r"javascript.*|js|node.*", "javascript"),
    (r"java\d*(\..*)?", "java"),
    (r"sql\b.*|sqlite.*", "sql"),
)
IN_NAME = re.compile(r"(^|[^a-z])in(put)?(?=[^a-z]|$)", re.IGNORECASE)
BYTES_UNIT = {"k": 1 / 1024, "m": 1.0, "g": 1024.0}


@dataclass
class Case:
    """A hidden test, the points it earns alone (None: not said) and its group ("" for none)."""

    given: bytes
    wanted: bytes
    points: float | None = None
    part: str = ""


@dataclass
class Part:
    """A group of tests scored together; ``needs``: groups that must be right first."""

    points: float | None = None
    aggregation: Literal["sum", "min", "pass-fail"] = "sum"
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A test to be made: by a program with arguments (``words``), or of an input that is there."""

    words: tuple[str, ...]
    given: bytes | None


@dataclass(frozen=True, slots=True)
class Recipe:
    """How tests that a file lacks are made, by its authors' own programs.

    Attributes:
        programs: generators by name, with their language.
        beside: files they include.
        main: the solution that writes the answers; None: none are needed.
    """

    programs: Mapping[str, tuple[Language, bytes]]
    beside: Mapping[str, bytes]
    main: tuple[Language, bytes] | None
    steps: tuple[Step, ...]


Made = Sequence[tuple[bytes, bytes] | None]
Maker = Callable[[Recipe], Made]
"""Input and answer of each step, None where a program failed."""


@dataclass
class Draft:
    """What was read of a problem.

    Attributes:
        statements: Markdown by language, ``zh`` or ``en``.
        rules: arguments of the default comparison.
        validator: files of an output validator, empty for the default comparison.
        drivers: by language, the frame into which a solution is put.
        notes: what did not come through, for the person importing.
    """

    titles: dict[str, str]
    time_s: float = 1.0
    memory_mib: float = 256
    kind: Literal["program", "function", "sql"] = "program"
    statements: dict[str, str] = field(default_factory=dict)
    samples: list[tuple[bytes, bytes]] = field(default_factory=list)
    tests: list[Case] = field(default_factory=list)
    parts: dict[str, Part] = field(default_factory=dict)
    solutions: list[tuple[str, Language, str]] = field(default_factory=list)
    languages: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    validator: dict[str, bytes] = field(default_factory=dict)
    drivers: dict[str, bytes] = field(default_factory=dict)
    interactive: bool = False
    notes: list[Message] = field(default_factory=list)

    @property
    def title(self) -> str:
        return next((t for t in self.titles.values() if t), "problem")

    def note(self, name: str, /, **arguments: object) -> None:
        self.notes.append(say(f"judging.import_{name}", **arguments))

    def solve(self, folder: str, language_name: str, code: str) -> None:
        """Keeps an author's solution, or says that its language is not one of the judge's."""
        language = language_of(language_name)
        if language is None:
            self.note("solution_language", language=language_name or "?")
        elif code.strip():
            self.solutions.append((folder, language, code))


def language_of(name: str) -> Language | None:
    """The judge's language behind another judge's name of it."""
    plain = name.strip().lower()
    return next((ours for pattern, ours in LANGUAGES if re.fullmatch(pattern, plain)), None)


def seconds(value: Any, default: float = 1.0) -> float:
    """Seconds of ``1000ms``, ``1.5s``, ``1 s``; a bare number is seconds."""
    match = re.match(r"\s*([\d.]+)\s*(ms|us|s)?", str(value).lower())
    if not match or not match[1].strip("."):
        return default
    return float(match[1]) * {"ms": 0.001, "us": 1e-6}.get(match[2] or "", 1.0)


def mebibytes(value: Any, default: float = 256) -> float:
    """MiB of ``256m``, ``256MB``, ``65536k``, ``1g``; a bare number is MiB."""
    match = re.match(r"\s*([\d.]+)\s*([kmg])?", str(value).lower())
    if not match or not match[1].strip("."):
        return default
    return float(match[1]) * BYTES_UNIT[match[2] or "m"]


def figure(value: Any, default: float) -> float:
    """A number above 0; whatever is none is the default."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return default
    return number if 0 < number < math.inf else default


def rows(value: Any) -> list[dict[str, Any]]:
    """The keyed entries of a list; nothing where it is none."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts 2 before 10."""
    pieces = re.findall(r"\d+|\D+", name)
    return tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in pieces)


def paired_names(names: list[str]) -> list[tuple[str, str]]:
    """Names of inputs with the names of their answers, as judges pair them by their endings.

    ``a1.in a1.out``, ``1.IN 1.ANS``, ``input1.txt output1.txt``, ``PARITY.I3 PARITY.O3``.
    """
    here = {name.lower(): name for name in names}
    pairs = []
    for name in sorted(names, key=natural):
        found = (here.get(candidate) for candidate in _answer_names(name.lower()))
        answer = next((other for other in found if other is not None and other != name), None)
        if answer is not None:
            pairs.append((name, answer))
    return pairs


def _answer_names(name: str) -> list[str]:
    stem, _dot, ending = name.rpartition(".")
    if ending == "in":
        renamed = stem.replace("input", "output")
        return [f"{s}.{e}" for s in (stem, renamed) for e in ("out", "ans", "txt")]
    if ending == "txt" and stem.endswith(".in"):
        return [f"{stem[:-3]}.{e}.txt" for e in ("out", "ans")]
    if ending == "txt" and IN_NAME.search(stem):
        return [IN_NAME.sub(lambda m: f"{m[1]}out{'put' if m[2] else ''}", stem) + ".txt"]
    if match := re.fullmatch(r"i(n?)(\d+)", ending):
        return [f"{stem}.{e}{match[2]}" for e in ("o", "ou", "out", "ans", "a")]
    return []


def cases_in(files: Mapping[str, bytes], folder: str) -> list[Case]:
    """The tests of a folder, in the order of their numbers."""
    mine = inside(files, folder)
    return [Case(mine[i], mine[o]) for i, o in paired_names(list(mine))]


def inside(files: Mapping[str, bytes], folder: str) -> dict[str, bytes]:
    """Files of a folder by their path inside it."""
    prefix = "" if folder in {"", "."} else f"{folder.rstrip('/')}/"
    return {path[len(prefix) :]: data for path, data in files.items() if path.startswith(prefix)}
