"""Who may see and run a position."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from touchstone.accounts.models import Person, Role
from touchstone.accounts.permissions import has_role, in_branches
from touchstone.common.errors import NotAllowed, NotFound
from touchstone.common.messages import say
from touchstone.positions.models import Position, PositionMember

SEES_BRANCH = (Role.ADMINISTRATOR, Role.RECRUITER, Role.AUDITOR)
RUNS_BRANCH = (Role.ADMINISTRATOR, Role.RECRUITER)


def visible_positions(person: Person) -> QuerySet[Position]:
    """Positions of the branches the person works for as recruiter, administrator or auditor, and
    those they are a member of (hiring managers, interviewers)."""
    mine = PositionMember.objects.filter(position=OuterRef("pk"), person=person)
    return Position.objects.filter(in_branches(person, SEES_BRANCH) | Q(Exists(mine)))


def position_for(person: Person, ref: str) -> Position:
    """The position by its ref, with branch, department and model.

    Raises:
        NotFound: there is none that this person may know of.
    """
    position = (
        visible_positions(person)
        .select_related("branch", "department", "model_version")
        .filter(ref=ref)
        .first()
    )
    if position is None:
        raise NotFound(say("positions.not_found"))
    return position


def may_see_applicants(person: Person, position: Position) -> bool:
    """Whether the person sees everybody who applied: those of the branch who recruit, administer
    or audit, and the position's managers. Interviewers see those of their own panels only."""
    if has_role(person, SEES_BRANCH, position.branch_id):
        return True
    return PositionMember.objects.filter(
        position=position, person=person, role="hiring_manager"
    ).exists()


def sees_applicants_of(person: Person, positions: Iterable[Position]) -> set[int]:
    """Ids of those positions of which the person sees everybody who applied; one query."""
    managed = set(
        PositionMember.objects.filter(person=person, role="hiring_manager").values_list(
            "position_id", flat=True
        )
    )
    return {
        position.pk
        for position in positions
        if position.pk in managed or has_role(person, SEES_BRANCH, position.branch_id)
    }


def require_sees(person: Person, position: Position) -> None:
    """Raises:
    NotAllowed: the person does not see everybody who applied.
    """
    if not may_see_applicants(person, position):
        raise NotAllowed(say("accounts.not_allowed"))


def may_run(person: Person, position: Position) -> bool:
    """Whether the person may change the position: import, invite, schedule, edit the model."""
    return has_role(person, RUNS_BRANCH, position.branch_id)


def may_decide(person: Person, position: Position) -> bool:
    """Whether the person decides about candidates: recruiters, and the position's managers."""
    if may_run(person, position):
        return True
    return PositionMember.objects.filter(
        position=position, person=person, role="hiring_manager"
    ).exists()


def require_run(person: Person, position: Position) -> None:
    """Raises:
    NotAllowed: the person may look at the position at most.
    """
    if not may_run(person, position):
        raise NotAllowed(say("accounts.not_allowed"))


def require_decide(person: Person, position: Position) -> None:
    """Raises:
    NotAllowed: the person does not decide about this position's candidates.
    """
    if not may_decide(person, position):
        raise NotAllowed(say("accounts.not_allowed"))
