"""Exercises of the trainer's trade: samples to label, wrong outputs to sort, prompts to repair.

Each has two variants with different items, so that knowing one is worth nothing for the other.
Candidates read one language throughout, because spans are counted in its letters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from touchstone.common.messages import Bilingual, Lang
from touchstone.engine.grading.pictures import Picture
from touchstone.engine.questions.question import Phrases

LABELLING, BAD_CASE, PROMPT_REPAIR = "labelling", "bad_case", "prompt_repair"
KINDS = (LABELLING, BAD_CASE, PROMPT_REPAIR)
FORMS = ("classes", "spans", "boxes")
TRAPS = ("conflict", "leak", "format", "injection")
MOST_MARKS = 60
ASKED: Mapping[str, str] = {
    "zh": "对标注指南的疑问。指南没有说清楚的地方，要不要标，算不算，标哪一类，怎么处理",
    "en": (
        "Questions about the guideline: what the guideline does not say, whether it is clear, "
        "which one to mark or label, how it is marked or boxed"
    ),
}
"""Words that every question about a guideline uses: they tell nothing about which one it is."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A labelled stretch ``text[start:end]``, counted in code points."""

    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Box:
    """A labelled rectangle in whole pixels of the picture."""

    label: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Label:
    """A class that an item, a span or a box can have, or a cause of wrong outputs."""

    id: str
    name: Bilingual
    hint: Bilingual = field(default_factory=lambda: Bilingual("", ""))


@dataclass(frozen=True, slots=True)
class ReadingOf:
    """One way to read what the guideline leaves open, and how people declare that they do."""

    id: str
    text: Bilingual
    accept: Phrases


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """What the guideline leaves open, honestly, and how people ask about it.

    Attributes:
        default: the reading that gold uses where nothing was asked or declared.
    """

    id: str
    text: Bilingual
    accept: Phrases
    default: str
    readings: tuple[ReadingOf, ...]


@dataclass(frozen=True, slots=True)
class LabelItem:
    """One thing to label.

    Attributes:
        gold: language → reading → the answer as a form field; the reading is "" where the
            guideline leaves nothing open.
    """

    id: str
    gold: Mapping[str, Mapping[str, str]]
    text: Bilingual = field(default_factory=lambda: Bilingual("", ""))
    picture: Picture | None = None
    ambiguity: str = ""


@dataclass(frozen=True, slots=True)
class RubricText:
    """A rubric in both languages: what a written part should say."""

    question: Bilingual
    document: Mapping[str, Any]

    def of(self, lang: Lang) -> dict[str, Any]:
        """RUBRIC.yaml as data."""
        points = [
            {
                "id": p["id"],
                "weight": p["weight"],
                "text": p["text"][lang],
                "accept": list(p.get("accept", {}).get(lang, ())),
                "contradicted_by": list(p.get("contradicted_by", {}).get(lang, ())),
            }
            for p in self.document["key_points"]
        ]
        return {
            "id": self.document["id"],
            "kind": "technical",
            "lang": lang,
            "question": self.question.text(lang),
            "max_score": self.document["max_score"],
            "key_points": points,
        }


@dataclass(frozen=True, slots=True)
class BadCase:
    """One wrong output with its context; ``causes`` are those an expert would accept."""

    id: str
    given: Bilingual
    context: Bilingual
    output: Bilingual
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Demand:
    """Something a prompt has to say."""

    id: str
    weight: float
    text: Bilingual
    accept: Phrases
    contradicted_by: Phrases = field(default_factory=Phrases)


@dataclass(frozen=True, slots=True)
class Trap:
    """A planted fault of a prompt.

    Attributes:
        there: language → groups of phrases; the fault is there while every group has one that
            stands in the prompt. Without groups it is there until it is repaired.
        fixed_by: phrases that repair it although the groups still stand.
    """

    id: str
    kind: str
    text: Bilingual
    there: Mapping[str, tuple[tuple[str, ...], ...]]
    fixed_by: Phrases


@dataclass(frozen=True, slots=True)
class PromptCase:
    """A test case of a prompt: what went in, what came out, what was wanted."""

    id: str
    given: Bilingual
    output: Bilingual
    wanted: Bilingual
    passed: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """One variant of a labelling sample."""

    items: tuple[LabelItem, ...]

    def item(self, name: str) -> LabelItem | None:
        return next((item for item in self.items if item.id == name), None)


@dataclass(frozen=True, slots=True)
class CaseHeap:
    """One variant of a bad-case analysis; ``worth`` says what mending each cause is worth."""

    cases: tuple[BadCase, ...]
    worth: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class BrokenPrompt:
    """One variant of a prompt repair."""

    prompt: Bilingual
    cases: tuple[PromptCase, ...]
    add: tuple[Demand, ...]
    keep: tuple[Demand, ...]
    traps: tuple[Trap, ...]
    rubric: RubricText


@dataclass(frozen=True, slots=True)
class Exercise:
    """An exercise with its variants, all of one kind.

    Attributes:
        text: the guideline of a sample, the description of the system, or the brief of a repair.
        labels: classes to choose from, or causes with some that do not occur.
        rubric: of the written part of a bad-case analysis.
    """

    id: str
    kind: str
    industry: str
    minutes: int
    title: Bilingual
    text: Bilingual
    form: str = ""
    labels: tuple[Label, ...] = ()
    ambiguities: tuple[Ambiguity, ...] = ()
    samples: tuple[Sample, ...] = ()
    heaps: tuple[CaseHeap, ...] = ()
    prompts: tuple[BrokenPrompt, ...] = ()
    rubric: RubricText | None = None
    sha256: str = ""

    @property
    def variants(self) -> int:
        return len(self.samples or self.heaps or self.prompts)

    def sample(self, variant: int) -> Sample:
        return self.samples[variant % len(self.samples)]

    def heap(self, variant: int) -> CaseHeap:
        return self.heaps[variant % len(self.heaps)]

    def broken(self, variant: int) -> BrokenPrompt:
        return self.prompts[variant % len(self.prompts)]

    def rubric_document(self, variant: int, lang: Lang) -> dict[str, Any]:
        """RUBRIC.yaml of what people grade by points: the questions asked about the guideline,
        the proposal, or the explanation of the repair."""
        if self.kind == PROMPT_REPAIR:
            return self.broken(variant).rubric.of(lang)
        if self.rubric is not None:
            return self.rubric.of(lang)
        return {
            "id": self.id,
            "kind": "technical",
            "lang": lang,
            "question": ASKED[lang],
            "max_score": 10,
            "key_points": [
                {
                    "id": a.id,
                    "weight": 1,
                    "text": a.text.text(lang),
                    "accept": [p.replace("…", " ") for p in a.accept.of(lang)],
                }
                for a in self.ambiguities
            ],
        }


def write_marks(marks: tuple[Mark, ...]) -> str:
    """Spans as a form field: ``start-end:label`` joined by semicolons, in the text's order."""
    ordered = sorted(marks, key=lambda m: (m.start, m.end, m.label))
    return ";".join(f"{m.start}-{m.end}:{m.label}" for m in ordered)


def write_boxes(boxes: tuple[Box, ...]) -> str:
    """Boxes as a form field: ``x,y,width,height:label`` joined by semicolons."""
    return ";".join(f"{b.x},{b.y},{b.width},{b.height}:{b.label}" for b in boxes)
