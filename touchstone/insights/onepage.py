"""One page for management: what happened, how long it took, what to change."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from touchstone.common.messages import Lang
from touchstone.evaluation.services.pdf import set_pdf
from touchstone.insights.figures import Figures
from touchstone.insights.round_table import above_80_count, interviewed_count
from touchstone.insights.tables import stage_word, time_word
from touchstone.positions.models import Position
from touchstone.ui.bilingual import message_text

TEMPLATE = Path(__file__).resolve().parent / "typst" / "onepage.typ"


def onepage_pdf(
    position: Position, f: Figures, names: dict[str, str], *, at: dt.datetime, lang: Lang
) -> bytes:
    """The page as PDF, in the reader's language."""
    return set_pdf(onepage_content(position, f, names, at=at, lang=lang), TEMPLATE)


def onepage_content(
    position: Position, f: Figures, names: dict[str, str], *, at: dt.datetime, lang: Lang
) -> dict[str, Any]:
    """Everything the page says."""
    interviewed, hired = interviewed_count(position), f.funnel[-1].n
    english = lang == "en"

    def t(zh: str, en: str) -> str:
        return en if english else zh

    def days(value: float | None) -> str:
        return "–" if value is None else t(f"{value:.1f} 天", f"{value:.1f} days")

    def percent(value: float | None) -> str:
        return "–" if value is None else f"{value:.1f}%"

    proposals = position.proposals.exclude(status="declined").order_by("status", "pk")[:5]
    return {
        "lang": "en" if english else "zh",
        "title": position.title_en if english and position.title_en else position.title,
        "subtitle": f"{position.branch.shown} · {position.department.shown} · {at:%Y-%m-%d}",
        "big": [
            [
                t("从投递到决定", "Application to decision"),
                days(f.decision.median_days),
                t(f"中位数，n = {f.decision.n}", f"median, n = {f.decision.n}"),
            ],
            [
                t("部门评分差", "Departments apart"),
                percent(f.deviation_fair),
                t(f"校准前 {percent(f.deviation_raw)}", f"{percent(f.deviation_raw)} before"),
            ],
            [
                t("超过 80 分", "Above 80"),
                str(above_80_count(position)),
                t(f"共 {interviewed} 人面试", f"of {interviewed} interviewed"),
            ],
            [
                t("录用", "Hired"),
                str(hired),
                t(f"计划 {position.headcount} 人", f"of {position.headcount} wanted"),
            ],
        ],
        "funnel": [
            {
                "name": stage_word(s.stage),
                "n": s.n,
                "share": 0 if not f.funnel[0].n else 100 * s.n / f.funnel[0].n,
                "note": "" if s.share is None else f"{100 * s.share:.1f}%",
            }
            for s in f.funnel
        ],
        "times": [
            [time_word(d.name), days(d.median_days), f"n = {d.n}"]
            for d in (f.scheduling, f.evaluation, f.collaboration, f.report_to_decision)
        ],
        "deviations": [
            [names.get(d.dimension, d.dimension), percent(d.raw), percent(d.fair), f"n = {d.n}"]
            for d in f.deviations
        ],
        "proposals": [message_text(p.message) for p in proposals],
        "words": {
            "funnel": t("漏斗", "Funnel"),
            "times": t("各步用时", "Times"),
            "deviations": t("部门之间差多少，校准前与后", "Departments apart, before and after"),
            "proposals": t("建议", "Proposals"),
            "none": t("没有建议。", "No proposals."),
            "foot": t(
                "都由记录的事件算出，定义见帮助文档。由人决定，系统不替人决定。",
                "All computed from recorded events. People decide; the system does not.",
            ),
        },
    }
