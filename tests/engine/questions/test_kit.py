"""Kits: what they cover, probe, respect and explain."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import render
from touchstone.engine.profiles.model import CompetencyModel, model_templates, parse_model
from touchstone.engine.questions.kit import Kit, build_kit, kit_problem
from touchstone.engine.questions.loading import built_in_questions, parse_question
from touchstone.engine.questions.optimal import optimum
from touchstone.engine.questions.probes import find_probes, sentence_at, shown_quote
from touchstone.engine.questions.question import Question

from .sample import sample

RESUME = """林溪
2022.03–至今 电商公司 AI 训练师
用 PyTorch 微调 BERT，意图准确率由 86% 提升到 99.9%。
团队把投诉率降低了 40%。
通过补充边界样例和双人标注，一致率由 71% 提升到 88%。
了解 RLHF、LoRA。
"""


@pytest.fixture(scope="module")
def model() -> CompetencyModel:
    return parse_model(model_templates()["ai-trainer"])


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    return [q for q in built_in_questions() if q.industry in {"", "ecommerce"}]


def row(model: CompetencyModel, **evidence: tuple[str, str]) -> dict[str, Any]:
    """A screening row with one piece of evidence per indicator named (with _ for its dot)."""
    items = []
    for name, (kind, quote) in evidence.items():
        start = RESUME.index(quote)
        items.append(
            {
                "indicator": name.replace("_", "."),
                "quote": quote,
                "start": start,
                "end": start + len(quote),
                "kind": kind,
                "effect": 5.0,
            }
        )
    return {
        "score": 60.0,
        "indicators": {i.id: {"score": 50.0, "weight": i.weight} for i in model.indicators},
        "evidence": items,
    }


def kit_of(model: CompetencyModel, questions: list[Question], **changes: Any) -> Kit:
    arguments: dict[str, Any] = {
        "resume_text": RESUME,
        "screening_row": row(model, tech_llm=("listed", "了解 RLHF、LoRA")),
        "seen": {},
        "minutes": 60,
        "seed": 7,
        "lang": "zh",
    } | changes
    return build_kit(model, questions, **arguments)


def test_the_same_inputs_give_the_same_kit(
    model: CompetencyModel, questions: list[Question]
) -> None:
    one, other = kit_of(model, questions), kit_of(model, questions)
    assert json.dumps(one.document()) == json.dumps(other.document())


@pytest.mark.parametrize("minutes", [15, 30, 45, 60, 90])
def test_a_kit_keeps_the_time_and_takes_one_of_a_family(
    model: CompetencyModel, questions: list[Question], minutes: int
) -> None:
    kit = kit_of(model, questions, minutes=minutes)
    assert kit.choices
    assert kit.used == sum(c.question.minutes for c in kit.choices) <= minutes
    families = [c.question.family for c in kit.choices if c.question.family]
    assert len(families) == len(set(families))


def test_heavy_dimensions_are_covered_first(
    model: CompetencyModel, questions: list[Question]
) -> None:
    kit = kit_of(model, questions)
    dimensions = Counter(c.question.dimension for c in kit.choices)
    assert {"technical", "business", "communication"} <= set(dimensions)
    covered = [kit.coverage[i.id] for i in model.indicators if i.weight >= 8]
    assert sum(covered) / len(covered) > 0.4


def test_a_doubtful_number_is_probed_with_its_quote(
    model: CompetencyModel, questions: list[Question]
) -> None:
    kit = kit_of(model, questions)
    probes = [p for c in kit.choices for p in c.probes] + list(kit.open_probes)
    number = next(p for p in probes if "99.9%" in p.quote)
    assert RESUME[number.start : number.end] == number.quote
    assert number.ask is not None
    assert "99.9%" in render(number.ask, "en")
    told = [render(r, "zh") for c in kit.choices for r in c.reasons]
    assert any("用 PyTorch 微调 BERT" in words for words in told)


def test_what_is_only_named_is_asked_about(
    model: CompetencyModel, questions: list[Question]
) -> None:
    kit = kit_of(model, questions)
    choice = next(c for c in kit.choices for p in c.probes if p.kind == "unproven")
    assert "tech.llm" in choice.question.indicators


def test_a_gap_is_a_probe_without_a_quote(model: CompetencyModel) -> None:
    screening = row(model)
    screening["indicators"]["biz.risk"]["score"] = 0.0
    (gap,) = [p for p in find_probes(model, RESUME, screening) if p.kind == "gap"]
    assert (gap.indicators, gap.quote) == (("biz.risk",), "")


def test_a_claim_with_baseline_and_method_is_left_alone(model: CompetencyModel) -> None:
    quotes = [p.quote for p in find_probes(model, RESUME, {}) if p.kind == "claim"]
    assert not any("一致率由 71%" in quote for quote in quotes)
    assert any("投诉率降低了 40%" in quote for quote in quotes)


def test_without_resume_and_screening_there_is_still_a_kit(
    model: CompetencyModel, questions: list[Question]
) -> None:
    kit = kit_of(model, questions, resume_text="", screening_row={})
    assert len(kit.choices) >= 4
    assert all(c.reasons for c in kit.choices)


def test_what_earlier_candidates_saw_is_avoided(
    model: CompetencyModel, questions: list[Question]
) -> None:
    first = kit_of(model, questions)
    seen = {c.question.id: 6 for c in first.choices}
    second = kit_of(model, questions, seen=seen)
    common = {c.question.id for c in first.choices} & {c.question.id for c in second.choices}
    assert len(common) <= 1


def test_what_the_candidate_met_before_is_not_asked_again(
    model: CompetencyModel, questions: list[Question]
) -> None:
    first = kit_of(model, questions)
    met = {c.question.id for c in first.choices}
    second = kit_of(model, questions, excluded=met)
    assert not met & {c.question.id for c in second.choices}
    assert not met & {v for c in second.choices for v in c.variants}


def test_exposure_spreads_over_a_round(model: CompetencyModel, questions: list[Question]) -> None:
    seen: Counter[str] = Counter()
    for seed in range(60):
        seen.update(c.question.id for c in kit_of(model, questions, seen=seen, seed=seed).choices)
    for dimension in ("technical", "business", "communication"):
        counts = [seen[q.id] for q in questions if q.dimension == dimension]
        assert max(counts) <= 3 * sum(counts) / len(counts)


def test_a_seen_variant_gives_way_to_its_sister(
    model: CompetencyModel, questions: list[Question]
) -> None:
    first = kit_of(model, questions, minutes=20)
    chosen = first.choices[0].question
    sister = parse_question(sample(id="sister") | _like(chosen))
    kin = parse_question(sample(id=chosen.id) | _like(chosen))
    kit = build_kit(
        model,
        [kin, sister],
        resume_text="",
        screening_row={},
        seen={chosen.id: 3},
        minutes=20,
        seed=1,
        lang="zh",
    )
    (choice,) = kit.choices
    assert choice.question.id == "sister"
    assert choice.variants == (chosen.id,)
    assert any(r.id == "questions.why_variant" for r in choice.reasons)


def _like(question: Question) -> dict[str, Any]:
    return {
        "family": "twins",
        "indicators": list(question.indicators),
        "dimension": question.dimension,
        "minutes": 6,
    }


def test_a_model_with_ids_of_its_own_is_covered_by_what_it_speaks_of(
    questions: list[Question],
) -> None:
    own = parse_model(
        {
            "job_title": "标注主管",
            "decision": {"advance": {"min": 70}, "review": {"min": 45, "max": 70}},
            "dimensions": [
                {
                    "id": "skill",
                    "name": "能力",
                    "weight": 100,
                    "indicators": [
                        {
                            "id": "own.1",
                            "weight": 60,
                            "text": "会质检",
                            "keywords": ["数据标注", "标注一致性"],
                        },
                        {"id": "own.2", "weight": 40, "text": "懂检索", "keywords": ["RAG"]},
                    ],
                }
            ],
        }
    )
    kit = kit_of(own, questions, screening_row={}, resume_text="")
    assert all(share > 0.4 for share in kit.coverage.values())


def test_no_time_is_refused_with_advice(model: CompetencyModel, questions: list[Question]) -> None:
    with pytest.raises(InvalidInput) as caught:
        kit_of(model, questions, minutes=3)
    assert "3" in render(caught.value.message, "zh")


def test_the_document_is_plain_and_keeps_phrases_back(
    model: CompetencyModel, questions: list[Question]
) -> None:
    document = kit_of(model, questions).document()
    text = json.dumps(document)
    assert json.loads(text) == document
    assert '"accept"' not in text
    first = document["questions"][0]
    assert {"code", "text", "rubric", "anchors", "follow_ups", "reasons", "variants"} <= set(first)
    assert first["anchors"].keys() == {"2", "5", "8", "10"}


def test_the_quick_choice_is_near_the_best(
    model: CompetencyModel, questions: list[Question]
) -> None:
    for minutes in (30, 60):
        kit = kit_of(model, questions, minutes=minutes)
        problem = kit_problem(
            model,
            questions,
            resume_text=RESUME,
            screening_row=row(model, tech_llm=("listed", "了解 RLHF、LoRA")),
            seen={},
            minutes=minutes,
            seed=7,
        )
        best = optimum(problem, nodes=1500)
        assert kit.greedy <= kit.value + 1e-9
        assert kit.value <= best.value + 1e-9 <= kit.bound + 1e-6
        assert kit.value >= 0.98 * best.value


def test_a_sentence_is_cut_at_its_marks() -> None:
    text = "• 第一句。第二句有 40% 的提升；第三句"
    at = text.index("40%")
    start, end = sentence_at(text, at, at + 3)
    assert text[start:end] == "第二句有 40% 的提升"


@pytest.mark.parametrize(
    ("text", "probed"),
    [
        ("接手时机器人转人工率高达 57%。", False),
        ("加对照后，胜率差从 16 个百分点降到 4。", False),
        ("投诉率降低了 40%。", True),
        ("转化率提升 35%。", True),
    ],
)
def test_numbers_that_stand_are_not_doubted_for_their_baseline(
    model: CompetencyModel, text: str, probed: bool
) -> None:
    doubts = [p.why.id for p in find_probes(model, text, {}) if p.kind == "claim"]
    assert ("questions.probe_baseline" in doubts) == probed


def test_a_quote_over_two_lines_is_shown_on_one() -> None:
    assert shown_quote("跨部门争数的\n会少了大半") == "跨部门争数的会少了大半"
    assert shown_quote("labelled\n  ten thousand") == "labelled ten thousand"
