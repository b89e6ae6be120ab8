"""Two records that may be one person: joined or kept apart by a person, and taken back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import Conflict, InvalidInput
from touchstone.common.messages import Message, render, say
from touchstone.positions.models import Position
from touchstone.recruiting.identity import Contact, match
from touchstone.recruiting.models import (
    Application,
    Candidate,
    CandidateNote,
    DuplicateCase,
    Resume,
)
from touchstone.recruiting.services.applications import (
    application_move,
    application_open,
    application_undo,
)
from touchstone.recruiting.stages import OPEN, Stage, reached

State = DuplicateCase.State


@transaction.atomic
def duplicates_find(*, position: Position, at: dt.datetime) -> int:
    """Looks again for pairs among the position's candidates; returns how many are new."""
    people = list(
        Candidate.objects.filter(
            applications__position=position, merged_into=None, erased_at=None
        ).order_by("pk")
    )
    places: dict[str, list[int]] = {}
    for index, person in enumerate(people):
        for key in {person.name, person.phone, person.email.lower()} - {""}:
            places.setdefault(key, []).append(index)
    pairs: dict[tuple[int, int], tuple[str, ...]] = {}
    for group in places.values():
        for place, index in enumerate(group[1:], 1):
            known = [_contact(people[other]) for other in group[:place]]
            found = match(_contact(people[index]), known)
            for doubt in found.doubts:
                pairs[people[group[doubt.index]].pk, people[index].pk] = doubt.reasons
            if found.index is not None:
                pairs.setdefault((people[group[found.index]].pk, people[index].pk), ("same_name",))
    before = DuplicateCase.objects.filter(branch=position.branch_id).count()
    DuplicateCase.objects.bulk_create(
        [
            DuplicateCase(
                branch_id=position.branch_id,
                first_id=first,
                second_id=second,
                reasons=list(reasons),
                found_at=at,
            )
            for (first, second), reasons in pairs.items()
        ],
        ignore_conflicts=True,
    )
    return DuplicateCase.objects.filter(branch=position.branch_id).count() - before


@transaction.atomic
def duplicate_merge(*, actor: Actor, case: DuplicateCase, at: dt.datetime) -> DuplicateCase:
    """Joins the two records: files, notes and applications go to one of them.

    The record whose application has come further is kept, else the older. Where both apply for
    the same position, the other application is withdrawn as a duplicate. Everything moved is
    written down, so that `duplicate_undo` restores it.

    Raises:
        Conflict: somebody decided meanwhile.
        InvalidInput: both have come beyond screening in one position.
    """
    case = _locked(case, State.OPEN)
    kept, gone = _kept_and_gone(case)
    theirs = {a.position_id: a for a in kept.applications.all()}
    moved: dict[str, Any] = {
        "kept": kept.pk,
        "gone": gone.pk,
        "resumes": list(gone.resumes.values_list("pk", flat=True)),
        "notes": list(gone.notes.values_list("pk", flat=True)),
        "applications": [],
        "withdrawn": [],
        "contact": {"email": kept.email, "phone": kept.phone},
    }
    for application in gone.applications.select_related("branch"):
        if application.position_id not in theirs:
            moved["applications"].append(application.pk)
        elif application.stage in OPEN:
            reason = render(say("recruiting.merged_into", name=kept.name), "zh")
            application_move(
                actor=actor, application=application, to=Stage.WITHDRAWN, at=at, reason=reason
            )
            moved["withdrawn"].append(application.pk)
    Resume.objects.filter(pk__in=moved["resumes"]).update(candidate=kept)
    CandidateNote.objects.filter(pk__in=moved["notes"]).update(candidate=kept)
    Application.objects.filter(pk__in=moved["applications"]).update(candidate=kept)
    kept.email, kept.phone = kept.email or gone.email, kept.phone or gone.phone
    kept.version += 1
    kept.save(update_fields=["email", "phone", "version"])
    Candidate.objects.filter(pk=gone.pk).update(merged_into=kept)
    return _decide(actor, case, State.MERGED, at, "candidate.merged", moved)


@transaction.atomic
def duplicate_undo(*, actor: Actor, case: DuplicateCase, at: dt.datetime) -> DuplicateCase:
    """Takes a merge, or the word that they are two people, back.

    Raises:
        Conflict: it is open already.
    """
    case = _locked(case, State.MERGED, State.SEPARATE)
    if case.state == State.SEPARATE:
        return _decide(actor, case, State.OPEN, at, "candidate.merge_reopened", {})
    moved = case.moved
    kept, gone = moved["kept"], moved["gone"]
    Resume.objects.filter(pk__in=moved["resumes"], candidate=kept).update(candidate=gone)
    CandidateNote.objects.filter(pk__in=moved["notes"], candidate=kept).update(candidate=gone)
    Application.objects.filter(pk__in=moved["applications"], candidate=kept).update(candidate=gone)
    Candidate.objects.filter(pk=kept).update(**moved["contact"])
    Candidate.objects.filter(pk=gone).update(merged_into=None)
    for application in Application.objects.filter(pk__in=moved["withdrawn"]).select_related(
        "branch"
    ):
        if application.stage == Stage.WITHDRAWN:
            application_undo(actor=actor, application=application, at=at)
    return _decide(actor, case, State.OPEN, at, "candidate.merge_undone", {})


@transaction.atomic
def duplicate_dismiss(*, actor: Actor, case: DuplicateCase, at: dt.datetime) -> DuplicateCase:
    """Says that they are two people; the pair is not shown again.

    Raises:
        Conflict: somebody decided meanwhile.
    """
    case = _locked(case, State.OPEN)
    return _decide(actor, case, State.SEPARATE, at, "candidate.kept_apart", {})


@transaction.atomic
def resume_separate(*, actor: Actor, resume: Resume, at: dt.datetime) -> Application:
    """Takes a further file away from the person it was put with: it becomes somebody else's.

    Raises:
        InvalidInput: it is the only file of that person, or the one in use.
    """
    application = (
        Application.objects.filter(candidate=resume.candidate_id, position=resume.position_id)
        .select_related("candidate")
        .first()
    )
    if not resume.attached or resume.candidate is None or application is None:
        raise InvalidInput(say("recruiting.not_attached"))
    if application.resume_id == resume.pk:
        raise InvalidInput(say("recruiting.file_in_use"))
    row = resume.parsed
    candidate = Candidate.objects.create(
        branch_id=resume.position.branch_id,
        name=str(row.get("name") or resume.file_name)[:120],
        email=str(row.get("email", "")).lower()[:254],
        phone=str(row.get("phone", ""))[:24],
        language=resume.language,
        created_at=at,
    )
    first, second = sorted((resume.candidate, candidate), key=lambda person: person.pk)
    DuplicateCase.objects.create(
        branch_id=resume.position.branch_id,
        first=first,
        second=second,
        state=State.SEPARATE,
        found_at=at,
        decided_by_id=actor.person_id,
        decided_at=at,
    )
    Resume.objects.filter(pk=resume.pk).update(candidate=candidate, attached=False)
    resume.candidate, resume.attached = candidate, False
    return application_open(
        actor=actor,
        candidate=candidate,
        position=resume.position,
        resume=resume,
        source=application.source,
        at=at,
    )


def _contact(person: Candidate) -> Contact:
    return Contact(person.name, person.email, person.phone)


def _locked(case: DuplicateCase, *states: str) -> DuplicateCase:
    fresh = (
        DuplicateCase.objects.select_for_update(of=("self",))
        .select_related("first", "second", "branch")
        .get(pk=case.pk)
    )
    if fresh.state not in states:
        raise Conflict(say("recruiting.decided_meanwhile"), theirs=fresh.state)
    return fresh


def _kept_and_gone(case: DuplicateCase) -> tuple[Candidate, Candidate]:
    first, second = case.first, case.second
    why: Message | None = None
    if first.merged_into_id or second.merged_into_id:
        why = say("recruiting.merged_already")
    far = {person.pk: _furthest(person) for person in (first, second)}
    if min(far.values()) > reached(Stage.SCREENED) and _share_a_position(first, second):
        why = say("recruiting.both_far")
    if why:
        raise InvalidInput(say("recruiting.cannot_merge", why=why))
    return (second, first) if far[second.pk] > far[first.pk] else (first, second)


def _furthest(person: Candidate) -> int:
    return max(
        (reached(stage) for stage in person.applications.values_list("stage", flat=True)),
        default=-1,
    )


def _share_a_position(first: Candidate, second: Candidate) -> bool:
    positions = first.applications.values("position")
    return bool(second.applications.filter(position__in=positions).exists())


def _decide(
    actor: Actor,
    case: DuplicateCase,
    state: str,
    at: dt.datetime,
    action: str,
    moved: dict[str, Any],
) -> DuplicateCase:
    before = case.state
    case.state, case.moved = state, moved
    open_again = state == State.OPEN
    case.decided_by_id = None if open_again else actor.person_id
    case.decided_at = None if open_again else at
    case.save(update_fields=["state", "moved", "decided_by", "decided_at"])
    audit_record(
        actor,
        action,
        object_type="candidate",
        object_ref=case.first.ref,
        branch_ref=case.branch.ref,
        before=before,
        after=state,
        detail={"other": case.second.ref, "case": case.ref},
    )
    return case
