"""Two past rounds as the company kept them: features, interview scores, hires and outcomes."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from touchstone.demo.people import DIMENSIONS
from touchstone.demo.wording import Wording, bank, rng_for

# What interviews and outcomes share: how well an interview of that time saw the ability.
INTERVIEW_NOISE = 1.1
WEIGHTS = {"technical": 0.4, "business": 0.3, "communication": 0.2, "learning": 0.1}

# Headings of the two files, as two different systems exported them: PastCase field → heading.
COLUMNS: tuple[Mapping[str, str], ...] = (
    {
        "key": "候选人编号",
        "year_month": "应聘月份",
        "features": "简历特征",
        "years_experience": "工作年限",
        "training_projects": "参与训练项目数",
        "technical": "技术能力",
        "business": "业务理解",
        "communication": "沟通能力",
        "learning": "学习能力",
        "hired": "是否录用",
        "projects_delivered": "交付项目数",
        "model_improvement": "模型效果提升（百分点）",
        "review": "业务部门评价",
        "resume_text": "简历摘要",
    },
    {
        "key": "编号",
        "year_month": "月份",
        "resume_text": "摘要",
        "features": "标签",
        "training_projects": "训练项目",
        "years_experience": "年限",
        "technical": "面试-技术",
        "business": "面试-业务",
        "communication": "面试-沟通",
        "learning": "面试-学习",
        "hired": "录用",
        "projects_delivered": "完成项目",
        "model_improvement": "效果提升",
        "review": "绩效评价",
    },
)
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True, slots=True)
class PastApplicant:
    """One applicant of an earlier round.

    Attributes:
        key: pseudonymous.
        features: concept ids found in the resume. feature_names: the same in Chinese.
        scores: interview scores per dimension, 0–10 in half points.
        projects_delivered, model_improvement (percentage points), review (0–10): of those hired.
    """

    key: str
    round_name: str
    year_month: str
    features: tuple[str, ...]
    feature_names: tuple[str, ...]
    years_experience: float
    training_projects: int
    resume_text: str
    scores: Mapping[str, float]
    hired: bool = False
    projects_delivered: int | None = None
    model_improvement: float | None = None
    review: float | None = None


def generate_history(seed: int, as_of: dt.date) -> tuple[PastApplicant, ...]:
    """The past applicants of both rounds, in order; only those hired have outcomes.

    Args:
        as_of: the rounds lie before it; months of the bank later than that are refused.

    Raises:
        ValueError: ``as_of`` lies before a past round.
    """
    found: list[PastApplicant] = []
    for number, entry in enumerate(bank("history")["rounds"], start=1):
        if entry["month"] >= f"{as_of:%Y-%m}":
            raise ValueError(f"a past round in {entry['month']} is not before {as_of}")
        found.extend(_round(seed, number, entry))
    return tuple(found)


def history_csv(rows: Sequence[PastApplicant], columns: Mapping[str, str]) -> str:
    """The rows under the headings of ``columns``; features separated by a semicolon."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns.values())
    for row in rows:
        cells: dict[str, Any] = {
            "key": row.key,
            "year_month": row.year_month,
            "features": ";".join(row.feature_names),
            "years_experience": row.years_experience,
            "training_projects": row.training_projects,
            "hired": "是" if row.hired else "否",
            "projects_delivered": row.projects_delivered,
            "model_improvement": row.model_improvement,
            "review": row.review,
            "resume_text": row.resume_text,
            **row.scores,
        }
        writer.writerow("" if cells[name] is None else cells[name] for name in columns)
    return out.getvalue()


def write_history(rows: Sequence[PastApplicant], folder: Path) -> tuple[Path, ...]:
    """One CSV file a round, each with the headings and the encoding of another system.

    `COLUMNS` and `ENCODINGS` say how to read them, in the same order.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = list(dict.fromkeys(row.round_name for row in rows))
    paths = []
    for name, columns, encoding in zip(names, COLUMNS, ENCODINGS, strict=True):
        path = folder / f"{name.replace(' ', '')}.csv"
        text = history_csv([row for row in rows if row.round_name == name], columns)
        path.write_bytes(text.encode(encoding))
        paths.append(path)
    return tuple(paths)


def _round(seed: int, number: int, entry: Mapping[str, Any]) -> list[PastApplicant]:
    rows: list[PastApplicant] = []
    true: dict[str, Mapping[str, float]] = {}
    for index in range(1, entry["count"] + 1):
        rng = rng_for(seed, "past", number, index)
        general = min(9.3, max(0.8, rng.gauss(5.3, 1.7)))
        ability = {d: min(10.0, max(0.0, rng.gauss(general, 0.8))) for d in DIMENSIONS}
        row = _applicant(rng, f"H{number}-{index:03d}", entry, ability)
        rows.append(row)
        true[row.key] = ability
    ranked = sorted(rows, key=lambda row: -_overall(row.scores))
    hired = {row.key for row in ranked[: entry["hires"]]}
    return [
        _with_outcome(rng_for(seed, "outcome", row.key), row, true[row.key])
        if row.key in hired
        else row
        for row in rows
    ]


def _overall(scores: Mapping[str, float]) -> float:
    return sum(WEIGHTS[d] * scores[d] for d in DIMENSIONS)


def _applicant(
    rng: random.Random, key: str, entry: Mapping[str, Any], ability: Mapping[str, float]
) -> PastApplicant:
    overall = _overall(ability)
    words = bank("history")
    has = [
        (identifier, name)
        for identifier, name, strength in words["features"]
        if rng.random() < 1 / (1 + math.exp(-(strength * (overall - 5.3) - 0.4)))
    ]
    scores = {
        d: round(min(10.0, max(0.0, rng.gauss(ability[d], INTERVIEW_NOISE))) * 2) / 2
        for d in DIMENSIONS
    }
    level = "strong" if overall > 6.6 else "fair" if overall > 3.8 else "weak"
    return PastApplicant(
        key=key,
        round_name=entry["name"],
        year_month=entry["month"],
        features=tuple(identifier for identifier, _ in has),
        feature_names=tuple(name for _, name in has),
        years_experience=round(max(0.0, rng.gauss(1.2 + 0.55 * overall, 1.8)), 1),
        training_projects=max(0, round(rng.gauss(0.62 * overall - 1.0, 1.1))),
        resume_text="；".join(Wording(rng).some(words[level], 2)) + "。",
        scores=scores,
    )


def _with_outcome(
    rng: random.Random, row: PastApplicant, ability: Mapping[str, float]
) -> PastApplicant:
    overall = _overall(ability)
    return replace(
        row,
        hired=True,
        projects_delivered=max(0, round(rng.gauss(0.45 * overall - 0.6, 0.7))),
        model_improvement=round(max(0.0, rng.gauss(2.4 * overall - 4.0, 2.6)), 1),
        review=round(min(10.0, max(0.0, rng.gauss(0.9 * overall + 0.7, 0.7))) * 2) / 2,
    )
