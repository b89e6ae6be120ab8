"""Reasons a recruiter would give, in short sentences."""

from __future__ import annotations

from collections.abc import Sequence

from touchstone.common.messages import Bilingual, Message, say
from touchstone.engine.profiles.model import CompetencyModel, Indicator
from touchstone.engine.profiles.wishes import common_indicators
from touchstone.engine.screening.screen import Evidence, ScreeningResult

_MOST_STRONG = 3
_MOST_MISSING = 3
_STRONG, _THIN = 55.0, 25.0
_SHORT_QUOTE = 40
_SHORT_NAME = 18


def label(indicator: Indicator) -> Bilingual:
    """What to call an indicator: its name, the vocabulary's, or its sentence cut short."""
    if indicator.name != indicator.text:
        return indicator.name
    common = next((c for c in common_indicators() if c.id == indicator.id), None)
    if common:
        return common.name
    return Bilingual(_cut(indicator.text.zh, _SHORT_NAME), _cut(indicator.text.en, 3 * _SHORT_NAME))


def reasons_for(result: ScreeningResult, model: CompetencyModel) -> list[Message]:
    """What speaks for the score, what is missing, and what was left out of account."""
    by_points = sorted(
        model.indicators,
        key=lambda i: -result.indicators[i.id].score * i.weight,
    )
    reasons = [_verdict(result, model)]
    reasons += _strong(result, by_points)
    reasons += _missing(result, model)
    reasons += _foreign(result, model)
    reasons += [say(f"screening.flag_{flag}") for flag in result.flags if flag in FLAGS]
    if result.capped:
        reasons.append(say("screening.capped"))
    return reasons


FLAGS = (
    "copied_job_ad",
    "hidden_text",
    "keyword_list",
    "prompt_injection",
    "timeline_conflict",
)


def _verdict(result: ScreeningResult, model: CompetencyModel) -> Message:
    if not any(e.effect > 0 for e in result.evidence):
        return say("screening.nothing")
    return say(
        f"screening.{result.decision}",
        score=f"{result.score:g}",
        advance=f"{model.decision.advance_min:g}",
        review=f"{model.decision.review_min:g}",
    )


def _strong(result: ScreeningResult, by_points: Sequence[Indicator]) -> list[Message]:
    reasons = []
    for indicator in by_points:
        best = _best(result.evidence, indicator.id)
        if best is None or result.indicators[indicator.id].score < _STRONG:
            continue
        if best.kind == "listed":
            continue
        reasons.append(
            say(
                f"screening.has_{best.kind}",
                indicator=label(indicator),
                quote=_cut(best.quote, _SHORT_QUOTE),
            )
        )
        if len(reasons) == _MOST_STRONG:
            break
    return reasons


def _missing(result: ScreeningResult, model: CompetencyModel) -> list[Message]:
    reasons = []
    for indicator in sorted(model.indicators, key=lambda i: -i.weight):
        mine = [e for e in result.evidence if e.indicator == indicator.id and e.effect > 0]
        if mine and result.indicators[indicator.id].score >= _THIN:
            continue
        name = label(indicator)
        weight = f"{indicator.weight:g}"
        if not mine:
            reasons.append(say("screening.missing", indicator=name, weight=weight))
        elif all(e.kind == "listed" for e in mine):
            reasons.append(
                say("screening.only_listed", indicator=name, quote=_cut(mine[0].quote, 24))
            )
        else:
            reasons.append(say("screening.thin", indicator=name))
        if len(reasons) == _MOST_MISSING:
            break
    return reasons


def _foreign(result: ScreeningResult, model: CompetencyModel) -> list[Message]:
    reasons = []
    # "Reported FROC rather than accuracy" counts: to say that it does not would be untrue.
    counted = {(e.start, e.end) for e in result.evidence if e.effect > 0}
    for kind in ("negated", "wished", "other_person"):
        left_out = (e for e in result.evidence if e.kind == kind)
        first = next((e for e in left_out if (e.start, e.end) not in counted), None)
        if first:
            reasons.append(say(f"screening.not_{kind}", quote=_cut(first.quote, _SHORT_QUOTE)))
    return reasons


def _best(evidence: Sequence[Evidence], indicator: str) -> Evidence | None:
    mine = [e for e in evidence if e.indicator == indicator and e.effect > 0]
    return max(mine, key=lambda e: (e.effect, -e.start), default=None)


def _cut(text: str, most: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"
