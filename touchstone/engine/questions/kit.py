"""A question kit for one candidate: chosen by model, resume, time and what others were asked.

Every choice says why it was made; the document keeps the reasons as messages, so that an
interviewer reads them in either language. Same inputs and seed, same kit.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import Bilingual, Lang, Message, say
from touchstone.engine.profiles.model import CompetencyModel
from touchstone.engine.questions.cover import STEEPNESS, Cover, CoverProblem, Matrix, choose
from touchstone.engine.questions.loading import question_document
from touchstone.engine.questions.probes import Probe, find_probes, shown_quote
from touchstone.engine.questions.question import Question
from touchstone.engine.questions.relevance import QuestionPool, pool_of
from touchstone.engine.questions.words import bilingual_message
from touchstone.engine.text.taxonomy import Taxonomy

ARRIVING_SHARE, ARRIVING_MOST = 0.2, 10
"""Part of the talk, and minutes at most, left for arriving and the candidate's questions."""
SEEN_PENALTY = 0.45
COVERED = 0.5
MOST_PROBES = 3
SMALLEST_MATCH = 0.45


@dataclass(frozen=True, slots=True)
class Choice:
    """One question of a kit.

    Attributes:
        reasons: why this question for this candidate.
        probes: what it is to find out, with the resume's words.
        variants: ids of questions that could take its place.
        seen: how many candidates of the round saw it before.
    """

    question: Question
    reasons: tuple[Message, ...]
    probes: tuple[Probe, ...] = ()
    variants: tuple[str, ...] = ()
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Kit:
    """Questions for one candidate, in the order of the model's dimensions.

    Attributes:
        minutes: of the talk. used: of the questions.
        coverage: how well each indicator is covered, 0..1.
        open_probes: what to ask beside the questions.
        value, greedy, bound: of the choice, of the plain greedy one, of the best there can be.
    """

    choices: tuple[Choice, ...]
    minutes: int
    used: int
    coverage: Mapping[str, float]
    missing: tuple[Message, ...]
    open_probes: tuple[Probe, ...]
    value: float
    greedy: float
    bound: float
    seed: int
    lang: Lang
    names: Mapping[str, Bilingual] = field(default_factory=dict)

    @property
    def quality(self) -> float:
        """At least this share of the best possible value, 0..1."""
        return self.value / self.bound if self.bound else 1.0

    def document(self) -> dict[str, Any]:
        """Plain data, as an interview keeps it."""
        return {
            "version": 1,
            "lang": self.lang,
            "seed": self.seed,
            "minutes": self.minutes,
            "used": self.used,
            "questions": [choice_document(choice) for choice in self.choices],
            "coverage": _coverage_document(self.coverage, self.names),
            "missing": [message_document(m) for m in self.missing],
            "probes": [probe_document(p) for p in self.open_probes],
            "quality": {
                "value": round(self.value, 3),
                "greedy": round(self.greedy, 3),
                "bound": round(self.bound, 3),
                "share": round(self.quality, 4),
            },
        }


def build_kit(
    model: CompetencyModel,
    questions: Sequence[Question],
    *,
    resume_text: str,
    screening_row: Mapping[str, Any],
    seen: Mapping[str, int],
    minutes: int,
    seed: int,
    lang: Lang,
    excluded: Collection[str] = (),
    concepts: Taxonomy | None = None,
) -> Kit:
    """Chooses a kit.

    Args:
        questions: those that fit the position; the same list for many candidates is read once.
        resume_text: as extracted, may be empty.
        screening_row: of `touchstone screen`, may be empty.
        seen: question id → candidates of the round who saw it.
        minutes: of the whole talk.
        seed: decides between questions that are equally good.
        lang: of the talk.
        excluded: ids of questions that this candidate has met already, in a paper or a talk.
        concepts: another taxonomy than the built-in one.

    Raises:
        InvalidInput: there is no question that fits into the time.
    """
    pool = pool_of(model, questions, concepts)
    limit = minutes - min(ARRIVING_MOST, ARRIVING_SHARE * minutes)
    if not len(pool.questions) or pool.minutes.min() > limit:
        raise InvalidInput(say("questions.kit_empty", minutes=minutes), field="minutes")
    probes = find_probes(model, resume_text, screening_row, concepts)
    factor = _factors(pool, seen, _target(screening_row), seed, excluded)
    matches = pool.matches(probes)
    problem = CoverProblem(
        indicators=pool.indicators * factor[:, None],
        indicator_weights=pool.indicator_weights,
        dimensions=pool.dimensions * factor[:, None],
        dimension_weights=pool.dimension_weights,
        probes=matches * factor[:, None],
        probe_weights=np.array([p.weight for p in probes]),
        minutes=pool.minutes,
        families=pool.families,
        limit=limit,
    )
    cover = choose(problem)
    return _Explained(pool, probes, matches, seen, factor).kit(cover, minutes, seed, lang)


def kit_problem(
    model: CompetencyModel,
    questions: Sequence[Question],
    *,
    resume_text: str,
    screening_row: Mapping[str, Any],
    seen: Mapping[str, int],
    minutes: int,
    seed: int,
    excluded: Collection[str] = (),
    concepts: Taxonomy | None = None,
) -> CoverProblem:
    """The cover that `build_kit` solves quickly, for `optimal.optimum`."""
    pool = pool_of(model, questions, concepts)
    probes = find_probes(model, resume_text, screening_row, concepts)
    factor = _factors(pool, seen, _target(screening_row), seed, excluded)[:, None]
    return CoverProblem(
        indicators=pool.indicators * factor,
        indicator_weights=pool.indicator_weights,
        dimensions=pool.dimensions * factor,
        dimension_weights=pool.dimension_weights,
        probes=pool.matches(probes) * factor,
        probe_weights=np.array([p.weight for p in probes]),
        minutes=pool.minutes,
        families=pool.families,
        limit=minutes - min(ARRIVING_MOST, ARRIVING_SHARE * minutes),
    )


def _target(screening_row: Mapping[str, Any]) -> float:
    """The difficulty (1–5) that suits the candidate: 2 for a screening score of 30, 4 for 90."""
    score = screening_row.get("score")
    return 3.0 if score is None else float(np.clip(2 + (float(score) - 30) / 30, 2.0, 4.0))


def _factors(
    pool: QuestionPool,
    seen: Mapping[str, int],
    target: float,
    seed: int,
    excluded: Collection[str],
) -> Matrix:
    """What each question counts for this candidate: less seen, fitting difficulty, chance;
    nothing where the candidate has met it."""
    times = np.array([seen.get(q.id, 0) for q in pool.questions], dtype=np.float64)
    exposure = 1.0 / (1.0 + SEEN_PENALTY * (times - times.min()))
    fit = 1.0 - 0.06 * np.abs(pool.difficulty - target)
    chance = np.array(
        [zlib.crc32(f"{seed}/{q.id}".encode()) / 2**32 for q in pool.questions], dtype=np.float64
    )
    factors: Matrix = exposure * fit * (0.95 + 0.05 * chance)
    if excluded:
        factors[[q.id in excluded for q in pool.questions]] = 0.0
    return factors


class _Explained:
    """Turns a cover into a kit with reasons."""

    def __init__(
        self,
        pool: QuestionPool,
        probes: Sequence[Probe],
        matches: Matrix,
        seen: Mapping[str, int],
        factor: Matrix,
    ) -> None:
        self.pool, self.probes, self.matches = pool, probes, matches
        self.seen, self.factor = seen, factor

    def kit(self, cover: Cover, minutes: int, seed: int, lang: Lang) -> Kit:
        pool = self.pool
        order = sorted(cover.chosen, key=lambda n: (pool.dimension_rank[n], cover.chosen.index(n)))
        placed = self._placed(cover.chosen)
        coverage = -np.expm1(-STEEPNESS * pool.indicators[list(cover.chosen)].sum(axis=0))
        choices = tuple(self._choice(n, cover.chosen, placed.get(n, ())) for n in order)
        used = {p for found in placed.values() for p in found}
        missing = tuple(
            say("questions.kit_missing", indicator=bilingual_message(i.name))
            for i, share in zip(pool.model.indicators, coverage, strict=True)
            if share < COVERED / 2
        )
        return Kit(
            choices=choices,
            minutes=minutes,
            used=int(pool.minutes[list(cover.chosen)].sum()),
            coverage={
                i.id: float(share) for i, share in zip(pool.model.indicators, coverage, strict=True)
            },
            missing=missing,
            open_probes=tuple(
                p for n, p in enumerate(self.probes) if n not in used and p.kind == "claim"
            ),
            value=cover.value,
            greedy=cover.greedy,
            bound=cover.bound,
            seed=seed,
            lang=lang,
            names={i.id: i.name for i in pool.model.indicators},
        )

    def _placed(self, chosen: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """Each probe goes to the chosen question that suits it best."""
        placed: dict[int, list[int]] = {}
        for number in range(len(self.probes)):
            fits = sorted(chosen, key=lambda n: -self.matches[n, number])
            for n in fits:
                if self.matches[n, number] < SMALLEST_MATCH:
                    break
                if len(placed.get(n, ())) < MOST_PROBES:
                    placed.setdefault(n, []).append(number)
                    break
        return {n: tuple(found) for n, found in placed.items()}

    def _choice(self, n: int, chosen: Sequence[int], placed: Sequence[int]) -> Choice:
        pool = self.pool
        question = pool.questions[n]
        probes = tuple(self.probes[k] for k in placed)
        reasons = [
            say("questions.why_quote", quote=shown_quote(p.quote), why=p.why) if p.quote else p.why
            for p in probes
        ]
        reasons.append(self._covers(n))
        seen = self.seen.get(question.id, 0)
        kin = [
            m
            for m, other in enumerate(pool.questions)
            if m != n and question.family and other.family == question.family and self.factor[m] > 0
        ]
        fewest = max((self.seen.get(pool.questions[m].id, 0) for m in kin), default=0)
        if fewest > seen:
            reasons.append(say("questions.why_variant", n=fewest, seen=seen))
        elif seen:
            reasons.append(say("questions.why_seen", n=seen))
        return Choice(question, tuple(reasons), probes, self._variants(n, chosen, kin), seen)

    def _covers(self, n: int) -> Message:
        """The indicator that the question serves most, or its dimension."""
        model, relevance = self.pool.model, self.pool.indicators[n]
        served = [i for j, i in enumerate(model.indicators) if relevance[j] > 0]
        if not served:
            dimension = model.dimensions[self.pool.dimension_rank[n]]
            return say("questions.why_dimension", dimension=bilingual_message(dimension.name))
        worth = relevance * self.pool.indicator_weights
        indicator = model.indicators[int(worth.argmax())]
        name, weight = bilingual_message(indicator.name), f"{indicator.weight:g}"
        if len(served) == 1:
            return say("questions.why_covers_one", indicator=name, weight=weight)
        return say("questions.why_covers", indicator=name, weight=weight, more=len(served) - 1)

    def _variants(self, n: int, chosen: Sequence[int], kin: Sequence[int]) -> tuple[str, ...]:
        """Its family first, then the nearest by indicators that fit into the same time."""
        pool = self.pool
        near = pool.indicators @ pool.indicators[n] * self.factor
        near[[*chosen, n]] = -1.0
        near[pool.minutes > pool.minutes[n] + 2] = -1.0
        ranked = [int(m) for m in np.argsort(-near, kind="stable")[:4] if near[m] > 0]
        wanted = list(dict.fromkeys([*kin, *ranked]))
        return tuple(pool.questions[m].id for m in wanted if m not in chosen)[:4]


def coverage_document(
    model: CompetencyModel, questions: Sequence[Question], concepts: Taxonomy | None = None
) -> list[dict[str, Any]]:
    """How well questions that a person put together cover the model, as a kit keeps it."""
    pool = QuestionPool(model, questions, concepts)
    shares = -np.expm1(-STEEPNESS * pool.indicators.sum(axis=0))
    coverage = {i.id: float(s) for i, s in zip(model.indicators, shares, strict=True)}
    return _coverage_document(coverage, {i.id: i.name for i in model.indicators})


def _coverage_document(
    coverage: Mapping[str, float], names: Mapping[str, Bilingual]
) -> list[dict[str, Any]]:
    return [
        {"indicator": i, "name": _both(names[i]), "share": round(share, 3)}
        for i, share in coverage.items()
    ]


def message_document(message: Message) -> dict[str, Any]:
    """The stored form of a message."""
    return {
        "id": message.id,
        "args": {
            k: message_document(v) if isinstance(v, Message) else v for k, v in message.args.items()
        },
    }


def _both(words: Bilingual) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def probe_document(probe: Probe) -> dict[str, Any]:
    return {
        "kind": probe.kind,
        "quote": probe.quote,
        "start": probe.start,
        "end": probe.end,
        "indicators": list(probe.indicators),
        "why": message_document(probe.why),
        "ask": message_document(probe.ask) if probe.ask else None,
    }


def choice_document(choice: Choice) -> dict[str, Any]:
    """The question without its phrases, with reasons, probes and variants."""
    document = question_document(choice.question)
    rubric = document.pop("rubric")
    for entry in (*rubric["key_points"], *rubric["misconceptions"]):
        entry.pop("accept", None)
        entry.pop("contradicted_by", None)
    anchors = {str(score): words for score, words in document.pop("anchors").items()}
    return document | {
        "code": choice.question.id,
        "rubric": rubric,
        "anchors": anchors,
        "reasons": [message_document(m) for m in choice.reasons],
        "probes": [probe_document(p) for p in choice.probes],
        "variants": list(choice.variants),
        "seen": choice.seen,
    }
