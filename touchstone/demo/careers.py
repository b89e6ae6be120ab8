"""Schooling and jobs of an applicant, dated backwards from the day of applying."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass

from touchstone.demo.wording import bank, weighted

# tier: (least, most) years of full-time work; share of degrees.
_YEARS = {
    "brilliant": (5.0, 11.0),
    "strong": (3.5, 9.0),
    "solid": (2.0, 7.0),
    "fair": (1.0, 6.0),
    "weak": (0.5, 5.0),
    "unrelated": (1.0, 12.0),
    "hopeless": (0.0, 6.0),
    "stuffed": (0.5, 5.0),
}
_DEGREES: Mapping[str, Mapping[str, float]] = {
    "brilliant": {"doctor": 1, "master": 6, "bachelor": 4},
    "strong": {"doctor": 0.3, "master": 4, "bachelor": 6, "associate": 0.4},
    "solid": {"master": 2, "bachelor": 7, "associate": 1.5},
    "fair": {"master": 1, "bachelor": 6, "associate": 3},
    "student": {"master": 4, "bachelor": 6, "associate": 1},
}
_LOW_DEGREES: Mapping[str, float] = {"master": 0.3, "bachelor": 4, "associate": 5}
_STUDY_YEARS = {"doctor": 4, "master": 3, "bachelor": 4, "associate": 3}
_INTERNSHIP_MONTHS = (3, 8)


@dataclass(frozen=True, slots=True)
class Study:
    """``degree`` is doctor, master, bachelor or associate; months as first days."""

    degree: str
    school: str
    major: str
    start: dt.date
    end: dt.date


@dataclass(frozen=True, slots=True)
class Job:
    """``end`` None: until now. ``industry`` names a field of the project bank, or unrelated."""

    company: str
    title: str
    industry: str
    start: dt.date
    end: dt.date | None
    internship: bool = False


@dataclass(frozen=True, slots=True)
class Career:
    """All of it; jobs with the latest first."""

    study: Study
    earlier_study: Study | None
    jobs: tuple[Job, ...]
    years: float
    gap_months: int
    birth_year: int
    city: str


def career_of(
    rng: random.Random,
    *,
    tier: str,
    lang: str,
    industry: str,
    ability: Mapping[str, float],
    as_of: dt.date,
) -> Career:
    """Schooling and jobs that fit the tier; about one in nine has a pause of 7–20 months."""
    city = rng.choice(bank("careers")["cities_en" if lang == "en" else "cities"].split())
    if tier == "student":
        return _student(rng, lang, industry, city, as_of)
    low, high = _YEARS[tier]
    months = max(0, round(12 * rng.triangular(low, high, low + (high - low) / 3)))
    gap = rng.randint(7, 20) if rng.random() < 0.11 and months > 18 else 0
    jobs, started = _jobs(rng, tier, lang, industry, ability, (months, gap), as_of)
    graduated = dt.date(started.year, 6, 1)
    if graduated > started:
        graduated = dt.date(started.year - 1, 6, 1)
    study, earlier = _studies(rng, tier, lang, industry, graduated)
    born = (earlier or study).start.year - 18 - rng.randint(0, 1)
    years = round(sum(months_between(j.start, j.end, as_of) for j in jobs) / 12, 1)
    return Career(study, earlier, tuple(jobs), years, gap if len(jobs) > 1 else 0, born, city)


def months_between(start: dt.date, end: dt.date | None, as_of: dt.date) -> int:
    """Months worked, both the first and the last counted, as resumes mean them."""
    last = end or as_of
    return (last.year - start.year) * 12 + last.month - start.month + 1


def _back(day: dt.date, months: int) -> dt.date:
    index = day.year * 12 + day.month - 1 - months
    return dt.date(index // 12, index % 12 + 1, 1)


def _jobs(
    rng: random.Random,
    tier: str,
    lang: str,
    industry: str,
    ability: Mapping[str, float],
    spans: tuple[int, int],
    as_of: dt.date,
) -> tuple[list[Job], dt.date]:
    months, gap = spans
    if months == 0:
        return [], _back(as_of, rng.randint(4, 30))
    count = 1 + sum(months > limit for limit in (26, 58, 96) if rng.random() < 0.85)
    cuts = sorted(rng.sample(range(7, months - 6), count - 1)) if months > 30 else []
    lengths = [b - a for a, b in zip([0, *cuts], [*cuts, months], strict=True)]
    end: dt.date | None = None if rng.random() < 0.7 else _back(as_of, rng.randint(1, 4))
    jobs: list[Job] = []
    left = months
    for number, length in enumerate(lengths):
        start = _back(end or as_of, length - 1)
        field = industry if number == 0 or rng.random() < 0.5 else "vendor"
        jobs.append(_job(rng, tier, lang, field, left, ability, (start, end)))
        left -= length
        pause = gap if number == 0 else rng.choice((0, 0, 1, 2))
        end = _back(start, 1 + pause)
    return jobs, jobs[-1].start


def _job(
    rng: random.Random,
    tier: str,
    lang: str,
    field: str,
    months_so_far: int,
    ability: Mapping[str, float],
    dates: tuple[dt.date, dt.date | None],
) -> Job:
    words = bank("careers")
    if tier in {"unrelated", "hopeless"}:
        title = rng.choice(words["titles_unrelated"].split())
        if lang == "en":
            title = rng.choice(("Restaurant Supervisor", "Sales Associate", "Warehouse Clerk"))
        trade = title if title in words["company_last"] else "unrelated"
        return Job(_company(rng, lang, trade), title, "unrelated", *dates)
    rank = "junior"
    if months_so_far > 66 and ability["technical"] > 6.5:
        rank = "senior"
    elif months_so_far > 22 and ability["technical"] > 4:
        rank = "middle"
    return Job(_company(rng, lang, field), _title(rng, lang, rank), field, *dates)


def _title(rng: random.Random, lang: str, rank: str) -> str:
    words = bank("careers")
    titles = words["titles_en"][rank] if lang == "en" else words["titles"][rank].split()
    return str(rng.choice(titles))


def _company(rng: random.Random, lang: str, field: str) -> str:
    words = bank("careers")
    if lang == "en":
        names = words["companies_en"]
        return str(rng.choice(names.get(field, names["vendor"])))
    first = rng.choice(words["company_first"].split())
    last = rng.choice(words["company_last"][field].split())
    place = rng.choice(words["cities"].split()) if rng.random() < 0.7 else ""
    return f"{place}{first}{last}"


def _studies(
    rng: random.Random, tier: str, lang: str, industry: str, graduated: dt.date
) -> tuple[Study, Study | None]:
    degree = weighted(rng, _DEGREES.get(tier, _LOW_DEGREES))
    study = _study(rng, tier, lang, industry, degree, graduated)
    if degree not in {"master", "doctor"}:
        return study, None
    before = dt.date(study.start.year, 6, 1)
    return study, _study(rng, tier, lang, industry, "bachelor", before)


def _study(
    rng: random.Random, tier: str, lang: str, industry: str, degree: str, end: dt.date
) -> Study:
    words = bank("careers")
    start = dt.date(end.year - _STUDY_YEARS[degree], 9, 1)
    unrelated = tier in {"unrelated", "hopeless"}
    if lang == "en":
        major = rng.choice(words["majors_en"]["other" if unrelated else "technical"])
        return Study(degree, str(rng.choice(words["schools_en"])), str(major), start, end)
    fields = {"technical": 6.0, "language": 1.5, industry: 2.0}
    field = "other" if unrelated else weighted(rng, fields)
    majors = words["majors"].get(field, words["majors"]["technical"])
    if degree == "associate":
        rank = "college"
    elif tier == "brilliant" or degree == "doctor":
        rank = weighted(rng, {"top": 5, "good": 4, "plain": 1})
    else:
        rank = weighted(rng, {"top": 2, "good": 5, "plain": 5})
    school = rng.choice(words["schools"][rank].split())
    return Study(degree, school, rng.choice(majors.split()), start, end)


def _student(rng: random.Random, lang: str, industry: str, city: str, as_of: dt.date) -> Career:
    graduates = dt.date(rng.choice((as_of.year, as_of.year + 1)), 6, 1)
    study, earlier = _studies(rng, "student", lang, industry, graduates)
    jobs = []
    end = _back(as_of, rng.randint(1, 6))
    for _ in range(rng.choice((0, 1, 1, 2))):
        start = _back(end, rng.randint(*_INTERNSHIP_MONTHS) - 1)
        if start < (earlier or study).start:
            break
        company, title = _company(rng, lang, industry), _title(rng, lang, "intern")
        jobs.append(Job(company, title, industry, start, end, internship=True))
        end = _back(start, rng.randint(2, 5))
    born = (earlier or study).start.year - 18
    return Career(study, earlier, tuple(jobs), 0.0, 0, born, city)
