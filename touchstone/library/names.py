"""Names of kinds, industries, functions, levels and indicators, in both languages."""

from __future__ import annotations

import functools
from pathlib import Path

import yaml

from touchstone.common.messages import Bilingual

INDICATOR_FILE = Path(__file__).resolve().parent.parent / "content" / "indicators.yaml"

KINDS = {
    "technical": Bilingual("技术", "Technical"),
    "business": Bilingual("业务", "Business"),
    "scenario": Bilingual("沟通情境", "Situation"),
    "learning": Bilingual("快速学习", "Quick learning"),
}
DIMENSIONS = {
    "technical": Bilingual("技术能力", "Technical skill"),
    "business": Bilingual("业务理解", "Business"),
    "communication": Bilingual("沟通协作", "Communication"),
    "learning": Bilingual("学习能力", "Learning"),
}
INDUSTRIES = {
    "": Bilingual("通用", "Any industry"),
    "ecommerce": Bilingual("电商", "E-commerce"),
    "medical_imaging": Bilingual("医疗影像", "Medical imaging"),
    "customer_service": Bilingual("智能客服", "Customer service"),
    "finance": Bilingual("金融", "Finance"),
    "content_moderation": Bilingual("内容审核", "Content moderation"),
    "autonomous_driving": Bilingual("自动驾驶", "Autonomous driving"),
    "speech": Bilingual("语音", "Speech"),
    "education": Bilingual("教育", "Education"),
}
FUNCTIONS = {
    "data_processing": Bilingual("数据采集和处理", "Data collection and processing"),
    "annotation": Bilingual("数据标注", "Data annotation"),
    "operations": Bilingual("智能系统运维", "Operating intelligent systems"),
    "business_analysis": Bilingual("业务分析", "Business analysis"),
    "training": Bilingual("智能训练", "Training intelligent systems"),
    "system_design": Bilingual("智能系统设计", "Designing intelligent systems"),
    "coaching": Bilingual("培训与指导", "Training and coaching people"),
}
LEVELS = {
    5: Bilingual("五级", "Level 5"),
    4: Bilingual("四级", "Level 4"),
    3: Bilingual("三级", "Level 3"),
    2: Bilingual("二级", "Level 2"),
    1: Bilingual("一级", "Level 1"),
}
STATUSES = {
    "active": Bilingual("使用中", "In use"),
    "draft": Bilingual("草稿", "Draft"),
    "retired": Bilingual("已停用", "Retired"),
    "superseded": Bilingual("旧版", "Superseded"),
}
WHEN = {
    "always": Bilingual("总是问", "Always"),
    "weak": Bilingual("答得弱时", "After a weak answer"),
    "strong": Bilingual("答得好时", "After a strong answer"),
}


@functools.cache
def indicator_names() -> dict[str, Bilingual]:
    """The indicators that built-in questions use, by id."""
    loaded = yaml.safe_load(INDICATOR_FILE.read_text("utf-8"))
    return {
        key: Bilingual(entry["name"]["zh"], entry["name"]["en"]) for key, entry in loaded.items()
    }


def indicator_name(identifier: str) -> Bilingual:
    """Its name, or the id itself for one of a model's own."""
    return indicator_names().get(identifier, Bilingual(identifier, identifier))
