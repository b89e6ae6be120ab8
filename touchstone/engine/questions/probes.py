"""What an interview should probe in one resume: gaps, words without deeds, doubtful claims."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from touchstone.common.messages import Message, say
from touchstone.engine.grading.case_review import plausibility
from touchstone.engine.grading.claims import Claim, find_claims
from touchstone.engine.profiles.model import CompetencyModel, Indicator
from touchstone.engine.questions.words import bilingual_message
from touchstone.engine.text.mentions import Mention, find_mentions
from touchstone.engine.text.taxonomy import Taxonomy, taxonomy

MOST_CLAIMS = 4
GAP_BELOW = 35.0
QUOTE_MOST = 90
_BREAK = re.compile(r"[。！？!?；;\n]|\.(?=\s)")
_TEAM = re.compile(
    r"团队|小组|协助|参与|配合|带领.{0,6}完成|\bteam\b|\bassist|\bhelped\b|\bparticipat|\bwe\b",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"(?:从|由)[^，。；;]{1,24}?(?:到|至|升|降|压|提|减|变|涨)|→|->|\bfrom\b[^.;]{1,40}\bto\b",
    re.IGNORECASE,
)
_PROBLEM = re.compile(r"高达|只有|仅有|不足|不到|低至|as (?:high|low) as|\bonly\b", re.IGNORECASE)
_CLAIM_WEIGHT = {"implausible": 14.0, "doubtful": 10.0, "plausible": 5.0}


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing to find out about a candidate.

    Attributes:
        kind: claim | unproven | gap | verify.
        weight: how much finding it out is worth, in points of the model's 100.
        indicators: of the model, that a question should have to probe it.
        concepts: of the taxonomy, that a question should be about.
        quote: the resume's words, ``resume_text[start:end]``; empty for a gap.
        why: why it is worth probing. ask: how to ask about it, where there is a claim.
    """

    kind: str
    weight: float
    why: Message
    indicators: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    quote: str = ""
    start: int = 0
    end: int = 0
    ask: Message | None = None


def find_probes(
    model: CompetencyModel,
    resume_text: str,
    screening_row: Mapping[str, Any],
    concepts: Taxonomy | None = None,
) -> tuple[Probe, ...]:
    """What to probe, the most worth first.

    Args:
        resume_text: as extracted; empty when it could not be read.
        screening_row: of `touchstone screen`; may be empty.
        concepts: another taxonomy than the built-in one.
    """
    known = concepts or taxonomy()
    mentions = find_mentions(resume_text, concepts=known) if resume_text else ()
    probes = _claims(resume_text, mentions)
    probes += [
        replace(probe, concepts=known.find(probe.quote[:QUOTE_MOST])) if probe.quote else probe
        for probe in _indicators(model, resume_text, screening_row)
    ]
    return tuple(sorted(probes, key=lambda p: (-p.weight, p.start, p.kind)))


def _claims(text: str, mentions: Sequence[Mention]) -> list[Probe]:
    found: list[Probe] = []
    seen: set[str] = set()
    for claim in find_claims(text) if text else ():
        if claim.text in seen or claim.value is None:
            continue
        seen.add(claim.text)
        start, end = sentence_at(text, claim.start, claim.end)
        sentence = text[start:end]
        if claim.reached and claim.baseline is None and _PROBLEM.search(sentence):
            continue  # how bad things were, not what was reached
        level, reasons = plausibility(sentence, [_moved(claim, start)])
        why, ask = _doubt(claim, sentence, level, reasons)
        if why is None:
            continue
        concepts = tuple(
            dict.fromkeys(m.concept for m in mentions if start <= m.start and m.end <= end)
        )
        found.append(
            Probe(
                "claim",
                _CLAIM_WEIGHT[level],
                why,
                indicators=("tech.evaluation", "biz.metric"),
                concepts=concepts,
                quote=sentence,
                start=start,
                end=end,
                ask=ask,
            )
        )
    found.sort(key=lambda p: (-p.weight, p.start))
    return found[:MOST_CLAIMS]


def _moved(claim: Claim, start: int) -> Claim:

    return replace(claim, start=claim.start - start, end=claim.end - start)


def _doubt(
    claim: Claim, sentence: str, level: str, reasons: Sequence[Message]
) -> tuple[Message | None, Message | None]:
    """Why a claim deserves a question, and the question; nothing for a claim that stands."""
    if reasons:
        ask = say("claims.ask_number", reason=reasons[0])
        return say("questions.probe_number", reason=reasons[0]), ask
    if not claim.own and _TEAM.search(sentence):
        return say("questions.probe_share"), say("claims.ask_share", claim=claim.text)
    if claim.baseline is None and claim.unit != "count" and not _FROM.search(sentence):
        return say("questions.probe_baseline"), say("claims.ask_baseline", claim=claim.text)
    if not claim.method:
        return say("questions.probe_method"), say("claims.ask_method", claim=claim.text)
    return None, None


def _indicators(model: CompetencyModel, text: str, screening_row: Mapping[str, Any]) -> list[Probe]:
    scores: Mapping[str, Any] = screening_row.get("indicators") or {}
    if not scores:
        return []
    by_indicator: dict[str, list[Mapping[str, Any]]] = {}
    for item in screening_row.get("evidence") or ():
        by_indicator.setdefault(str(item.get("indicator")), []).append(item)
    probes = []
    for indicator in model.indicators:
        row = scores.get(indicator.id)
        score = float(row.get("score") or 0.0) if isinstance(row, Mapping) else 0.0
        items = by_indicator.get(indicator.id, [])
        probe = _indicator(indicator, score, items, text)
        if probe is not None:
            probes.append(probe)
    return probes


def _indicator(
    indicator: Indicator, score: float, items: Sequence[Mapping[str, Any]], text: str
) -> Probe | None:
    done = [i for i in items if i.get("kind") in {"result", "used"}]
    name = bilingual_message(indicator.name)
    if done:
        best = max(done, key=lambda i: float(i.get("effect") or 0.0))
        why = say("questions.probe_verify", indicator=name)
        return _quoted("verify", 0.15 * indicator.weight, why, indicator, best, text)
    wished = [i for i in items if i.get("kind") in {"negated", "wished"}]
    named = [i for i in items if i.get("kind") == "listed"]
    if named:
        why = say("questions.probe_unproven", indicator=name)
        return _quoted("unproven", 0.6 * indicator.weight, why, indicator, named[0], text)
    if wished:
        why = say("questions.probe_wished", indicator=name)
        return _quoted("gap", 0.5 * indicator.weight, why, indicator, wished[0], text)
    if score < GAP_BELOW:
        why = say("questions.probe_gap", indicator=name)
        return Probe("gap", 0.5 * indicator.weight, why, (indicator.id,))
    return None


def _quoted(
    kind: str,
    weight: float,
    why: Message,
    indicator: Indicator,
    item: Mapping[str, Any],
    text: str,
) -> Probe:
    quote = str(item.get("quote") or "")
    start, end = int(item.get("start") or 0), int(item.get("end") or 0)
    if text[start:end] != quote:
        start = text.find(quote)
        end = start + len(quote)
    if start < 0:
        start = end = 0
    return Probe(kind, weight, why, (indicator.id,), (), quote, start, end)


def shown_quote(quote: str) -> str:
    """The quote on one line: a line's end inside Chinese is nothing, elsewhere a space."""
    joined = re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef])\s*\n\s*", "", quote)
    return re.sub(r"\s*\n\s*", " ", joined)


def sentence_at(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around a stretch, trimmed; around it at most `QUOTE_MOST` characters a side."""
    first = 0
    for found in _BREAK.finditer(text, 0, start):
        first = found.end()
    after = _BREAK.search(text, end)
    last = after.start() if after else len(text)
    first, last = max(first, start - QUOTE_MOST), min(last, end + QUOTE_MOST)
    while first < last and text[first] in " \t　•·-*":
        first += 1
    while last > first and text[last - 1].isspace():
        last -= 1
    return first, last
