"""Blind first: whose scores and evaluations a person may see, asked in one place.

Pages, JSON, exports, search, counts and the event stream all start from these querysets.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from touchstone.accounts.models import Person
from touchstone.accounts.permissions import has_role
from touchstone.evaluation.models import DepartmentEvaluation, Scorecard
from touchstone.interviews.models import Interview, PanelMember, RoomNote
from touchstone.positions.permissions import SEES_BRANCH
from touchstone.recruiting.models import Application


def visible_scorecards(person: Person, application: Application) -> QuerySet[Scorecard]:
    """Scorecards of an application this person may read now: their own; submitted ones of others
    once the person owes no open scorecard for this application (or at once where the position is
    open); an unsubmitted one of another person never."""
    cards = Scorecard.objects.filter(interview__application=application)
    mine = Q(rater=person)
    if blind(person, application):
        return cards.filter(mine)
    return cards.filter(mine | Q(status=Scorecard.Status.SUBMITTED))


def blind(person: Person, application: Application) -> bool:
    """Whether others' views are still closed to this person: the position is blind first, and
    the person sits (or sat) on a panel of this application without having submitted."""
    if not application.position.blind_first:
        return False
    seats = PanelMember.objects.filter(interview__application=application, person=person).exclude(
        interview__status=Interview.Status.CANCELLED
    )
    if not seats.exists():
        return not (
            has_role(person, SEES_BRANCH, application.branch_id)
            or application.position.members.filter(person=person, role="hiring_manager").exists()
        )
    done = Scorecard.objects.filter(
        interview__application=application, rater=person, status=Scorecard.Status.SUBMITTED
    ).values_list("interview_id", flat=True)
    return seats.exclude(interview_id__in=list(done)).exists()


def visible_evaluations(person: Person, application: Application) -> QuerySet[DepartmentEvaluation]:
    """Department evaluations under the same rule: one's own department's, then the submitted."""
    rows = DepartmentEvaluation.objects.filter(application=application)
    own = Q(department_id=person.department_id)
    if blind(person, application):
        return rows.filter(own)
    return rows.filter(own | Q(submitted_at__isnull=False))


def visible_notes(person: Person, interview: Interview) -> QuerySet[RoomNote]:
    """One's own notes; others' once scores are in, earlier only those their authors shared at
    once. A private note is its author's alone."""
    rows = RoomNote.objects.filter(interview=interview, deleted_at=None)
    own = Q(author=person)
    if blind(person, interview.application):
        return rows.filter(own | Q(shared_now=True, private=False))
    return rows.filter(own | Q(private=False))
