"""Grading one answer by a rubric: credit per key point, with the words that carry it."""

from __future__ import annotations

import functools
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from touchstone.common.messages import Lang, Message, render, say
from touchstone.engine.grading.communication import communication_messages
from touchstone.engine.grading.credit import FEATURES, TURNED, Matcher, PointMatch, credit
from touchstone.engine.grading.gates import SHUFFLED, Gates, inspect
from touchstone.engine.grading.learning import learning_messages
from touchstone.engine.grading.matching import Compiled, window_maxima, windows
from touchstone.engine.grading.parity import denied as denied_clause
from touchstone.engine.grading.reading import Reading, read
from touchstone.engine.grading.rubrics import KeyPoint, Rubric
from touchstone.engine.grading.topic import (
    AWAY,
    TOPIC_FEATURES,
    on_topic_probability,
    topic_features,
)
from touchstone.engine.grading.word_order import kept_together

CAP = 0.0
"""Share of the full score that an answer held back by a gate can reach; a person looks at it."""
HELD_BACK = 0.3
"""The same where an only point is denied, perhaps in part, or where only one sign says that the
words are out of order."""
QUOTED = 0.35
COVERED = 0.6
FARTHEST, NEAR = 0.1, 0.5
DENIED_FROM = 0.6
SCRAMBLED_FROM = 0.7
LOST_ORDER = 0.5
KEPT = 0.45
BORROWED = 0.9
"""Share of an answer's telling words that are the rubric's; people reach two thirds."""
BORROWED_DISORDER, UNBROKEN = 0.1, 0.05
STRUNG_FROM = 15
PART = 0.4
"""One window's share of a long list that is denied as a whole: windows hold a few clauses."""
LISTED = 3
FOUND, LEAST_NEAR = 0.6, 0.3
"""A point found so surely is not made nothing of by the impression that the rest is off the
subject: a person looks, and until then it counts up to `HELD_BACK`."""
SEVERAL = 2
"""So many points denied, and the answer is of another opinion than the rubric."""
LEAST_SHARED = 0.16
VERBATIM = 0.9
"""Nearly the point's own words: then one of them denied turns the whole."""
HELD = 0.6
LONGEST = 8000
DIGITS = 2


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words ``text[start:end] == quote`` that support or contradict a point."""

    point: str
    quote: str
    start: int
    end: int
    polarity: str


@dataclass(frozen=True, slots=True)
class Grading:
    """What one answer is worth by a rubric.

    Attributes:
        score: 0..the rubric's max_score, rounded to two decimals.
        points: credit 0..1 per key point, rounded to two decimals.
        confidence: 0..1; low where credits are near one half or a gate was near.
        needs_human: a person should look before the score is used.
    """

    rubric: str
    score: float
    points: Mapping[str, float]
    evidence: tuple[Evidence, ...]
    flags: tuple[str, ...]
    confidence: float
    needs_human: bool
    analysis: tuple[Message, ...]

    def to_row(self, lang: Lang = "zh") -> dict[str, Any]:
        """The JSON object of the formats document, without the answer's own id."""
        return {
            "rubric": self.rubric,
            "score": self.score,
            "points": dict(self.points),
            "evidence": [
                {
                    "point": e.point,
                    "quote": e.quote,
                    "start": e.start,
                    "end": e.end,
                    "polarity": e.polarity,
                }
                for e in self.evidence
            ],
            "flags": list(self.flags),
            "confidence": self.confidence,
            "needs_human": self.needs_human,
            "analysis": [render(m, lang) for m in self.analysis],
        }


@functools.lru_cache(64)
def compiled(rubric: Rubric) -> Compiled:
    """The rubric's references, made once per rubric."""
    return Compiled(rubric)


@dataclass(frozen=True, slots=True)
class _Marked:
    """Credits and evidence of all points, before gates."""

    credits: dict[str, float]
    evidence: list[Evidence]
    denied: frozenset[str]
    taken_back: bool
    held: dict[str, float]
    best: float
    ordered: float | None
    together: float | None
    topic: float
    shared: float


def grade(rubric: Rubric, answer: str) -> Grading:
    """Grades one answer. Same rubric and answer, same grading."""
    reading = read(answer[:LONGEST])
    if not reading.tokens:
        return _empty(rubric)
    gates = inspect(reading, rubric.question, rubric.material)
    marked = _mark(rubric, reading, gates)
    flags = _flags(rubric, reading, gates, marked)
    share = _share(rubric, marked) * _nearness(rubric, marked)
    held = {f"misconception:{k}": v for k, v in marked.held.items()}
    cap = _cap(rubric, gates, flags, marked)
    if share > cap:
        scale = cap / share
        credits_ = {k: v * scale for k, v in marked.credits.items()}
        share = cap
    else:
        credits_ = marked.credits
    raw = share * rubric.max_score - sum(held.values())
    score = round(min(rubric.max_score, max(0.0, raw)), DIGITS) + 0.0
    confidence = _confidence(gates, flags, marked)
    final = {k: round(v, DIGITS) + 0.0 for k, v in credits_.items()}
    return Grading(
        rubric.id,
        score,
        final,
        tuple(sorted(marked.evidence, key=lambda e: (e.start, e.end, e.point))),
        flags,
        confidence,
        _needs_human(reading, flags, confidence, marked),
        _analysis(rubric, reading, gates, final, marked, flags),
    )


def point_matches(rubric: Rubric, answer: str) -> tuple[PointMatch, ...]:
    """How the answer matches each key point, in the rubric's order: for training and looking."""
    reading = read(answer[:LONGEST])
    if not reading.tokens:
        return ()
    matcher = _matcher(rubric, reading, inspect(reading, rubric.question, rubric.material))
    return tuple(matcher.matches(matcher.compiled.points))


def points_said(rubric: Rubric, words: str) -> tuple[tuple[Evidence, float], ...]:
    """The points that a stretch of talk carries, each with its credit before any gate.

    Gates judge an answer as a whole; a talk has small talk around its answers, repeats itself and
    wanders. The question read out and orders to the grader are left out here too.
    """
    reading = read(words[:LONGEST])
    if not reading.tokens:
        return ()
    marked = _mark(rubric, reading, inspect(reading, rubric.question, rubric.material))
    return tuple(
        (e, round(marked.credits[e.point], DIGITS))
        for e in marked.evidence
        if e.polarity == "supports" and e.point in marked.credits
    )


def topic_of(rubric: Rubric, answer: str) -> tuple[float, ...]:
    """`topic_features` of an answer: for training and looking; empty when nothing was written."""
    reading = read(answer[:LONGEST])
    if not reading.tokens:
        return ()
    matcher = _matcher(rubric, reading, inspect(reading, rubric.question, rubric.material))
    return topic_features(rubric, matcher, matcher.matches(matcher.compiled.points))


def _matcher(rubric: Rubric, reading: Reading, gates: Gates) -> Matcher:
    ready = compiled(rubric)
    similar = ready.similarities(reading)
    heard = np.array(
        [
            not any(s.start <= token.start and token.end <= s.end for s in gates.ignored)
            for token in reading.tokens
        ]
    )
    similar[~heard] = 0.0
    spans = windows(reading)
    return Matcher(ready, reading, similar, spans, window_maxima(similar, spans), heard)


def _mark(rubric: Rubric, reading: Reading, gates: Gates) -> _Marked:
    matcher = _matcher(rubric, reading, gates)
    credits_: dict[str, float] = {}
    evidence: list[Evidence] = []
    denied: set[str] = set()
    best = 0.0
    orders: list[float] = []
    alone = len(rubric.key_points) == 1
    found = matcher.matches(matcher.compiled.points)
    for point, references, match in zip(
        rubric.key_points, matcher.compiled.points, found, strict=True
    ):
        given = credit(
            match.features,
            phrases=bool(point.accept),
            alone=alone,
            listed=len(references.pieces) >= LISTED,
        )
        denial = _denial(point, reading, match)
        if denial is not None:
            denied.add(point.id)
            evidence.append(denial)
            given = given if alone else 0.0
        elif given >= QUOTED:
            evidence.append(_evidence(reading, match, point.id, "supports"))
        elif match.turned >= TURNED:
            given *= 0.5
        best = max(best, given)
        if match.best >= COVERED and match.order is not None:
            orders.append(match.order)
        credits_[point.id] = given
    held = _misconceptions(rubric, matcher, evidence, reading)
    ordered = sum(orders) / len(orders) if orders else None
    copies = [kept_together(reading, whole) for whole in matcher.compiled.wholes]
    together = max((c for c in copies if c is not None), default=None)
    topic = topic_features(rubric, matcher, found)
    likely = on_topic_probability(topic)
    shared = topic[TOPIC_FEATURES.index("shared_pairs")]
    return _Marked(
        credits_,
        evidence,
        frozenset(denied),
        any(match.taken_back is not None for match in found),
        held,
        best,
        ordered,
        together,
        likely,
        shared,
    )


def _denial(point: KeyPoint, reading: Reading, match: PointMatch) -> Evidence | None:
    """Where the point is said with the opposite polarity: its words stand turned round, or a clause
    is its text or an accepted phrase with a denial put in."""
    if match.taken_back is not None:
        start, end = match.taken_back.start, match.taken_back.end
        return Evidence(point.id, reading.text[start:end], start, end, "contradicts")
    turned = match.turned >= TURNED and match.best >= DENIED_FROM
    whole = match.features[FEATURES.index("text_anywhere")] >= DENIED_FROM
    turned |= match.turned >= VERBATIM and match.best >= PART and whole
    if turned or (match.turned >= TURNED / 3 and match.best >= VERBATIM):
        return _evidence(reading, match, point.id, "contradicts")
    for text in (point.text, *point.accept):
        clause = denied_clause(reading.text, text)
        if clause is not None:
            quote = reading.text[clause.start : clause.end]
            return Evidence(point.id, quote, clause.start, clause.end, "contradicts")
    return None


def _misconceptions(
    rubric: Rubric, matcher: Matcher, evidence: list[Evidence], reading: Reading
) -> dict[str, float]:
    """Penalty of each misconception that the answer holds, with its evidence."""
    held: dict[str, float] = {}
    for wrong, references in zip(rubric.misconceptions, matcher.compiled.wrong, strict=True):
        match = matcher.match(references)
        believed = match.features[2] >= HELD + 0.1 or match.features[0] >= HELD + 0.2
        if believed and match.turned < TURNED:
            held[wrong.id] = wrong.penalty
            evidence.append(_evidence(reading, match, wrong.id, "contradicts"))
    return held


def _evidence(reading: Reading, match: PointMatch, point: str, polarity: str) -> Evidence:
    start, end = match.span.start, match.span.end
    return Evidence(point, reading.text[start:end], start, end, polarity)


def _share(rubric: Rubric, marked: _Marked) -> float:
    total = sum(p.weight for p in rubric.key_points)
    return sum(p.weight * marked.credits[p.id] for p in rubric.key_points) / total


def _nearness(rubric: Rubric, marked: _Marked) -> float:
    """1 for an answer surely about the question, falling to 0 as it is more likely about another.

    A rubric of one point is its own topic.
    """
    if len(rubric.key_points) == 1:
        return 1.0
    least = LEAST_NEAR if marked.best >= FOUND else 0.0
    return max(least, _topical(marked))


def _topical(marked: _Marked) -> float:
    return min(1.0, max(0.0, (marked.topic - FARTHEST) / (NEAR - FARTHEST)))


def shuffled(gates: Gates, together: float | None, ordered: float | None) -> bool:
    """Whether the words look thrown together, so that a person should look.

    Args:
        together: for an answer made of the reference's own words, how many neighbours it kept; the
            likelier its words are shuffled, the more it should have kept.
        ordered: share of neighbouring words of covered references that kept their order; None
            when none was covered well enough to judge.
    """
    if gates.thrown or (gates.scrambled and gates.disorder >= SCRAMBLED_FROM):
        return True
    if together is not None and together <= KEPT + KEPT * gates.disorder:
        return True
    return ordered is not None and ordered < LOST_ORDER and gates.disorder >= SHUFFLED


def _flags(rubric: Rubric, reading: Reading, gates: Gates, marked: _Marked) -> tuple[str, ...]:
    flags = []
    if marked.denied or marked.held:
        flags.append("contradiction")
    if gates.echoed >= 0.5:
        flags.append("copied_question")
    if gates.copied >= 0.5:
        flags.append("copied_material")
    if gates.injected:
        flags.append("prompt_injection")
    mixed = shuffled(gates, marked.together, marked.ordered)
    if len(rubric.key_points) > 1:
        mixed |= gates.strung
        mixed |= strung_together(compiled(rubric).vocabulary, reading, gates.disorder)
    if _is_list(rubric, gates) or mixed:
        flags.append("keyword_stuffing")
    if gates.short:
        flags.append("too_short")
    far = marked.best < 0.25 and marked.shared < LEAST_SHARED and marked.topic < 0.5
    away = marked.topic < AWAY or far
    if away and len(rubric.key_points) > 1 and not marked.denied and not gates.short:
        flags.append("off_topic")
    return tuple(flags)


def strung_together(known: Container[str], reading: Reading, disorder: float) -> bool:
    """Whether an answer is a rubric's words and hardly another, with hardly a mark between them or
    in an order that few people write: whoever answers in their own words needs some of their own.

    Args:
        known: the keys of the rubric's words.
    """
    telling = [t for t in reading.tokens if t.weight > 0]
    total = sum(t.weight for t in telling)
    if len(reading.tokens) < STRUNG_FROM or not total:
        return False
    borrowed = sum(t.weight for t in telling if t.key in known) / total
    marks = sum(not word[0].isalnum() for word in reading.words) / len(reading.tokens)
    return borrowed >= BORROWED and (disorder >= BORROWED_DISORDER or marks <= UNBROKEN)


def _is_list(rubric: Rubric, gates: Gates) -> bool:
    """A list of terms where the question does not ask for one."""
    return gates.keywords and not compiled(rubric).lists


def _cap(rubric: Rubric, gates: Gates, flags: tuple[str, ...], marked: _Marked) -> float:
    """The largest share of the full score the gates allow."""
    if _is_list(rubric, gates) or "copied_material" in flags:
        return CAP
    if "off_topic" in flags:
        return HELD_BACK if marked.best >= FOUND else CAP
    if "keyword_stuffing" in flags:
        return CAP if gates.thrown or gates.disorder >= SHUFFLED else HELD_BACK
    denied = len(marked.denied)
    if denied and (len(rubric.key_points) == 1 or denied >= SEVERAL):
        return HELD_BACK
    said = sum(given >= QUOTED for given in marked.credits.values())
    return HELD_BACK if marked.taken_back and 2 * denied >= said else 1.0


def _confidence(gates: Gates, flags: tuple[str, ...], marked: _Marked) -> float:
    """1 when every credit is at an end of its scale and no gate was near; 0.05 at least."""
    sure = float(np.mean([abs(2 * c - 1) for c in marked.credits.values()]))
    value = 0.35 + 0.6 * sure
    if marked.denied or marked.held:
        value -= 0.15
    if 0.5 <= gates.disorder < SHUFFLED or gates.injected:
        value -= 0.2
    if "keyword_stuffing" in flags:
        value -= 0.1
    return round(min(0.99, max(0.05, value)), DIGITS)


def _needs_human(
    reading: Reading, flags: tuple[str, ...], confidence: float, marked: _Marked
) -> bool:
    """Instead of a confident zero: on the subject and of some length, yet nothing was found."""
    nothing = max(marked.credits.values()) < 0.35
    unexplained = nothing and len(reading.tokens) >= 15 and "off_topic" not in flags
    doubtful = {"prompt_injection", "keyword_stuffing", "copied_material", "contradiction"}
    doubtful |= {"off_topic"}
    return confidence < 0.5 or unexplained or bool(doubtful & set(flags))


def _analysis(
    rubric: Rubric,
    reading: Reading,
    gates: Gates,
    credits_: dict[str, float],
    marked: _Marked,
    flags: tuple[str, ...],
) -> tuple[Message, ...]:
    messages = []
    for point in rubric.key_points:
        given = credits_[point.id]
        if point.id in marked.denied:
            name = "denied"
        else:
            name = "said" if given >= 0.7 else "partly" if given >= QUOTED else "missing"
        messages.append(say(f"grading.{name}", point=point.text))
    wrong = {m.id: m.text for m in rubric.misconceptions}
    messages += [say("grading.misconception", what=wrong[k]) for k in marked.held]
    messages += [say(f"grading.flag_{flag}") for flag in flags if flag != "contradiction"]
    if rubric.kind == "communication":
        messages += communication_messages(reading.text)
    if rubric.kind == "learning":
        messages += learning_messages(reading.text, gates.copied, rubric, credits_)
    return tuple(messages)


def _empty(rubric: Rubric) -> Grading:
    return Grading(
        rubric.id,
        0.0,
        {p.id: 0.0 for p in rubric.key_points},
        (),
        ("too_short",),
        0.99,
        False,
        (say("grading.flag_too_short"),),
    )
