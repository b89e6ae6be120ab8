"""The paper a position starts with: a program, a project case, scenarios, quick learning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from touchstone.assessments.models import TaskKind
from touchstone.assessments.services.papers import Task
from touchstone.engine.questions.loading import built_in_questions, parse_question
from touchstone.engine.questions.question import Question
from touchstone.library import models as library
from touchstone.positions.models import Position

PREFERRED_PROBLEMS = ("standardise-missing-values", "linear-regression", "label-quality-sql")
CODING_MINUTES = 45
LEARNING_MINUTES = 50
LEVEL = 3


def default_paper(position: Position) -> Sequence[Task]:
    """Tasks chosen by the position's industry, the least shown first.

    The same bank and the same position give the same paper. A kind of task that the bank has
    nothing for is left out.
    """
    questions = _questions()
    tasks = [_coding(), Task(TaskKind.CASE, "case-main-project", "technical", 40, 1.0)]
    for kind, dimension, minutes in (
        (TaskKind.SCENARIO, "business", 20),
        (TaskKind.COMMUNICATION, "communication", 20),
        (TaskKind.LEARNING, "learning", LEARNING_MINUTES),
    ):
        chosen = _chosen(questions, kind, position.industry)
        if chosen is not None:
            tasks.append(Task(kind, chosen.id, dimension, minutes, 1.0))
    return [task for task in tasks if task is not None]


def _coding() -> Task | None:
    known = {
        row.code: row for row in library.Problem.objects.filter(status="active").order_by("code")
    }
    preferred = [code for code in PREFERRED_PROBLEMS if code in known]
    easy = sorted(known.values(), key=lambda row: (abs(row.difficulty - LEVEL), row.code))
    code = next(iter([*preferred, *(row.code for row in easy)]), PREFERRED_PROBLEMS[0])
    return Task(TaskKind.CODING, code, "technical", CODING_MINUTES, 2.0)


def _questions() -> list[tuple[Question, int]]:
    """Active questions with how often they were shown; the built-in ones before any is loaded."""
    rows = library.Question.objects.filter(status=library.Question.Status.ACTIVE).order_by(
        "code", "-revision"
    )
    found: dict[str, tuple[Question, int]] = {}
    for row in rows:
        if row.code not in found:
            found[row.code] = (parse_question(row.document, source=row.code), row.exposures)
    return list(found.values()) or [(q, 0) for q in built_in_questions()]


def _chosen(questions: Iterable[tuple[Question, int]], kind: str, industry: str) -> Question | None:
    def fits(question: Question) -> bool:
        if kind == TaskKind.LEARNING:
            return question.kind == "learning"
        if kind == TaskKind.COMMUNICATION:
            return question.kind == "scenario"
        return question.kind == "business"

    def rank(entry: tuple[Question, int]) -> tuple[int, int, int, str]:
        question, shown = entry
        near = 0 if question.industry == industry else 1 if not question.industry else 2
        return near, shown, abs(question.difficulty - LEVEL), question.id

    fitting = [entry for entry in questions if fits(entry[0])]
    return min(fitting, key=rank)[0] if fitting else None
