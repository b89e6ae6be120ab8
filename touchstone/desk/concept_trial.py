"""A trial of the company's concepts as its page shows it: names and words cut from the resumes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from touchstone.accounts.models import Person
from touchstone.common.messages import Bilingual
from touchstone.engine.text.taxonomy import Concept
from touchstone.positions.models import Position
from touchstone.positions.permissions import sees_applicants_of, visible_positions
from touchstone.positions.selectors import competency_model
from touchstone.recruiting.models import Application, TaxonomyTrial

AROUND = 28
PER_PAGE = 20
MOST_NAMED = 4
BULLETS = " \t-–—·•*●◆▪>"
_BREAKS = "\n。；;"


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a resume with what stands around them."""

    concept: str
    before: str
    words: str
    after: str
    polarity: str = ""
    alone: bool = False


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person before and after, with the words that make the difference."""

    ref: str
    name: str
    row: Mapping[str, Any]
    indicators: tuple[tuple[Bilingual, float, float], ...]
    gained: tuple[Words, ...]
    lost: tuple[Words, ...]
    kept_out: tuple[Words, ...]

    @property
    def points(self) -> float:
        return round(float(self.row["after"]) - float(self.row["before"]), 1)

    @property
    def most(self) -> tuple[tuple[Bilingual, float, float], ...]:
        """The indicators that change most."""
        return tuple(sorted(self.indicators, key=lambda i: -abs(i[2] - i[1]))[:MOST_NAMED])

    @property
    def others(self) -> int:
        """How many more change a little."""
        return len(self.indicators) - len(self.most)

    @property
    def decided(self) -> tuple[str, str]:
        """The recommendation before and after."""
        before, after = self.row["decision"]
        return str(before), str(after)

    @property
    def places(self) -> int:
        """How many places up; negative for down."""
        before, after = self.row["rank"]
        return int(before - after)


@dataclass(frozen=True, slots=True)
class PositionResult:
    """One position's comparison."""

    position: Position
    row: Mapping[str, Any]
    indicators: tuple[tuple[Bilingual, int, int, float], ...]


def positions_to_try(person: Person, most: int = 40) -> list[Position]:
    """Positions of which the person sees everybody who applied, the latest first."""
    found = list(
        visible_positions(person)
        .exclude(model_version=None)
        .exclude(applications=None)
        .select_related("model_version", "branch")
        .distinct()
        .order_by("-created_at", "-pk")[:most]
    )
    seen = sees_applicants_of(person, found)
    return [position for position in found if position.pk in seen]


def results_of(person: Person, trial: TaxonomyTrial | None) -> list[PositionResult]:
    """What was found for each position that the person (still) sees."""
    if trial is None or not trial.result:
        return []
    seen = {
        p.ref: p
        for p in positions_to_try(person, most=400)
        if any(row["ref"] == p.ref for row in trial.result["positions"])
    }
    found = []
    for row in trial.result["positions"]:
        position = seen.get(row["ref"])
        if position is None or position.model_version is None:
            continue
        names = {i.id: i.name for i in competency_model(position.model_version).indicators}
        touched = sorted(
            {*row["gained"], *row["lost"]},
            key=lambda i: (-abs(row.get("points", {}).get(i, 0.0)), i),
        )
        found.append(
            PositionResult(
                position,
                row,
                tuple(
                    (
                        names.get(i, Bilingual(i, i)),
                        row["gained"].get(i, 0),
                        row["lost"].get(i, 0),
                        row.get("points", {}).get(i, 0.0)
                        / (row["gained"].get(i, 0) + row["lost"].get(i, 0)),
                    )
                    for i in touched
                ),
            )
        )
    return found


def people_of(result: PositionResult, rows: Sequence[Mapping[str, Any]]) -> list[PersonRow]:
    """These people of a position with their names and words; one query."""
    held = {
        a.ref: a
        for a in Application.objects.filter(
            ref__in=[row["ref"] for row in rows], position=result.position
        )
        .select_related("candidate", "resume")
        .defer("resume__parsed", "resume__geometry")
    }
    version = result.position.model_version
    names = {i.id: i.name for i in competency_model(version).indicators} if version else {}
    return [_person(held[row["ref"]], row, names) for row in rows if row["ref"] in held]


def _person(
    application: Application, row: Mapping[str, Any], names: Mapping[str, Bilingual]
) -> PersonRow:
    text = application.resume.text if application.resume else ""
    return PersonRow(
        application.ref,
        application.candidate.name,
        row,
        tuple(
            (names.get(i, Bilingual(i, i)), before, after) for i, before, after in row["indicators"]
        ),
        tuple(_words(text, *item) for item in row["gained"]),
        tuple(_words(text, *item) for item in row["lost"]),
        tuple(_words(text, *item) for item in row["kept_out"]),
    )


def _words(
    text: str,
    concept: str,
    start: int,
    end: int,
    polarity: str = "",
    _strength: str = "",
    alone: bool = False,
) -> Words:
    first = max((text.rfind(sign, 0, start) for sign in _BREAKS), default=-1) + 1
    ends = [at for sign in _BREAKS if (at := text.find(sign, end)) >= 0]
    last = min(ends, default=len(text))
    before = text[max(first, start - AROUND) : start].lstrip(BULLETS)
    after = text[end : min(last, end + AROUND)].rstrip()
    before = f"…{before}" if first < start - AROUND else before
    after = f"{after}…" if last > end + AROUND else after
    return Words(concept, before, text[start:end], after, polarity, alone)


def spelling_rows(trial: TaxonomyTrial, known: Mapping[str, Concept]) -> list[dict[str, Any]]:
    """How often each spelling was met, with the concept's name and what to look at."""
    rows = []
    for row in trial.result.get("spellings", []):
        concept = known.get(row["concept"])
        gained = row.get("gained", 0)
        foreign = sum(row.get(p, 0) for p in ("negated", "wished", "other_person"))
        rows.append(
            {
                **row,
                "name": Bilingual(concept.zh, concept.en)
                if concept
                else Bilingual(row["concept"], row["concept"]),
                "credited": gained - foreign,
                "foreign": foreign,
                "doubtful": gained > 0 and row.get("alone", 0) * 3 >= gained,
            }
        )
    return rows
