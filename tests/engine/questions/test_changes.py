"""What changed between two revisions."""

from __future__ import annotations

from touchstone.common.messages import render
from touchstone.engine.questions.changes import changes

from .sample import sample


def test_the_same_question_has_no_changes() -> None:
    assert changes(sample(), sample()) == ()


def test_each_kind_of_field_is_told() -> None:
    new = sample(minutes=9, concepts=["质检", "数据标注"])
    new["text"]["en"] = "Another text"
    new["rubric"]["key_points"][0]["weight"] = 5.0
    new["rubric"]["key_points"][0]["accept"]["zh"] = [
        *new["rubric"]["key_points"][0]["accept"]["zh"][1:],
        "新的说法在这里",
    ]
    new["anchors"][5]["zh"] = "另一档"
    new["follow_ups"] = []
    found = {c.field: (c.before, c.after) for c in changes(sample(), new)}
    assert found["minutes"] == ("6", "9")
    assert found["concepts"] == ("", "质检")
    assert found["text.en"][1] == "Another text"
    assert found["rubric.k1.weight"] == ("6", "5")
    assert found["rubric.k1.accept.zh"] == ("算一下 Kappa", "新的说法在这里")
    assert found["anchors.5.zh"][1] == "另一档"
    assert found["follow_ups.1.zh"][1] == ""
    assert set(found) == {
        *("minutes", "concepts", "text.en", "rubric.k1.weight", "rubric.k1.accept.zh"),
        *("anchors.5.zh", "follow_ups.1.zh", "follow_ups.1.en"),
    }


def test_anchors_stored_as_text_compare_with_numbers() -> None:
    stored = sample()
    stored["anchors"] = {str(score): words for score, words in stored["anchors"].items()}
    assert changes(stored, sample()) == ()


def test_another_order_of_phrases_is_no_change() -> None:
    new = sample()
    new["rubric"]["key_points"][0]["accept"]["zh"].reverse()
    assert changes(sample(), new) == ()


def test_places_are_words() -> None:
    new = sample()
    new["rubric"]["key_points"][0]["accept"]["zh"].append("再加一种说法")
    (change,) = changes(sample(), new)
    assert render(change.place, "zh") == "要点 k1 的说法（中文）"
