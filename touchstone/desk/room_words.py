"""What the room says about a candidate's papers: doubts to clear up face to face, results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from touchstone.common.messages import Bilingual, render
from touchstone.evaluation.room import Room
from touchstone.recruiting.models import Application
from touchstone.ui.bilingual import stored_message

FLAGS = {
    "hidden_text": ("简历里有看不见的文字", "The resume holds text that cannot be seen"),
    "keyword_list": ("关键词堆在一起，没有说做过什么", "Keywords in a heap, without what was done"),
    "prompt_injection": ("简历里有写给机器的话", "The resume speaks to machines"),
    "copied_job_ad": ("大段与招聘启事相同", "Long passages equal the job ad"),
    "off_topic": ("答非所问", "The answer misses the question"),
    "keyword_stuffing": ("答案堆关键词", "The answer piles up keywords"),
    "contradiction": ("答案前后矛盾", "The answer contradicts itself"),
    "copied_question": ("答案照抄题目", "The answer repeats the question"),
    "copied_material": ("答案照抄材料", "The answer copies the material"),
    "too_short": ("答案很短", "The answer is very short"),
    "paste": ("有大段粘贴", "Long passages were pasted"),
    "focus_lost": ("答题时离开过页面", "The page was left while answering"),
    "similarity": ("与另一份答案很像", "Much like another answer"),
}
MOST_DOUBTS = 10
MOST_EVIDENCE = 6
TASKS = {
    "coding": ("编程题", "Coding"),
    "case": ("项目案例", "Project case"),
    "scenario": ("情景题", "Scenario"),
    "communication": ("沟通题", "Communication"),
    "learning": ("快速学习", "Quick learning"),
    "labelling": ("标注样题", "Labelling sample"),
    "bad_case": ("坏例分析", "Bad cases"),
    "prompt_repair": ("修提示词", "Prompt repair"),
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something to clear up in the talk; ``quote`` are the candidate's own words, if any."""

    text: Bilingual
    quote: str = ""


@dataclass(frozen=True, slots=True)
class TaskResult:
    """One task of the assessment: its name, score 0–100, and what stands out."""

    name: Bilingual
    score: float | None
    detail: str
    needs_human: bool


def flag_words(flag: Any) -> Bilingual:
    """A flag in words; one we do not know stands as it is."""
    name = str(flag.get("kind", flag)) if isinstance(flag, dict) else str(flag)
    return Bilingual(*FLAGS.get(name, (name, name)))


def doubts(room: Room) -> list[Doubt]:
    """Flags of resume and answers, claims without a base, and what the case review would ask."""
    application = room.interview.application
    found: list[Doubt] = []
    screening = application.screening
    if screening is not None:
        found += [Doubt(flag_words(flag)) for flag in screening.result.get("flags", ())]
    asked = room.interview.kit.get("probes", ())
    found += [_probe(probe) for probe in asked] if asked else _claims(application)
    if room.attempt is not None:
        for item in room.attempt.items.all():
            for grading in item.gradings.all():
                found += [Doubt(_asked(q)) for q in grading.result.get("follow_up", ())]
                found += [Doubt(flag_words(flag)) for flag in grading.result.get("flags", ())]
        found += [Doubt(flag_words(signal.kind)) for signal in room.attempt.signals.all()]
    unique = {(d.text.zh, d.quote): d for d in found}
    return list(unique.values())[:MOST_DOUBTS]


def _asked(question: Any) -> Bilingual:
    """A question to ask: a stored message, or words as they are."""
    if not isinstance(question, dict):
        return Bilingual(str(question), str(question))
    message = stored_message(question)
    return Bilingual(render(message, "zh"), render(message, "en"))


def _probe(probe: dict[str, Any]) -> Doubt:
    """What the kit would ask beside its questions."""
    return Doubt(_asked(probe.get("ask") or probe["why"]), probe.get("quote", ""))


def _claims(application: Application) -> list[Doubt]:
    resume = application.resume
    claims = resume.parsed.get("claims", ()) if resume else ()
    found = []
    for claim in claims:
        quote = str(claim.get("quote") or claim.get("text") or "")
        if claim.get("own") is False:
            words = Bilingual(
                "这是谁做的，本人做了哪一部分", "Who did this, and which part was theirs"
            )
        elif claim.get("baseline") in (None, "") and claim.get("unit") in {"percent", "times"}:
            words = Bilingual("基数是多少，谁统计的", "From what base, and who measured it")
        else:
            continue
        found.append(Doubt(words, quote))
    return found


def results(room: Room) -> list[TaskResult]:
    """The assessment task by task."""
    if room.attempt is None:
        return []
    found = []
    for item in room.attempt.items.all():
        judged = [s for s in item.submissions.all() if s.status == "judged" and not s.samples_only]
        last = max(judged, key=lambda s: s.created_at, default=None)
        detail = ""
        if last is not None:
            tests = last.result.get("tests", ())
            passed = sum(1 for test in tests if test.get("verdict") == "AC")
            detail = f"{last.verdict} {passed}/{len(tests)}" if tests else last.verdict
        found.append(
            TaskResult(
                Bilingual(*TASKS.get(item.item.kind, (item.item.kind, item.item.kind))),
                item.score,
                detail,
                item.needs_human,
            )
        )
    return found


def evidence_by_dimension(room: Room) -> list[dict[str, Any]]:
    """Per dimension of the model the evidence of the resume, strongest first."""
    strength = {"result": 3, "used": 2, "listed": 1}
    of_indicator = {row.indicator.id: row for row in room.rows}
    groups: dict[str, list[dict[str, Any]]] = {}
    for number, piece in enumerate(room.evidence):
        row = of_indicator.get(str(piece.get("indicator")))
        if row is not None:
            entry = {**piece, "level": strength.get(str(piece.get("kind")), 0), "id": number}
            groups.setdefault(row.dimension.id, []).append(entry)
    found = []
    for group in sorted(room.groups, key=lambda g: -g.dimension.weight):
        rows = sorted(groups.get(group.dimension.id, []), key=lambda e: -e["level"])
        found.append(
            {
                "dimension": group.dimension,
                "levels": [entry["level"] for entry in rows if entry["level"]],
                "rows": rows[:MOST_EVIDENCE],
                "more": max(0, len(rows) - MOST_EVIDENCE),
            }
        )
    return found
