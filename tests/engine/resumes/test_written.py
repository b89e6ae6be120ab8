"""Resumes set as recruiting sites, LaTeX, tables and letters set them, read in full."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from touchstone.engine.resumes.extract import extract
from touchstone.engine.resumes.parse import parse
from touchstone.engine.resumes.skills import find_skills
from touchstone.engine.text.taxonomy import taxonomy

FOLDER = Path(__file__).parent / "written"
GOLD: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "gold.yaml").read_text("utf-8"))
AS_OF = dt.date(2026, 11, 1)
EXACT = (
    "name",
    "email",
    "phone",
    "highest_degree",
    "school",
    "latest_title",
    "latest_company",
)


@pytest.mark.parametrize("name", sorted(GOLD))
def test_fields_and_skills(name: str) -> None:
    gold = GOLD[name]
    path = next(FOLDER.glob(f"{name}.*"))
    document = extract(path.read_bytes(), path.name)
    resume = parse(document, AS_OF)
    found = {field: re.sub(r"\s+", " ", getattr(resume, field)) for field in EXACT}
    assert found == {field: gold[field] for field in EXACT}
    assert resume.years_experience == pytest.approx(gold["years_experience"], abs=0.5)
    had = {taxonomy().name(c, resume.lang) for c in find_skills(document.text, resume).had}
    assert set(gold["has"]) <= had
    assert not set(gold["not"]) & had
