"""What interviewers and departments of the demo write down."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from touchstone.demo.company import Department, Interviewer
from touchstone.demo.composing import project_name, spaced
from touchstone.demo.people import Person
from touchstone.demo.wording import Wording, bank, rng_for

GOOD_FROM = 7.5
MIXED_FROM = 5.0
# Least mean score for each stance, the best first.
STANCES = (("hire", 7.5), ("lean_hire", 6.5), ("lean_no", 5.0), ("no", 0.0))
_OWN_WEIGHT = {
    "algorithm": {"technical": 0.6, "learning": 0.2, "business": 0.1, "communication": 0.1},
    "business": {"business": 0.55, "communication": 0.25, "technical": 0.15, "learning": 0.05},
    "hr": {"communication": 0.5, "learning": 0.3, "business": 0.1, "technical": 0.1},
}
_CARED_FOR = 0.2


@dataclass(frozen=True, slots=True)
class DepartmentView:
    """``stance``: hire | lean_hire | lean_no | no."""

    stance: str
    text: str


def interviewer_note(person: Person, interviewer: Interviewer, dimension: str, score: float) -> str:
    """The remark beside a score of 0–10, in Chinese: praise, praise with a "but", or what lacks."""
    rng = rng_for("note", person.identity, interviewer.key, dimension)
    words = _words(person, rng)
    good = words.some(_remarks(dimension, "good", interviewer.department), 2)
    gap = words.some(_remarks(dimension, "gap", interviewer.department), 2)
    if score >= GOOD_FROM:
        parts = good if rng.random() < 0.5 else good[:1]
        return _finished("；".join(parts))
    if score >= MIXED_FROM:
        return _finished(f"{good[0]}，{rng.choice(('但', '不过', '只是'))}{gap[0]}")
    return _finished("；".join(gap if rng.random() < 0.6 else gap[:1]))


def department_evaluation(
    person: Person, department: Department, scores: Mapping[str, float]
) -> DepartmentView:
    """A department's written view, from its own people's mean scores per dimension (0–10).

    The stance follows the scores weighted as that kind of department weighs them; dimensions that
    it did not score are left out.

    Raises:
        ValueError: there are no scores.
    """
    weights = {d: w for d, w in _OWN_WEIGHT[department.kind].items() if d in scores}
    if not weights:
        raise ValueError("a department that scored nothing has no view")
    mean = sum(w * scores[d] for d, w in weights.items()) / sum(weights.values())
    stance = next(name for name, least in STANCES if mean >= least)
    rng = rng_for("evaluation", person.identity, department.key)
    words = _words(person, rng)
    notes: Mapping[str, Any] = bank("notes")
    cared_for = [d for d, weight in weights.items() if weight >= _CARED_FOR] or list(weights)
    best = max(cared_for, key=lambda d: scores[d])
    worst = min(cared_for, key=lambda d: scores[d])
    praise = words.one(_remarks(best, "good", department.key))
    lack = words.one(_remarks(worst, "gap", department.key))
    seen = {"hire": praise, "no": lack}.get(stance, f"{praise}，但{lack}")
    voice = notes["evaluation"][department.kind]
    text = f"{words.one(voice['opening'])}{seen}。{words.one(voice[stance])}"
    return DepartmentView(stance, spaced(text))


def _remarks(dimension: str, part: str, department: str) -> list[str]:
    """The bank's remarks on a dimension, with those of the department's own field."""
    said: Mapping[str, Sequence[str]] = bank("notes")[dimension]
    return [*said[part], *said.get(f"{part}_{department}", ())]


def _words(person: Person, rng: random.Random) -> Wording:
    return Wording(rng, {"project": f"“{project_name(person, 'zh')}”"})


def _finished(text: str) -> str:
    return spaced(text) + "。"
