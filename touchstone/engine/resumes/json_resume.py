"""The JSON Resume 1.0.0 shape (https://jsonresume.org/schema)."""

from __future__ import annotations

from typing import Any

from touchstone.engine.resumes.resume import Education, ParsedResume, Period, Project, Work

STUDY_TYPES = {
    "doctor": "Doctorate",
    "master": "Master",
    "bachelor": "Bachelor",
    "associate": "Associate",
    "secondary": "Secondary",
    "none": "",
}


def _filled(pairs: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in pairs.items() if value not in ("", [], {}, None)}


def _dates(period: Period | None) -> dict[str, str]:
    return {"startDate": period.start, "endDate": period.end} if period else {}


def json_resume(resume: ParsedResume) -> dict[str, Any]:
    """``basics``, ``work``, ``education``, ``projects``, ``certificates``, ``languages``."""
    return {
        "basics": _filled(
            {
                "name": resume.name,
                "label": resume.latest_title,
                "email": resume.email,
                "phone": resume.phone,
            }
        ),
        "work": [_work(item) for item in resume.work],
        "education": [_education(item) for item in resume.education],
        "projects": [_project(item) for item in resume.projects],
        "certificates": [{"name": name} for name in resume.certificates],
        "languages": [{"language": name} for name in resume.languages],
    }


def _work(item: Work) -> dict[str, Any]:
    return _filled(
        {
            "name": item.company,
            "position": item.title,
            **_dates(item.period),
            "summary": item.summary,
            "highlights": list(item.highlights),
        }
    )


def _education(item: Education) -> dict[str, Any]:
    return _filled(
        {
            "institution": item.institution,
            "area": item.area,
            "studyType": STUDY_TYPES[item.degree],
            **_dates(item.period),
        }
    )


def _project(item: Project) -> dict[str, Any]:
    return _filled(
        {
            "name": item.name,
            **_dates(item.period),
            "roles": [item.role] if item.role else [],
            "description": item.description,
            "highlights": list(item.highlights),
        }
    )
