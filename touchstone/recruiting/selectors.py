"""Reads of recruiting: the ranked list, one application, imports, duplicates.

Lists never load resume texts, geometry or parsed fields; screenings are loaded for one page.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, Min, OuterRef, Q, QuerySet, Subquery, When

from touchstone.engine.profiles.model import CompetencyModel
from touchstone.positions.models import Position
from touchstone.recruiting.models import (
    Application,
    ConceptTally,
    DuplicateCase,
    Resume,
    ResumeBatch,
    Screening,
)
from touchstone.recruiting.stages import FINAL

DECISIONS = ("advance", "review", "decline")
STRENGTH = {"result": 3, "used": 2, "listed": 1}
SORTS: Mapping[str, tuple[Any, ...]] = {
    "-score": (F("score").desc(nulls_last=True), "pk"),
    "score": (F("score").asc(nulls_last=True), "pk"),
    "name": ("candidate__name", "pk"),
    "-name": ("-candidate__name", "pk"),
    "-applied": ("-applied_at", "-pk"),
    "applied": ("applied_at", "pk"),
    "-years": (F("years").desc(nulls_last=True), "pk"),
    "years": (F("years").asc(nulls_last=True), "pk"),
}
ENDED = ("rejected", "withdrawn")
ENOUGH_FOR_PACE = 12
YEARS = ((0.0, 1.0), (1.0, 3.0), (3.0, 5.0), (5.0, 99.0))
DEGREES = ("doctor", "master", "bachelor", "associate", "secondary", "none")


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the list is asked for.

    Attributes:
        words: in name, contacts, company, title or the resume's text.
        decision: advance, review, decline, or "none" for those without a screening.
        stage: one stage; "" for all that are still in the round, "all" for every one.
        years: index into `YEARS`, or -1.
        sort: a key of `SORTS`.
    """

    words: str = ""
    decision: str = ""
    stage: str = ""
    years: int = -1
    degree: str = ""
    source: str = ""
    flagged: bool = False
    sort: str = "-score"

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out besides those out of the round."""
        return bool(
            self.words
            or self.stage
            or self.years >= 0
            or self.degree
            or self.source
            or self.flagged
        )


def listed(position: Position) -> QuerySet[Application]:
    """Applications of the position, those of merged records left out."""
    return Application.objects.filter(position=position, candidate__merged_into=None)


def shortlist(position: Position, filters: Filters) -> QuerySet[Application, int]:
    """The ids of the list in its order: sorting touches no texts."""
    rows = _narrowed(listed(position), filters)
    if filters.decision == "none":
        rows = rows.filter(recommendation="")
    elif filters.decision in DECISIONS:
        rows = rows.filter(recommendation=filters.decision)
    return rows.order_by(*SORTS.get(filters.sort, SORTS["-score"])).values_list("pk", flat=True)


def listed_applications(ids: Sequence[int]) -> list[Application]:
    """These applications in this order, with candidate, screening and the resume's short facts."""
    found = (
        Application.objects.filter(pk__in=ids)
        .select_related("candidate", "screening", "resume")
        .defer("resume__text", "resume__parsed", "resume__geometry")
        .in_bulk()
    )
    return [found[pk] for pk in ids if pk in found]


def _narrowed(rows: QuerySet[Application], filters: Filters) -> QuerySet[Application]:
    if filters.words:
        found = Q(candidate__name__icontains=filters.words)
        found |= Q(candidate__email__icontains=filters.words)
        found |= Q(candidate__phone__icontains=filters.words)
        found |= Q(resume__company__icontains=filters.words)
        found |= Q(resume__title__icontains=filters.words)
        found |= Q(resume__text__icontains=filters.words)
        rows = rows.filter(found)
    if filters.stage in Application.Stage.values:
        rows = rows.filter(stage=filters.stage)
    elif filters.stage != "all":
        rows = rows.exclude(stage__in=ENDED)
    if 0 <= filters.years < len(YEARS):
        low, high = YEARS[filters.years]
        rows = rows.filter(years__gte=low, years__lt=high)
    if filters.degree in DEGREES:
        rows = rows.filter(degree=filters.degree)
    if filters.source:
        rows = rows.filter(source=filters.source)
    if filters.flagged:
        rows = rows.filter(flagged=True)
    return rows


def decision_counts(position: Position, filters: Filters) -> dict[str, int]:
    """How many of the narrowed list have each recommendation; "none" without one, "all"."""
    rows = _narrowed(listed(position), filters).order_by()
    counts: Counter[str] = Counter()
    for decision, n in rows.values_list("recommendation").annotate(n=Count("pk")):
        counts[decision if decision in DECISIONS else "none"] += n
    return {**dict.fromkeys((*DECISIONS, "none"), 0), **counts, "all": sum(counts.values())}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: the application, and per dimension its score and strokes."""

    application: Application
    dimensions: tuple[tuple[float | None, tuple[int, ...]], ...]
    flags: tuple[str, ...]
    rank: int


def rows_of(
    applications: Sequence[Application], model: CompetencyModel | None, first_rank: int
) -> list[Row]:
    """Lines for a page of the list."""
    home = home_dimensions(model)
    names = [dimension.id for dimension in model.dimensions] if model else []
    rows = []
    for rank, application in enumerate(applications, first_rank):
        result = application.screening.result if application.screening else {}
        scores = result.get("dimensions", {})
        levels = strokes(result.get("evidence", ()), home)
        rows.append(
            Row(
                application,
                tuple(
                    (scores.get(d, {}).get("score"), tuple(sorted(levels.get(d, ()), reverse=True)))
                    for d in names
                ),
                tuple(result.get("flags", ())),
                rank,
            )
        )
    return rows


def home_dimensions(model: CompetencyModel | None) -> dict[str, str]:
    """The dimension of each indicator."""
    if model is None:
        return {}
    return {i.id: dimension.id for dimension in model.dimensions for i in dimension.indicators}


def strokes(evidence: Iterable[Mapping[str, Any]], home: Mapping[str, str]) -> dict[str, list[int]]:
    """Thickness of every piece of evidence that counts, by dimension."""
    levels: dict[str, list[int]] = {}
    for piece in evidence:
        level = STRENGTH.get(str(piece.get("kind")), 0)
        dimension = home.get(str(piece.get("indicator")), "")
        if level and dimension:
            levels.setdefault(dimension, []).append(level)
    return levels


@dataclass(frozen=True, slots=True)
class Standing:
    """How many stand alike: same half point, same word of a person, same groups of the resume.

    Nothing else of a person is compared. ``years`` is an index into `YEARS`, -1 where not stated;
    ``ended`` are those whom the list leaves out unless asked for: rejected or withdrawn.
    """

    score: float
    override: str
    degree: str
    years: int
    language: str
    ended: bool
    n: int


def standings(position: Position) -> list[Standing]:
    """Everybody with a score, counted where they stand alike; one query of a small table.

    Scores are rounded down to the half point, the step of a line.
    """
    alike: Counter[tuple[int, str, str, int, str, bool]] = Counter()
    rows = listed(position).exclude(score=None).order_by()
    for score, word, overridden, degree, years, language, stage in rows.values_list(
        "score", "recommendation", "overridden", "degree", "years", "language", "stage"
    ):
        half = math.floor((score or 0.0) * 2)
        said = word if overridden else ""
        alike[half, said, degree, _band(years), language, stage in ENDED] += 1
    return [
        Standing(half / 2, word, degree, band, language, ended, n)
        for (half, word, degree, band, language, ended), n in alike.items()
    ]


def _band(years: float | None) -> int:
    if years is None:
        return -1
    return next((i for i, (low, high) in enumerate(YEARS) if low <= years < high), -1)


def above_line(position: Position, line: float) -> QuerySet[Application]:
    """Applications at or above a line that wait to be invited."""
    return listed(position).filter(stage="screened", score__gte=line)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A piece of evidence of one indicator, with the id of its mark in the text."""

    id: str
    quote: str
    start: int
    end: int
    kind: str
    level: int
    effect: float


@dataclass(frozen=True, slots=True)
class IndicatorFinding:
    """One indicator of a screening: score 0–100, weight, evidence strongest first.

    ``room``: points of the whole that are not earned yet.
    """

    id: str
    name: Any
    score: float | None
    weight: float
    evidence: tuple[Evidence, ...]
    room: float


@dataclass(frozen=True, slots=True)
class DimensionFinding:
    """One dimension of a screening with its indicators."""

    id: str
    name: Any
    score: float | None
    weight: float
    indicators: tuple[IndicatorFinding, ...]

    @property
    def levels(self) -> list[int]:
        return sorted((e.level for i in self.indicators for e in i.evidence), reverse=True)


def findings(screening: Screening | None, model: CompetencyModel | None) -> list[DimensionFinding]:
    """A screening by dimension and indicator, in the model's order."""
    if screening is None or model is None:
        return []
    result = screening.result
    pieces: dict[str, list[Evidence]] = {}
    for number, piece in enumerate(result.get("evidence", ())):
        pieces.setdefault(piece["indicator"], []).append(
            Evidence(
                str(number),
                piece["quote"],
                piece["start"],
                piece["end"],
                piece["kind"],
                STRENGTH.get(piece["kind"], 0),
                float(piece["effect"]),
            )
        )
    found = []
    for dimension in model.dimensions:
        indicators = []
        for indicator in dimension.indicators:
            score = result.get("indicators", {}).get(indicator.id, {}).get("score")
            evidence = sorted(pieces.get(indicator.id, ()), key=lambda e: (-e.level, -e.effect))
            room = indicator.weight * (100 - (score or 0.0)) / 100
            indicators.append(
                IndicatorFinding(
                    indicator.id,
                    indicator.name,
                    score,
                    indicator.weight,
                    tuple(evidence),
                    round(room, 1),
                )
            )
        score = result.get("dimensions", {}).get(dimension.id, {}).get("score")
        found.append(
            DimensionFinding(
                dimension.id, dimension.name, score, dimension.weight, tuple(indicators)
            )
        )
    return found


def reasons_in(screening: Screening | None, lang: str) -> list[str]:
    """The screening's sentences in a language; in the model's where they were kept in one only."""
    if screening is None:
        return []
    result = screening.result
    return list(result.get("reasons_in", {}).get(lang) or result.get("reasons", ()))


@dataclass(frozen=True, slots=True)
class Change:
    """What would move the recommendation: points to the next line, and where they may come from."""

    target: str
    missing: float
    chances: tuple[IndicatorFinding, ...]


def what_would_change(screening: Screening | None, model: CompetencyModel | None) -> Change | None:
    """The way to the next better recommendation; None where there is none.

    Named are the indicators with most points still to earn, as few as would be enough.
    """
    if screening is None or model is None or screening.decision == "advance":
        return None
    line = (
        model.decision.advance_min if screening.decision == "review" else model.decision.review_min
    )
    missing = round(line - screening.score, 1)
    if missing <= 0:
        return None
    every = [i for d in findings(screening, model) for i in d.indicators]
    chosen: list[IndicatorFinding] = []
    total = 0.0
    for indicator in sorted(every, key=lambda i: -i.room):
        if total >= missing or len(chosen) == 3:
            break
        chosen.append(indicator)
        total += indicator.room
    target = "advance" if screening.decision == "review" else "review"
    return Change(target, missing, tuple(chosen))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading of a position's files is."""

    total: int
    waiting: int
    read: int
    partial: int
    failed: int
    repeated: int
    left_s: float | None

    @property
    def done(self) -> int:
        return self.total - self.waiting


def import_progress(position: Position, batch: ResumeBatch | None, now: dt.datetime) -> Progress:
    """Counts by state of a batch (or of everything), and the time left at the present pace."""
    rows = Resume.objects.filter(position=position)
    if batch is not None:
        rows = rows.filter(batch=batch)
    counts = dict(rows.order_by().values_list("status").annotate(n=Count("pk")))
    total, waiting = sum(counts.values()), counts.get("queued", 0)
    left = _time_left(rows, waiting, now) if waiting else None
    return Progress(
        total=total,
        waiting=waiting,
        read=counts.get("read", 0),
        partial=counts.get("partial", 0),
        failed=counts.get("failed", 0),
        repeated=batch.repeated if batch else 0,
        left_s=left,
    )


def _time_left(rows: QuerySet[Resume], waiting: int, now: dt.datetime) -> float | None:
    """Seconds at the pace of the last half minute; None before enough was read to tell."""
    recent = rows.filter(read_at__gte=now - dt.timedelta(seconds=30)).aggregate(
        n=Count("pk"), first=Min("read_at")
    )
    if recent["n"] < ENOUGH_FOR_PACE:
        return None
    elapsed = max(1.0, (now - recent["first"]).total_seconds())
    return float(waiting * elapsed / recent["n"])


def batches_of(position: Position) -> list[ResumeBatch]:
    """The latest imports of a position with their counts."""
    return list(
        position.batches.select_related("created_by")
        .annotate(
            files=Count("resumes"),
            waiting=Count("resumes", filter=Q(resumes__status="queued")),
            failed=Count("resumes", filter=Q(resumes__status="failed")),
        )
        .order_by("-created_at", "-pk")[:20]
    )


def resumes_of(position: Position, batch: ResumeBatch | None, status: str) -> QuerySet[Resume]:
    """Files of a position or batch without their contents: those that wait for a person first, so
    that they stay in place while others come in; then the latest."""
    rows = Resume.objects.filter(position=position)
    if batch is not None:
        rows = rows.filter(batch=batch)
    if status == "attached":
        rows = rows.filter(attached=True)
    elif status in Resume.Status.values:
        rows = rows.filter(status=status)
    own = Application.objects.filter(candidate=OuterRef("candidate"), position=position)
    waits = Case(When(status="failed", candidate=None, then=0), default=1)
    return (
        rows.select_related("candidate", "file")
        .defer("text", "geometry")
        .annotate(application_ref=Subquery(own.values("ref")[:1]))
        .order_by(waits, "-pk")
    )


def duplicate_cases(position: Position, state: str) -> list[DuplicateCase]:
    """Pairs of which at least one applies for the position."""
    mine = Application.objects.filter(position=position).values("candidate")
    return list(
        DuplicateCase.objects.filter(branch=position.branch_id)
        .filter(Q(first__in=mine) | Q(second__in=mine))
        .filter(state="open" if state == "open" else state)
        .select_related("first", "second", "decided_by")
        .order_by("-found_at", "pk")[:100]
    )


def open_duplicates(position: Position) -> int:
    """How many pairs wait for a decision."""
    mine = Application.objects.filter(position=position).values("candidate")
    return (
        DuplicateCase.objects.filter(branch=position.branch_id, state="open")
        .filter(Q(first__in=mine) | Q(second__in=mine))
        .count()
    )


def in_round(application: Application) -> bool:
    """Whether a further step is expected."""
    return application.stage not in FINAL


@dataclass(frozen=True, slots=True)
class ConceptCounts:
    """How many people concepts were credited to in some positions.

    Attributes:
        people: those who were screened and counted. counted_at: of the count that is oldest.
    """

    counts: Mapping[str, int]
    people: int
    counted_at: dt.datetime | None


def concept_counts(positions: Iterable[int]) -> ConceptCounts:
    """Of these positions together; one query."""
    counts: Counter[str] = Counter()
    people, moments = 0, []
    for tally in ConceptTally.objects.filter(position__in=list(positions)):
        counts.update(tally.counts)
        people += tally.people
        moments.append(tally.counted_at)
    return ConceptCounts(counts, people, min(moments, default=None))


def screened_by_other_concepts(positions: Iterable[int], layer: str) -> dict[int, int]:
    """By position: open applications whose screening went by other concepts than hold now."""
    rows = (
        Application.objects.filter(position__in=list(positions), human_only=False)
        .exclude(stage__in=FINAL)
        .exclude(screening=None)
        .exclude(screening__taxonomy_sha256=layer)
        .order_by()
        .values_list("position")
        .annotate(n=Count("pk"))
    )
    return dict(rows)
