"""The figures as plain tables, for files: one row a figure, or one sheet a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from openpyxl import Workbook

from touchstone.insights.figures import Figures
from touchstone.insights.measures import Duration
from touchstone.ui.bilingual import choose

Cell = str | float | int | None
Table = tuple[str, list[str], list[list[Cell]]]

STAGES = {
    "applied": ("收到简历", "applied"),
    "screened": ("完成筛选", "screened"),
    "invited": ("邀请测评", "invited"),
    "assessed": ("完成测评", "assessed"),
    "interviewing": ("进入面试", "interviewing"),
    "evaluated": ("面试评完", "evaluated"),
    "offered": ("发出录用意向", "offered"),
    "hired": ("录用", "hired"),
}
TIMES = {
    "decision": ("从投递到决定", "application to decision"),
    "scheduling": ("约面试", "ready to first interview"),
    "evaluation": ("面试到评分", "interview to scorecard"),
    "collaboration": ("首份评分到报告", "first scorecard to report"),
    "report_to_decision": ("报告到决定", "report to decision"),
}
FACTS = {
    "language": ("简历语言", "resume's language"),
    "degree": ("学历", "degree"),
    "source": ("来源", "source"),
}


VALUES = {
    "upload": ("上传", "uploaded"),
    "mail": ("邮件投递", "by mail"),
    "referral": ("内部推荐", "referral"),
    "campus": ("校园招聘", "campus"),
    "portal": ("候选人页面", "candidate page"),
    "api": ("接口", "API"),
    "demo": ("演示", "demo"),
    "doctor": ("博士", "doctorate"),
    "master": ("硕士", "master's"),
    "bachelor": ("本科", "bachelor's"),
    "associate": ("大专", "associate"),
    "secondary": ("中学", "secondary"),
    "none": ("未写明", "not stated"),
    "zh": ("中文", "Chinese"),
    "en": ("英文", "English"),
    "": ("未知", "unknown"),
}


def value_word(value: str) -> str:
    """A source, degree or language in words; one we do not know stays as it is."""
    return choose(*VALUES.get(value, (value, value)))


def stage_word(stage: str) -> str:
    """A stage in words."""
    return choose(*STAGES.get(stage, (stage, stage)))


def time_word(name: str) -> str:
    """A length of time in words."""
    return choose(*TIMES.get(name, (name, name)))


def fact_word(name: str) -> str:
    """What people are grouped by, in words."""
    return choose(*FACTS.get(name, (name, name)))


def _r(value: float | None, digits: int = 2) -> float | None:
    return None if value is None else round(value, digits)


def _duration(d: Duration, name: str) -> list[Cell]:
    return [name, d.n, _r(d.median_days), _r(d.q1_days), _r(d.q3_days)]


def tables(f: Figures, names: dict[str, str]) -> list[Table]:
    """Every figure with n and interval. ``names``: of dimensions, indicators and tasks."""
    n, low, high = "n", choose("下限", "low"), choose("上限", "high")
    days = [choose("项", "what"), n, choose("中位数（天）", "median days")]
    days += [choose("下四分位", "lower quartile"), choose("上四分位", "upper quartile")]
    times = (f.decision, f.scheduling, f.evaluation, f.collaboration, f.report_to_decision)
    raw, fair = choose("校准前%", "raw %"), choose("校准后%", "fair %")
    return [
        (
            choose("漏斗", "Funnel"),
            [choose("步骤", "stage"), n, choose("比例", "share"), low, high],
            [[stage_word(s.stage), s.n, _r(s.share, 4), *_ci(s.ci, 4)] for s in f.funnel],
        ),
        (
            choose("用时", "Times"),
            days,
            [
                *[_duration(d, time_word(d.name)) for d in times],
                *[_duration(d, stage_word(d.name)) for d in f.stages],
                *[_duration(d, name) for name, d in f.evaluation_by_department.items()],
            ],
        ),
        (
            choose("谁等谁", "Waits"),
            [choose("部门", "department"), choose("等", "waits for"), n, days[2]],
            [[w.department, w.waits_for, w.n, _r(w.median_days)] for w in f.waits],
        ),
        (
            choose("部门评分差", "Departments apart"),
            [choose("维度", "dimension"), n, raw, low, high, fair, low, high],
            [
                [
                    names.get(d.dimension, d.dimension),
                    d.n,
                    _r(d.raw),
                    *_ci(d.raw_ci),
                    _r(d.fair),
                    *_ci(d.fair_ci),
                ]
                for d in f.deviations
            ],
        ),
        (
            choose("每周", "Weeks"),
            [
                choose("周一", "Monday"),
                choose("投递", "applied"),
                choose("面试", "interviews"),
                choose("决定", "decided"),
            ],
            [[week.isoformat(), a, b, c] for week, a, b, c in f.weeks],
        ),
        (
            choose("来源", "Sources"),
            [
                choose("来源", "source"),
                n,
                choose("建议邀请", "recommended"),
                choose("面试", "interviewed"),
                choose("录用意向", "offered"),
                low,
                high,
            ],
            [
                [value_word(s.name), s.n, s.recommended, s.interviewed, s.offered, *_ci(s.ci, 4)]
                for s in f.sources
            ],
        ),
        (
            choose("工作量", "Workload"),
            [
                choose("面试官", "interviewer"),
                choose("部门", "department"),
                choose("场次", "interviews"),
                choose("小时", "hours"),
            ],
            [[p, d, k, _r(h, 1)] for p, d, k, h in f.workload],
        ),
        (
            choose("指标", "Indicators"),
            [
                choose("指标", "indicator"),
                n,
                choose("平均", "mean"),
                choose("标准差", "sd"),
                choose("未观察到", "not observed"),
            ],
            [
                [names.get(i.indicator, i.indicator), i.n, _r(i.mean), _r(i.sd), i.not_observed]
                for i in f.indicators
            ],
        ),
        (
            choose("题目", "Tasks"),
            [
                choose("题目", "task"),
                n,
                choose("平均分", "mean"),
                choose("区分度", "discrimination"),
                choose("要人看的比例", "share to people"),
                choose("人看过的要点", "points people judged"),
                choose("与人一致", "agreement"),
                choose("看过此题的人", "candidates who saw it"),
            ],
            [
                [
                    names.get(t.code, t.code),
                    t.n,
                    _r(t.difficulty, 1),
                    _r(t.discrimination),
                    _r(t.to_people, 4),
                    t.judged,
                    _r(t.agreement, 4),
                    t.seen,
                ]
                for t in f.tasks
            ],
        ),
        (
            choose("公平", "Fairness"),
            [
                choose("按", "by"),
                choose("组", "group"),
                n,
                choose("邀请", "invited"),
                choose("比", "ratio"),
                low,
                high,
                "p",
            ],
            [
                [
                    fact_word(name),
                    value_word(row.group.key),
                    row.group.n,
                    row.group.selected,
                    _r(row.ratio),
                    *_ci(row.ratio_ci),
                    _r(row.p, 4),
                ]
                for name, report in f.fairness
                for row in report.rows
            ],
        ),
        *_attendance_and_validity(f, low, high),
    ]


def _attendance_and_validity(f: Figures, low: str, high: str) -> list[Table]:
    """Interviews held and missed; reports against reviews, empty where there are too few hires."""
    talks, v = f.attendance, f.validity
    return [
        (
            choose("面试到场", "Attendance"),
            [
                choose("已面", "held"),
                choose("取消", "called off"),
                choose("未到", "missed"),
                low,
                high,
            ],
            [[talks.held, talks.cancelled, talks.missed, *_ci(talks.ci, 4)]],
        ),
        (
            choose("报告与后来", "Report against review"),
            ["n", "r", low, high, choose("校正取值范围后", "corrected for range")],
            [[v.n, _r(v.r), *_ci(v.ci), _r(v.corrected)]],
        ),
    ]


def _ci(ci: tuple[float, float] | None, digits: int = 2) -> list[Cell]:
    return [None, None] if ci is None else [_r(ci[0], digits), _r(ci[1], digits)]


def as_csv(parts: Sequence[Table]) -> bytes:
    """One file: each table with its title; UTF-8 with a mark so that Excel reads Chinese. A cell
    that a spreadsheet would take for a formula gets a quote in front."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for title, heads, rows in parts:
        writer.writerow([title])
        writer.writerow(heads)
        writer.writerows([[_safe(cell) for cell in row] for row in rows])
        writer.writerow([])
    return ("﻿" + buffer.getvalue()).encode()


def _safe(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return f"'{cell}"
    return cell


def as_xlsx(parts: Sequence[Table]) -> bytes:
    """One sheet a table; texts stay texts."""
    book = Workbook()
    del book[book.sheetnames[0]]
    for title, heads, rows in parts:
        sheet = book.create_sheet(title)
        sheet.append(heads)
        for row in rows:
            sheet.append(row)
        for line in sheet.iter_rows():
            for cell in line:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
        sheet.freeze_panes = "A2"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
