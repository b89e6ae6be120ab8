"""Who may read and change the question bank."""

from __future__ import annotations

from touchstone.accounts.models import Person, Role
from touchstone.accounts.permissions import has_role, require_role

READERS = (
    Role.ADMINISTRATOR,
    Role.RECRUITER,
    Role.HIRING_MANAGER,
    Role.INTERVIEWER,
    Role.AUDITOR,
)
EDITORS = (Role.ADMINISTRATOR, Role.RECRUITER)


def may_edit(person: Person) -> bool:
    """Whether the person may write, import and retire questions."""
    return has_role(person, EDITORS)


def require_edit(person: Person) -> None:
    """Raises:
    NotAllowed: the person may read the bank at most.
    """
    require_role(person, EDITORS)
