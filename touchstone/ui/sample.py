"""What the page of components is filled with: invented people and numbers, one of every kind."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.paginator import Paginator

from touchstone.ui.bilingual import choose
from touchstone.ui.icons import ICONS

TEXT = (
    "2022.03–至今 推荐算法训练师\n"
    "写标注规范并带 6 人质检，一致性由 0.71 提升到 0.86。\n"
    "微调排序模型，点击率由 3.1% 提升到 3.9%。没有做过大模型微调。\n"
)


def _mark(words: str, kind: str, name: str) -> dict[str, Any]:
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words), "kind": kind, "id": name}


def sample() -> dict[str, Any]:
    """The context of the page of components."""
    today = dt.date(2026, 11, 22)
    return {
        "icons": sorted(ICONS),
        "swatches": (
            *("paper", "surface", "sunken", "ink", "stone"),
            *("gold", "gold-wash", "action", "ok", "warn", "bad"),
        ),
        "labels": [
            choose("技术", "Technical"),
            choose("业务", "Business"),
            choose("沟通", "Communication"),
            choose("学习", "Learning"),
        ],
        "own": [83.6, 71.0, 66.5, 78.0],
        "mean": [70.0, 68.0, 72.0, 69.0],
        "bands": [(79.2, 87.5), (66.0, 76.0), (60.0, 73.0), (72.0, 84.0)],
        "strengths": [0, 1, 2, 3, 4],
        "mixed": [4, 3, 3, 2, 1, 1, 0],
        "bars": [
            (choose("面试官确认时间", "Interviewers agree on a time"), 3.2),
            (choose("写评估意见", "Evaluations written"), 1.4),
            (choose("出报告", "Reports issued"), 0.3),
        ],
        "funnel": [
            (choose("已应聘", "Applied"), 500),
            (choose("推荐", "Recommended"), 132),
            (choose("完成测评", "Assessed"), 96),
            (choose("完成面试", "Interviewed"), 44),
            (choose("录用", "Hired"), 3),
        ],
        "histogram": [1, 3, 6, 11, 14, 9, 4, 2],
        "dots": [
            (choose("林知夏", "Lin Zhixia"), 83.6, 79.2, 87.5),
            (choose("高远", "Gao Yuan"), 81.4, 76.0, 86.9),
            ("Daniel Wu", 74.8, 70.1, 79.9),
        ],
        "text": TEXT,
        "marks": [
            _mark("一致性由 0.71 提升到 0.86", "result", "1"),
            _mark("写标注规范", "used", "2"),
            _mark("没有做过大模型微调", "negated", "3"),
        ],
        "options": [
            ("", choose("全部", "All"), 500),
            ("advance", choose("推荐", "Advance"), 132),
            ("review", choose("待定", "Review"), 204),
        ],
        "choices": [("zh", "中文"), ("en", "English")],
        "events": [
            {
                "at": dt.date(2026, 11, 16),
                "text": choose("收到简历", "Resume received"),
                "state": "done",
            },
            {
                "at": today,
                "text": choose("等何屿决定", "Waits for He Yu's decision"),
                "state": "now",
            },
            {
                "at": dt.date(2026, 12, 4),
                "text": choose("告知候选人", "The candidate is told"),
                "state": "next",
            },
        ],
        "page": Paginator(range(500), 50).get_page(3),
        "rows": (
            (choose("林知夏", "Lin Zhixia"), 83.6, 79.2, 87.5, [4, 3, 3, 2, 1], 4),
            (choose("高远", "Gao Yuan"), 81.4, 76.0, 86.9, [3, 3, 2], 4),
            ("Daniel Wu", 74.8, 70.1, 79.9, [3, 2, 1, 1], 3),
        ),
    }
