"""Resumes set as recruiting sites, LaTeX, tables and letters set them, read in full."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engine.resumes.corpus import pdf_font, wrapped
from touchstone.engine.resumes.extract import extract
from touchstone.engine.resumes.parse import parse
from touchstone.engine.resumes.skills import find_skills
from touchstone.engine.text.taxonomy import taxonomy

FOLDER = Path(__file__).parent / "written"
GOLD: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "gold.yaml").read_text("utf-8"))
PLAIN = str.maketrans({"–": "-", "—": "-", "•": "-", "’": "'", "·": "-", "⁄": "/"})
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


def as_it_is(text: str, lang: str) -> tuple[bytes, str]:
    return text.encode(), "txt"


def as_pdf(text: str, lang: str) -> tuple[bytes, str]:
    """A page of lines, the long ones wrapped."""
    from reportlab.pdfgen import canvas

    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=(595, 842), invariant=1)
    font, down = pdf_font(lang), 800
    page.setFont(font, 10)
    for line in (text if lang == "zh" else text.translate(PLAIN)).split("\n"):
        for part in wrapped(line.replace("\t", "    "), 10, 500, font) or [""]:
            if down < 50:
                page.showPage()
                page.setFont(font, 10)
                down = 800
            page.drawString(45, down, part)
            down -= 15
    page.save()
    return out.getvalue(), "pdf"


def as_docx(text: str, lang: str) -> tuple[bytes, str]:
    import docx

    document = docx.Document()
    for line in text.split("\n"):
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue(), "docx"


def as_html(text: str, lang: str) -> tuple[bytes, str]:
    """Runs of spaces become one, as browsers show them."""
    lines = "".join(f"<p>{escape(line)}</p>" for line in text.split("\n"))
    page = f'<html><head><meta charset="gbk"></head><body>{lines}</body></html>'
    return page.encode("gb18030"), "html"


@pytest.mark.parametrize("write", [as_it_is, as_pdf, as_docx, as_html])
@pytest.mark.parametrize("name", sorted(GOLD))
def test_fields_and_skills(name: str, write: Callable[[str, str], tuple[bytes, str]]) -> None:
    gold = GOLD[name]
    path = next(FOLDER.glob(f"{name}.*"))
    lang = "en" if name.endswith("_en") else "zh"
    data, suffix = write(path.read_text("utf-8"), lang)
    document = extract(data, f"resume.{suffix}")
    resume = parse(document, AS_OF)
    found = {field: re.sub(r"\s", "", getattr(resume, field)) for field in EXACT}
    assert found == {field: re.sub(r"\s", "", gold[field]) for field in EXACT}
    assert resume.years_experience == pytest.approx(gold["years_experience"], abs=0.5)
    had = {taxonomy().name(c, resume.lang) for c in find_skills(document.text, resume).had}
    assert set(gold["has"]) <= had
    assert not set(gold["not"]) & had
