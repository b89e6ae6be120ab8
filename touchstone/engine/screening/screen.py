"""Screens a resume against a competency model: score, recommendation, evidence, reasons, receipt.

Same text, same model and same version give the same result to the byte. Name, gender, age,
ethnicity, photo, marital status, birthplace and the name of a school are not looked at.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from touchstone import __version__
from touchstone.common.messages import Lang, Message, render
from touchstone.engine.profiles.model import CompetencyModel, Recommendation
from touchstone.engine.resumes.resume import ParsedResume
from touchstone.engine.screening.demand import Demand, demand_of
from touchstone.engine.screening.reading import ResumeReading, read_resume
from touchstone.engine.screening.statement import Statement
from touchstone.engine.screening.suspicion import GRAVE, Suspicions, suspicions
from touchstone.engine.screening.weighing import (
    Ground,
    Weighed,
    affinities,
    drawn_to_mean,
    firmness_of,
    value_of,
    weigh,
)
from touchstone.engine.text.taxonomy import Taxonomy

Kind = Literal["result", "used", "listed", "negated", "wished", "other_person", "hidden"]
_MOST_GROUNDS = 4  # for one indicator; further sentences would add next to nothing
_MOST_FOREIGN = 12
_QUOTE = 120
_REAL = 35.0  # points by what can be checked, below which a grave flag means "decline"
_CHECKABLE = 0.3
_SURE = 0.5
_BEGINNER_YEARS = 0.5
_RELEVANT = 0.25
_CLAUSE_ENDS = re.compile(r"[，,；;。]|\.\s")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words that a score rests on, or that were looked at and do not count.

    Attributes:
        quote: ``text[start:end]``.
        effect: points of the whole score; 0 where it does not count.
    """

    indicator: str
    quote: str
    start: int
    end: int
    kind: Kind
    effect: float


@dataclass(frozen=True, slots=True)
class Score:
    """0–100 to one decimal, and the weight of 100."""

    score: float
    weight: float


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the score can be computed again from. ``taxonomy`` is the SHA-256 of the company's own
    layer of concepts, where one was used; the shipped ones go with the engine's version."""

    file_sha256: str
    model_sha256: str
    engine: str
    taxonomy: str = ""


@dataclass(frozen=True, slots=True)
class ScreeningResult:
    """A resume screened.

    Attributes:
        score: 0–100 to one decimal: the weighted mean of the indicators.
        decision: a recommendation; only a person rejects.
        evidence: by the model's order of indicators, the weightiest first; effects of all add up
            to the score.
        flags: machine words, sorted.
        capped: a grave flag kept the score below the review threshold.
    """

    score: float
    decision: Recommendation
    dimensions: Mapping[str, Score]
    indicators: Mapping[str, Score]
    evidence: tuple[Evidence, ...]
    reasons: tuple[Message, ...]
    flags: tuple[str, ...]
    receipt: Receipt
    lang: Lang
    capped: bool = False

    def row(self, lang: Lang | None = None) -> dict[str, Any]:
        """The fields of `touchstone screen` from "score" on; reasons in ``lang`` or the model's."""
        return {
            "score": self.score,
            "decision": self.decision,
            "dimensions": _scores_row(self.dimensions),
            "indicators": _scores_row(self.indicators),
            "evidence": [
                {
                    "indicator": e.indicator,
                    "quote": e.quote,
                    "start": e.start,
                    "end": e.end,
                    "kind": e.kind,
                    "effect": e.effect,
                }
                for e in self.evidence
            ],
            "reasons": [render(message, lang or self.lang) for message in self.reasons],
            "flags": list(self.flags),
            "receipt": {
                "file_sha256": self.receipt.file_sha256,
                "model_sha256": self.receipt.model_sha256,
                "engine": self.receipt.engine,
                **({"taxonomy": self.receipt.taxonomy} if self.receipt.taxonomy else {}),
            },
        }


def screen(
    text: str,
    resume: ParsedResume,
    model: CompetencyModel,
    *,
    as_of: dt.date,
    flags: Iterable[str] = (),
    file_sha256: str = "",
    concepts: Taxonomy | None = None,
) -> ScreeningResult:
    """Screens a resume.

    Args:
        text: what a person sees of it; quotes are cut from it.
        resume: its fields, as `engine.resumes.parse` reads them from that text.
        as_of: what "now" means for how long ago something was done.
        flags: found about the file elsewhere (hidden_text …); ``resume.flags`` count as well.
        file_sha256: for the receipt.
        concepts: another taxonomy than the built-in one.
    """
    from touchstone.engine.screening.reasons import reasons_for

    demand = demand_of(model, concepts)
    reading = read_resume(text, resume, demand, as_of)
    found = suspicions(reading, resume)
    every_flag = tuple(sorted({*flags, *resume.flags, *found.flags}))
    worths = _worths(reading, resume, demand, found)
    firmness = firmness_of((reading.statements[n], v, max(a.values())) for n, v, a in worths)
    listed = "keyword_list" not in found.flags
    grounds = _grounds(worths, firmness, reading, demand, listed=listed)
    counted = _counted(reading, resume, demand, grounds)
    weighed = weigh(grounds, counted, demand, firmness)
    capped = bool(GRAVE.intersection(every_flag)) and _real(reading, grounds, demand) < _REAL
    factor = 1.0
    if capped:
        factor = min(
            1.0, max(0.0, model.decision.review_min - 1) / max(weighed.total(demand), 1e-9)
        )
    score = round(weighed.total(demand) * factor, 1)
    evidence = _evidence(reading, weighed, demand, score)
    indicators = {
        i.id: Score(round(100 * s * factor, 1), i.weight)
        for i, s in zip(demand.indicators, weighed.scores, strict=True)
    }
    result = ScreeningResult(
        score=score,
        decision=model.decision.of(score),
        dimensions=_dimensions(demand, weighed, factor),
        indicators=indicators,
        evidence=evidence,
        reasons=(),
        flags=every_flag,
        receipt=Receipt(file_sha256, demand.sha256, __version__, demand.taxonomy.layer),
        lang=model.lang,
        capped=capped,
    )
    return _with_reasons(result, reasons_for(result, model))


def _with_reasons(result: ScreeningResult, reasons: Sequence[Message]) -> ScreeningResult:
    from dataclasses import replace

    return replace(result, reasons=tuple(reasons))


Worth = tuple[int, float, dict[int, float]]


def _worths(
    reading: ResumeReading, resume: ParsedResume, demand: Demand, found: Suspicions
) -> list[Worth]:
    """For each sentence that counts: its number, its value, and its affinity to indicators."""
    beginner = resume.years_experience < _BEGINNER_YEARS and not any(
        job.kind == "full_time" for job in resume.work
    )
    said: set[str] = set()
    worths: list[Worth] = []
    for number, statement in enumerate(reading.statements):
        if number in found.void or not (
            statement.concepts or statement.behaviours or statement.hints
        ):
            continue
        value = value_of(statement, beginner=beginner)
        words = reading.flat[statement.start : statement.end]
        if value <= 0 or words in said:
            continue
        shares = affinities(statement, demand)
        if shares:
            said.add(words)
            worths.append((number, value, shares))
    return worths


def _grounds(
    worths: Sequence[Worth],
    firmness: float,
    reading: ResumeReading,
    demand: Demand,
    *,
    listed: bool,
) -> list[Ground]:
    """The best sentences for each indicator; of terms that only stand in lists, one at most."""
    told: dict[int, list[tuple[float, int]]] = {}
    named: dict[int, tuple[float, int]] = {}
    for number, value, shares in worths:
        is_listed = reading.statements[number].strength == "listed"
        firm = value if is_listed else drawn_to_mean(value, firmness)
        for indicator, affinity in shares.items():
            worth = (-affinity * firm, number)
            if not is_listed:
                told.setdefault(indicator, []).append(worth)
            elif listed:
                named[indicator] = min(worth, named.get(indicator, worth))
    kept: list[Ground] = []
    for indicator in range(len(demand.indicators)):
        best = sorted(told.get(indicator, []))
        if indicator in named:
            best.append(named[indicator])
        kept += [
            _ground(indicator, number, -worth, reading.statements[number], demand)
            for worth, number in best[:_MOST_GROUNDS]
        ]
    return kept


def _ground(
    indicator: int, number: int, worth: float, statement: Statement, demand: Demand
) -> Ground:
    start = end = statement.start
    for concept, first, last in statement.concepts:
        if any(n == indicator for n, _ in demand.concepts.get(concept, ())):
            start, end = first, last
            break
    kind = "used" if statement.part == "certificates" else statement.strength
    return Ground(indicator, number, worth, start, end, kind)


def _counted(
    reading: ResumeReading, resume: ParsedResume, demand: Demand, grounds: Sequence[Ground]
) -> dict[int, float]:
    """How far indicators that ask for a number of projects or years reach it, 0–1."""
    if not demand.quantities:
        return {}
    relevant = {
        reading.statements[g.statement].entry.key
        for g in grounds
        if g.worth >= _RELEVANT and reading.statements[g.statement].entry.key >= 0
    }
    reached = {}
    for number, (wanted, unit) in demand.quantities.items():
        have = float(len(relevant)) if unit == "projects" else resume.years_experience
        if unit == "years" and not relevant:
            have = 0.0
        reached[number] = min(1.0, have / wanted) if wanted else 1.0
    return reached


def _real(reading: ResumeReading, grounds: Sequence[Ground], demand: Demand) -> float:
    """Points that rest on sentences that can be checked, without what is lent."""
    firm = [
        g
        for g in grounds
        if g.kind != "listed" and reading.statements[g.statement].grounding >= _CHECKABLE
    ]
    weighed = weigh(firm, {}, demand, 0.0)
    return sum(i.weight * own for i, own in zip(demand.indicators, weighed.own, strict=True))


def _dimensions(demand: Demand, weighed: Weighed, factor: float) -> dict[str, Score]:
    found = {}
    number = 0
    for dimension in demand.model.dimensions:
        total = 0.0
        for indicator in dimension.indicators:
            total += indicator.weight * weighed.scores[number]
            number += 1
        mean = total / dimension.weight if dimension.weight else 0.0
        found[dimension.id] = Score(round(100 * mean * factor, 1), dimension.weight)
    return found


def _evidence(
    reading: ResumeReading, weighed: Weighed, demand: Demand, score: float
) -> tuple[Evidence, ...]:
    effects = _rounded(weighed.shares, score)
    rows: list[Evidence] = []
    for ground, effect in zip(weighed.grounds, effects, strict=True):
        statement = reading.statements[ground.statement]
        start, end = _window(reading.text, statement, ground)
        rows.append(
            Evidence(
                demand.indicators[ground.indicator].id,
                reading.text[start:end],
                start,
                end,
                ground.kind,  # type: ignore[arg-type]
                effect,
            )
        )
    order = {i.id: n for n, i in enumerate(demand.indicators)}
    rows.sort(key=lambda e: (order[e.indicator], -e.effect, e.start))
    return (*rows, *_foreign(reading, demand))


def _rounded(effects: Sequence[float], total: float) -> list[float]:
    """Effects to two decimals that sum to the total, by largest remainder."""
    if not effects or sum(effects) <= 0:
        return [0.0] * len(effects)
    scale = total / sum(effects)
    cents = [effect * scale * 100 for effect in effects]
    whole = [int(c) for c in cents]
    left = round(total * 100) - sum(whole)
    by_rest = sorted(range(len(cents)), key=lambda i: (whole[i] - cents[i], i))
    for i in by_rest[: max(0, left)]:
        whole[i] += 1
    return [w / 100 for w in whole]


def _window(text: str, statement: Statement, ground: Ground) -> tuple[int, int]:
    """The sentence, or of a long one the clauses around what was found."""
    start, end = statement.start, statement.end
    if end - start > _QUOTE:
        cuts = [m.end() for m in _CLAUSE_ENDS.finditer(text, start, end)]
        first = max((c for c in cuts if c <= ground.start), default=start)
        last = max((c for c in cuts if ground.end < c <= first + _QUOTE), default=first + _QUOTE)
        start, end = first, min(end, last)
    while start < end and text[start].isspace():
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in "，,；;"):
        end -= 1
    return start, end


def _foreign(reading: ResumeReading, demand: Demand) -> list[Evidence]:
    """What is asked for and the resume says is not there, only wished or someone else's."""
    rows: list[Evidence] = []
    seen: set[tuple[int, str]] = set()
    for statement in reading.statements:
        for concept, start, end, polarity in statement.foreign:
            shares = demand.concepts.get(concept, ())
            best = max(shares, key=lambda share: (share[1], -share[0]), default=None)
            if best is None or best[1] < _SURE:
                continue
            mark = Ground(best[0], 0, 0.0, start, end, polarity)
            first, last = _window(reading.text, statement, mark)
            if not first <= start < last:
                first, last = start, end
            if (first, polarity) in seen:
                continue
            seen.add((first, polarity))
            rows.append(
                Evidence(
                    demand.indicators[best[0]].id,
                    reading.text[first:last],
                    first,
                    last,
                    polarity,  # type: ignore[arg-type]
                    0.0,
                )
            )
    return rows[:_MOST_FOREIGN]


def _scores_row(scores: Mapping[str, Score]) -> dict[str, dict[str, float]]:
    return {key: {"score": s.score, "weight": _number(s.weight)} for key, s in scores.items()}


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value
