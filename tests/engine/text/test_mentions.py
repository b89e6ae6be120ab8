"""Whose a concept is, whether it is there, and how strongly the words speak for it."""

from __future__ import annotations

import pytest

from touchstone.engine.text.mentions import SectionSpan, find_mentions


def said(text: str) -> dict[str, str]:
    return {mention.concept: mention.polarity for mention in find_mentions(text)}


@pytest.mark.parametrize(
    ("text", "own", "not_own"),
    [
        ("熟悉 PyTorch，没用过 TensorFlow", {"pytorch"}, {"tensorflow"}),
        ("不会 Java、C++，Go，但精通Python", {"python"}, {"java", "cpp", "golang"}),
        ("没有Java开发经验，熟悉SQL", {"sql"}, {"java"}),
        ("无Java经验", set(), {"java"}),
        ("除Java外都熟悉：Python、SQL", {"python", "sql"}, {"java"}),
        ("除了Python之外还会Java", {"python", "java"}, set()),
        ("不仅会Python，还熟悉SQL", {"python", "sql"}, set()),
        ("精通Python、不会Java", {"python"}, {"java"}),
        ("Java方面不太熟悉，了解Docker", {"docker"}, {"java"}),
        ("对 NLP 一窍不通", set(), {"natural_language_processing"}),
        ("SQL用得不多，主要用Excel", {"excel"}, {"sql"}),
        ("熟悉无监督学习、半监督学习", {"unsupervised_learning", "semi_supervised"}, set()),
        ("想学习大模型微调和RLHF", set(), {"fine_tuning", "rlhf"}),
        ("对强化学习很感兴趣，主要做数据标注", {"data_annotation"}, {"reinforcement_learning"}),
        ("计划明年学习Kubernetes，目前主要用Docker", {"docker"}, {"kubernetes"}),
        ("希望转型做提示词工程师", set(), {"prompt_engineering"}),
        ("求职意向：NLP算法工程师", set(), {"natural_language_processing"}),
        ("同事用 PyTorch 训练模型，我负责数据标注", {"data_annotation"}, {"pytorch"}),
        ("同事张伟用 PyTorch 训练模型，我负责数据标注", {"data_annotation"}, {"pytorch"}),
        ("导师李建国主要负责模型训练，本人协助数据清洗", {"data_cleaning"}, {"model_training"}),
        ("和同事张伟用 PyTorch 训练模型", {"pytorch"}, set()),
        (
            "My colleague Wang Wei deployed it with Docker; I label data with CVAT.",
            {"cvat"},
            {"docker"},
        ),
        ("My colleague and I deployed it with Docker.", {"docker"}, set()),
        ("主管负责模型训练，本人协助数据清洗", {"data_cleaning"}, {"model_training"}),
        ("模型训练由算法团队完成，我负责标注规范", {"annotation_guideline"}, {"model_training"}),
        ("由供应商完成图像标注，我负责验收", {"quality_inspection"}, {"image_annotation"}),
        ("我们团队使用Label Studio标注，我负责质检", {"annotation_quality"}, {"label_studio"}),
        ("与算法团队合作，使用LoRA微调模型", {"lora"}, set()),
        ("指导同事使用CVAT", {"cvat"}, set()),
        ("带领12人团队使用CVAT完成标注", {"cvat", "data_annotation"}, set()),
        ("C++已生疏，多年没用", set(), {"cpp"}),
        ("曾学过MATLAB，现在已经忘了", set(), {"matlab"}),
        (
            "I have no experience with PyTorch, TensorFlow or JAX, but I know Python well.",
            {"python"},
            {"pytorch", "tensorflow", "jax"},
        ),
        ("My colleague handles Kubernetes; I label data with CVAT.", {"cvat"}, {"kubernetes"}),
        ("Hope to learn reinforcement learning.", set(), {"reinforcement_learning"}),
        ("Used pandas instead of Spark SQL.", {"pandas"}, {"spark"}),
        ("Worked with engineers who used Kubernetes.", {"engineers"}, {"kubernetes"}),
        (
            "The engineering team deployed it with Docker; I wrote the evaluation set.",
            {"eval_set"},
            {"docker"},
        ),
        ("We used PyTorch; I was responsible for data cleaning.", {"data_cleaning"}, {"pytorch"}),
        ("Led a team of 5 using Label Studio", {"label_studio"}, set()),
        ("Not only Python but also SQL", {"python", "sql"}, set()),
        (
            (
                "技能：熟练使用 Python、Java、C++，其他的都能看懂；不会 JavaScript\n"
                "工作经历 2020.01-2024.06 甲公司 用 Docker 部署服务"
            ),
            {"python", "docker"},
            {"javascript"},
        ),
        ("Python（熟练）、Java（仅了解语法，没写过项目）、SQL", {"python", "sql"}, {"java"}),
        ("Python（没写过项目）、SQL", {"sql"}, {"python"}),
        ("Java（不熟）、Python（熟练）", {"python"}, {"java"}),
        ("Python, Rust (learning), SQL", {"python", "sql"}, {"rust"}),
        ("会用Excel；Python，正在学习中", {"excel"}, {"python"}),
        ("听说过 PyTorch 和 TensorFlow", set(), {"pytorch", "tensorflow"}),
        ("PyTorch仅限于了解概念，没有写过训练代码", set(), {"pytorch"}),
        ("带领 12 人标注团队完成 6 个项目", {"annotation_team"}, set()),
        ("公司简介：专注于自动驾驶的科技企业", set(), {"autonomous_driving"}),
        ("任职要求：\n1. 熟悉Python\n2. 有大模型经验", set(), {"python", "large_language_models"}),
    ],
)
def test_polarity_by_clause(text: str, own: set[str], not_own: set[str]) -> None:
    found = said(text)
    assert {c for c in own if found.get(c) == "own"} == own, found
    assert {c for c in not_own if found.get(c, "own") != "own"} == not_own, found


@pytest.mark.parametrize(
    ("text", "there", "absent"),
    [
        ("JavaScript, Go, R, C", {"javascript", "golang", "r_language", "c_language"}, {"java"}),
        ("Go to market strategy", set(), {"golang"}),
        ("excel at communication", set(), {"excel"}),
        ("Excel、Word、PPT", {"excel", "word_tool", "ppt"}, set()),
        ("word error rate 5%", {"wer"}, {"word_tool"}),
        ("Prompt response to clients", set(), {"prompt_engineering"}),
        ("负责 Prompt 设计与优化", {"prompt_engineering"}, set()),
        ("Claude Monet painted; GPT-4 answered", {"gpt4"}, {"claude"}),
        ("DL/T 5210 标准", set(), {"deep_learning"}),
        ("Bert Smith joined", set(), {"bert"}),
        ("BERT 模型", {"bert"}, set()),
        ("Customer service agent at a bank", {"customer_service"}, {"agent"}),
        ("使用LangChain搭建Agent", {"langchain", "agent"}, set()),
        ("python@example.com", set(), {"python"}),
        ("就职于云测数据标注科技有限公司", set(), {"data_annotation"}),
        ("数 据 清 洗", {"data_cleaning"}, set()),
        ("數據清洗與標註規範", {"data_cleaning", "annotation_guideline"}, set()),
        ("finetuned models; fine tuning", {"fine_tuning"}, set()),
        ("YOLOv8 与 Python3.10", {"yolo", "python"}, set()),
    ],
)
def test_words_that_also_mean_something_else(text: str, there: set[str], absent: set[str]) -> None:
    found = set(said(text))
    assert there <= found, found
    assert not absent & found, found


@pytest.mark.parametrize(
    ("text", "kind", "strength"),
    [
        ("Python、SQL", "skills", "listed"),
        ("熟练使用Python做分析", "skills", "listed"),
        ("• 使用Python清洗语料 18 万条", "work", "used"),
        ("• 使用Python清洗语料，返工率下降 40%", "work", "result"),
        ("- Built a Python pipeline", "work", "used"),
        ("- Built a Python pipeline that cut cost by 22%", "work", "result"),
        ("技术栈：Python、SQL", "project", "listed"),
        ("希望从事Python开发", "wish", "listed"),
    ],
)
def test_strength(text: str, kind: str, strength: str) -> None:
    spans = (SectionSpan(0, len(text), kind),)  # type: ignore[arg-type]
    mention = next(m for m in find_mentions(text, spans) if m.concept == "python")
    assert mention.strength == strength


def test_sections_decide_whose_it_is() -> None:
    text = "期望：算法\nPython\n推荐人：精通SQL"
    spans = (SectionSpan(0, 13, "wish"), SectionSpan(13, len(text), "reference"))
    found = {m.concept: m.polarity for m in find_mentions(text, spans)}
    assert found["sql"] == "other_person"
    assert found["python"] == "wished"


def test_offsets_are_the_texts_own() -> None:
    text = "负责 數 據 清 洗，使用 Ｐｙｔｈｏｎ 与 Fine-Tuning"
    for mention in find_mentions(text):
        assert text[mention.start : mention.end].strip() == text[mention.start : mention.end]
    assert {text[m.start : m.end] for m in find_mentions(text)} >= {"Ｐｙｔｈｏｎ", "Fine-Tuning"}
