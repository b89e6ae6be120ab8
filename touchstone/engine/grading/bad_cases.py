"""Bad-case analysis: causes as an expert groups them, what to mend first, and a proposal.

    grouping = max(0, F − F₀) / (1 − F₀)   F the B-cubed F1, F₀ that of a grouping without thought
    order    = NDCG of the three causes put first, by what mending each is worth
    score    = 10 · (0.4 · grouping + 0.15 · order + 0.45 · share of the proposal's rubric)

Sources: `agreement`. A cause the candidate named stands for the expert's cause that most of its
cases have; cases for which an expert accepts several causes agree with any of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from touchstone.common.messages import Lang
from touchstone.engine.grading.agreement import adjusted_rand, b_cubed, ndcg, trivial_f1
from touchstone.engine.grading.exercise import CaseHeap, Exercise
from touchstone.engine.grading.grade import Grading, grade
from touchstone.engine.grading.rubrics import rubric_from_mapping

GROUPING, ORDER, PROPOSAL = 0.4, 0.15, 0.45
OWN = ("own1", "own2", "own3")
RANKS = ("first.1", "first.2", "first.3")


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case: the cause given, as it is understood, and the one of gold it is compared with."""

    case: str
    given: str
    meant: str
    gold: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class BadCaseGrading:
    """Grouping, order and proposal, each 0..1, with each case beside gold."""

    rows: tuple[CaseRow, ...]
    precision: float
    recall: float
    f1: float
    trivial: float
    rand: float
    order: float
    ranks: tuple[tuple[str, str], ...]
    proposal: Grading
    share: float

    @property
    def grouping(self) -> float:
        return max(0.0, self.f1 - self.trivial) / (1 - self.trivial) if self.trivial < 1 else 0.0

    @property
    def score(self) -> float:
        return score_of(self.grouping, self.order, self.share)


def score_of(grouping: float, order: float, proposal: float) -> float:
    """0..10, two decimals."""
    return round(10 * (GROUPING * grouping + ORDER * order + PROPOSAL * proposal), 2)


def grade_bad_cases(
    exercise: Exercise, variant: int, content: Mapping[str, str], lang: Lang = "zh"
) -> BadCaseGrading:
    """Measures one analysis. Same answer, same result.

    Args:
        content: ``g.<case>`` causes, ``own1`` to ``own3`` names of the candidate's own causes,
            ``first.1`` to ``first.3`` the order, ``proposal`` the written part.
    """
    heap = exercise.heap(variant)
    named = {case.id: content.get(f"g.{case.id}", "") for case in heap.cases}
    given = {case: cause for case, cause in named.items() if cause and is_cause(exercise, cause)}
    meant = own_causes(heap, given)
    gold: dict[str, str] = {}
    rows: list[CaseRow] = []
    for case in heap.cases:
        chosen = given.get(case.id, "")
        cause = meant.get(chosen, chosen)
        gold[case.id] = cause if cause in case.causes else case.causes[0]
        rows.append(CaseRow(case.id, chosen, cause, gold[case.id], cause in case.causes))
    precision, recall, f1 = b_cubed(gold, given)
    ranks = [content.get(name, "") for name in RANKS]
    understood = [meant.get(name, name) for name in ranks]
    rubric = rubric_from_mapping(exercise.rubric_document(variant, lang))
    proposal = grade(rubric, content.get("proposal", ""))
    return BadCaseGrading(
        rows=tuple(rows),
        precision=precision,
        recall=recall,
        f1=f1,
        trivial=trivial_f1({case.id: case.causes[0] for case in heap.cases}),
        rand=adjusted_rand(gold, given),
        order=ndcg(heap.worth, understood),
        ranks=tuple(zip(ranks, understood, strict=True)),
        proposal=proposal,
        share=proposal.score / rubric.max_score,
    )


def is_cause(exercise: Exercise, value: str) -> bool:
    """Whether a form field names a cause of the list or one of the candidate's own; "" does."""
    return value in {"", *OWN, *(label.id for label in exercise.labels)}


def own_causes(heap: CaseHeap, given: Mapping[str, str]) -> dict[str, str]:
    """What each cause of the candidate's own stands for: the cause most of its cases have."""
    causes = {case.id: case.causes[0] for case in heap.cases}
    found: dict[str, str] = {}
    for name in OWN:
        counted = Counter(causes[case] for case, cause in given.items() if cause == name)
        if counted:
            found[name] = min(counted, key=lambda cause: (-counted[cause], cause))
    return found


def bad_case_row(grading: BadCaseGrading) -> dict[str, Any]:
    """The measures as they are stored."""
    return {
        "form": "bad_case",
        "grouping": round(grading.grouping, 4),
        "order": round(grading.order, 4),
        "measures": {
            "b_cubed_precision": round(grading.precision, 4),
            "b_cubed_recall": round(grading.recall, 4),
            "b_cubed_f1": round(grading.f1, 4),
            "trivial_f1": round(grading.trivial, 4),
            "adjusted_rand": round(grading.rand, 4),
            "ndcg": round(grading.order, 4),
        },
        "right": sum(row.agrees for row in grading.rows),
        "done": sum(bool(row.given) for row in grading.rows),
        "items": len(grading.rows),
        "ranks": [{"given": g, "meant": m} for g, m in grading.ranks],
        "rows": [
            {
                "item": r.case,
                "given": r.given,
                "meant": r.meant,
                "gold": r.gold,
                "agrees": float(r.agrees),
            }
            for r in grading.rows
        ],
    }
