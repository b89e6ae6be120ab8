"""Small exercises to grade by hand: one of each kind, in the form of the files."""

from __future__ import annotations

import copy
from typing import Any

import yaml

from touchstone.engine.grading.exercise import Exercise
from touchstone.engine.grading.exercise_loading import parse_exercise

RUBRIC = {
    "question": {"zh": "怎么改", "en": "What would you do"},
    "max_score": 10,
    "key_points": [
        {
            "id": "k1",
            "weight": 6,
            "text": {"zh": "先补检索召回，再看生成", "en": "mend retrieval before generation"},
            "accept": {
                "zh": ["先修检索", "先提高召回", "先把检索补上"],
                "en": ["fix retrieval first", "start with recall", "retrieval comes first"],
            },
        },
        {
            "id": "k2",
            "weight": 4,
            "text": {"zh": "上线前用回归集验证", "en": "verify on a regression set before launch"},
            "accept": {
                "zh": ["用回归集验证", "跑一遍回归测试集", "固定评测集复测"],
                "en": ["run the regression set", "verify on a fixed set", "rerun the test set"],
            },
        },
    ],
}
AMBIGUITIES = [
    {
        "id": "a1",
        "text": {
            "zh": "既要退款又骂质量的，标哪一类指南没有说",
            "en": "the guideline does not say which class a complaint with a refund request has",
        },
        "accept": {
            "zh": ["同时…退款…质量", "两个诉求…标哪个"],
            "en": ["both a refund and quality", "two requests…which label"],
        },
        "default": "r1",
        "readings": [
            {
                "id": "r1",
                "text": {"zh": "按诉求标", "en": "label the request"},
                "accept": {"zh": ["按诉求来标"], "en": ["I label the request"]},
            },
            {
                "id": "r2",
                "text": {"zh": "按原因标", "en": "label the reason"},
                "accept": {"zh": ["按原因来标"], "en": ["I label the reason"]},
            },
        ],
    },
    {
        "id": "a2",
        "text": {"zh": "反话算哪一类指南没有说", "en": "irony is not mentioned in the guideline"},
        "accept": {"zh": ["反话…怎么标", "阴阳怪气"], "en": ["irony", "sarcas"]},
        "default": "r1",
        "readings": [
            {
                "id": "r1",
                "text": {"zh": "按真实意思", "en": "as meant"},
                "accept": {"zh": ["反话按真实意思"], "en": ["irony as it is meant"]},
            },
            {
                "id": "r2",
                "text": {"zh": "按字面", "en": "as written"},
                "accept": {"zh": ["反话按字面"], "en": ["irony as it is written"]},
            },
        ],
    },
]
CLASSES: dict[str, Any] = {
    "id": "lab-test",
    "kind": "labelling",
    "form": "classes",
    "industry": "ecommerce",
    "minutes": 20,
    "title": {"zh": "意图标注", "en": "Intents"},
    "text": {"zh": "每条只标一个意图。", "en": "One intent an item."},
    "labels": [
        {"id": "refund", "zh": "退款", "en": "Refund"},
        {"id": "quality", "zh": "质量", "en": "Quality"},
        {"id": "praise", "zh": "表扬", "en": "Praise"},
    ],
    "ambiguities": AMBIGUITIES,
    "variants": {
        variant: [
            {"id": "i1", "label": "refund", "zh": "我要退钱", "en": "Money back"},
            {"id": "i2", "label": "refund", "zh": "退一下吧", "en": "Please refund"},
            {"id": "i3", "label": "quality", "zh": "杯子漏水", "en": "The cup leaks"},
            {
                "id": "i4",
                "ambiguity": "a1",
                "label": {"r1": "refund", "r2": "quality"},
                "zh": "漏水，退钱",
                "en": "It leaks, money back",
            },
            {
                "id": "i5",
                "ambiguity": "a2",
                "label": {"r1": "quality", "r2": "praise"},
                "zh": "真棒，一用就坏",
                "en": "Great, broke at once",
            },
            {"id": "i6", "label": "praise", "zh": "很好用", "en": "Works well"},
        ]
        for variant in ("a", "b")
    },
}
SPANS: dict[str, Any] = {
    **{k: CLASSES[k] for k in ("kind", "industry", "minutes", "title", "text")},
    "id": "spans-test",
    "form": "spans",
    "labels": [
        {"id": "brand", "zh": "品牌", "en": "Brand"},
        {"id": "item", "zh": "商品", "en": "Item"},
    ],
    "ambiguities": AMBIGUITIES[:1],
    "variants": {
        variant: [
            {
                "id": "s1",
                "zh": "买了[小米|brand][手环|item]",
                "en": "got an [Acme|brand] [watch|item]",
            },
            {
                "id": "s2",
                "ambiguity": "a1",
                "zh": {"r1": "[苹果手机|item]坏了", "r2": "[苹果|brand][手机|item]坏了"},
                "en": {
                    "r1": "my [Acme phone|item] broke",
                    "r2": "my [Acme|brand] [phone|item] broke",
                },
            },
        ]
        for variant in ("a", "b")
    },
}
BOXES: dict[str, Any] = {
    **{k: CLASSES[k] for k in ("kind", "industry", "minutes", "title", "text")},
    "id": "boxes-test",
    "form": "boxes",
    "labels": [
        {"id": name, "zh": name, "en": name} for name in ("car", "pedestrian", "cyclist", "cone")
    ],
    "ambiguities": AMBIGUITIES[:1],
    "variants": {
        variant: [
            {"id": "p1", "scene": "street", "seed": 11},
            {"id": "p2", "scene": "street", "seed": 12, "ambiguity": "a1"},
        ]
        for variant in ("a", "b")
    },
}
CASES: dict[str, Any] = {
    "id": "bad-test",
    "kind": "bad_case",
    "industry": "customer_service",
    "minutes": 30,
    "title": {"zh": "坏例", "en": "Bad cases"},
    "text": {"zh": "一个问答系统。", "en": "A question answering system."},
    "causes": [
        {"id": "retrieval", "zh": "检索没找到", "en": "Retrieval missed"},
        {"id": "format", "zh": "格式不对", "en": "Wrong format"},
        {"id": "tone", "zh": "语气不当", "en": "Wrong tone"},
    ],
    "rubric": RUBRIC,
    "variants": {
        variant: {
            "worth": {"retrieval": 3, "format": 1},
            "cases": [
                {
                    "id": f"c{n}",
                    "cause": cause,
                    "given": {"zh": "问", "en": "asked"},
                    "context": {"zh": "查到", "en": "found"},
                    "output": {"zh": "答", "en": "answered"},
                }
                for n, cause in enumerate(
                    ["retrieval", "retrieval", "retrieval", "format", ["format", "tone"]], 1
                )
            ],
        }
        for variant in ("a", "b")
    },
}
PROMPT: dict[str, Any] = {
    "id": "prompt-test",
    "kind": "prompt_repair",
    "industry": "finance",
    "minutes": 30,
    "title": {"zh": "修提示词", "en": "Repair"},
    "text": {"zh": "一条客服提示词。", "en": "A service prompt."},
    "variants": {
        variant: {
            "prompt": {
                "zh": (
                    "你是客服。只回答账单问题。回答不超过 50 字。"
                    "请详细解释每一步。例：问：年费？答：年费 300 元。"
                ),
                "en": (
                    "You are an agent. Answer billing questions only. At most 50 words. "
                    "Explain every step in detail. Example: Q: fee? A: The fee is 300."
                ),
            },
            "cases": [
                {
                    "id": "t1",
                    "passed": False,
                    "given": {"zh": "年费？", "en": "fee?"},
                    "output": {"zh": "年费 300 元。", "en": "The fee is 300."},
                    "wanted": {"zh": "查不到就转人工", "en": "hand over when unknown"},
                }
            ],
            "add": [
                {
                    "id": "d1",
                    "weight": 1,
                    "text": {"zh": "查不到就转人工", "en": "hand over to a person when unknown"},
                    "accept": {
                        "zh": ["查不到…转人工", "不确定…转人工"],
                        "en": ["not found…hand over", "unsure…hand over"],
                    },
                    "contradicted_by": {"zh": ["一律不转人工"], "en": ["never hand over"]},
                },
                {
                    "id": "d2",
                    "weight": 1,
                    "text": {"zh": "只输出 JSON", "en": "output JSON only"},
                    "accept": {
                        "zh": ["只输出 JSON", "输出…JSON"],
                        "en": ["output…JSON", "JSON only"],
                    },
                },
            ],
            "keep": [
                {
                    "id": "d3",
                    "weight": 1,
                    "text": {"zh": "只回答账单问题", "en": "billing questions only"},
                    "accept": {"zh": ["只回答账单"], "en": ["billing questions only"]},
                }
            ],
            "traps": [
                {
                    "id": "x1",
                    "kind": "conflict",
                    "text": {"zh": "又要短又要详细", "en": "short and detailed at once"},
                    "there": {
                        "zh": [["不超过 50 字"], ["详细解释每一步"]],
                        "en": [["at most 50 words"], ["every step in detail"]],
                    },
                },
                {
                    "id": "x2",
                    "kind": "leak",
                    "text": {"zh": "例子写了真答案", "en": "the example holds a real answer"},
                    "there": {"zh": [["年费 300 元"]], "en": [["fee is 300"]]},
                },
                {
                    "id": "x3",
                    "kind": "injection",
                    "text": {
                        "zh": "没有说客户的话不是指令",
                        "en": "customer text is not told apart",
                    },
                    "fixed_by": {"zh": ["客户的话…不是指令"], "en": ["customer…not instructions"]},
                },
            ],
            "rubric": RUBRIC,
        }
        for variant in ("a", "b")
    },
}


def made(document: dict[str, Any], **changes: Any) -> Exercise:
    """The exercise of a document, some of its keys changed."""
    data = copy.deepcopy(document) | changes
    return parse_exercise(yaml.safe_dump(data, allow_unicode=True).encode(), "test.yaml")
