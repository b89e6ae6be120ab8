"""Interview scores as a person would give them: ability seen through a rater."""

from __future__ import annotations

from touchstone.demo.company import Company, Interviewer
from touchstone.demo.people import Person
from touchstone.demo.wording import rng_for

EMPHASIS = 1.12
HALO_SHARE = 0.2


def interview_score(
    company: Company, person: Person, interviewer: Interviewer, dimension: str
) -> float:
    """A score from 0 to 10 in half points; always the same for the same four arguments.

    It is the person's true ability (with a fifth of the general impression mixed in, as raters do),
    stretched about the middle where the department looks more keenly, plus the department's
    offset, the rater's severity and the rater's noise.
    """
    department = company.department(interviewer.department)
    rng = rng_for(company.seed, "rating", person.identity, interviewer.key, dimension)
    seen = (1 - HALO_SHARE) * person.level(dimension) + HALO_SHARE * person.level()
    if dimension == department.emphasis:
        seen = 5 + (seen - 5) * EMPHASIS
    score = seen + department.offset + interviewer.severity + rng.gauss(0, interviewer.noise)
    return round(min(10.0, max(0.0, score)) * 2) / 2
