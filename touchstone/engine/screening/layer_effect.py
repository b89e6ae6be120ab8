"""What another taxonomy does to one resume: points, evidence, words met newly or no more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from touchstone.engine.profiles.model import CompetencyModel
from touchstone.engine.resumes.resume import ParsedResume
from touchstone.engine.resumes.skills import section_spans
from touchstone.engine.screening.demand import demand_of
from touchstone.engine.screening.screen import Evidence, ScreeningResult, screen
from touchstone.engine.text.layer import Layer
from touchstone.engine.text.matcher import Alias, AliasMatcher, Hit
from touchstone.engine.text.mentions import SectionSpan, judged_hits
from touchstone.engine.text.normalize import Normalized, key_of, normalized
from touchstone.engine.text.taxonomy import Taxonomy

NOT_CREDITED = frozenset({"negated", "wished", "other_person"})


@dataclass(frozen=True, slots=True)
class Met:
    """Words of a resume that one of the two taxonomies takes for a concept.

    Attributes:
        alone: nothing else of the trade stands in the same line: it may mean something else.
    """

    concept: str
    start: int
    end: int
    polarity: str
    strength: str
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """An indicator's points of 100, before and after."""

    indicator: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class ResumeEffect:
    """What changes for one resume.

    Attributes:
        gained, lost: words newly met, and met no more.
        kept_out: spellings of the changed concepts that a guard keeps from counting.
        evidence: what points newly rest on; ``without`` what they rested on.
    """

    before: ScreeningResult
    after: ScreeningResult
    indicators: tuple[Changed, ...]
    gained: tuple[Met, ...]
    lost: tuple[Met, ...]
    kept_out: tuple[Hit, ...]
    evidence: tuple[Evidence, ...]
    without: tuple[Evidence, ...]


class LayerEffect:
    """Compares two taxonomies over many resumes of one model.

    Args:
        touched: the layer whose spellings are watched for what their guards keep out.
    """

    def __init__(
        self, model: CompetencyModel, before: Taxonomy, after: Taxonomy, touched: Layer
    ) -> None:
        self.model, self.before, self.after = model, before, after
        self._same_demand = _same_demand(model, before, after)
        self._watch = AliasMatcher(_bare(after, touched))

    def on(
        self,
        text: str,
        resume: ParsedResume,
        *,
        as_of: dt.date,
        flags: Sequence[str] = (),
    ) -> ResumeEffect | None:
        """What changes for a resume; None where nothing does."""
        normal = normalized(text)
        spans = section_spans(resume.sections)
        was, now = (known.matcher.find_in(normal) for known in (self.before, self.after))
        kept_out = self._kept_out(normal, now)
        if was == now and self._same_demand and not kept_out:
            return None
        old, new = set(was), set(now)
        gained = _met(normal, now, [h for h in now if h not in old], spans)
        lost = _met(normal, was, [h for h in was if h not in new], spans)
        before, after = (
            screen(text, resume, self.model, as_of=as_of, flags=flags, concepts=known)
            for known in (self.before, self.after)
        )
        held = {_key(e) for e in before.evidence}
        kept = {_key(e) for e in after.evidence}
        effect = ResumeEffect(
            before=before,
            after=after,
            indicators=_indicators(before, after),
            gained=gained,
            lost=lost,
            kept_out=kept_out,
            evidence=tuple(e for e in after.evidence if e.effect > 0 and _key(e) not in held),
            without=tuple(e for e in before.evidence if e.effect > 0 and _key(e) not in kept),
        )
        moved = effect.indicators or before.score != after.score
        return effect if moved or gained or lost or kept_out else None

    def score(
        self, text: str, resume: ParsedResume, *, as_of: dt.date, flags: Sequence[str] = ()
    ) -> float:
        """The score by the concepts that hold now."""
        found = screen(text, resume, self.model, as_of=as_of, flags=flags, concepts=self.before)
        return found.score

    def _kept_out(self, normal: Normalized, now: Sequence[Hit]) -> tuple[Hit, ...]:
        counted = {(hit.start, hit.end) for hit in now}
        covered = sorted(counted)
        return tuple(
            hit
            for hit in self._watch.find_in(normal)
            if not any(start <= hit.start and hit.end <= end for start, end in covered)
        )


def _bare(known: Taxonomy, touched: Layer) -> list[Alias]:
    """Guarded spellings of the changed concepts, without their guards."""
    return [
        Alias(alias, concept)
        for concept, change in touched.items()
        for alias in known.guards.get(concept, {})
        if any(key_of(alias) == key_of(own) for own in (*change.guards, *change.add))
    ]


def _same_demand(model: CompetencyModel, before: Taxonomy, after: Taxonomy) -> bool:
    one, other = demand_of(model, before), demand_of(model, after)
    kinds = all(
        concept.kind == after.concepts[key].kind
        for key, concept in before.concepts.items()
        if key in after.concepts
    )
    return kinds and (one.concepts, one.hints) == (other.concepts, other.hints)


def _met(
    normal: Normalized, hits: Sequence[Hit], chosen: Sequence[Hit], spans: Sequence[SectionSpan]
) -> tuple[Met, ...]:
    """The chosen ones of all hits in a text, judged."""
    if not chosen:
        return ()
    lines = _lines(normal.flat, hits)
    mentions = judged_hits(normal, chosen, spans)
    return tuple(
        Met(
            m.concept,
            m.start,
            m.end,
            m.polarity,
            m.strength,
            alone=lines[normal.flat.rfind("\n", 0, m.start)] <= 1,
        )
        for m in mentions
    )


def _lines(flat: str, hits: Sequence[Hit]) -> dict[int, int]:
    """How many concepts stand in each line that has any."""
    counts: dict[int, set[tuple[int, int]]] = {}
    for hit in hits:
        counts.setdefault(flat.rfind("\n", 0, hit.start), set()).add((hit.start, hit.end))
    return {line: len(places) for line, places in counts.items()}


def _indicators(before: ScreeningResult, after: ScreeningResult) -> tuple[Changed, ...]:
    return tuple(
        Changed(key, score.score, after.indicators[key].score)
        for key, score in before.indicators.items()
        if score.score != after.indicators[key].score
    )


def _key(evidence: Evidence) -> tuple[str, int, int]:
    return (evidence.indicator, evidence.start, evidence.end)
