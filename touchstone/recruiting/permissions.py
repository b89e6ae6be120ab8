"""Which applications a person may see."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from touchstone.accounts.models import Person
from touchstone.accounts.permissions import in_branches
from touchstone.common.errors import NotFound
from touchstone.common.messages import say
from touchstone.positions.permissions import SEES_BRANCH
from touchstone.recruiting.models import Application, OutboxMessage


def visible_applications(person: Person) -> QuerySet[Application]:
    """Applications of the branches the person works for as recruiter, administrator or auditor;
    of positions they manage; and those whose panel they sit on."""
    return Application.objects.filter(
        in_branches(person, SEES_BRANCH)
        | Q(position__members__person=person, position__members__role="hiring_manager")
        | Q(
            pk__in=Application.objects.filter(
                interviews__panel__person=person, interviews__panel__removed_at=None
            ).values("pk")
        )
    ).distinct()


def application_for(person: Person, ref: str) -> Application:
    """The application by its ref, with candidate, position, resume and screening.

    Raises:
        NotFound: there is none that this person may know of.
    """
    application = (
        visible_applications(person)
        .select_related(
            "candidate",
            "position__branch",
            "position__department",
            "position__model_version",
            "branch",
            "resume__file",
            "screening",
        )
        .filter(ref=ref)
        .first()
    )
    if application is None:
        raise NotFound(say("recruiting.not_found"))
    return application


def visible_messages(person: Person) -> QuerySet[OutboxMessage]:
    """Messages of the branches the person works for as recruiter, administrator or auditor."""
    return OutboxMessage.objects.filter(in_branches(person, SEES_BRANCH))


def message_for(person: Person, ref: str) -> OutboxMessage:
    """The message by its ref.

    Raises:
        NotFound: there is none that this person may know of.
    """
    message = (
        visible_messages(person)
        .select_related("branch", "person", "application__candidate", "application__position")
        .filter(ref=ref)
        .first()
    )
    if message is None:
        raise NotFound(say("recruiting.message_not_found"))
    return message
