"""The applicants of the round: who they are and how good they really are."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from touchstone.demo.careers import Job, Study, career_of
from touchstone.demo.wording import bank, rng_for, weighted

DIMENSIONS = ("technical", "business", "communication", "learning")
AS_OF = dt.date(2026, 11, 2)

# Shares per 500 applicants, and the mean of the latent ability (0–10) in each tier.
TIERS: Mapping[str, tuple[int, float]] = {
    "brilliant": (18, 8.6),
    "strong": (72, 7.1),
    "solid": (128, 5.8),
    "fair": (108, 4.6),
    "weak": (62, 3.2),
    "student": (32, 4.4),
    "unrelated": (46, 1.4),
    "hopeless": (7, 0.7),
    "stuffed": (15, 2.2),
}
DUPLICATES_PER_500 = 12
_SPREAD = {"brilliant": 0.4, "strong": 0.8, "solid": 0.9, "fair": 0.9}
_INDUSTRIES = {
    "ecommerce": 27,
    "medical_imaging": 24,
    "customer_service": 17,
    "autonomous_driving": 8,
    "finance": 7,
    "speech": 6,
    "content_moderation": 6,
    "education": 5,
}
_PHONE_STEMS: tuple[str, ...] = (
    "1300000",
    "1310000",
    "1350000",
    "1380000",
    "1390000",
    "1500000",
    "1590000",
)
_PHONE_STEMS += ("1770000", "1860000", "1880000", "1890000", "1990000")
_MAIL_HOSTS = ("example.com", "mail.example.com", "example.org", "example.net", "example.cn")


@dataclass(frozen=True, slots=True)
class Person:
    """One applicant. Two of the same person share all but ``id`` and ``duplicate_of``, some of them
    their address and number too.

    Attributes:
        tier: a key of `TIERS`.
        ability: true ability per dimension, 0–10: what answers, code and scores come from.
        years: full-time experience, in years, as the resume tells it.
        gap_months: the longest pause between two jobs.
        projects: keys of the project bank, the main one first.
        stuffing: how a stuffed resume tries to trick: keywords | hidden | copied_ad | injection.
        phone: E.164.
    """

    id: str
    tier: str
    name: str
    lang: str
    gender: str
    birth_year: int
    email: str
    phone: str
    city: str
    industry: str
    ability: Mapping[str, float]
    years: float
    gap_months: int
    study: Study
    earlier_study: Study | None
    jobs: tuple[Job, ...]
    projects: tuple[str, ...]
    stuffing: str = ""
    duplicate_of: str = ""

    @property
    def identity(self) -> str:
        """The id of the human being, also for a second application by the same person."""
        return self.duplicate_of or self.id

    def level(self, dimension: str = "") -> float:
        """Ability in one dimension, or the mean of all, 0–10."""
        if dimension in self.ability:
            return self.ability[dimension]
        return sum(self.ability.values()) / len(self.ability)


def generate_people(seed: int, count: int, as_of: dt.date = AS_OF) -> tuple[Person, ...]:
    """``count`` applicants in the order in which they applied; the same seed gives the same people.

    Duplicates come after the person they repeat.
    """
    rng = rng_for(seed, "people")
    duplicates = round(count * DUPLICATES_PER_500 / 500)
    tiers = _tiers(count - duplicates)
    rng.shuffle(tiers)
    taken: set[str] = set()
    stuffing = _stuffing_plan(tiers)
    people = [
        _person(rng_for(seed, "person", number), f"P{number:04d}", tier, taken, as_of)
        for number, tier in enumerate(tiers, start=1)
    ]
    people = [replace(p, stuffing=next(stuffing)) if p.tier == "stuffed" else p for p in people]
    twice = [p for p in people if p.tier in {"strong", "solid", "fair"}][: max(duplicates * 8, 1)]
    for offset, original in enumerate(rng.sample(twice, min(duplicates, len(twice)))):
        number = len(tiers) + 1 + offset
        again = replace(original, id=f"P{number:04d}", duplicate_of=original.id)
        if offset % 3 == 2:
            again = _reached_elsewhere(again, rng_for(seed, "again", original.id), taken)
        people.append(again)
    return tuple(people)


def _reached_elsewhere(person: Person, rng: random.Random, taken: set[str]) -> Person:
    """The same person under another address and number: only people can tell that it is one."""
    stem = person.email.partition("@")[0]
    email = _unique(rng, lambda: f"{stem}{rng.randint(10, 99)}@example.net", taken)
    phone = _unique(rng, lambda: f"+86{_PHONE_STEMS[0]}{rng.randint(0, 9999):04d}", taken)
    return replace(person, email=email, phone=phone)


def _tiers(count: int) -> list[str]:
    total = sum(share for share, _ in TIERS.values())
    tiers = [t for t, (share, _) in TIERS.items() for _ in range(share * count // total)]
    order = sorted(TIERS, key=lambda t: -(TIERS[t][0] * count % total))
    return tiers + order[: count - len(tiers)]


def _stuffing_plan(tiers: Sequence[str]) -> Any:
    ways = ("keywords", "hidden", "copied_ad", "injection")
    return iter([ways[i % len(ways)] for i in range(tiers.count("stuffed"))])


def _person(
    rng: random.Random, identifier: str, tier: str, taken: set[str], as_of: dt.date
) -> Person:
    lang = "en" if rng.random() < 0.15 and tier not in {"hopeless", "stuffed"} else "zh"
    gender = rng.choice(("男", "女"))
    name, latin = _name(rng, lang, taken)
    industry = weighted(rng, _INDUSTRIES)
    ability = _ability(rng, tier)
    career = career_of(rng, tier=tier, lang=lang, industry=industry, ability=ability, as_of=as_of)
    stem = rng.choice(_PHONE_STEMS)
    phone = _unique(rng, lambda: f"+86{stem}{rng.randint(0, 9999):04d}", taken)
    return Person(
        id=identifier,
        tier=tier,
        name=name,
        lang=lang,
        gender=gender,
        birth_year=career.birth_year,
        email=_email(rng, latin, taken),
        phone=phone,
        city=career.city,
        industry=industry,
        ability=ability,
        years=career.years,
        gap_months=career.gap_months,
        study=career.study,
        earlier_study=career.earlier_study,
        jobs=career.jobs,
        projects=_projects(rng, tier, industry),
    )


def _ability(rng: random.Random, tier: str) -> dict[str, float]:
    mean = TIERS[tier][1]
    general = rng.gauss(mean, 0.45)
    spread = _SPREAD.get(tier, 1.0)
    found = {}
    for dimension in DIMENSIONS:
        lift = 1.6 if tier in {"student", "stuffed"} and dimension == "learning" else 0.0
        lift += 1.5 if tier == "unrelated" and dimension == "communication" else 0.0
        found[dimension] = round(min(10.0, max(0.0, rng.gauss(general + lift, spread))), 2)
    return found


def _projects(rng: random.Random, tier: str, industry: str) -> tuple[str, ...]:
    projects: Mapping[str, Mapping[str, Any]] = bank("projects_zh")
    own = [key for key, p in projects.items() if p["industry"] == industry]
    other = [key for key in projects if key not in own]
    rng.shuffle(own)
    rng.shuffle(other)
    count = {"brilliant": 4, "strong": 4, "solid": 3, "fair": 3, "weak": 2, "stuffed": 2}
    wanted = count.get(tier, 1)
    return tuple((own + other)[:wanted])


def _unique(rng: random.Random, draw: Any, taken: set[str]) -> str:
    value = str(draw())
    while value in taken:
        value = str(draw())
    taken.add(value)
    return value


def _name(rng: random.Random, lang: str, taken: set[str]) -> tuple[str, str]:
    """The name as written, and the Latin stem of an address."""
    while True:
        written, latin = _foreign_name(rng) if lang == "en" else _chinese_name(rng)
        if written not in taken:
            taken.add(written)
            return written, latin


def _chinese_name(rng: random.Random) -> tuple[str, str]:
    words = bank("careers")
    family = rng.choice(words["surnames"].split())
    given = [rng.choice(words["given_single"].split())]
    if rng.random() < 0.8:
        given = [rng.choice(words[k].split()) for k in ("given_first", "given_second")]
    written = "".join(re.sub(r"[a-z]", "", part) for part in (family, *given))
    latin = ".".join((_latin(family), "".join(map(_latin, given))))
    return written, latin


def _foreign_name(rng: random.Random) -> tuple[str, str]:
    words = bank("careers")
    if rng.random() < 0.35:
        written = rng.choice(words["names_en"])
    else:
        family = _latin(rng.choice(words["surnames"].split())).title()
        given = "".join(
            _latin(rng.choice(words[k].split())) for k in ("given_first", "given_second")
        ).title()
        written = f"{given} {family}"
        if rng.random() < 0.3:
            written = f"{rng.choice(words['given_en'])} {family}"
    return written, re.sub(r"[^a-z.]", "", written.lower().replace(" ", ".").replace("á", "a"))


def _latin(entry: str) -> str:
    return re.sub(r"[^a-z]", "", entry)


def _email(rng: random.Random, latin: str, taken: set[str]) -> str:
    def draw() -> str:
        stem = rng.choice((latin, latin.replace(".", ""), latin.replace(".", "_")))
        tail = rng.choice(("", "", str(rng.randint(1, 99)), f"{rng.randint(1, 999):03d}"))
        return f"{stem}{tail}@{rng.choice(_MAIL_HOSTS)}"

    return _unique(rng, draw, taken)
