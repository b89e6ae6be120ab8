"""The round as a workbook: ranking, indicators, scores, departments, tasks, evidence.

Every text is written as text, so that nothing a person typed becomes a formula.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from touchstone.common.messages import Lang, render
from touchstone.evaluation.models import Report
from touchstone.evaluation.selectors import standing_decisions
from touchstone.evaluation.services.pdf import name_in
from touchstone.positions.models import Position
from touchstone.ui.bilingual import stored_message

ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST_CELL = 32_000
DECISIONS = {
    "offer": ("录用", "Offer"),
    "reject": ("不录用", "Not hired"),
    "hold": ("再看", "On hold"),
    "pool": ("备选", "Reserve"),
}
Cell = str | float | int | None


def round_workbook(position: Position, *, hidden: set[int], lang: Lang = "zh") -> bytes:
    """All issued reports of the position, best first; hidden applications are left out."""
    reports: dict[int, Report] = {}
    rows = (
        Report.objects.filter(application__position=position, status="issued")
        .exclude(application_id__in=hidden)
        .exclude(facts={})
        .select_related("application__candidate")
        .order_by("number")
    )
    for report in rows:
        reports[report.application_id] = report
    ranked = sorted(reports.values(), key=lambda r: (-(r.overall or 0.0), r.application_id))
    decisions = standing_decisions(position)
    book = Workbook(write_only=True)

    def t(zh: str, en: str) -> str:
        return en if lang == "en" else zh

    def words(name: dict[str, str]) -> str:
        return name.get(lang) or name.get("zh", "")

    dimensions = ranked[0].facts["scores"]["dimensions"] if ranked else []
    heads = [t("名次", "Rank"), t("姓名", "Name"), t("公平分", "Fair"), t("下限", "Low")]
    heads += [t("上限", "High"), t("原始分", "Raw")]
    for row in dimensions:
        heads += [
            f"{words(row['name'])} {t('公平', 'fair')}",
            f"{words(row['name'])} {t('原始', 'raw')}",
        ]
    heads += [t("决定", "Decision"), t("理由", "Reason"), t("版本", "Version"), t("校验", "Seal")]
    lines: list[list[Cell]] = []
    for place, report in enumerate(ranked, 1):
        scores = report.facts["scores"]
        low, high = scores["ci"] or (None, None)
        line: list[Cell] = [place, report.facts["basic"]["name"], scores["fair"], low, high]
        line.append(scores["raw"])
        by_id = {row["id"]: row for row in scores["dimensions"]}
        for row in dimensions:
            own = by_id.get(row["id"], {})
            line += [own.get("fair"), own.get("raw")]
        decision = decisions.get(report.application_id)
        line += [
            t(*DECISIONS[decision.kind]) if decision else "",
            decision.reason if decision else "",
            report.number,
            report.sha256[:16],
        ]
        lines.append(line)
    _sheet(book, t("排名", "Ranking"), heads, lines)
    _indicators(book, ranked, t, words)
    _views(book, ranked, t, words)
    _analysis(book, ranked, t, lang)
    _notes(book, t)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _indicators(book: Workbook, ranked: Sequence[Report], t: Any, words: Any) -> None:
    lines: list[list[Cell]] = []
    for report in ranked:
        facts = report.facts
        names = {d["id"]: words(d["name"]) for d in facts["scores"]["dimensions"]}
        for row in facts["scores"]["indicators"]:
            low, high = row["ci"] or (None, None)
            lines.append(
                [
                    facts["basic"]["name"],
                    names.get(row["dimension"], row["dimension"]),
                    words(row["name"]),
                    row["raw"],
                    row["fair"],
                    low,
                    high,
                    row["n"],
                    row["not_observed"],
                ]
            )
    heads = [t("姓名", "Name"), t("维度", "Dimension"), t("指标", "Indicator"), t("原始", "Raw")]
    heads += [t("公平", "Fair"), t("下限", "Low"), t("上限", "High"), t("评分人", "Raters")]
    heads += [t("未观察到", "Not observed")]
    _sheet(book, t("指标", "Indicators"), heads, lines)


def _views(book: Workbook, ranked: Sequence[Report], t: Any, words: Any) -> None:
    lines: list[list[Cell]] = []
    scores: list[list[Cell]] = []
    for report in ranked:
        facts = report.facts
        name = facts["basic"]["name"]
        indicators = {i["id"]: words(i["name"]) for i in facts["scores"]["indicators"]}
        lines += [
            [name, name_in(row, "name", t("zh", "en")), row["author"], row["stance"], row["text"]]
            for row in facts["departments"]
            if row["text"]
        ]
        scores += [
            [
                name,
                rater["name"],
                name_in(rater, "department", t("zh", "en")),
                indicators.get(cell["indicator"], cell["indicator"]),
                cell["score"] if not cell["not_observed"] else t("未观察到", "not observed"),
                cell["comment"],
            ]
            for rater in facts["raters"]
            for cell in rater["scores"]
        ]
    heads = [t("姓名", "Name"), t("部门", "Department"), t("执笔", "Author")]
    _sheet(
        book,
        t("部门意见", "Views"),
        [*heads, t("倾向", "Stance"), t("意见", "View")],
        lines,
    )
    heads = [t("姓名", "Name"), t("评分人", "Rater"), t("部门", "Department")]
    heads += [t("指标", "Indicator"), t("评分", "Score"), t("评语", "Comment")]
    _sheet(book, t("评分", "Scores"), heads, scores)


def _analysis(book: Workbook, ranked: Sequence[Report], t: Any, lang: Lang) -> None:
    lines: list[list[Cell]] = []
    for report in ranked:
        pieces = {e["id"]: e for e in report.facts["evidence"]}
        for sentence in report.analysis:
            shown = [
                pieces[name]["quote"]
                or (
                    render(stored_message(pieces[name]["fact"]), lang)
                    if pieces[name]["fact"]
                    else ""
                )
                for name in sentence["evidence"]
            ]
            lines.append(
                [
                    report.facts["basic"]["name"],
                    sentence["section"],
                    render(stored_message(sentence["message"]), lang),
                    "\n".join(shown),
                ]
            )
    heads = [t("姓名", "Name"), t("类别", "Kind"), t("分析", "Analysis"), t("证据", "Evidence")]
    _sheet(book, t("分析", "Analysis"), heads, lines)


def _notes(book: Workbook, t: Any) -> None:
    lines: list[list[Cell]] = [
        [
            t(
                "公平分：扣掉各人松紧之后的分，0–100。",
                "Fair: with raters' severity taken out, 0–100.",
            )
        ],
        [
            t(
                "下限与上限：公平分的 90% 区间。重叠的不分先后。",
                "Low, high: 90% interval. Overlapping ones are ties.",
            )
        ],
        [
            t(
                "指标分 0–10，公平分未向平均收缩。",
                "Indicators 0–10; their fair scores are not shrunk.",
            )
        ],
        [t("由人决定，系统不替人决定。", "People decide; the system does not.")],
    ]
    _sheet(book, t("说明", "Notes"), [t("说明", "Notes")], lines)


def _sheet(
    book: Workbook, title: str, heads: Sequence[str], lines: Iterable[Sequence[Cell]]
) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, head in enumerate(heads, 1):
        wide = len(head.encode("gb18030", "replace")) + 4
        sheet.column_dimensions[get_column_letter(number)].width = max(10, min(60, wide))
    bold = Font(bold=True)
    sheet.append([_cell(sheet, head, bold) for head in heads])
    for line in lines:
        sheet.append([_cell(sheet, value) for value in line])


def _cell(sheet: Any, value: Cell, font: Font | None = None) -> Any:
    if isinstance(value, str):
        value = ILLEGAL.sub("", value)[:LONGEST_CELL]
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
        cell.alignment = Alignment(vertical="top", wrap_text=len(value) > 40)
    if font is not None:
        cell.font = font
    return cell
