"""How well key points are heard in a talk: precision and recall against labelled answers.

    python benchmarks/points_heard.py

Talks are put together from the labelled answers of the tests (tests/engine/grading/data), which
were written and labelled for written grading: four questions after one another, each read out by
the interviewer, each answer cut into segments as a speech service cuts, with small talk around.
A point is there where its label is full or half. Settings: questions marked as asked, read out, or
asked in other words; punctuation kept or taken away as some services do. Beside them, the same
answers as they were written, each by itself: what the cutting and the talk around cost.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from benchmarks.grading_quality import Labelled, own_answers  # noqa: E402

from touchstone.engine.grading.rubrics import Rubric  # noqa: E402
from touchstone.engine.listening.heard import AskedQuestion, points_heard  # noqa: E402
from touchstone.engine.listening.segments import Segment  # noqa: E402

SEED, TALKS, QUESTIONS = 7, 60, 4
CUT = re.compile(r"[^，。；！？,.;!?\n]+[，。；！？,.;!?\n]*")
MARKS = re.compile(r"[，。；！？、,;!?]")
OTHER_WORDS = "好，那换一个话题，说说你会怎么想、怎么做。"
WAYS = ("marked as asked", "read out", "in other words")
SMALL_TALK = (
    "今天路上还顺利吗？",
    "挺顺利的，谢谢，地铁过来半个小时。",
    "那我们开始吧，先请你简单介绍一下自己。",
    "好的，我在上一家公司做了两年，主要是和数据打交道，后来想换个环境。",
    "你平时有什么爱好？",
    "周末会爬山，最近在看一些讲历史的书。",
)


@dataclass
class Count:
    """Proposals against labels."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, found: set[str], there: set[str]) -> None:
        self.right += len(found & there)
        self.wrong += len(found - there)
        self.missed += len(there - found)

    def shown(self) -> str:
        precision = self.right / max(1, self.right + self.wrong)
        recall = self.right / max(1, self.right + self.missed)
        n = self.right + self.missed
        return f"precision {precision:.3f}  recall {recall:.3f}  (n = {n} points said)"


def spoken(answer: str, start: float, *, marks: bool) -> list[Segment]:
    """An answer as segments of a clause or two, four characters a second."""
    clauses = CUT.findall(answer)
    pieces = ["".join(clauses[n : n + 2]) for n in range(0, len(clauses), 2)]
    found = []
    for piece in pieces:
        text = piece if marks else MARKS.sub(" ", piece)
        found.append(Segment(start, start + len(piece) / 4, text.strip(), "候选人"))
        start += len(piece) / 4
    return found


def talk(
    chosen: Sequence[tuple[Rubric, Labelled]], *, marks: bool, reads: bool
) -> tuple[list[Segment], dict[str, float]]:
    """The whole talk, and the second at which each question was asked."""
    at = 0.0
    segments: list[Segment] = []
    asked: dict[str, float] = {}
    for n, line in enumerate(SMALL_TALK):
        segments.append(Segment(at, at + 4, line, "面试官" if n % 2 == 0 else "候选人"))
        at += 5
    for rubric, answer in chosen:
        asked[rubric.id] = at
        asks = rubric.question if reads else OTHER_WORDS
        segments.append(Segment(at, at + 8, asks, "面试官"))
        at += 9
        segments += spoken(answer.text, at, marks=marks)
        at = segments[-1].end_s + 6
    return segments, asked


def there(answer: Labelled) -> set[str]:
    return {point for point, credit in answer.points.items() if credit > 0}


def main() -> None:
    rubrics = [
        (rubric, [a for a in answers if not a.adversarial])
        for rubric, answers in own_answers()
        if rubric.lang == "zh" and not rubric.material
    ]
    rng = random.Random(SEED)
    chosen = [
        [(rubric, rng.choice(answers)) for rubric, answers in rng.sample(rubrics, QUESTIONS)]
        for _ in range(TALKS)
    ]
    alone = Count()
    for rows in chosen:
        for rubric, answer in rows:
            heard = points_heard([AskedQuestion(rubric.id, rubric)], [Segment(0, 9, answer.text)])
            alone.add({h.point for h in heard}, there(answer))
    print(f"each answer by itself                 {alone.shown()}")
    for way in WAYS:
        for marks in (True, False):
            count, began = Count(), time.perf_counter()
            for rows in chosen:
                segments, asked = talk(rows, marks=marks, reads=way != WAYS[2])
                questions = [
                    AskedQuestion(r.id, r, asked[r.id] if way == WAYS[0] else None) for r, _ in rows
                ]
                found = points_heard(questions, segments, others={"面试官"})
                for rubric, answer in rows:
                    said = {h.point for h in found if h.question == rubric.id}
                    count.add(said, there(answer))
            took = (time.perf_counter() - began) / TALKS
            name = f"{way}, {'with' if marks else 'without'} marks"
            print(f"talk, {name:<31} {count.shown()}  {took * 1000:.0f} ms a talk")


if __name__ == "__main__":
    main()
