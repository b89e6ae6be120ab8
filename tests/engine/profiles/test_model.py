import copy
import json
import re

import pytest
import yaml

from touchstone.common.errors import InvalidInput
from touchstone.engine.profiles.model import (
    Decision,
    load_model_yaml,
    model_document,
    model_sha256,
    model_templates,
    model_yaml,
    parse_model,
)
from touchstone.engine.profiles.wishes import common_indicators

HAN = re.compile("[\u4e00-\u9fff]")
SMALL = """\
job_title: 护士
decision: {advance: {min: 65}, review: {min: 40, max: 65}, decline: {max: 40}}
dimensions:
  - id: care
    name: 护理
    weight: 60
    indicators:
      - {id: care.iv, weight: 40, text: 能独立完成静脉输液, keywords: [静脉输液, 采血]}
      - {id: care.talk, weight: 20, text: 能安抚病人与家属, since: 2026}
  - id: shifts
    weight: 40
    indicators:
      - id: shifts.night
        weight: 40
        text: {zh: 能上夜班, en: works night shifts}
        anchors: {5: 偶尔, 8: {zh: 每周, en: weekly}}
        at_least: 2
        unit: years
ward: ICU
"""


def test_any_dimensions_and_unknown_keys_are_kept() -> None:
    model = load_model_yaml(SMALL, "nurse.yaml")
    assert [d.id for d in model.dimensions] == ["care", "shifts"]
    assert model.dimensions[1].name.zh == "shifts"
    assert model.lang == "zh"
    night = model.indicator("shifts.night")
    assert night is not None
    assert (night.text.en, night.at_least, night.unit) == ("works night shifts", 2.0, "years")
    assert [(a.score, a.text.zh) for a in night.anchors] == [(5, "偶尔"), (8, "每周")]
    assert model.extra == {"ward": "ICU"}
    assert model_document(model)["ward"] == "ICU"
    assert model_document(model)["dimensions"][0]["indicators"][1]["since"] == 2026
    assert model.indicator("nothing") is None


def test_a_model_survives_yaml_json_and_back() -> None:
    model = load_model_yaml(SMALL)
    through_json = json.loads(json.dumps(model_document(model), sort_keys=True))
    assert parse_model(through_json) == model
    assert load_model_yaml(model_yaml(model)) == model
    assert model_sha256(parse_model(through_json)) == model_sha256(model)
    assert model_sha256(load_model_yaml(SMALL.replace("weight: 40,", "weight: 40.0,"))) == (
        model_sha256(model)
    )


def test_gb18030_is_read_and_a_mark_is_no_trouble() -> None:
    assert load_model_yaml(SMALL.encode("gb18030")) == load_model_yaml(SMALL)
    assert load_model_yaml(SMALL.encode("utf-8-sig")) == load_model_yaml(SMALL)


@pytest.mark.parametrize(
    ("old", "new", "reason", "where"),
    [
        ("weight: 60", "weight: 50", "model_weights", "m.yaml:8"),
        ("weight: 20,", "weight: 10,", "model_weights", "m.yaml:8"),
        ("id: care.talk", "id: care.iv", "model_duplicate_id", "m.yaml:4"),
        ("weight: 20,", "weight: -1,", "model_out_of_range", "m.yaml:9"),
        ("weight: 20,", "weight: true,", "model_not_a_number", "m.yaml:9"),
        ("weight: 20,", "weight: .nan,", "model_out_of_range", "m.yaml:9"),
        ("text: 能安抚病人与家属,", "", "model_missing", "m.yaml:9"),
        ("text: 能安抚病人与家属,", "text: [a],", "model_not_words", "m.yaml:9"),
        ("keywords: [静脉输液, 采血]", "keywords: 3", "model_not_a_list", "m.yaml:8"),
        ("min: 40,", "min: 50,", "model_thresholds", "m.yaml:2"),
        ("advance: {min: 65}", "advance: {min: 30}", "model_thresholds", "m.yaml:2"),
        ("advance: {min: 65}", "advance: {min: 165}", "model_out_of_range", "m.yaml:2"),
        ("5: 偶尔", "12: 偶尔", "model_anchor_score", "m.yaml:16"),
        ("dimensions:", "others:", "model_missing", "m.yaml:1"),
        ("job_title: 护士", "job_title: ''", "model_missing", "m.yaml:1"),
        ("ward: ICU", "ward: [ICU", "model_not_yaml", "m.yaml:2"),
    ],
)
def test_a_malformed_model_is_refused_with_path_line_and_reason(
    old: str, new: str, reason: str, where: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_model_yaml(SMALL.replace(old, new), "m.yaml")
    assert caught.value.message.id == f"profiles.{reason}"
    assert caught.value.message.args["where"].startswith(where)
    assert caught.value.text("zh")
    assert caught.value.text("en")


@pytest.mark.parametrize("text", ["", "3", "- a", "null", "\x00", "a: &a [*a]"])
def test_what_is_no_model_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        load_model_yaml(text, "m.yaml")


def test_few_bytes_of_many_aliases_are_refused() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    with pytest.raises(InvalidInput) as caught:
        load_model_yaml("\n".join(rows), "bomb.yaml")
    assert caught.value.message.id == "profiles.model_too_many"


def test_thresholds_have_defaults_and_the_edge_belongs_above() -> None:
    document = yaml.safe_load(SMALL)
    del document["decision"]
    decision = parse_model(document).decision
    assert decision == Decision(70.0, 45.0)
    found = [decision.of(s) for s in (100, 70, 69.99, 45, 44.99, 0)]
    assert found == ["advance", "advance", "review", "review", "decline", "decline"]


@pytest.mark.parametrize("key", list(model_templates()))
def test_templates_are_complete_in_both_languages(key: str) -> None:
    document = model_templates()[key]
    model = parse_model(copy.deepcopy(document))
    known = {i.id for i in common_indicators()}
    assert model_document(model) == document
    assert {i.id for i in model.indicators} <= known
    assert {d.id for d in model.dimensions} == {
        "technical",
        "business",
        "communication",
        "learning",
    }
    assert model.job_title.zh != model.job_title.en
    for indicator in model.indicators:
        words = [indicator.name, indicator.text, *(a.text for a in indicator.anchors)]
        assert all(HAN.search(w.zh) and not HAN.search(w.en) for w in words), words
        assert [a.score for a in indicator.anchors] == [2, 5, 8, 10]
        assert any(word.isascii() for word in indicator.keywords)
        assert not all(word.isascii() for word in indicator.keywords)


def test_there_is_a_general_template_and_five_variants() -> None:
    templates = model_templates()
    assert next(iter(templates)) == "ai-trainer"
    assert len(templates) == 6
    general = parse_model(templates["ai-trainer"])
    assert [d.weight for d in general.dimensions] == [40, 30, 20, 10]
    assert {i.id for i in general.indicators} == {i.id for i in common_indicators()}
