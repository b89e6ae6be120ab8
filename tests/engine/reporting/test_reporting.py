"""What a report says follows from its facts, and nothing else."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from tests.engine.reporting.facts import make_facts
from touchstone.common.messages import render
from touchstone.engine.reporting.analysis import analyse, analysis_document
from touchstone.engine.reporting.candidate import candidate_version
from touchstone.engine.reporting.differences import differences
from touchstone.engine.reporting.robustness import without_rater
from touchstone.engine.reporting.scores import Measured, combine
from touchstone.engine.reporting.standing import Interval, places, rank, share_below
from touchstone.engine.reporting.support import CHECKS, supported, unsupported
from touchstone.ui.bilingual import stored_message

SEEDS = range(400)
Corpus = list[tuple[dict[str, Any], list[dict[str, Any]]]]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return [(facts, analysis_document(facts)) for facts in map(make_facts, SEEDS)]


def test_every_sentence_is_borne_out_by_its_facts(corpus: Corpus) -> None:
    for facts, analysis in corpus:
        assert unsupported(facts, analysis) == []


def test_every_sentence_names_evidence_that_is_there_and_reads_in_both_languages(
    corpus: Corpus,
) -> None:
    for facts, analysis in corpus:
        known = {e["id"] for e in facts["evidence"]}
        for sentence in analysis:
            assert sentence["evidence"]
            assert set(sentence["evidence"]) <= known
            message = stored_message(sentence["message"])
            for lang in ("zh", "en"):
                words = render(message, lang)
                assert words
                assert "{" not in words


def test_every_kind_of_sentence_comes_up_and_has_a_check(corpus: Corpus) -> None:
    said = {s["message"]["id"] for _facts, analysis in corpus for s in analysis}
    assert said == set(CHECKS)


def test_departments_are_called_as_the_facts_call_them(corpus: Corpus) -> None:
    """Reports sealed before departments had an English name are recomputed word for word."""
    old = next(
        facts
        for facts, analysis in corpus
        if "reporting.departments_split" in {s["message"]["id"] for s in analysis}
    )
    new = copy.deepcopy(old)
    for row in old["departments"]:
        row.pop("name_en", None)
    for row in new["departments"]:
        row["name_en"] = f"{row['ref']} department"

    def split(facts: dict[str, Any]) -> dict[str, Any]:
        rows = analysis_document(facts)
        found = next(s for s in rows if s["message"]["id"] == "reporting.departments_split")
        assert supported(facts, found)
        message: dict[str, Any] = found["message"]
        return message

    names = {row["name"] for row in old["departments"]}
    assert split(old)["args"]["low_name"] in names
    english = render(stored_message(split(new)), "en")
    assert "department" in english
    assert not any(name in english for name in names)
    assert split(old)["args"]["low_name"] in render(stored_message(split(new)), "zh")


@pytest.mark.parametrize("seed", range(0, 400, 8))
def test_a_sentence_with_another_number_is_refused(seed: int) -> None:
    facts = make_facts(seed)
    for sentence in analysis_document(facts):
        changed = copy.deepcopy(sentence)
        args = changed["message"]["args"]
        numbers = [
            key
            for key, value in args.items()
            if isinstance(value, str) and value.strip("+−").replace(".", "").isdigit()
        ]
        for key in numbers:
            wrong = copy.deepcopy(changed)
            wrong["message"]["args"][key] = "57.3" if args[key] != "57.3" else "12.1"
            if key != "high" or "low" in args:
                assert not supported(facts, wrong), (key, sentence)


def test_a_sentence_without_evidence_or_with_foreign_evidence_is_refused() -> None:
    facts = make_facts(4)
    sentence = analysis_document(facts)[0]
    assert supported(facts, sentence)
    assert not supported(facts, {**sentence, "evidence": []})
    assert not supported(facts, {**sentence, "evidence": ["elsewhere"]})
    assert not supported(facts, {**sentence, "message": {"id": "reporting.total", "args": {}}})


def test_facts_that_changed_no_longer_bear_the_old_sentences() -> None:
    facts = make_facts(12)
    analysis = analysis_document(facts)
    changed = copy.deepcopy(facts)
    for row in changed["scores"]["dimensions"]:
        if row["fair"] is not None:
            row["fair"] = max(0.0, row["fair"] - 30)
    for row in changed["scores"]["indicators"]:
        row["fair"] = None
    assert unsupported(changed, analysis)


def test_the_same_facts_give_the_same_words(corpus: Corpus) -> None:
    facts, analysis = corpus[7]
    again = json.loads(json.dumps(facts))
    assert json.dumps(analysis_document(again)) == json.dumps(analysis)


def test_the_worked_example_of_the_rule() -> None:
    overall = combine(
        [
            Measured("technical", 40, 8, 8, 0.1, 2, 70),
            Measured("business", 30, 7, 7, 0.1, 2),
            Measured("communication", 20, 6, 6, 0.1, 2, 80),
            Measured("learning", 10),
        ]
    )
    assert [d.fair for d in overall.dimensions] == [76.0, 70.0, 68.0, None]
    assert overall.fair == pytest.approx(72.22, abs=0.005)
    assert overall.missing == ("learning",)
    assert overall.ci is not None
    assert overall.dimensions[0].ci == pytest.approx((76 - 3.121, 76 + 3.121), abs=0.01)


def test_shared_doubt_widens_the_total() -> None:
    rows = [Measured(d, 50, 6, 6, 0.2, 2) for d in ("a", "b")]
    alone = combine(rows)
    together = combine(rows, {("a", "b"): 0.15, ("b", "a"): 0.15})
    assert alone.ci is not None
    assert together.ci is not None
    assert together.ci[1] > alone.ci[1]


@pytest.mark.parametrize(
    "measured",
    [
        [],
        [Measured("a", 0.0, 5, 5, 0.1, 1)],
        [Measured("a", 40.0)],
    ],
)
def test_nothing_measured_gives_no_score(measured: list[Measured]) -> None:
    overall = combine(measured)
    assert (overall.raw, overall.fair, overall.ci) == (None, None, None)


def test_only_tested_gives_a_score_without_an_interval() -> None:
    overall = combine([Measured("a", 10, assessment=64.0)])
    assert (overall.fair, overall.raw, overall.ci) == (64.0, 64.0, None)


@pytest.mark.parametrize(
    ("own", "others", "expected"),
    [
        ((78, 84), [(85, 90), (80, 86), (60, 70)], (2, 3)),
        ((78, 84), [], (1, 1)),
        ((78, 84), [None, (90, 95)], (2, 3)),
        (None, [(1, 2)], None),
        ((50, 50), [(50, 50)], (1, 2)),
    ],
)
def test_places_leave_ties_open(
    own: Interval | None, others: list[Interval | None], expected: tuple[int, int] | None
) -> None:
    assert places(own, others) == expected


def test_standing() -> None:
    assert share_below(5, [1, 5, 9, 9]) == pytest.approx(0.375)
    assert share_below(5, []) is None
    assert rank(5, [5, 7, 9]) == 3


def test_leaving_out_a_rater_as_documented() -> None:
    facts: dict[str, Any] = {
        "scores": {
            "fair": 70.0,
            "dimensions": [
                {
                    "id": "a",
                    "weight": 100.0,
                    "fair": 70.0,
                    "interview": {"fair": 7.0},
                    "assessment": None,
                }
            ],
        },
        "rule": {"interview_share": 0.6},
        "raters": [
            {"ref": "x", "severity": 0.0, "dimensions": {"a": 8.0}},
            {"ref": "y", "severity": 1.0, "dimensions": {"a": 5.0}},
        ],
    }
    assert without_rater(facts, "x") == pytest.approx(-10.0)
    assert without_rater(facts, "y") == pytest.approx(10.0)


def test_a_single_rater_cannot_be_left_out() -> None:
    facts = next(f for f in map(make_facts, SEEDS) if len(f["raters"]) == 1)
    assert without_rater(facts, "p0") is None
    assert not [s for s in analyse(facts) if s.message.id.startswith("reporting.rater")]


def test_differences_name_scores_raters_and_sentences() -> None:
    before, after = make_facts(30), make_facts(31)
    said = {
        change["id"]
        for change in differences(
            before, analysis_document(before), after, analysis_document(after)
        )
    }
    assert "reporting.changed_score" in said
    assert {"reporting.added_sentence", "reporting.removed_sentence"} & said
    assert differences(before, [], before, []) == []


def test_the_candidates_version_holds_nobody_elses_words(corpus: Corpus) -> None:
    for facts, _analysis in corpus[:60]:
        text = json.dumps(candidate_version(facts), ensure_ascii=False)
        assert "面试官" not in text
        assert "算法部" not in text
        assert "severity" not in text
        for row in candidate_version(facts)["dimensions"]:
            for lang in ("zh", "en"):
                assert render(stored_message(row["said"]), lang)
