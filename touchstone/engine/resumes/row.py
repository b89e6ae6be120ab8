"""The row of `touchstone parse`, as the formats document has it."""

from __future__ import annotations

from typing import Any

from touchstone.common.messages import Lang, render
from touchstone.engine.resumes.isolated import Reading


def parse_row(reading: Reading, *, with_text: bool = False, lang: Lang = "zh") -> dict[str, Any]:
    """What was read of one file, ready for JSON. Runs in the reader's process."""
    document, resume = reading.document, reading.resume
    row: dict[str, Any] = {
        "file": reading.name,
        "status": document.status,
        "reason": document.reason,
        "detail": render(document.detail, lang) if document.detail else "",
        "lang": document.lang,
        "resume": resume.to_json_resume(),
        "name": resume.name,
        "email": resume.email,
        "phone": resume.phone,
        "highest_degree": resume.highest_degree,
        "school": resume.school,
        "years_experience": resume.years_experience,
        "latest_title": resume.latest_title,
        "latest_company": resume.latest_company,
        "skills": [],
        "not_skills": [],
        "claims": [],
        "flags": list(resume.flags),
    }
    if with_text:
        row["text"] = document.text
    return row
