from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import itertools
import statistics
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from touchstone.demo.company import Company, generate_company
from touchstone.demo.history import COLUMNS, ENCODINGS, write_history
from touchstone.demo.people import AS_OF, DIMENSIONS, TIERS
from touchstone.demo.ratings import interview_score


def test_the_same_seed_gives_the_same_company(company: Company) -> None:
    assert generate_company(11) == company
    assert generate_company(12).people != company.people


def test_five_hundred_apply_of_every_tier(company: Company) -> None:
    tiers = Counter(p.tier for p in company.people if not p.duplicate_of)
    assert tiers == {tier: count for tier, (count, _) in TIERS.items()}
    assert len(company.people) == 500
    assert len({p.id for p in company.people}) == 500


@pytest.mark.parametrize("count", [1, 7, 40, 499])
def test_any_number_may_apply(count: int) -> None:
    people = generate_company(3, applicants=count).people
    assert len(people) == count


def test_people_share_no_name_address_or_number_unless_they_apply_twice(company: Company) -> None:
    singles = [p for p in company.people if not p.duplicate_of]
    for field in ("name", "email", "phone"):
        assert len({getattr(p, field) for p in singles}) == len(singles)
    twice = [p for p in company.people if p.duplicate_of]
    assert len(twice) == 12
    elsewhere = 0
    for person in twice:
        original = company.person(person.duplicate_of)
        elsewhere += person.email != original.email
        same: dict[str, Any] = {"id": original.id, "duplicate_of": ""}
        reached: dict[str, Any] = {"email": original.email, "phone": original.phone}
        assert dataclasses.replace(person, **same, **reached) == original
    assert elsewhere == 4


def test_addresses_are_reserved_ones(company: Company) -> None:
    for person in company.people:
        assert person.email.rpartition("@")[2].removeprefix("mail.").startswith("example.")


def test_careers_are_possible(company: Company) -> None:
    for person in company.people:
        jobs = [job for job in person.jobs if not job.internship]
        for later, earlier in itertools.pairwise(jobs):
            assert earlier.end is not None
            assert earlier.start <= earlier.end < later.start
        for job in jobs:
            assert job.start >= person.study.end
            assert (job.end or AS_OF) <= AS_OF
        assert person.birth_year + 17 <= (person.earlier_study or person.study).start.year


def test_a_gap_is_a_gap(company: Company) -> None:
    gaps = [p for p in company.people if p.gap_months]
    assert len(gaps) > 20
    for person in gaps:
        later, earlier = person.jobs[0], person.jobs[1]
        assert earlier.end is not None
        months = (later.start.year - earlier.end.year) * 12 + later.start.month - earlier.end.month
        assert months == person.gap_months + 1


def test_tiers_differ_in_ability(company: Company) -> None:
    means = {
        tier: statistics.mean(p.level() for p in company.people if p.tier == tier)
        for tier in ("brilliant", "strong", "solid", "fair", "weak", "unrelated")
    }
    assert list(means.values()) == sorted(means.values(), reverse=True)
    assert means["brilliant"] > 8.5
    assert means["unrelated"] < 2.5


def test_twelve_interviewers_sit_in_four_departments(company: Company) -> None:
    assert len(company.interviewers) == 12
    assert {company.department(i.department).kind for i in company.interviewers} == {
        "algorithm",
        "business",
        "hr",
    }
    branches = {b.key for b in company.branches}
    assert len(branches) == 3
    assert {d.branch for d in company.departments} == branches
    assert {s.role for s in company.staff} == {
        "administrator",
        "recruiter",
        "hiring_manager",
        "auditor",
    }


def test_scores_show_ability_and_severity(company: Company) -> None:
    people = [p for p in company.people if p.tier in {"strong", "solid", "fair"}]
    strict, lenient = company.interviewers[0], company.interviewers[5]
    for interviewer in (strict, lenient):
        scores = [interview_score(company, p, interviewer, "technical") for p in people]
        assert all(0 <= s <= 10 and s * 2 == int(s * 2) for s in scores)
        assert statistics.correlation(scores, [p.level("technical") for p in people]) > 0.8
    means = [
        statistics.mean(interview_score(company, p, i, "communication") for p in people)
        for i in (strict, lenient)
    ]
    assert means[1] - means[0] > 1.5


def test_history_has_outcomes_of_those_hired_only(company: Company) -> None:
    assert len(company.history) >= 120
    assert sum(row.hired for row in company.history) == 38
    for row in company.history:
        assert (row.review is not None) == row.hired
        assert set(row.scores) == set(DIMENSIONS)


def test_a_round_must_lie_after_its_history() -> None:
    with pytest.raises(ValueError, match="not before"):
        generate_company(1, as_of=dt.date(2025, 6, 1))


def test_history_files_read_back_in_their_own_encoding(company: Company, tmp_path: Path) -> None:
    paths = write_history(company.history, tmp_path)
    rows = 0
    for path, columns, encoding in zip(paths, COLUMNS, ENCODINGS, strict=True):
        table = list(csv.DictReader(io.StringIO(path.read_bytes().decode(encoding))))
        assert list(table[0]) == list(columns.values())
        rows += len(table)
    assert rows == len(company.history)
