"""Which interviews a person may see, and who may write in the room."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from touchstone.accounts.models import Person
from touchstone.accounts.permissions import in_branches
from touchstone.common.errors import NotAllowed, NotFound
from touchstone.common.messages import say
from touchstone.interviews.models import Interview, PanelMember, Recording
from touchstone.positions.models import PositionMember
from touchstone.positions.permissions import SEES_BRANCH


def visible_interviews(person: Person) -> QuerySet[Interview]:
    """Those of the branches the person works for, of positions they manage, and those whose panel
    they sit on now. Whoever is taken off a panel loses it with the next request."""
    seat = PanelMember.objects.filter(interview=OuterRef("pk"), person=person, removed_at=None)
    manages = PositionMember.objects.filter(
        position=OuterRef("application__position"), person=person, role="hiring_manager"
    )
    return Interview.objects.filter(
        in_branches(person, SEES_BRANCH, "application__branch")
        | Q(Exists(manages))
        | Q(Exists(seat))
    )


def interview_for(person: Person, ref: str, *, papers: bool = True) -> Interview:
    """The interview by its ref, with its application and position.

    Args:
        papers: also with candidate, model, resume and screening.

    Raises:
        NotFound: there is none that this person may know of.
    """
    with_it: tuple[str, ...] = ("application__position",)
    if papers:
        with_it = (
            "application__candidate",
            "application__position__branch",
            "application__position__department",
            "application__position__model_version",
            "application__branch",
            "application__resume",
            "application__screening",
        )
    interview = visible_interviews(person).select_related(*with_it).filter(ref=ref).first()
    if interview is None:
        raise NotFound(say("interviews.not_found"))
    return interview


def writable_interview(person: Person, ref: str) -> Interview:
    """The interview for somebody who is about to write in its room.

    Raises:
        NotAllowed: they were on the panel and are not any more; what they typed stays with them.
        NotFound: they never were, and may not know of it.
    """
    removed = PanelMember.objects.filter(
        interview__ref=ref, person=person, removed_at__isnull=False
    )
    if removed.exists():
        raise NotAllowed(say("interviews.not_on_panel"))
    return interview_for(person, ref, papers=False)


def recording_for(person: Person, ref: str) -> Recording:
    """The recording of an interview this person may see.

    Raises:
        NotFound: there is none that this person may know of.
    """
    recording = (
        Recording.objects.select_related("file", "interview__application__candidate")
        .filter(ref=ref, interview__in=visible_interviews(person))
        .first()
    )
    if recording is None:
        raise NotFound(say("interviews.not_found"))
    return recording
