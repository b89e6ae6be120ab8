"""Who may see and grade candidates' answers."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from touchstone.accounts.models import Person
from touchstone.accounts.permissions import in_branches
from touchstone.assessments.models import Attempt, AttemptItem
from touchstone.common.errors import NotAllowed, NotFound
from touchstone.common.messages import say
from touchstone.positions.models import Position, PositionMember
from touchstone.positions.permissions import SEES_BRANCH, may_run


def _member(person: Person, position: str) -> Exists:
    return Exists(PositionMember.objects.filter(position=OuterRef(position), person=person))


def visible_attempts(person: Person) -> QuerySet[Attempt]:
    """Sittings of the branches the person works for, and of positions they are a member of."""
    return Attempt.objects.filter(
        in_branches(person, SEES_BRANCH, "application__branch")
        | Q(_member(person, "application__position"))
    )


def attempt_for(person: Person, ref: str) -> Attempt:
    """The sitting by its ref, with candidate, position and paper.

    Raises:
        NotFound: there is none that this person may know of.
    """
    attempt = (
        visible_attempts(person)
        .select_related(
            "application__candidate",
            "application__position__branch",
            "application__position__department",
            "application__position__model_version",
            "application__branch",
            "paper",
        )
        .filter(ref=ref)
        .first()
    )
    if attempt is None:
        raise NotFound(say("assessments.no_such_attempt"))
    return attempt


def item_for(person: Person, ref: str) -> AttemptItem:
    """One task of a sitting that the person may see.

    Raises:
        NotFound: there is none that this person may know of.
    """
    item = (
        AttemptItem.objects.filter(attempt__in=visible_attempts(person))
        .select_related(
            "item",
            "file",
            "attempt__application__candidate",
            "attempt__application__position__branch",
            "attempt__application__position__department",
            "attempt__application__branch",
        )
        .prefetch_related(
            "gradings__person", "submissions", "takes__words__typed_by", "takes__file"
        )
        .filter(ref=ref)
        .first()
    )
    if item is None:
        raise NotFound(say("assessments.no_such_attempt"))
    return item


def may_grade(person: Person, position: Position) -> bool:
    """Whether the person's word on an answer counts: those who run the position, its members."""
    if may_run(person, position):
        return True
    return PositionMember.objects.filter(position=position, person=person).exists()


def require_grade(person: Person, position: Position) -> None:
    """Raises:
    NotAllowed: the person may read the answers at most.
    """
    if not may_grade(person, position):
        raise NotAllowed(say("accounts.not_allowed"))
