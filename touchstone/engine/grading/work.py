"""One piece of a candidate's work graded by what kind of task it is: 0..10 with its evidence.

Called where a rubric answer, a project case or a quick-learning task has to be measured in the
same way: by the background jobs, by many processes at once, by tests.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from touchstone import __version__
from touchstone.common.messages import Lang, Message
from touchstone.engine.grading import bad_cases, labelling, prompt_repair
from touchstone.engine.grading.claims import CaseAnalysis, analyse_case
from touchstone.engine.grading.exercise import BAD_CASE, LABELLING, Exercise
from touchstone.engine.grading.grade import Grading, grade
from touchstone.engine.grading.learning import analyse_learning, growth
from touchstone.engine.grading.rubrics import Rubric, rubric_from_mapping

TRUST = {"plausible": 1.0, "doubtful": 0.85, "implausible": 0.6}
"""What a case's depth is worth when its numbers are hard to believe; a person looks then too."""
AFTER = ("answer", "after")
BEFORE = "before"


@dataclass(frozen=True, slots=True)
class Work:
    """What a candidate handed in for one task.

    Attributes:
        kind: scenario, communication, learning, case, or the kind of an exercise.
        rubric: RUBRIC.yaml as data in the language of the answer; None for a case.
        content: field → text, in the order of the form.
        exercise: with the variant the candidate had, for its kinds; ``seconds`` from start to
            hand-in, told as the pace and never scored.
    """

    kind: str
    content: Mapping[str, str]
    rubric: Mapping[str, Any] | None = None
    lang: Lang = "zh"
    exercise: Exercise | None = None
    variant: int = 0
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class WorkGrading:
    """What the work is worth.

    Attributes:
        score: 0..10, two decimals.
        points: credit 0..1 per key point (of an exercise: per ambiguity noticed, or of its written
            part); empty for a case.
        result: a row of `touchstone grade` or `claims`; sentences as ids with arguments, so that
            each reader gets them in their language. ``text`` is what the offsets count.
        needs_human: a person should look before the score is used.
        receipt: hashes of the input, of the rubric, and the engine's version.
    """

    score: float
    points: Mapping[str, float]
    result: Mapping[str, Any]
    needs_human: bool
    receipt: Mapping[str, str] = field(default_factory=dict)


def grade_work(work: Work) -> WorkGrading:
    """Grades one piece of work. Same work, same grading.

    Raises:
        InvalidInput: the rubric is missing something.
    """
    if work.exercise is not None:
        score, points, result, needs_human = _exercise(work, work.exercise)
        return WorkGrading(score, points, result, needs_human, receipt(work))
    text = answer_text(work.kind, work.content)
    if work.kind == "case" or work.rubric is None:
        graded = _case(text, work.lang)
    else:
        graded = _by_rubric(work, rubric_from_mapping(work.rubric), text)
    score, points, result, needs_human = graded
    return WorkGrading(score, points, {**result, "text": text}, needs_human, receipt(work))


def answer_text(kind: str, content: Mapping[str, str]) -> str:
    """What is graded: the answer of a learning task, otherwise all fields one after the other."""
    if kind == "learning":
        return next((content[name] for name in AFTER if content.get(name)), "")
    return "\n".join(text.strip() for text in content.values() if text.strip())


def language_of(text: str, default: Lang = "zh") -> Lang:
    """The language an answer is written in: Chinese from one Chinese character in ten letters."""
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return default
    chinese = sum("㐀" <= c <= "鿿" for c in letters)
    return "zh" if chinese * 10 >= len(letters) else "en"


def receipt(work: Work) -> dict[str, str]:
    """By what the grading can be repeated and compared."""
    given: dict[str, Any] = {"kind": work.kind, "content": dict(work.content)}
    if work.exercise is not None:
        given |= {"exercise": work.exercise.sha256, "variant": work.variant, "lang": work.lang}
        given |= {"seconds": work.seconds}
    return {
        "input_sha256": _digest(given),
        "rubric_sha256": _digest(work.rubric) if work.rubric is not None else "",
        "engine": __version__,
    }


def message_documents(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """Messages as they are stored: ``{"id", "args"}``, arguments likewise."""
    return [_document(message) for message in messages]


def _document(message: Message) -> dict[str, Any]:
    args = {k: _document(v) if isinstance(v, Message) else v for k, v in message.args.items()}
    return {"id": message.id, "args": args}


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


Graded = tuple[float, dict[str, float], dict[str, Any], bool]


def _exercise(work: Work, exercise: Exercise) -> Graded:
    """An exercise by its kind; ``result`` has its measures under ``exercise``."""
    head: dict[str, Any] = {
        "code": exercise.id,
        "variant": work.variant % exercise.variants,
        "lang": work.lang,
    }
    if exercise.kind == LABELLING:
        sample = labelling.grade_labelling(
            exercise, work.variant, work.content, work.lang, work.seconds
        )
        points = {n.ambiguity: n.share for n in sample.noticed}
        evidence = [
            {
                "point": n.ambiguity,
                "quote": sample.text[start:end],
                "start": start,
                "end": end,
                "polarity": "supports",
            }
            for n in sample.noticed
            for start, end in n.quotes
        ]
        row = head | labelling.labelling_row(sample)
        result = {"exercise": row, "evidence": evidence, "text": sample.text, "lang": work.lang}
        return sample.score, points, result, sample.unsure
    found: bad_cases.BadCaseGrading | prompt_repair.PromptGrading
    if exercise.kind == BAD_CASE:
        found = bad_cases.grade_bad_cases(exercise, work.variant, work.content, work.lang)
        row, written = bad_cases.bad_case_row(found), found.proposal
        text, unsure = work.content.get("proposal", ""), False
    else:
        found = prompt_repair.grade_prompt(exercise, work.variant, work.content, work.lang)
        row, written = prompt_repair.prompt_row(found), found.explanation
        text, unsure = work.content.get("explanation", ""), found.unsure
    result = written.to_row(work.lang)
    result["analysis"] = message_documents(written.analysis)
    result["exercise"] = head | row
    result |= {"text": text, "lang": work.lang}
    return found.score, dict(written.points), result, unsure or written.needs_human


def score_with_points(work: Work, points: Mapping[str, float]) -> float:
    """The score 0..10 of an exercise when a person sets the credit of its points.

    For a labelling sample the items touched by an ambiguity are compared again, because what was
    asked about decides which readings count.

    Raises:
        ValueError: the work is not an exercise.
    """
    exercise = work.exercise
    if exercise is None:
        raise ValueError(work.kind)
    if exercise.kind == LABELLING:
        return labelling.grade_labelling(
            exercise, work.variant, work.content, work.lang, credits_by_person=points
        ).score
    rubric = rubric_from_mapping(exercise.rubric_document(work.variant, work.lang))
    total = sum(p.weight for p in rubric.key_points)
    share = sum(p.weight * points.get(p.id, 0.0) for p in rubric.key_points) / total
    if exercise.kind == BAD_CASE:
        cases = bad_cases.grade_bad_cases(exercise, work.variant, work.content, work.lang)
        return bad_cases.score_of(cases.grouping, cases.order, share)
    repair = prompt_repair.grade_prompt(exercise, work.variant, work.content, work.lang)
    return prompt_repair.score_of(repair.prompt, share)


def _case(text: str, lang: Lang) -> Graded:
    analysis: CaseAnalysis = analyse_case(text, lang)
    row = analysis.to_row(lang)
    row["reasons"] = message_documents(analysis.reasons)
    row["follow_up"] = message_documents(analysis.follow_up)
    score = round(analysis.depth * TRUST[analysis.plausibility], 2)
    return score, {}, row, analysis.plausibility != "plausible"


def _by_rubric(work: Work, rubric: Rubric, text: str) -> Graded:
    found = grade(rubric, text)
    row = found.to_row(work.lang)
    row["analysis"] = message_documents(found.analysis)
    if work.kind == "learning":
        row["learning"] = _learning(work, rubric, text, found)
    return _of_ten(found.score, rubric), dict(found.points), row, found.needs_human


def _learning(work: Work, rubric: Rubric, text: str, found: Grading) -> dict[str, float]:
    """Accuracy, own words, and how much was learnt between the two answers."""
    after = _of_ten(found.score, rubric)
    told = analyse_learning(text, rubric, found.points)
    result = {"copied": told.copied, "own_words": told.own_words, "accuracy": told.accuracy}
    before = work.content.get(BEFORE, "").strip()
    if before:
        first = _of_ten(grade(rubric, before).score, rubric)
        result |= {
            "before": first,
            "after": after,
            "growth": round(growth(first / 10, after / 10), 2),
        }
    return result


def _of_ten(score: float, rubric: Rubric) -> float:
    return round(10 * score / rubric.max_score, 2)
