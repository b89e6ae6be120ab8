"""What a calibration sample shows, and to whom: blind first, as with candidates."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from touchstone.accounts.models import Person
from touchstone.common.errors import NotFound
from touchstone.common.messages import say
from touchstone.engine.calibration.agreement import krippendorff_alpha
from touchstone.engine.profiles.model import Indicator, parse_model
from touchstone.evaluation.models import CalibrationSample, SampleSheet
from touchstone.evaluation.room import anchors_of
from touchstone.positions.models import Position
from touchstone.positions.permissions import visible_positions

FAR_APART = 3.0  # points between the lowest and the highest score


@dataclass(frozen=True)
class Given:
    """One person's score of one indicator."""

    person: Person
    score: float
    comment: str
    own: bool


@dataclass(frozen=True)
class Spread:
    """How the panel scored one indicator; ``apart`` is highest less lowest, in points."""

    indicator: Indicator
    given: tuple[Given, ...]
    mean: float
    apart: float

    @property
    def far(self) -> bool:
        return self.apart >= FAR_APART


@dataclass(frozen=True)
class Compared:
    """The whole sample: widest spread first.

    Attributes:
        alpha: Krippendorff's, interval, over the indicators; None where there is too little.
        own_lean: mean of one's own scores less the others', in points; None without either.
    """

    spreads: tuple[Spread, ...]
    people: int
    alpha: float | None
    own_lean: float | None


def sample_for(person: Person, ref: str) -> CalibrationSample:
    """The sample by its ref.

    Raises:
        NotFound: there is none that this person may know of.
    """
    sample = (
        CalibrationSample.objects.filter(ref=ref, position__in=visible_positions(person))
        .select_related("position__branch", "position__department", "position__model_version")
        .first()
    )
    if sample is None:
        raise NotFound(say("evaluation.sample_unknown"))
    return sample


def may_score(person: Person, position: Position) -> bool:
    """Whether the person belongs to the position: interviewers and hiring managers."""
    return position.members.filter(person=person).exists()


def open_samples(person: Person) -> list[CalibrationSample]:
    """Samples that wait for the person's scores."""
    scored = SampleSheet.objects.filter(person=person, submitted_at__isnull=False)
    return list(
        CalibrationSample.objects.filter(closed_at=None, position__members__person=person)
        .exclude(pk__in=scored.values("sample_id"))
        .exclude(position__status="closed")
        .select_related("position")
        .distinct()[:20]
    )


def indicators_of(sample: CalibrationSample) -> list[tuple[Indicator, list[tuple[str, str]]]]:
    """The sample's indicators as the model has them now, with what low, middle and high mean."""
    version = sample.position.model_version
    known = {i.id: i for i in parse_model(version.document).indicators} if version else {}
    return [(known[n], anchors_of(known[n])) for n in sample.indicators if n in known]


def compared(person: Person, sample: CalibrationSample) -> Compared | None:
    """Everybody's scores; None before the person has submitted, unless the sample is closed."""
    sheets = list(
        sample.sheets.filter(submitted_at__isnull=False)
        .select_related("person__department")
        .order_by("submitted_at", "pk")
    )
    submitted = any(sheet.person_id == person.pk for sheet in sheets)
    if not (submitted or sample.closed_at):
        return None
    spreads = [
        _spread(indicator, sheets, person)
        for indicator, _ in indicators_of(sample)
        if any(_score(sheet.scores, indicator.id) is not None for sheet in sheets)
    ]
    units = [[given.score for given in spread.given] for spread in spreads]
    own = [g.score for s in spreads for g in s.given if g.own]
    others = [g.score for s in spreads for g in s.given if not g.own]
    return Compared(
        spreads=tuple(sorted(spreads, key=lambda s: -s.apart)),
        people=len(sheets),
        alpha=krippendorff_alpha(units),
        own_lean=statistics.fmean(own) - statistics.fmean(others) if own and others else None,
    )


def _spread(indicator: Indicator, sheets: Sequence[SampleSheet], person: Person) -> Spread:
    given = tuple(
        Given(
            sheet.person,
            score,
            str(sheet.scores[indicator.id].get("comment", "")),
            sheet.person_id == person.pk,
        )
        for sheet in sheets
        if (score := _score(sheet.scores, indicator.id)) is not None
    )
    scores = [g.score for g in given]
    return Spread(indicator, given, statistics.fmean(scores), max(scores) - min(scores))


def _score(scores: Mapping[str, Mapping[str, object]], indicator: str) -> float | None:
    score = scores.get(indicator, {}).get("score")
    return float(score) if isinstance(score, int | float) else None
