"""Prompt repair: what the new prompt says, which planted faults it lost, and how it is explained.

    prompt = K · (0.6 · A + 0.4 · T)   A share of what had to be added, T of faults removed,
                                       K of the good rules kept, each by weight
    score  = 10 · (0.6 · prompt + 0.4 · share of the explanation's rubric)

A prompt handed back as it was is worth nothing, and likeness that the original had already counts
for nothing. Demands are looked for word by word (`phrases`);
where no phrase stands, the same soft matching that grades answers decides, without its gates,
because a prompt is made of instructions. What rests on soft matching alone is marked for a person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from touchstone.common.messages import Lang
from touchstone.engine.grading.credit import TURNED, Matcher, credit
from touchstone.engine.grading.exercise import BrokenPrompt, Demand, Exercise, Trap
from touchstone.engine.grading.grade import Grading, compiled, grade
from touchstone.engine.grading.matching import window_maxima, windows
from touchstone.engine.grading.phrases import first_phrase, plain
from touchstone.engine.grading.reading import read
from touchstone.engine.grading.rubrics import Rubric, rubric_from_mapping

PROMPT, EXPLANATION = 0.6, 0.4
ADDED, REMOVED = 0.6, 0.4
SOFT_FROM = 0.8
LONGEST = 8000


@dataclass(frozen=True, slots=True)
class Said:
    """Whether a demand stands in the prompt.

    Attributes:
        how: phrase, sense, denied or "" where it was not found.
    """

    id: str
    met: bool
    how: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Removed:
    """Whether a planted fault is gone; ``start`` and ``end`` show where it still stands, or what
    mends it."""

    id: str
    gone: bool
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class PromptGrading:
    """A repaired prompt with the place of everything found in it."""

    added: tuple[Said, ...]
    kept: tuple[Said, ...]
    traps: tuple[Removed, ...]
    shares: tuple[float, float, float]
    changed: bool
    explanation: Grading
    share: float

    @property
    def prompt(self) -> float:
        added, kept, removed = self.shares
        return kept * (ADDED * added + REMOVED * removed) if self.changed else 0.0

    @property
    def unsure(self) -> bool:
        return any(s.how == "sense" for s in (*self.added, *self.kept))

    @property
    def score(self) -> float:
        return score_of(self.prompt, self.share)


def score_of(prompt: float, explanation: float) -> float:
    """0..10, two decimals."""
    return round(10 * (PROMPT * prompt + EXPLANATION * explanation), 2)


def grade_prompt(
    exercise: Exercise, variant: int, content: Mapping[str, str], lang: Lang = "zh"
) -> PromptGrading:
    """Measures one repair. Same answer, same result.

    Args:
        content: ``prompt`` the new prompt, ``explanation`` what was changed and why.
    """
    broken = exercise.broken(variant)
    prompt = content.get("prompt", "")[:LONGEST]
    added, kept = _said(broken, prompt, lang)
    traps = tuple(trap_gone(trap, prompt, lang) for trap in broken.traps)
    rubric = rubric_from_mapping(broken.rubric.of(lang))
    explanation = grade(rubric, content.get("explanation", ""))
    return PromptGrading(
        added=added,
        kept=kept,
        traps=traps,
        shares=(
            _weighted(broken.add, added),
            _weighted(broken.keep, kept),
            sum(t.gone for t in traps) / len(traps) if traps else 1.0,
        ),
        changed=_bare(prompt) not in {"", _bare(broken.prompt.text(lang))},
        explanation=explanation,
        share=explanation.score / rubric.max_score,
    )


def trap_gone(trap: Trap, prompt: str, lang: Lang) -> Removed:
    """Whether the fault is gone: nothing of one of its groups stands, or something mends it."""
    mended = first_phrase(trap.fixed_by.of(lang), prompt)
    if mended is not None:
        return Removed(trap.id, True, mended.start, mended.end)
    found = [first_phrase(group, prompt) for group in trap.there.get(lang, ())]
    standing = [hit for hit in found if hit is not None]
    if trap.there.get(lang) and len(standing) < len(found):
        return Removed(trap.id, bool(prompt.strip()))
    if not standing:
        return Removed(trap.id, False)
    return Removed(trap.id, False, standing[-1].start, standing[-1].end)


def _bare(text: str) -> str:
    return re.sub(r"\W+", "", plain(text))


def _weighted(demands: Sequence[Demand], said: Sequence[Said]) -> float:
    total = sum(d.weight for d in demands)
    met = sum(d.weight for d, s in zip(demands, said, strict=True) if s.met)
    return met / total if total else 1.0


def _said(
    broken: BrokenPrompt, prompt: str, lang: Lang
) -> tuple[tuple[Said, ...], tuple[Said, ...]]:
    demands = (*broken.add, *broken.keep)
    before = {s.id for s in _soft(broken.add, broken.prompt.text(lang), lang) if s.met}
    soft = [
        s if s.id not in before else Said(s.id, False, "") for s in _soft(demands, prompt, lang)
    ]
    found = tuple(
        _one(demand, prompt, lang, hit) for demand, hit in zip(demands, soft, strict=True)
    )
    return found[: len(broken.add)], found[len(broken.add) :]


def _one(demand: Demand, prompt: str, lang: Lang, soft: Said) -> Said:
    against = first_phrase(demand.contradicted_by.of(lang), prompt)
    if against is not None:
        return Said(demand.id, False, "denied", against.start, against.end)
    hit = first_phrase(demand.accept.of(lang), prompt)
    if hit is not None:
        return Said(demand.id, True, "phrase", hit.start, hit.end)
    return soft


def _soft(demands: Sequence[Demand], prompt: str, lang: Lang) -> list[Said]:
    """Each demand by how alike the prompt's windows are, with the grader's own regression."""
    reading = read(prompt)
    if not reading.tokens or not demands:
        return [Said(d.id, False, "") for d in demands]
    rubric = _as_rubric(demands, lang)
    ready = compiled(rubric)
    similar = ready.similarities(reading)
    spans = windows(reading)
    heard = np.ones(len(reading.tokens), dtype=np.bool_)
    matcher = Matcher(ready, reading, similar, spans, window_maxima(similar, spans), heard)
    found: list[Said] = []
    for demand, match in zip(demands, matcher.matches(ready.points), strict=True):
        given = credit(match.features, phrases=True, alone=False, listed=False)
        met = bool(given >= SOFT_FROM and match.turned < TURNED)
        place = (match.span.start, match.span.end) if met else (0, 0)
        found.append(Said(demand.id, met, "sense" if met else "", *place))
    return found


def _as_rubric(demands: Sequence[Demand], lang: Lang) -> Rubric:
    return rubric_from_mapping(
        {
            "id": "prompt",
            "kind": "technical",
            "lang": lang,
            "question": "提示词" if lang == "zh" else "Prompt",
            "key_points": [
                {
                    "id": d.id,
                    "text": d.text.text(lang),
                    "weight": d.weight,
                    "accept": [p.replace("…", " ") for p in d.accept.of(lang)],
                }
                for d in demands
            ],
        }
    )


def prompt_row(grading: PromptGrading) -> dict[str, Any]:
    """The measures as they are stored."""
    added, kept, removed = grading.shares

    def row(said: Said) -> dict[str, Any]:
        return {
            "id": said.id,
            "met": said.met,
            "how": said.how,
            "start": said.start,
            "end": said.end,
        }

    return {
        "form": "prompt_repair",
        "prompt": round(grading.prompt, 4),
        "changed": grading.changed,
        "measures": {
            "added": round(added, 4),
            "kept": round(kept, 4),
            "removed": round(removed, 4),
        },
        "added": [row(s) for s in grading.added],
        "kept": [row(s) for s in grading.kept],
        "traps": [
            {"id": t.id, "gone": t.gone, "start": t.start, "end": t.end} for t in grading.traps
        ],
    }
