"""The row of `touchstone parse`, as the formats document has it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from touchstone.common.messages import Lang, render
from touchstone.engine.resumes.isolated import Reading
from touchstone.engine.text.normalize import flattened, is_wrapped

if TYPE_CHECKING:
    from touchstone.engine.text.taxonomy import Taxonomy

_FIGURES = re.compile(r"\d+")
_MOST_FIGURES = 60


def parse_row(
    reading: Reading,
    *,
    with_text: bool = False,
    lang: Lang = "zh",
    concepts: Taxonomy | None = None,
) -> dict[str, Any]:
    """What was read of one file, ready for JSON. Runs in the reader's process."""
    from touchstone.engine.resumes.skills import find_skills
    from touchstone.engine.screening.suspicion import resume_flags
    from touchstone.engine.text.taxonomy import taxonomy

    document, resume = reading.document, reading.resume
    known = concepts or taxonomy()
    skills, name = find_skills(document.text, resume, concepts=known), known.name
    had = [name(concept, resume.lang) for concept in skills.had]
    row: dict[str, Any] = {
        "file": reading.name,
        "status": document.status,
        "reason": document.reason,
        "detail": render(document.detail, lang) if document.detail else "",
        "lang": document.lang,
        "resume": {**resume.to_json_resume(), "skills": [{"name": skill} for skill in had]},
        "name": resume.name,
        "email": resume.email,
        "phone": resume.phone,
        "highest_degree": resume.highest_degree,
        "school": resume.school,
        "years_experience": resume.years_experience,
        "latest_title": resume.latest_title,
        "latest_company": resume.latest_company,
        "skills": had,
        "not_skills": [name(concept, resume.lang) for concept in skills.not_had],
        "claims": claim_rows(document.text, document.lang),
        "flags": sorted({*resume.flags, *resume_flags(document.text, resume, known)}),
    }
    if with_text:
        row["text"] = document.text
    return row


def claim_rows(text: str, lang: Lang = "zh") -> list[dict[str, Any]]:
    """The results a resume claims, each with the words that claim it."""
    from touchstone.engine.grading.claims import find_claims

    rows = []
    for start, end in items_of(text):
        if len(_FIGURES.findall(text, start, end)) > _MOST_FIGURES:
            continue  # a table of numbers, in which every pair would be weighed
        # Each item of a resume begins with the person as its subject again.
        for claim in find_claims(text[start:end].replace("\n", " "), lang):
            fields = claim.to_row()
            first, last = start + fields.pop("start"), start + fields.pop("end")
            fields.pop("text")
            rows.append({"quote": text[first:last], "start": first, "end": last, **fields})
    return rows


def items_of(text: str) -> Iterator[tuple[int, int]]:
    """Lines with the lines that they run on into, as start and end."""
    flat = flattened(text)
    start = 0
    for match in re.finditer(r"\n|$", text):
        if match[0] and is_wrapped(flat, match.start()):
            continue
        if text[start : match.start()].strip():
            yield start, match.start()
        start = match.end()
