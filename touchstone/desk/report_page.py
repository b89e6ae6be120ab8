"""A report as its page shows it: sentences with numbered evidence, scores as drawings need them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from touchstone.evaluation.models import Report
from touchstone.ui.bilingual import active_language, choose, message_text
from touchstone.ui.drawings import strength_word

STEPS = 20
LINKS = {
    "application": (("打开简历", "Open the resume"), "application"),
    "attempt": (("打开作答", "Open the answer"), "attempt"),
    "room": (("打开面试间", "Open the room"), "room"),
    "replay": (("听这一刻", "Hear this moment"), "replay"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece of evidence as the margin shows it; ``number`` as the sentence names it."""

    number: int
    id: str
    level: int
    quote: str
    fact: str
    source: str
    url: str
    lang: str
    word: str


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence with the evidence it rests on; ``fresh``: what no sentence before has shown."""

    text: str
    level: int
    evidence: Sequence[Shown]
    fresh: Sequence[Shown]


@dataclass(slots=True)
class Section:
    """A section of the analysis with its sentences."""

    key: str
    title: str
    lines: list[Line] = field(default_factory=list)


def words(name: Mapping[str, str] | str) -> str:
    """A name given in both languages in the reader's."""
    if isinstance(name, str):
        return name
    return name.get(active_language()) or name.get("zh", "")


def sections(report: Report) -> list[Section]:
    """The analysis in reading order; evidence is numbered through the whole report, and shown
    beside the first sentence that rests on it."""
    titles = {
        "strength": choose("长处", "Strengths"),
        "risk": choose("风险", "Risks"),
        "doubt": choose("疑点", "Doubts"),
        "consistency": choose("前后是否一致", "Do the sources agree"),
        "robustness": choose("结论稳不稳", "How firm is this"),
        "ask": choose("接下来问什么", "What to ask next"),
        "plan": choose("入职后先学什么", "What to learn first after joining"),
    }
    pieces = {piece["id"]: piece for piece in report.facts["evidence"]}
    numbers: dict[str, int] = {}
    found = {key: Section(key, title) for key, title in titles.items()}
    for sentence in report.analysis:
        section = found[sentence["section"]]
        shown, first = [], []
        for name in sentence["evidence"]:
            fresh = name not in numbers
            numbers.setdefault(name, len(numbers) + 1)
            shown.append(_shown(pieces[name], numbers[name]))
            if fresh:
                first.append(shown[-1])
        level = max((s.level for s in shown), default=0)
        section.lines.append(Line(message_text(sentence["message"]), level, shown, first))
    return [section for section in found.values() if section.lines]


def _shown(piece: Mapping[str, Any], number: int) -> Shown:
    return Shown(
        number=number,
        id=piece["id"],
        level=piece["level"],
        quote=piece["quote"],
        fact=message_text(piece["fact"]) if piece["fact"] else "",
        source=message_text(piece["source"]),
        url=evidence_url(piece["link"]),
        lang=piece.get("lang", ""),
        word=_kind_word(piece),
    )


def _kind_word(piece: Mapping[str, Any]) -> str:
    """What kind of evidence it is: a resume's strength in words, or who observed it."""
    words_of = {
        "score": choose("评分", "score"),
        "note": choose("笔记", "note"),
        "view": choose("意见", "view"),
    }
    return words_of.get(piece["kind"]) or strength_word(piece["level"])


def evidence_url(link: Sequence[Any]) -> str:
    """The page a piece stands on, at its place."""
    if not link or link[0] not in LINKS:
        return ""
    url = reverse(LINKS[link[0]][1], args=[link[1]])
    if link[0] == "application" and len(link) == 4:
        return f"{url}?from={link[2]}&to={link[3]}#resume"
    if link[0] in {"room", "replay"}:
        place = {"at": link[2] if len(link) > 2 else 0, "note": link[3] if len(link) > 3 else ""}
        query = urlencode({name: value for name, value in place.items() if value})
        return f"{url}?{query}" if query else url
    return url


def dimension_rows(report: Report) -> list[dict[str, Any]]:
    """Scores per dimension with the round's and past rounds' mean, and the streaks' levels."""
    facts = report.facts
    levels: dict[str, list[int]] = {}
    for piece in facts["evidence"]:
        levels.setdefault(piece["dimension"], []).append(piece["level"])
    return [
        {
            **row,
            "title": words(row["name"]),
            "mean": facts["round"]["means"].get(row["id"]),
            "past": facts["past"]["means"].get(row["id"]),
            "levels": [level for level in levels.get(row["id"], []) if level],
            "low": row["ci"][0] if row["ci"] else None,
            "high": row["ci"][1] if row["ci"] else None,
            "indicators": [
                {**i, "title": words(i["name"])}
                for i in facts["scores"]["indicators"]
                if i["dimension"] == row["id"]
            ],
        }
        for row in facts["scores"]["dimensions"]
    ]


def radar_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Arguments of the radar drawing."""
    return {
        "labels": [row["title"] for row in rows],
        "values": [row["fair"] for row in rows],
        "means": [row["mean"] for row in rows],
        "intervals": [tuple(row["ci"]) if row["ci"] else None for row in rows],
    }


def distribution(report: Report) -> dict[str, Any] | None:
    """The round's overall scores in steps of five points; nothing below five candidates."""
    scores = [s for s in report.facts["round"]["overall"] if s is not None]
    own = report.facts["scores"]["fair"]
    if own is None or len(scores) < 4:
        return None
    every = [*scores, own]
    low = 5 * int(min(every) // 5)
    high = min(100, 5 * (int(max(every) // 5) + 1))
    counts = [0] * max(1, (high - low) // 5)
    for score in every:
        counts[min(len(counts) - 1, int((score - low) // 5))] += 1
    return {"counts": counts, "low": low, "high": high, "mark": own, "n": len(every)}


def rater_rows(report: Report) -> list[dict[str, Any]]:
    """Each rater with their scores by indicator name."""
    names = {i["id"]: words(i["name"]) for i in report.facts["scores"]["indicators"]}
    dimensions = {d["id"]: words(d["name"]) for d in report.facts["scores"]["dimensions"]}
    return [
        {
            **rater,
            "department": choose(
                rater["department"], rater.get("department_en") or rater["department"]
            ),
            "means": [(dimensions.get(d, d), v) for d, v in rater["dimensions"].items()],
            "cells": [
                {**row, "title": names.get(row["indicator"], row["indicator"])}
                for row in rater["scores"]
            ],
        }
        for rater in report.facts["raters"]
    ]


def department_rows(report: Report) -> list[dict[str, Any]]:
    """Each department's means and view, for columns side by side."""
    dimensions = {d["id"]: words(d["name"]) for d in report.facts["scores"]["dimensions"]}
    return [
        {
            **row,
            "name": choose(row["name"], row.get("name_en") or row["name"]),
            "means": [(dimensions[d], v) for d, v in row["dimensions"].items() if d in dimensions],
            "stance_word": stance_word(row["stance"]),
            "raters": [
                r["name"] for r in report.facts["raters"] if r["department_ref"] == row["ref"]
            ],
        }
        for row in report.facts["departments"]
    ]


def stance_word(stance: str) -> str:
    """A department's stance in words."""
    return {
        "hire": choose("录用", "Hire"),
        "lean_hire": choose("倾向录用", "Leaning to hire"),
        "lean_no": choose("倾向不录用", "Leaning to no"),
        "no": choose("不录用", "No"),
    }.get(stance, "")


def task_rows(report: Report) -> list[dict[str, Any]]:
    """The assessment's tasks with what was found about each."""
    pieces = {piece["id"]: piece for piece in report.facts["evidence"]}
    kinds = {
        "coding": choose("编程", "Programming"),
        "case": choose("项目案例", "Project case"),
        "scenario": choose("情景", "Scenario"),
        "communication": choose("沟通", "Communication"),
        "learning": choose("快速学习", "Quick learning"),
        "labelling": choose("标注", "Labelling"),
        "bad_case": choose("坏例分析", "Bad cases"),
        "prompt_repair": choose("修提示词", "Prompt repair"),
    }
    raters = {
        "system": choose("机器评分", "scored by machine"),
        "person": choose("人工评分", "scored by a person"),
        "llm": choose("模型建议", "suggested by a model"),
        "judge": choose("自动判定", "judged automatically"),
    }
    return [
        {
            **item,
            "title_text": words(item["title"]),
            "kind_word": kinds.get(item["kind"], item["kind"]),
            "by_word": raters.get(item["by"], ""),
            "sentences": [message_text(m) for m in item["analysis"]],
            "shown": [_shown(pieces[name], 0) for name in item["evidence"] if name in pieces],
        }
        for item in (report.facts["assessment"] or {}).get("items", [])
    ]


def degree_word(degree: str) -> str:
    """A degree in words."""
    return {
        "doctor": choose("博士", "Doctorate"),
        "master": choose("硕士", "Master's"),
        "bachelor": choose("本科", "Bachelor's"),
        "associate": choose("大专", "Associate"),
        "secondary": choose("中学", "Secondary"),
    }.get(degree, "")


def stage_word(stage: str) -> str:
    """A stage in words."""
    return {
        "applied": choose("投递", "applied"),
        "screened": choose("完成筛选", "screened"),
        "invited": choose("邀请测评", "invited to the assessment"),
        "assessed": choose("完成测评", "assessed"),
        "interviewing": choose("进入面试", "interviewing"),
        "evaluated": choose("面试评完", "evaluated"),
        "offered": choose("发出录用意向", "offered"),
        "hired": choose("录用", "hired"),
        "rejected": choose("不录用", "not hired"),
        "withdrawn": choose("本人退出", "withdrew"),
    }.get(stage, stage)


def events(report: Report) -> list[dict[str, Any]]:
    """The steps of the application as the timeline shows them."""
    undone = choose("（撤销）", " (undone)")
    return [
        {
            "at": event["at"],
            "text": stage_word(event["to"])
            + (undone if event["undo"] else "")
            + (f" · {event['by']}" if event["by"] else ""),
            "state": "done",
        }
        for event in report.facts["process"]["events"]
    ]


def machine_lines(report: Report) -> list[tuple[str, Shown]]:
    """What a model drafted, each sentence with the evidence whose words it quotes."""
    pieces = {piece["id"]: piece for piece in report.facts["evidence"]}
    return [
        (line["text"], _shown({**pieces[line["evidence"]], "quote": line["quote"]}, 0))
        for line in report.facts.get("machine", {}).get("sentences", [])
    ]
