"""What a task of a paper asks, found by its kind and code, in both languages."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from touchstone.assessments.models import EXERCISES, AttemptItem, PaperItem, TaskKind
from touchstone.common.errors import NotFound
from touchstone.common.messages import Bilingual, Lang, say
from touchstone.engine.grading.exercise import Exercise
from touchstone.engine.grading.exercise_loading import built_in_exercises
from touchstone.engine.grading.work import Work
from touchstone.engine.judging.loading import load_problem
from touchstone.engine.judging.problem import Problem as Package
from touchstone.engine.questions.loading import built_in_questions, parse_question
from touchstone.engine.questions.question import Question
from touchstone.library import models as library

CONTENT = Path(__file__).resolve().parent.parent / "content"
KIND_NAMES = {
    TaskKind.CODING: Bilingual("编程题", "Programming"),
    TaskKind.CASE: Bilingual("项目案例", "Project case"),
    TaskKind.SCENARIO: Bilingual("业务场景", "Business scenario"),
    TaskKind.COMMUNICATION: Bilingual("沟通场景", "Communication"),
    TaskKind.LEARNING: Bilingual("快速学习", "Quick learning"),
    TaskKind.LABELLING: Bilingual("标注样题", "Labelling sample"),
    TaskKind.BAD_CASE: Bilingual("坏例分析", "Bad-case analysis"),
    TaskKind.PROMPT_REPAIR: Bilingual("修提示词", "Prompt repair"),
}


NOTHING = Bilingual("", "")
NOT_OF_BANK = frozenset({TaskKind.CODING, TaskKind.CASE, *EXERCISES})


@dataclass(frozen=True, slots=True)
class Field:
    """One part of a task's form."""

    id: str
    label: Bilingual
    hint: Bilingual = NOTHING
    rows: int = 10


@dataclass(frozen=True, slots=True)
class TaskText:
    """A task as the candidate reads it.

    Attributes:
        fields: of the form, in order; the answer's parts are stored under their ids.
        material: what a learning task gives to read; empty for the others.
        question: of the bank, where there is one.
        package: of the programming problem, where there is one.
        exercise: to label, to sort or to repair, where it is one; ``fields`` are its written parts.
    """

    kind: str
    code: str
    title: Bilingual
    text: Bilingual
    minutes: int
    fields: tuple[Field, ...] = ()
    material_title: Bilingual = NOTHING
    material: Bilingual = NOTHING
    transfer: Bilingual = NOTHING
    question: Question | None = None
    package: Package | None = None
    exercise: Exercise | None = None

    def rubric(self, lang: Lang, variant: int = 0) -> dict[str, Any] | None:
        """RUBRIC.yaml as data, for tasks that have one.

        A scenario of the business dimension is graded for what it says, one of the communication
        dimension also for what was done in the conversation.
        """
        if self.exercise is not None:
            return self.exercise.rubric_document(variant, lang)
        if self.question is None:
            return None
        document = self.question.rubric_document(lang)
        if self.kind == TaskKind.SCENARIO and self.question.dimension != "communication":
            document["kind"] = "business"
        return document


def task_texts(items: Iterable[PaperItem]) -> dict[int, TaskText]:
    """The tasks of paper items by the item's number; one query for all questions."""
    chosen = list(items)
    codes = {i.code for i in chosen if i.kind not in NOT_OF_BANK}
    questions = bank_questions(codes)
    return {item.pk: _text(item.kind, item.code, questions) for item in chosen}


def task_text(kind: str, code: str) -> TaskText:
    """One task.

    Raises:
        NotFound: the bank has no such question or problem.
    """
    known = {} if kind in NOT_OF_BANK else bank_questions({code})
    return _text(kind, code, known)


def question_rubric(code: str, lang: Lang) -> dict[str, Any]:
    """RUBRIC.yaml of a question as data.

    Raises:
        NotFound: the bank has no such question.
    """
    question = bank_questions({code}).get(code)
    if question is None:
        raise NotFound(say("assessments.no_task", code=code))
    return question.rubric_document(lang)


def bank_questions(codes: Iterable[str]) -> dict[str, Question]:
    """The newest revision of each question; built-in ones also before the bank was loaded."""
    wanted = set(codes)
    found: dict[str, Question] = {}
    rows = library.Question.objects.filter(code__in=wanted).order_by("code", "-revision")
    for row in rows:
        if row.code not in found:
            found[row.code] = _parsed(row.code, row.sha256, row.document)
    if wanted - found.keys():
        found |= {q.id: q for q in built_in_questions() if q.id in wanted and q.id not in found}
    return found


_PARSED: dict[tuple[str, str], Question] = {}


def _parsed(code: str, sha256: str, document: Mapping[str, Any]) -> Question:
    key = (code, sha256)
    if key not in _PARSED:
        if len(_PARSED) > 2000:
            _PARSED.clear()
        _PARSED[key] = parse_question(document, source=code)
    return _PARSED[key]


def problem_folder(code: str) -> Path:
    """The package of a programming problem: the library's, or the built-in one of that name.

    Raises:
        NotFound: there is none.
    """
    row = library.Problem.objects.filter(code=code).first()
    folder = Path(row.path) if row else CONTENT / "problems" / code
    if row and not folder.is_absolute():
        folder = CONTENT / "problems" / folder
    if not folder.resolve().is_relative_to(CONTENT) and row is None:
        raise NotFound(say("assessments.no_task", code=code))
    if not (folder / "problem.yaml").is_file():
        raise NotFound(say("assessments.no_task", code=code))
    return folder


@functools.lru_cache(64)
def _package(folder: Path, _stamp: int) -> Package:
    return load_problem(folder)


def problem_package(code: str) -> Package:
    """The loaded package, read again when its `problem.yaml` changes."""
    folder = problem_folder(code)
    return _package(folder, (folder / "problem.yaml").stat().st_mtime_ns)


@functools.cache
def case_tasks() -> Mapping[str, TaskText]:
    """The project cases that a paper can ask for, by code."""
    found: dict[str, Any] = yaml.safe_load(
        (CONTENT / "assessments" / "cases.yaml").read_text("utf-8")
    )
    return {
        code: TaskText(
            kind=TaskKind.CASE,
            code=code,
            title=Bilingual(**data["title"]),
            text=Bilingual(**data["text"]),
            minutes=int(data["minutes"]),
            fields=tuple(
                Field(f["id"], Bilingual(**f["label"]), Bilingual(**f["hint"]), int(f["rows"]))
                for f in data["fields"]
            ),
        )
        for code, data in found.items()
    }


ANSWER = Field("answer", Bilingual("你的回答", "Your answer"), rows=14)
LEARNING_FIELDS = (
    Field(
        "before",
        Bilingual("读之前，你已经知道什么", "What you know before reading"),
        Bilingual(
            "不知道也没关系，写「不了解」就行。这一步只用来看你学到了多少，不计分。",
            "Knowing nothing is fine; say so. It shows how much you learn and is not scored.",
        ),
        rows=6,
    ),
    Field(
        "answer",
        Bilingual("读完之后，用自己的话回答", "After reading, answer in your own words"),
        rows=12,
    ),
    Field("transfer", Bilingual("再用到一个新情形上", "Apply it to a new case"), rows=7),
)
WRITTEN: dict[str, tuple[Field, ...]] = {
    TaskKind.LABELLING: (
        Field(
            "questions",
            Bilingual("对指南的疑问", "Questions about the guideline"),
            Bilingual(
                "指南没有说清的地方、你按哪种理解标的，都写在这里。提得准会加分。",
                "What the guideline leaves open, and how you read it. Good questions earn points.",
            ),
            rows=6,
        ),
    ),
    TaskKind.BAD_CASE: (
        Field(
            "proposal",
            Bilingual("改进建议", "Your proposal"),
            Bilingual(
                "先修什么、为什么、怎么修、怎么知道修好了、有什么风险。",
                "What to mend first, why, how, how you will know, and the risks.",
            ),
            rows=12,
        ),
    ),
    TaskKind.PROMPT_REPAIR: (
        Field("prompt", Bilingual("改写后的提示词", "The rewritten prompt"), rows=18),
        Field(
            "explanation",
            Bilingual("说明你的改动", "Explain your changes"),
            Bilingual(
                "每个失败是哪一处造成的、怎么改、怎么验证、还有什么没把握。",
                "Which part caused each failure, what changed, how to verify, what is open.",
            ),
            rows=10,
        ),
    ),
}
CODE = Field("source", Bilingual("代码", "Code"), rows=24)


def _text(kind: str, code: str, questions: Mapping[str, Question]) -> TaskText:
    if kind == TaskKind.CASE:
        task = case_tasks().get(code)
    elif kind == TaskKind.CODING:
        task = _coding(code)
    elif kind in EXERCISES:
        task = _exercise(kind, code)
    else:
        task = _question(kind, questions.get(code))
    if task is None:
        raise NotFound(say("assessments.no_task", code=code))
    return task


def _coding(code: str) -> TaskText:
    package = problem_package(code)
    names = package.names
    title = Bilingual(
        names.get("zh") or next(iter(names.values()), code),
        names.get("en") or next(iter(names.values()), code),
    )
    return TaskText(TaskKind.CODING, code, title, NOTHING, 45, fields=(CODE,), package=package)


def exercises(kind: str | None = None) -> list[Exercise]:
    """Every exercise that a paper can ask for, of one kind where it is named."""
    return [e for e in built_in_exercises().values() if kind is None or e.kind == kind]


def _exercise(kind: str, code: str) -> TaskText | None:
    exercise = built_in_exercises().get(code)
    if exercise is None or exercise.kind != kind:
        return None
    return TaskText(
        kind,
        code,
        exercise.title,
        exercise.text,
        exercise.minutes,
        fields=WRITTEN[kind],
        exercise=exercise,
    )


def exercise_language(item: AttemptItem, default: Lang) -> Lang:
    """The language an exercise is done in: as begun, before that the reader's."""
    kept = item.content.get("lang")
    return "en" if kept == "en" else "zh" if kept == "zh" else default


def exercise_work(item: AttemptItem, exercise: Exercise) -> Work:
    """What was handed in for an exercise, as the engine measures it."""
    known = "en" if item.attempt.application.candidate.language == "en" else "zh"
    lang = exercise_language(item, "en" if known == "en" else "zh")
    ends = item.submitted_at or item.saved_at
    seconds = (ends - item.started_at).total_seconds() if ends and item.started_at else None
    content = {name: str(value) for name, value in item.content.items() if value}
    return Work(item.item.kind, content, None, lang, exercise, item.variant, seconds)


def _question(kind: str, question: Question | None) -> TaskText | None:
    if question is None:
        return None
    task = TaskText(
        kind,
        question.id,
        question.title,
        question.text,
        question.minutes,
        fields=(ANSWER,),
        question=question,
    )
    if question.material is None or kind != TaskKind.LEARNING:
        return task
    transfer = next(
        (f.text for when in ("strong", "always") for f in question.follow_ups if f.when == when),
        NOTHING,
    )
    return replace(
        task,
        fields=LEARNING_FIELDS if transfer.zh else LEARNING_FIELDS[:2],
        material_title=question.material.title,
        material=question.material.text,
        transfer=transfer,
    )
