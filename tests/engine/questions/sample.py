"""A sound question as plain data, for tests to bend."""

from __future__ import annotations

import copy
from typing import Any

SAMPLE: dict[str, Any] = {
    "id": "tech-ann-001",
    "dimension": "technical",
    "kind": "technical",
    "industry": "",
    "indicators": ["tech.annotation"],
    "function": "annotation",
    "level": 4,
    "difficulty": 2,
    "minutes": 6,
    "family": "",
    "concepts": ["数据标注"],
    "title": {"zh": "两位标注员不一致", "en": "Two annotators disagree"},
    "text": {
        "zh": "两位标注员对同一批图片的结果常常对不上，你会怎么处理？",
        "en": "Two annotators often disagree on the same pictures. What would you do?",
    },
    "rubric": {
        "max_score": 10.0,
        "key_points": [
            {
                "id": "k1",
                "weight": 6.0,
                "text": {"zh": "先量化一致性", "en": "Measure agreement first"},
                "accept": {
                    "zh": [
                        "算一下 Kappa",
                        "先看一致率",
                        "统计分歧比例",
                        "抽样双标",
                        "做交叉校验",
                        "量化一致程度",
                        "看混淆矩阵",
                        "计算 alpha 系数",
                    ],
                    "en": [
                        "compute kappa",
                        "measure agreement",
                        "double annotate a sample",
                        "look at the confusion",
                        "count the conflicts",
                        "krippendorff's alpha",
                        "agreement rate",
                        "overlap a batch",
                    ],
                },
                "contradicted_by": {"zh": ["不用统计"], "en": ["no need to measure"]},
            },
            {
                "id": "k2",
                "weight": 4.0,
                "text": {"zh": "修订标注规范并培训", "en": "Revise the guideline and train"},
                "accept": {
                    "zh": [
                        "补充边界样例",
                        "改规范",
                        "开对齐会",
                        "把歧义写进手册",
                        "加反例",
                        "重新培训",
                        "统一口径",
                        "更新细则",
                    ],
                    "en": [
                        "add edge cases",
                        "revise the guideline",
                        "hold an alignment meeting",
                        "write it into the manual",
                        "add counterexamples",
                        "retrain people",
                        "align the standard",
                        "update the rules",
                    ],
                },
                "contradicted_by": {"zh": [], "en": []},
            },
        ],
        "misconceptions": [
            {
                "id": "m1",
                "penalty": 1.5,
                "text": {"zh": "以为少数服从多数即可", "en": "Believes a vote settles it"},
                "accept": {"zh": ["投票就行"], "en": ["just vote"]},
            }
        ],
    },
    "anchors": {
        2: {"zh": "只说重标一遍", "en": "Only says to do it again"},
        5: {"zh": "想到看规范", "en": "Thinks of the guideline"},
        8: {"zh": "先量化再改规范", "en": "Measures, then revises"},
        10: {"zh": "还会追踪改后效果", "en": "Also tracks the effect"},
    },
    "follow_ups": [
        {"zh": "一致率多少算够？", "en": "How much agreement is enough?", "when": "always"}
    ],
}


def sample(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(SAMPLE) | changes
