"""A problem package in memory: what a judge needs to know of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

Language = Literal["python", "cpp", "java", "javascript", "sql"]
LANGUAGES: tuple[Language, ...] = ("python", "cpp", "java", "javascript", "sql")
SUFFIXES: dict[str, Language] = {
    ".py": "python",
    ".py3": "python",
    ".cpp": "cpp",
    ".cc": "cpp",
    ".cxx": "cpp",
    ".c++": "cpp",
    ".java": "java",
    ".js": "javascript",
    ".sql": "sql",
}
PACKAGE_LANGUAGES = {"python3": "python", "python2": "python", "c++": "cpp", "node": "javascript"}


class Verdict(StrEnum):
    """The judge's word about one test or a submission; IE is never the candidate's fault."""

    ACCEPTED = "AC"
    WRONG_ANSWER = "WA"
    PRESENTATION_ERROR = "PE"
    TIME_LIMIT = "TLE"
    MEMORY_LIMIT = "MLE"
    OUTPUT_LIMIT = "OLE"
    RUNTIME_ERROR = "RE"
    COMPILE_ERROR = "CE"
    INTERNAL_ERROR = "IE"


Aggregation = Literal["pass-fail", "sum", "min"]


@dataclass(frozen=True, slots=True)
class ProblemLimits:
    """Bounds of a submission; ``time_s`` None: twice the reference's slowest test."""

    time_s: float | None = None
    time_resolution_s: float = 1.0
    time_multiplier: float = 2.0
    memory_mib: int = 2048
    output_mib: int = 8
    code_kib: int = 128
    compilation_time_s: int = 60
    compilation_memory_mib: int = 2048
    validation_time_s: int = 60
    validation_memory_mib: int = 2048


@dataclass(frozen=True, slots=True)
class Threshold:
    """Reaching the metric value ``at`` earns ``points`` of 100."""

    at: float
    points: float


@dataclass(frozen=True, slots=True)
class PredictionTask:
    """How predictions are read and scored, always outside the sandbox.

    Attributes:
        output: file the submission writes, ``.csv`` or ``.npy``.
        metric: a name of `touchstone.engine.judging.metrics.METRICS`.
        id_column: joins predictions and truth; rows may come in any order.
        value_column: the predicted value in both files.
        thresholds: best first.
    """

    output: str
    metric: str
    id_column: str
    value_column: str
    thresholds: tuple[Threshold, ...]


@dataclass(frozen=True, slots=True)
class Extension:
    """What the ``x-touchstone`` key of problem.yaml says.

    Attributes:
        kind: ``program`` reads standard input; ``function`` is called by a driver in ``include``;
            ``ml`` writes predictions; ``sql`` is one query.
        ordered: for ``sql``: the order of rows counts.
        efficiency_weight: points of 100 that efficiency is worth.
        variants: folders of ``data/secret``; a candidate is given one of them.
    """

    kind: Literal["program", "function", "ml", "sql"] = "program"
    ordered: bool = False
    efficiency_weight: float = 0.0
    variants: tuple[str, ...] = ()
    prediction: PredictionTask | None = None
    practice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TestCase:
    """One test; ``id`` is its path below ``data`` without the suffix."""

    __test__ = False

    id: str
    input: Path
    answer: Path
    files: tuple[tuple[str, Path], ...] = ()
    arguments: tuple[str, ...] = ()
    validator_args: tuple[str, ...] = ()
    full_feedback: bool = False
    hint: str = ""

    @property
    def is_sample(self) -> bool:
        return self.id.startswith("sample/")

    def read_input(self) -> bytes:
        return self.input.read_bytes()

    def read_answer(self) -> bytes:
        return self.answer.read_bytes()

    def size_bytes(self) -> int:
        """Of everything handed in."""
        return self.input.stat().st_size + sum(path.stat().st_size for _, path in self.files)


@dataclass(frozen=True, slots=True)
class Group:
    """Tests scored together; ``max_score`` None is unbounded.

    ``static_score``: points of the static validation, None for none.
    """

    name: str
    tests: tuple[TestCase, ...]
    aggregation: Aggregation = "pass-fail"
    max_score: float | None = None
    require_pass: tuple[str, ...] = ()
    static_score: float | None = None
    static_args: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Solution:
    """An example submission and the folder it lies in (``accepted``, ``wrong_answer`` …)."""

    path: Path
    expected: str
    language: Language


@dataclass(frozen=True, slots=True)
class Problem:
    """A loaded package; paths stay inside ``folder``."""

    folder: Path
    id: str
    names: dict[str, str]
    type: Literal["pass-fail", "scoring"]
    interactive: bool
    limits: ProblemLimits
    languages: tuple[Language, ...]
    samples: Group
    secret: Group
    groups: tuple[Group, ...]
    solutions: tuple[Solution, ...]
    extension: Extension = field(default_factory=Extension)
    output_validator: Path | None = None
    static_validator: Path | None = None

    def reference(self, language: str = "") -> Solution | None:
        """The first accepted solution, in the asked language if there is one."""
        accepted = [s for s in self.solutions if s.expected == "accepted"]
        same = [s for s in accepted if s.language == language]
        return next(iter(same or accepted), None)

    def variant_for(self, seed: int) -> str | None:
        """The variant of a candidate: the same seed, the same variant."""
        variants = self.extension.variants
        return variants[seed % len(variants)] if variants else None

    def tests(self, variant: str | None = None) -> list[TestCase]:
        """Samples, then hidden tests, in order; of the other variants none."""
        others = {f"secret/{name}/" for name in self.extension.variants if name != variant}
        if variant is None:
            others = set()
        scored = [*self.secret.tests, *(t for g in self.groups for t in g.tests)]
        kept = [t for t in scored if not any(t.id.startswith(prefix) for prefix in others)]
        return [*self.samples.tests, *kept]
