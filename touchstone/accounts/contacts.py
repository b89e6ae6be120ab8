"""People and departments brought over from WeCom; who left there loses access here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from touchstone.accounts.models import Branch, Department, Person
from touchstone.accounts.services import department_create, person_active_set, person_create
from touchstone.audit.services import audit_record
from touchstone.common.actors import SYSTEM, Actor
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say
from touchstone.integrations.wecom.client import Department as WecomDepartment
from touchstone.integrations.wecom.client import Member, Wecom
from touchstone.integrations.wecom.configured import wecom_client

LEFT = 5
# A range set wrongly in WeCom shows as a crowd of leavers: that is for a person to look at.
MOST_LEAVERS_SHARE, FEW = 0.3, 5


@dataclass(frozen=True, slots=True)
class Contacts:
    """What the app may see."""

    departments: Sequence[WecomDepartment]
    members: Sequence[Member]


@dataclass
class SyncResult:
    """User ids, by what became of them."""

    added: list[str] = field(default_factory=list)
    linked: list[str] = field(default_factory=list)
    reopened: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)


def contacts_read(client: Wecom | None = None) -> Contacts:
    """Reads every visible department and member; not within a transaction."""
    wecom = client or wecom_client()
    try:
        departments = wecom.departments()
        members = {m.userid: m for d in departments for m in wecom.members(d.id)}
    finally:
        if client is None:
            wecom.close()
    return Contacts(departments, list(members.values()))


@transaction.atomic
def contacts_apply(
    *, actor: Actor = SYSTEM, branch: Branch, contacts: Contacts, at: dt.datetime
) -> SyncResult:
    """Brings accounts in line with WeCom.

    New members get an account without any role: an administrator gives rights. A known person is
    found by WeCom account, else by name where just one person without an account has it.

    Raises:
        InvalidInput: so many would be closed that the app's visible range is more likely wrong, or
            the one who asks for it would be.
    """
    present = {m.userid.lower(): m for m in contacts.members if m.status != LEFT}
    known = {
        p.wecom_userid.lower(): p
        for p in Person.objects.exclude(wecom_userid="").select_related("branch")
    }
    leavers = [p for key, p in known.items() if key not in present and p.is_active]
    if len(leavers) > max(FEW, MOST_LEAVERS_SHARE * len(known)) or (known and not present):
        raise InvalidInput(say("accounts.wecom_many_leavers", count=len(leavers)))
    own = next((p for p in leavers if p.pk == actor.person_id), None)
    if own is not None:
        raise InvalidInput(say("accounts.wecom_own_account", account=own.wecom_userid))
    names = {d.id: d.name for d in contacts.departments}
    result = SyncResult()
    for key, member in sorted(present.items()):
        person = known.get(key) or _same_name(member)
        if person is None:
            _add(actor, branch, member, names, at)
            result.added.append(member.userid)
            continue
        if not person.wecom_userid:
            Person.objects.filter(pk=person.pk).update(wecom_userid=member.userid)
            result.linked.append(member.userid)
        elif not person.is_active:
            person_active_set(actor=actor, person=person, active=True)
            result.reopened.append(member.userid)
    for person in leavers:
        person_active_set(actor=actor, person=person, active=False)
        result.closed.append(person.wecom_userid)
    audit_record(
        actor,
        "contacts.synchronised",
        object_type="branch",
        object_ref=branch.ref,
        branch_ref=branch.ref,
        detail={name: len(found) for name, found in vars(result).items()},
    )
    return result


def _same_name(member: Member) -> Person | None:
    rows = Person.objects.filter(name=member.name, wecom_userid="", is_active=True)[:2]
    return rows[0] if member.name and len(rows) == 1 else None


def _add(
    actor: Actor, branch: Branch, member: Member, names: dict[int, str], at: dt.datetime
) -> None:
    number = member.main_department or next(iter(member.department), 0)
    department = None
    if names.get(number):
        department = department_create(
            actor=actor, branch=branch, name=names[number], kind=Department.Kind.OTHER
        )
    username = member.userid
    if Person.objects.filter(username=username).exists():
        username = f"{member.userid}@wecom"
    person_create(
        actor=actor,
        username=username,
        name=member.name or member.userid,
        branch=branch,
        department=department,
        title=member.position,
        wecom_userid=member.userid,
        at=at,
    )
