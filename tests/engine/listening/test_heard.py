"""Key points that may be heard: whose words, when, and where exactly."""

from __future__ import annotations

from touchstone.engine.grading.rubrics import KeyPoint, Rubric
from touchstone.engine.listening.heard import AskedQuestion, points_heard
from touchstone.engine.listening.segments import Segment

AGREEMENT = Rubric(
    "q1",
    "两个标注员的结果差得很远，你会怎么办？",
    (
        KeyPoint("measure", "先算标注一致性，例如 Kappa，看分歧集中在哪些类别"),
        KeyPoint("rules", "把有分歧的样本拿出来讨论，修订标注规范并补充例子"),
    ),
)
RELEASE = Rubric(
    "q2",
    "模型上线之后效果下降，你怎么查？",
    (KeyPoint("slices", "按人群和场景切分指标，先找到下降集中在哪一块"),),
)
TALK = (
    Segment(3, 9, "两个标注员的结果差得很远，你会怎么办？", "沈砚"),
    Segment(10, 16, "我会先算标注一致性，比如 Kappa，", "陆遥"),
    Segment(16, 20, "看分歧集中在哪些类别。", "陆遥"),
    Segment(21, 28, "然后把有分歧的样本拿出来一起讨论，修订标注规范，补充例子。", "陆遥"),
    Segment(300, 306, "下降的话，我按人群和场景切分指标，先找到下降集中在哪一块。", "陆遥"),
)


def heard(
    *questions: AskedQuestion, others: set[str] | None = None
) -> dict[tuple[str, str], float]:
    found = points_heard(questions, TALK, others=others or {"沈砚"})
    return {(h.question, h.point): h.start_s for h in found}


def test_points_are_found_with_their_second() -> None:
    found = heard(AskedQuestion("q1", AGREEMENT, 2), AskedQuestion("q2", RELEASE, 290))
    assert found == {("q1", "measure"): 10, ("q1", "rules"): 21, ("q2", "slices"): 300}


def test_the_quote_stands_in_the_segments_named() -> None:
    for one in points_heard([AskedQuestion("q1", AGREEMENT)], TALK, others={"沈砚"}):
        said = " ".join(TALK[n].text for n in one.segments)
        assert one.quote in said
        assert one.start_s == TALK[one.segments[0]].start_s
        assert one.end_s == TALK[one.segments[-1]].end_s
        assert 0.6 <= one.credit <= 1


def test_an_answer_counts_for_the_question_it_follows() -> None:
    assert heard(AskedQuestion("q2", RELEASE, 0), AskedQuestion("q1", AGREEMENT, 100)) == {}
    # Where some were marked, the others were not asked; where none was, all of the talk counts.
    assert heard(AskedQuestion("q1", AGREEMENT, 2), AskedQuestion("q2", RELEASE)) == {
        ("q1", "measure"): 10,
        ("q1", "rules"): 21,
    }
    assert ("q2", "slices") in heard(AskedQuestion("q2", RELEASE))


def test_other_peoples_words_do_not_count() -> None:
    assert heard(AskedQuestion("q1", AGREEMENT), others={"沈砚", "陆遥"}) == {}


def test_what_is_denied_is_not_heard() -> None:
    said = (Segment(1, 5, "我不会去算标注一致性，Kappa 这些我没用过，也不看分歧集中在哪些类别。"),)
    assert points_heard([AskedQuestion("q1", AGREEMENT)], said) == ()


def test_nothing_said_nothing_heard() -> None:
    assert points_heard([AskedQuestion("q1", AGREEMENT)], ()) == ()
    assert points_heard([AskedQuestion("q1", AGREEMENT)], (Segment(1, 2, "嗯。"),)) == ()


def test_a_long_talk_is_heard_in_pieces() -> None:
    filler = [
        Segment(n * 5, n * 5 + 4, f"这是第 {n} 段闲聊，讲讲天气和午饭吃什么。") for n in range(400)
    ]
    talk = [
        *filler,
        Segment(2100, 2106, TALK[3].text),
        *(Segment(2200 + s.start_s, 2200 + s.end_s, s.text) for s in filler),
    ]
    found = points_heard([AskedQuestion("q1", AGREEMENT)], talk)
    assert [(h.point, h.start_s) for h in found] == [("rules", 2100)]


def test_the_same_talk_is_heard_the_same() -> None:
    questions = [AskedQuestion("q1", AGREEMENT, 2), AskedQuestion("q2", RELEASE, 290)]
    assert points_heard(questions, TALK) == points_heard(questions, list(TALK))


def test_a_question_read_out_is_found_where_nobody_marked_it() -> None:
    # The second question is asked in two breaths; before it, its answer's words count for nothing.
    talk = (
        *TALK[:1],
        Segment(10, 16, RELEASE.key_points[0].text, "陆遥"),
        Segment(100, 103, "模型上线之后", "沈砚"),
        Segment(103, 106, "效果下降，你怎么查？", "沈砚"),
        Segment(107, 113, "我按人群和场景切分指标，先找到下降集中在哪一块。", "陆遥"),
    )
    questions = [AskedQuestion("q1", AGREEMENT), AskedQuestion("q2", RELEASE)]
    found = points_heard(questions, talk, others={"沈砚"})
    assert [(h.question, h.point, h.start_s) for h in found] == [("q2", "slices", 107)]
