"""Terms, queries, postings and order, without a database."""

from __future__ import annotations

import numpy as np
import pytest

from touchstone.engine.matching.postings import (
    FEW,
    FEW_ALIKE,
    HALF,
    SEGMENT,
    Packed,
    flags_in,
    holds,
    pack,
    pack_arrays,
    place_of,
    put,
    unpack,
)
from touchstone.engine.matching.query import for_model, like_person, understand
from touchstone.engine.matching.ranking import Found, rank
from touchstone.engine.matching.terms import PersonText, person_terms, shown_concepts, tokens
from touchstone.engine.text.taxonomy import taxonomy


def indexed(*people: PersonText) -> tuple[dict[str, dict[int, Packed]], int]:
    held: dict[str, dict[int, int]] = {}
    for number, person in enumerate(people):
        for term, weight in person_terms(person, shown_concepts(person)).items():
            held.setdefault(term, {})[number] = weight
    postings = {term: {0: pack(places)} for term, places in held.items()}
    return postings, len(people)


def search(words: str, *people: PersonText) -> list[Found]:
    postings, size = indexed(*people)
    return list(rank(understand(words), postings, size, 50).found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("冷启动", ["冷启", "启动"]),
        ("Recall@20 提升", ["recall", "20", "提升"]),
        ("C++ 与 node.js", ["c++", "与", "node.js"]),
        ("𠮷野", ["𠮷野"]),
        ("，。！", []),
        ("ＰｙＴｏｒｃｈ", ["pytorch"]),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_postings_take_in_and_let_go() -> None:
    packed: tuple[bytes, bytes] | None = None
    for place, weight in ((9, 40), (3, 255), (SEGMENT - 1, 1), (9, 80)):
        packed = put(packed, place, weight)
    assert packed is not None
    ids, weights = unpack(packed, 2)
    assert ids.tolist() == [2 * SEGMENT + p for p in (3, 9, SEGMENT - 1)]
    assert weights.tolist() == [255, 80, 1]
    assert [holds(packed, p) for p in (2, 3, 9, 10, SEGMENT - 1)] == [0, 1, 1, 0, 1]
    for place in (3, 9, SEGMENT - 1):
        packed = put(packed, place, 0)
    assert packed == (b"", b"")
    assert place_of(SEGMENT + 5) == (1, 5)


SHAPES = {
    "list": (FEW_ALIKE, (9, 40)),
    "one weight": (FEW_ALIKE + 1, (255,)),
    "few weights": (FEW + 1, (42, 70, 90, 138, 150, 230)),
    "many weights": (FEW + 1, tuple(range(1, 60))),
    "everybody": (SEGMENT, (70, 150, 230)),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_a_row_holds_the_same(shape: str) -> None:
    n, kinds = SHAPES[shape]
    rng = np.random.default_rng(n)
    places = np.sort(rng.choice(SEGMENT, n, replace=False))
    weights = rng.choice(np.array(kinds, dtype=np.uint8), n)
    row = pack_arrays(places, weights)
    numbers, held = unpack(row, 3)
    assert (numbers == places + 3 * SEGMENT).all()
    assert (held == weights).all()
    assert np.flatnonzero(flags_in(row)).tolist() == places.tolist()
    truth = dict(zip(places.tolist(), weights.tolist(), strict=True))
    for place in (0, 7, HALF - 1, HALF, SEGMENT - 1):
        assert holds(row, place) == (place in truth)
        for weight in (kinds[0], 201, 0):
            row = put(row, place, weight)
            truth[place] = weight
            if not weight:
                del truth[place]
            assert holds(row, place) == bool(weight)
    numbers, held = unpack(row, 0)
    assert dict(zip(numbers.tolist(), held.tolist(), strict=True)) == truth


@pytest.mark.parametrize("kinds", [(255,), (70, 150)])
def test_a_row_its_last_person_leaves_is_empty(kinds: tuple[int, ...]) -> None:
    places = np.arange(0, 2 * (FEW + 1), 2)
    weights = np.resize(np.array(kinds, dtype=np.uint8), len(places))
    row = pack_arrays(places, weights)
    for place in places.tolist():
        row = put(row, place, 0)
    assert row == (b"", b"")


def test_shown_stronger_comes_first_in_either_language() -> None:
    strong = PersonText(text="负责模型微调，准确率提升 6 个百分点，使用 PyTorch 训练。")
    listed = PersonText(text="技能：PyTorch、SQL")
    english = PersonText(text="Fine-tuned a model with PyTorch, raising accuracy by 6 points.")
    nobody = PersonText(text="行政前台，负责接待。")
    found = search("PyTorch", nobody, listed, strong, english)
    assert {f.number for f in found} == {1, 2, 3}
    assert found[-1].number == 1


def test_what_was_denied_does_not_count_and_what_is_unwanted_excludes() -> None:
    has = PersonText(text="负责电商客服场景的模型训练，解决率提升 8%。使用 PyTorch。")
    denies = PersonText(text="没有做过客服场景。使用 PyTorch 训练模型。")
    assert [f.number for f in search("客服", has, denies)] == [0]
    assert [f.number for f in search("PyTorch，不要客服", has, denies)] == [1]


def test_years_and_degree_are_conditions() -> None:
    rows = [
        PersonText(text="使用 Python 训练模型", degree=degree, years=years)
        for degree, years in (("bachelor", 2), ("master", 6), ("doctor", 1), ("", None))
    ]
    assert [f.number for f in search("Python 硕士以上", *rows)] == [1, 2]
    assert [f.number for f in search("5 年以上 Python", *rows)] == [1]
    assert [f.number for f in search("Python, at least 5 years", *rows)] == [1]


def test_senior_raises_but_does_not_ask() -> None:
    rows = [PersonText(text="使用 Python 训练模型", years=years) for years in (1, 8)]
    assert [f.number for f in search("资深 Python", *rows)] == [1, 0]


def test_names_and_companies_are_found_by_words() -> None:
    rows = [
        PersonText(name="江予安", company="栖木科技", text="训练模型"),
        PersonText(name="白露", company="云杉数据", text="训练模型"),
    ]
    assert [f.number for f in search("栖木科技", *rows)] == [0]
    assert [f.number for f in search("白露", *rows)] == [1]


def test_having_all_weakly_beats_having_one_strongly() -> None:
    both = PersonText(text="技能：PyTorch、数据标注")
    one = PersonText(text="使用 PyTorch 训练模型，准确率提升 9%。")
    assert search("PyTorch 数据标注", one, both)[0].number == 1


def test_like_and_for_model_use_the_same_index() -> None:
    trainer = PersonText(text="负责数据标注与质检，使用 PyTorch 微调大模型，准确率提升 5%。")
    clerk = PersonText(text="行政前台，负责接待与考勤。")
    twin = PersonText(text="数据标注质检，PyTorch 微调，错误率下降 3%。")
    postings, size = indexed(trainer, clerk, twin)
    terms = person_terms(trainer, shown_concepts(trainer))
    found = rank(like_person(terms), postings, size, 10).found
    assert [f.number for f in found][:2] == [0, 2]
    model = {
        "dimensions": [
            {
                "id": "technical",
                "indicators": [
                    {"id": "a", "weight": 30, "text": "会数据标注与质检", "keywords": ["标注"]},
                    {"id": "b", "weight": 10, "text": "用 PyTorch 训练模型", "keywords": []},
                ],
            }
        ]
    }
    query = for_model(model)
    assert len(query.groups) == 2
    assert query.groups[0].worth == pytest.approx(3 * query.groups[1].worth)
    assert {f.number for f in rank(query, postings, size, 10).found} == {0, 2}


def test_equal_scores_are_ordered_by_number_and_empty_queries_find_nobody() -> None:
    same = [PersonText(text="使用 Python 训练模型") for _ in range(4)]
    assert [f.number for f in search("Python", *same)] == [0, 1, 2, 3]
    assert search("啊啊啊不存在", *same) == []


def test_every_concept_of_the_taxonomy_finds_somebody_who_used_it() -> None:
    known = taxonomy()
    missed = []
    for concept in list(known.concepts)[::7]:
        name = known.name(concept)
        if f"c:{concept}" not in {t for g in understand(name).groups for t, _ in g.terms}:
            missed.append(name)
    assert len(missed) < 0.05 * len(known.concepts) / 7, missed
