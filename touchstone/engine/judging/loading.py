"""Reads a problem package (ICPC problem package format 2025-09, with our ``x-touchstone`` key).

https://www.kattis.com/problem-package-format/spec/2025-09.html
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import yaml

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say
from touchstone.engine.judging.metrics import METRICS
from touchstone.engine.judging.problem import (
    LANGUAGES,
    PACKAGE_LANGUAGES,
    SUFFIXES,
    Aggregation,
    Extension,
    Group,
    Language,
    PredictionTask,
    Problem,
    ProblemLimits,
    Solution,
    TestCase,
    Threshold,
)

YAML_BYTES = 1 << 20
KINDS = ("program", "function", "ml", "sql")
UNSUPPORTED_TYPES = ("multi-pass", "submit-answer")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class BadPackage(InvalidInput):
    """The package cannot be judged; the message names file and reason."""


def load_problem(folder: Path) -> Problem:
    """The package in ``folder``.

    Raises:
        BadPackage: no problem.yaml, a value of the wrong kind, a test without its answer,
            a link that leads out of the package.
    """
    folder = folder.resolve()
    path = folder / "problem.yaml"
    if not path.is_file():
        raise BadPackage(say("judging.no_problem_yaml", folder=str(folder)))
    about = _mapping(path)
    types = _words(about.get("type", "pass-fail"), path, "type")
    for name in types:
        if name in UNSUPPORTED_TYPES:
            raise _bad(path, f"type {name} is not supported")
    extension = _extension(about, path)
    sample_dir, secret_dir = folder / "data" / "sample", folder / "data" / "secret"
    scoring = "scoring" in types
    legacy_args = tuple(str(about.get("validator_flags") or "").split())
    base = {"output_validator_args": list(legacy_args)} if legacy_args else {}
    samples = _group(folder, sample_dir, base | {"full_feedback": True}, nested=True)
    groups = _groups(folder, secret_dir, base, extension.variants)
    secret = _group(folder, secret_dir, base, nested=not groups, default="sum", most=100)
    if not secret.tests and not groups:
        raise _bad(secret_dir, "no tests")
    return Problem(
        folder=folder,
        id=folder.name,
        names=_names(about, folder.name),
        type="scoring" if scoring else "pass-fail",
        interactive="interactive" in types or about.get("validation") == "custom interactive",
        limits=_limits(about, path),
        languages=_languages(about, path),
        samples=samples,
        secret=secret,
        groups=groups,
        solutions=_solutions(folder),
        extension=extension,
        output_validator=_program(folder, "output_validator", "output_validators"),
        static_validator=_program(folder, "static_validator"),
    )


def _bad(path: Path, reason: str) -> BadPackage:
    return BadPackage(say("judging.bad_package", file=path.name, reason=reason))


def _mapping(path: Path) -> dict[str, Any]:
    try:
        data = path.read_bytes()
        if len(data) > YAML_BYTES:
            raise _bad(path, "too large")
        loaded = yaml.load(data.decode("utf-8-sig"), Loader=LOADER)  # noqa: S506 - a safe loader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _bad(path, str(error).replace("\n", " ")[:200]) from error
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise _bad(path, "expected keys and values")
    return loaded


def _words(value: Any, path: Path, key: str) -> tuple[str, ...]:
    items = [value] if isinstance(value, str | int | float) else value
    if not isinstance(items, list) or not all(isinstance(i, str | int | float) for i in items):
        raise _bad(path, f"{key}: expected a list of words")
    return tuple(str(item) for item in items)


def _number(value: Any, path: Path, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _bad(path, f"{key}: expected a number, found {value!r}")
    return float(value)


def _names(about: dict[str, Any], fallback: str) -> dict[str, str]:
    name = about.get("name", fallback)
    if isinstance(name, dict):
        return {str(lang): str(text) for lang, text in name.items()}
    return {"en": str(name)}


def _limits(about: dict[str, Any], path: Path) -> ProblemLimits:
    given = about.get("limits") or {}
    if not isinstance(given, dict):
        raise _bad(path, "limits: expected keys and values")
    fields = {
        "time_limit": "time_s",
        "time_resolution": "time_resolution_s",
        "memory": "memory_mib",
        "output": "output_mib",
        "code": "code_kib",
        "compilation_time": "compilation_time_s",
        "compilation_memory": "compilation_memory_mib",
        "validation_time": "validation_time_s",
        "validation_memory": "validation_memory_mib",
    }
    values: dict[str, Any] = {}
    for key, field in fields.items():
        if given.get(key) is not None:
            value = _number(given[key], path, f"limits.{key}")
            if value <= 0:
                raise _bad(path, f"limits.{key}: must be greater than 0")
            values[field] = value if "time" in key and "ation" not in key else math.ceil(value)
    if "time_resolution_s" in values:
        values["time_resolution_s"] = float(given["time_resolution"])
    legacy = path.parent / ".timelimit"
    if "time_s" not in values and legacy.is_file():
        values["time_s"] = float(legacy.read_text("ascii").strip())
    multipliers = given.get("time_multipliers") or {}
    if isinstance(multipliers, dict) and multipliers.get("ac_to_time_limit") is not None:
        values["time_multiplier"] = _number(
            multipliers["ac_to_time_limit"], path, "ac_to_time_limit"
        )
    return ProblemLimits(**values)


def _languages(about: dict[str, Any], path: Path) -> tuple[Language, ...]:
    given = about.get("languages", "all")
    if given == "all":
        return LANGUAGES
    wanted = {PACKAGE_LANGUAGES.get(word, word) for word in _words(given, path, "languages")}
    return tuple(language for language in LANGUAGES if language in wanted)


def _extension(about: dict[str, Any], path: Path) -> Extension:
    given = about.get("x-touchstone") or {}
    if not isinstance(given, dict):
        raise _bad(path, "x-touchstone: expected keys and values")
    kind = given.get("kind", "ml" if "metric" in given else "program")
    if kind not in KINDS:
        raise _bad(path, f"x-touchstone.kind: one of {', '.join(KINDS)}")
    weight = _number(given.get("efficiency", 0), path, "x-touchstone.efficiency")
    if not 0 <= weight <= 100:
        raise _bad(path, "x-touchstone.efficiency: from 0 to 100")
    variants = _words(given.get("variants", []), path, "x-touchstone.variants")
    for name in variants:
        if not (path.parent / "data" / "secret" / name).is_dir() or "/" in name or "." in name:
            raise _bad(path, f"x-touchstone.variants: no folder data/secret/{name}")
    return Extension(
        kind=kind,
        ordered=bool(given.get("ordered", about.get("ordered", False))),
        efficiency_weight=weight,
        variants=variants,
        prediction=_prediction(given, path) if kind == "ml" else None,
        practice=_words(given.get("practice", []), path, "x-touchstone.practice"),
    )


def _prediction(given: dict[str, Any], path: Path) -> PredictionTask:
    metric = given.get("metric")
    if metric not in METRICS:
        raise _bad(path, f"x-touchstone.metric: one of {', '.join(METRICS)}")
    columns = given.get("columns") or {}
    output = str(given.get("predictions", "predictions.csv"))
    if not output.endswith((".csv", ".npy")) or "/" in output or output.startswith("."):
        raise _bad(path, "x-touchstone.predictions: a file name ending in .csv or .npy")
    thresholds = given.get("thresholds")
    if not isinstance(thresholds, list) or not thresholds:
        raise _bad(path, "x-touchstone.thresholds: a list of {at, points}")
    steps = [
        Threshold(
            _number(step.get("at"), path, "thresholds.at"),
            _number(step.get("points"), path, "thresholds.points"),
        )
        for step in thresholds
        if isinstance(step, dict)
    ]
    if not steps or not all(0 < step.points <= 100 for step in steps):
        raise _bad(path, "x-touchstone.thresholds: points from 1 to 100")
    return PredictionTask(
        output=output,
        metric=str(metric),
        id_column=str(columns.get("id", "id")),
        value_column=str(columns.get("prediction", "prediction")),
        thresholds=tuple(sorted(steps, key=lambda step: -step.points)),
    )


def _groups(
    folder: Path, secret_dir: Path, inherited: dict[str, Any], variants: tuple[str, ...]
) -> tuple[Group, ...]:
    if not secret_dir.is_dir():
        return ()
    inherited = inherited | _settings(secret_dir)
    found = sorted(p.parent for p in secret_dir.glob("*/test_group.yaml"))
    if not found or (variants and {p.name for p in found} <= set(variants)):
        return ()
    return tuple(_group(folder, path, inherited, nested=True) for path in found)


def _settings(folder: Path) -> dict[str, Any]:
    path = folder / "test_group.yaml"
    if path.is_file():
        return _mapping(path)
    legacy = folder / "testdata.yaml"
    if not legacy.is_file():
        return {}
    flags = str(_mapping(legacy).get("output_validator_flags") or "").split()
    return {"output_validator_args": flags} if flags else {}


GROUP_ONLY = ("max_score", "score_aggregation", "require_pass", "static_validation_score")


def _group(
    folder: Path,
    group_dir: Path,
    inherited: dict[str, Any],
    *,
    nested: bool,
    default: Aggregation = "pass-fail",
    most: float | None = None,
) -> Group:
    passed_on = {k: v for k, v in inherited.items() if k not in GROUP_ONLY}
    settings = passed_on | _settings(group_dir)
    path = group_dir / "test_group.yaml"
    aggregation = settings.get("score_aggregation", default)
    if aggregation not in ("pass-fail", "sum", "min"):
        raise _bad(path, "score_aggregation: pass-fail, sum or min")
    max_score = settings.get("max_score", most)
    static = settings.get("static_validation_score")
    name = group_dir.relative_to(folder / "data").as_posix()
    return Group(
        name=name,
        tests=tuple(_tests(folder, group_dir, settings)) if nested else (),
        aggregation=aggregation,
        max_score=None
        if max_score in (None, "unbounded")
        else _number(max_score, path, "max_score"),
        require_pass=_words(settings.get("require_pass", []), path, "require_pass"),
        static_score=None
        if static is None
        else 0.0
        if static == "pass-fail"
        else _number(static, path, "static_validation_score"),
        static_args=_words(
            settings.get("static_validator_args", []), path, "static_validator_args"
        ),
    )


def _tests(folder: Path, group_dir: Path, inherited: dict[str, Any]) -> list[TestCase]:
    tests = []
    for path in sorted(group_dir.rglob("*.in")):
        _stay_inside(folder, path)
        answer = path.with_suffix(".ans")
        if not answer.is_file():
            raise _bad(path, "no .ans file beside it")
        _stay_inside(folder, answer)
        settings = dict(inherited)
        for above in sorted(set(path.parents) - set(group_dir.parents) - {group_dir}):
            settings |= _settings(above)
        own = path.with_suffix(".yaml")
        if own.is_file():
            settings |= _mapping(own)
        tests.append(
            TestCase(
                id=path.relative_to(folder / "data").with_suffix("").as_posix(),
                input=path,
                answer=answer,
                files=_handed_in(folder, path.with_suffix(".files")),
                arguments=_words(settings.get("args", []), own, "args"),
                validator_args=_words(
                    settings.get("output_validator_args", []), own, "output_validator_args"
                ),
                full_feedback=bool(settings.get("full_feedback", False)),
                hint=str(settings.get("hint", "")),
            )
        )
    return tests


def _handed_in(folder: Path, files_dir: Path) -> tuple[tuple[str, Path], ...]:
    if not files_dir.is_dir():
        return ()
    found = sorted(path for path in files_dir.rglob("*") if path.is_file())
    for path in found:
        _stay_inside(folder, path)
    return tuple((path.relative_to(files_dir).as_posix(), path) for path in found)


def _stay_inside(folder: Path, path: Path) -> None:
    if not path.resolve().is_relative_to(folder):
        raise _bad(path, "a link leads out of the package")


def _program(folder: Path, *names: str) -> Path | None:
    for name in names:
        path = folder / name
        if path.is_dir() and any(path.iterdir()):
            inner = [p for p in sorted(path.iterdir()) if not p.name.startswith(".")]
            return inner[0] if len(inner) == 1 and inner[0].is_dir() else path
    return None


def _solutions(folder: Path) -> tuple[Solution, ...]:
    found = []
    for path in sorted((folder / "submissions").glob("*/*")):
        language = SUFFIXES.get(path.suffix)
        if path.is_file() and language:
            _stay_inside(folder, path)
            found.append(Solution(path, path.parent.name, language))
    return tuple(found)
