"""Who may read and change the question bank and the company's concepts."""

from __future__ import annotations

from touchstone.accounts.models import Branch, Person, Role
from touchstone.accounts.permissions import has_role, require_role, role_scopes
from touchstone.common.errors import NotAllowed
from touchstone.common.messages import say

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


TAXONOMY_READERS = (Role.ADMINISTRATOR, Role.RECRUITER, Role.HIRING_MANAGER, Role.AUDITOR)


def may_draft_taxonomy(person: Person) -> bool:
    """Whether the person may draft changes of the company's concepts and try them out."""
    return has_role(person, EDITORS)


def may_save_taxonomy(person: Person) -> bool:
    """Whether the person may save them. They hold in every branch, so it takes an administrator or
    recruiter of all of them."""
    scopes = role_scopes(person)
    held = {branch for role in EDITORS for branch in scopes.get(role, ())}
    if None in held:
        return True
    own = [branch for branch in held if branch is not None]
    return bool(own) and not Branch.objects.exclude(pk__in=own).exists()


def require_draft_taxonomy(person: Person) -> None:
    """Raises:
    NotAllowed: the person may read the concepts at most.
    """
    require_role(person, EDITORS)


def require_save_taxonomy(person: Person) -> None:
    """Raises:
    NotAllowed: the person is not responsible for every branch.
    """
    if not may_save_taxonomy(person):
        raise NotAllowed(say("taxonomy.save_not_allowed"))
