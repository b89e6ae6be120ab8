"""The report as a PDF, set by Typst. Fonts are those installed; what none of them can draw is
written in words instead of an empty box."""

from __future__ import annotations

import datetime as dt
import functools
import json
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typst
from django.conf import settings

from touchstone.audit.files import file_bytes, file_store
from touchstone.common.messages import Lang, render
from touchstone.engine.reporting.standing import places
from touchstone.evaluation.models import Report
from touchstone.ui.bilingual import stored_message

TEMPLATE = Path(__file__).resolve().parent.parent / "typst" / "report.typ"
EMOJI = ((0x1F000, 0x1FAFF), (0x2600, 0x27BF), (0xFE0F, 0xFE0F), (0x1F1E6, 0x1F1FF))
LONGEST_VIEW = 12_000

WORDS: dict[str, tuple[str, str]] = {
    "fair": ("公平分", "Fair score"),
    "pieces": ("条证据", "pieces"),
    "scores": ("得分", "Scores"),
    "dimension": ("维度与权重", "Dimension, weight"),
    "raw": ("原始", "Raw"),
    "ci": ("90% 区间", "90% interval"),
    "mean": ("本轮平均", "Round mean"),
    "key": (
        "粗灰线是公平分的 90% 区间，粗竖线是公平分，短线是原始分，虚线是本轮平均。",
        "Grey: 90% interval of the fair score; bar: fair score; tick: raw score; dashes: mean.",
    ),
    "indicators": ("各项指标，0–10", "Indicators, 0–10"),
    "indicator": ("指标", "Indicator"),
    "raters": ("评分人", "Raters"),
    "departments": ("各部门意见", "Departments' views"),
    "no_view": ("没有写书面意见。", "No written view."),
    "rater_views": ("每位评分人", "Each rater"),
    "assessment": ("测评", "Assessment"),
    "basic": ("基本情况", "Basic facts"),
    "record": ("凭据", "Receipt"),
    "decided_by": ("决定人", "Decided by"),
    "date": ("日期", "Date"),
}
SECTIONS: dict[str, tuple[str, str]] = {
    "strength": ("长处", "Strengths"),
    "risk": ("风险", "Risks"),
    "doubt": ("疑点", "Doubts"),
    "consistency": ("前后是否一致", "Do the sources agree"),
    "robustness": ("结论稳不稳", "How firm is this"),
    "ask": ("接下来问什么", "What to ask next"),
    "plan": ("入职后先学什么", "What to learn first after joining"),
}
KINDS: dict[str, tuple[str, str]] = {
    "coding": ("编程", "Programming"),
    "case": ("项目案例", "Project case"),
    "scenario": ("情景", "Scenario"),
    "communication": ("沟通", "Communication"),
    "learning": ("快速学习", "Quick learning"),
    "labelling": ("标注", "Labelling"),
    "bad_case": ("坏例分析", "Bad cases"),
    "prompt_repair": ("修提示词", "Prompt repair"),
}
STANCES: dict[str, tuple[str, str]] = {
    "hire": ("录用", "Hire"),
    "lean_hire": ("倾向录用", "Leaning to hire"),
    "lean_no": ("倾向不录用", "Leaning to no"),
    "no": ("不录用", "No"),
}
DEGREES: dict[str, tuple[str, str]] = {
    "doctor": ("博士", "Doctorate"),
    "master": ("硕士", "Master's"),
    "bachelor": ("本科", "Bachelor's"),
    "associate": ("大专", "Associate"),
    "secondary": ("中学", "Secondary"),
}


def report_pdf_bytes(report: Report, *, lang: Lang = "zh") -> bytes:
    """The issued report on A4; about half a second.

    Chinese versions made by `report_pdf_keep` are read back, others are set now.
    """
    if lang == "zh" and report.pdf is not None and report.pdf.erased_at is None:
        return file_bytes(report.pdf)
    return set_pdf(pdf_content(report, lang))


def report_pdf_keep(report: Report) -> Report:
    """Sets the Chinese PDF once and keeps it with the report."""
    if report.pdf_id is None:
        stored = file_store(
            data=set_pdf(pdf_content(report, "zh")),
            original_name=f"{report.application.ref}-{report.number}.pdf",
            purpose="report",
            content_type="application/pdf",
        )
        Report.objects.filter(pk=report.pk, pdf=None).update(pdf=stored)
        report.pdf = stored
    return report


def set_pdf(content: Mapping[str, Any], template: Path = TEMPLATE) -> bytes:
    """Typesets a template with its content; the same content gives the same bytes."""
    text = json.dumps(drawable(content), ensure_ascii=False)
    data: Any = typst.compile(
        str(template), format="pdf", sys_inputs={"data": text}, timestamp=0, pdf_tags=False
    )
    if not isinstance(data, bytes):
        msg = "the typesetter gave no single document"
        raise TypeError(msg)
    return data


@functools.cache
def has_emoji() -> bool:
    """Whether an emoji font is installed."""
    return any("emoji" in family.lower() for family in typst.Fonts().families())


@functools.cache
def has_chinese() -> bool:
    """Whether a font with Chinese characters is installed."""
    marks = ("CJK", "Han", "PingFang", "YaHei", "Song", "Hei", "Kai", "SimSun")
    return any(any(mark in family for mark in marks) for family in typst.Fonts().families())


def drawable(value: Any) -> Any:
    """The same content with emoji named in brackets where no font draws them, and without
    control characters."""
    if isinstance(value, str):
        return "".join(map(_drawable_character, value))
    if isinstance(value, Mapping):
        return {key: drawable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [drawable(item) for item in value]
    return value


def _drawable_character(character: str) -> str:
    code = ord(character)
    if code < 32 and character not in "\n\t":
        return ""
    if code < 0x2600 or has_emoji() or not any(low <= code <= high for low, high in EMOJI):
        return character
    if code == 0xFE0F:
        return ""
    return f"[{unicodedata.name(character, 'symbol').lower()}]"


def pdf_content(report: Report, lang: Lang) -> dict[str, Any]:
    """Everything the PDF says, in words of one language."""
    facts = report.facts
    basic, scores = facts["basic"], facts["scores"]
    others = [tuple(i) if i else None for i in facts["round"]["intervals"]]
    place = places(tuple(scores["ci"]) if scores["ci"] else None, others)
    return {
        "lang": "en" if lang == "en" else "zh",
        "title": f"{basic['name']} {_of(('综合面试报告', 'Interview report'), lang)}",
        "kind": _head(report, lang),
        "name": basic["name"],
        "subtitle": " · ".join(
            x for key in ("position", "department", "branch") if (x := name_in(basic, key, lang))
        ),
        "fair": _one(scores["fair"]),
        "interval": _ci(scores["ci"]),
        "place": _place(place, facts["round"]["n"], lang),
        "words": {key: _of(pair, lang) for key, pair in WORDS.items()},
        "dimensions": [_dimension(facts, row, lang) for row in scores["dimensions"]],
        "indicators": [
            {
                "title": _both(row["name"], lang),
                "raw": _one(row["raw"]),
                "fair": _one(row["fair"]),
                "ci": _ci(row["ci"]),
                "n": str(row["n"]),
            }
            for row in scores["indicators"]
        ],
        "sections": _sections(report, lang),
        "departments": [_department(row, facts, lang) for row in facts["departments"]],
        "raters": [_rater(row, facts, lang) for row in facts["raters"]],
        "tasks": [_task(item, lang) for item in (facts["assessment"] or {}).get("items", [])],
        "facts": _facts(basic, lang),
        "record": _record(report, lang),
        "footer": f"{basic['name']} · {report.sha256[:16]}",
    }


def _of(pair: tuple[str, str], lang: Lang) -> str:
    return pair[1] if lang == "en" else pair[0]


def _both(name: Mapping[str, str], lang: Lang) -> str:
    return name.get(lang) or name.get("zh", "")


def _one(value: float | None) -> str | None:
    return None if value is None else f"{value:.1f}"


def _ci(ci: Sequence[float] | None) -> str:
    return "" if ci is None else f"[{ci[0]:.1f}, {ci[1]:.1f}]"


def _say(message: Mapping[str, Any], lang: Lang) -> str:
    return render(stored_message(dict(message)), lang)


def name_in(row: Mapping[str, Any], key: str, lang: Lang) -> str:
    """A name of the company's own: in English where it has an English one."""
    return str((lang == "en" and row.get(f"{key}_en")) or row[key])


def _day(moment: dt.datetime | str | None) -> str:
    if not moment:
        return ""
    value = dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return f"{value.astimezone(ZoneInfo(settings.TIME_ZONE)):%Y-%m-%d %H:%M}"


def _head(report: Report, lang: Lang) -> str:
    date = _day(report.issued_at)
    return _of(
        (
            f"综合面试报告 · 第 {report.number} 版 · {date} 签发 · 校验 {report.sha256[:12]}",
            (
                f"Interview report · version {report.number} · issued {date} · "
                f"seal {report.sha256[:12]}"
            ),
        ),
        lang,
    )


def _place(place: tuple[int, int] | None, n: int, lang: Lang) -> str:
    if place is None or n < 2:
        return ""
    low, high = place
    if low == high:
        return _of((f"· 本轮第 {low} / {n}", f"· place {low} of {n}"), lang)
    return _of(
        (
            f"· 本轮第 {low}–{high} / {n}，区间重叠，不分先后",
            f"· place {low}–{high} of {n}, intervals overlap",
        ),
        lang,
    )


def _dimension(facts: Mapping[str, Any], row: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    levels = sorted(
        (e["level"] for e in facts["evidence"] if e["dimension"] == row["id"] and e["level"]),
        reverse=True,
    )
    mean = facts["round"]["means"].get(row["id"])
    return {
        "title": _both(row["name"], lang),
        "weight": f"{row['weight']:g}",
        "raw": _one(row["raw"]),
        "fair": _one(row["fair"]),
        "ci": _ci(row["ci"]),
        "mean_text": _one(mean),
        "mean": mean,
        "x": row["fair"],
        "raw_x": row["raw"],
        "low": row["ci"][0] if row["ci"] else None,
        "high": row["ci"][1] if row["ci"] else None,
        "levels": levels,
    }


def _sections(report: Report, lang: Lang) -> list[dict[str, Any]]:
    pieces = {e["id"]: e for e in report.facts["evidence"]}
    numbers: dict[str, int] = {}
    rows: dict[str, list[dict[str, Any]]] = {key: [] for key in SECTIONS}
    for sentence in report.analysis:
        fresh = [name for name in sentence["evidence"] if name not in numbers]
        for name in sentence["evidence"]:
            numbers.setdefault(name, len(numbers) + 1)
        rows[sentence["section"]].append(
            {
                "text": _say(sentence["message"], lang),
                "numbers": " ".join(str(numbers[name]) for name in sentence["evidence"]),
                "evidence": [_piece(pieces[name], numbers[name], lang) for name in fresh],
            }
        )
    return [
        {"title": _of(SECTIONS[key], lang), "lines": lines} for key, lines in rows.items() if lines
    ]


def _piece(piece: Mapping[str, Any], number: int, lang: Lang) -> dict[str, Any]:
    return {
        "level": piece["level"],
        "number": str(number),
        "quote": piece["quote"],
        "fact": _say(piece["fact"], lang) if piece["fact"] else "",
        "source": _say(piece["source"], lang),
    }


def _means(row: Mapping[str, Any], facts: Mapping[str, Any], lang: Lang) -> str:
    names = {d["id"]: _both(d["name"], lang) for d in facts["scores"]["dimensions"]}
    return _of(("，", ", "), lang).join(
        f"{names[d]} {v:.1f}" for d, v in row["dimensions"].items() if d in names
    )


def _department(row: Mapping[str, Any], facts: Mapping[str, Any], lang: Lang) -> dict[str, str]:
    stance = _of(STANCES[row["stance"]], lang) if row["stance"] in STANCES else ""
    parts = [row["author"], stance, _means(row, facts, lang), _day(row["submitted_at"])]
    return {
        "name": name_in(row, "name", lang),
        "about": " · ".join(part for part in parts if part),
        "text": row["text"][:LONGEST_VIEW],
    }


def _rater(row: Mapping[str, Any], facts: Mapping[str, Any], lang: Lang) -> dict[str, str]:
    severity = ""
    if row["severity_ci"]:
        low, high = row["severity_ci"]
        severity = _of(
            (
                f"松紧 {row['severity']:+.1f} [{low:+.1f}, {high:+.1f}]，n = {row['n']}",
                f"severity {row['severity']:+.1f} [{low:+.1f}, {high:+.1f}], n = {row['n']}",
            ),
            lang,
        )
    parts = [name_in(row, "department", lang), row["title"], severity, _day(row["submitted_at"])]
    return {
        "name": row["name"],
        "about": " · ".join(part for part in parts if part),
        "summary": row["summary"][:LONGEST_VIEW],
        "scores": _means(row, facts, lang),
    }


def _task(item: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    told = [_say(m, lang) if isinstance(m, dict) else str(m) for m in item["analysis"][:3]]
    return {
        "kind": _of(KINDS.get(item["kind"], (item["kind"], item["kind"])), lang),
        "title": _both(item["title"], lang),
        "score": _one(item["score"]),
        "about": _of(("", " "), lang).join(told),
    }


def _facts(basic: Mapping[str, Any], lang: Lang) -> list[tuple[str, str]]:
    degree = basic["highest_degree"]
    years = basic["years_experience"]
    pairs = [
        (("应聘时间", "Applied"), _day(basic["applied_at"])),
        (("学历", "Degree"), _of(DEGREES[degree], lang) if degree in DEGREES else ""),
        (("工作年限", "Years"), "" if years is None else f"{years:g}"),
        (
            ("最近职位", "Latest job"),
            " · ".join(x for x in (basic["latest_title"], basic["latest_company"]) if x),
        ),
        (("技能", "Skills"), _of(("、", ", "), lang).join(basic["skills"][:16])),
    ]
    return [(_of(label, lang), value) for label, value in pairs if value]


def _record(report: Report, lang: Lang) -> str:
    facts = report.facts
    calibration = facts["calibration"] or {}
    blind = facts["process"]["blind_first"]
    chinese = [
        f"画像 v{facts['model']['number'] or '–'}（{facts['model']['sha256'][:12]}）",
        (
            f"校准输入 {calibration.get('input_sha256', '')[:12] or '–'}，"
            f"引擎 {calibration.get('engine', '–')}"
        ),
        "评分人提交前互不可见" if blind else "本岗位约定评分公开",
        f"本报告校验 {report.sha256}",
        "由人决定，系统不替人决定",
    ]
    english = [
        f"model v{facts['model']['number'] or '–'} ({facts['model']['sha256'][:12]})",
        (
            f"calibration input {calibration.get('input_sha256', '')[:12] or '–'}, "
            f"engine {calibration.get('engine', '–')}"
        ),
        "raters were blind to each other until they submitted" if blind else "scores were open",
        f"seal {report.sha256}",
        "people decide; the system does not",
    ]
    return "。".join(chinese) + "。" if lang == "zh" else "; ".join(english) + "."
