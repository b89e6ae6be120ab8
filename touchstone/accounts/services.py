"""Branches, departments, people, roles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from touchstone.accounts.models import Branch, Department, Person, Role, RoleAssignment
from touchstone.accounts.selectors import is_last_administrator
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say


@transaction.atomic
def branch_create(
    *,
    actor: Actor,
    name: str,
    at: dt.datetime,
    name_en: str = "",
    city: str = "",
    time_zone: str = "Asia/Shanghai",
    parent: Branch | None = None,
) -> Branch:
    """A branch of the group."""
    if not name.strip():
        raise InvalidInput(say("accounts.name_missing"), field="name")
    branch = Branch.objects.create(
        name=name.strip()[:120],
        name_en=name_en[:120],
        city=city[:60],
        time_zone=time_zone,
        parent=parent,
        created_at=at,
    )
    _log(actor, "branch.created", "branch", branch.ref, branch)
    return branch


@transaction.atomic
def department_create(
    *, actor: Actor, branch: Branch, name: str, kind: str, name_en: str = "", industry: str = ""
) -> Department:
    """A department; the one of that name if the branch has it."""
    if not name.strip() or kind not in Department.Kind.values:
        raise InvalidInput(say("accounts.name_missing"), field="name")
    department, made = Department.objects.get_or_create(
        branch=branch,
        name=name.strip()[:120],
        defaults={"kind": kind, "name_en": name_en[:120], "industry": industry[:40]},
    )
    if made:
        _log(actor, "department.created", "department", department.ref, branch)
    return department


@transaction.atomic
def person_create(
    *,
    actor: Actor,
    username: str,
    name: str,
    branch: Branch | None,
    at: dt.datetime,
    department: Department | None = None,
    password: str | None = None,
    email: str = "",
    title: str = "",
    name_en: str = "",
    seniority: int = 2,
    skills: Sequence[str] = (),
    roles: Sequence[str] = (),
    wecom_userid: str = "",
) -> Person:
    """An account with its roles in the branch; without a password nobody can sign in with it.

    Raises:
        InvalidInput: the user name is taken or a password is too weak.
    """
    if not username.strip() or not name.strip():
        raise InvalidInput(say("accounts.name_missing"), field="name")
    if Person.objects.filter(username=username.strip()).exists():
        raise InvalidInput(say("accounts.username_taken", username=username), field="username")
    person = Person(
        username=username.strip()[:150],
        name=name.strip()[:80],
        name_en=name_en[:80],
        email=email,
        title=title[:80],
        branch=branch,
        department=department,
        seniority=seniority,
        skills=list(skills),
        wecom_userid=wecom_userid,
        created_at=at,
    )
    _password_set(person, password)
    person.save()
    for role in roles:
        role_grant(actor=actor, person=person, role=role, branch=branch)
    _log(actor, "person.created", "person", person.ref, branch)
    return person


@transaction.atomic
def role_grant(*, actor: Actor, person: Person, role: str, branch: Branch | None) -> None:
    """Gives a role in one branch, or everywhere; sessions start anew with the new rights."""
    if role not in Role.values:
        raise InvalidInput(say("accounts.unknown_role"), field="role")
    _row, made = RoleAssignment.objects.get_or_create(person=person, role=role, branch=branch)
    if made:
        _sessions_end(person)
        _log(actor, "role.granted", "person", person.ref, branch, role)


@transaction.atomic
def role_revoke(*, actor: Actor, person: Person, role: str, branch: Branch | None) -> None:
    """Takes a role back; every session of the person ends.

    Raises:
        InvalidInput: nobody would be left to administer the group.
    """
    if role == Role.ADMINISTRATOR and branch is None:
        _require_another_administrator(person)
    RoleAssignment.objects.filter(person=person, role=role, branch=branch).delete()
    _sessions_end(person)
    _log(actor, "role.revoked", "person", person.ref, branch, role)


@transaction.atomic
def person_active_set(*, actor: Actor, person: Person, active: bool) -> None:
    """Closes or reopens an account; closing ends every session at once.

    Raises:
        InvalidInput: nobody would be left to administer the group.
    """
    if not active:
        _require_another_administrator(person)
    Person.objects.filter(pk=person.pk).update(is_active=active)
    _sessions_end(person)
    _log(actor, "person.opened" if active else "person.closed", "person", person.ref, person.branch)


@transaction.atomic
def password_set(*, actor: Actor, person: Person, password: str) -> None:
    """A new password; every other session of the person ends.

    Raises:
        InvalidInput: too weak.
    """
    _password_set(person, password)
    person.save(update_fields=["password"])
    _log(actor, "person.password_set", "person", person.ref, person.branch)


@transaction.atomic
def person_edit(
    *,
    actor: Actor,
    person: Person,
    name: str,
    name_en: str = "",
    email: str = "",
    title: str = "",
    department: Department | None = None,
) -> Person:
    """Changes what is shown of a person; the branch follows the department.

    Raises:
        InvalidInput: no name.
    """
    if not name.strip():
        raise InvalidInput(say("accounts.name_missing"), field="name")
    before = [person.name, person.name_en, person.email, person.title, person.department_id]
    person.name = name.strip()[:80]
    person.name_en = name_en.strip()[:80]
    person.email = email.strip()[:254]
    person.title = title.strip()[:80]
    if department is not None:
        person.department = department
        person.branch = department.branch
    person.save(update_fields=["name", "name_en", "email", "title", "department", "branch"])
    audit_record(
        actor,
        "person.edited",
        object_type="person",
        object_ref=person.ref,
        branch_ref=person.branch.ref if person.branch else "",
        before=before,
        after=[person.name, person.name_en, person.email, person.title, person.department_id],
    )
    return person


@transaction.atomic
def second_factor_remove(*, actor: Actor, person: Person) -> None:
    """For somebody who lost their phone: signs in with the password alone, and sets it up anew."""
    Authenticator.objects.filter(user=person).delete()
    _sessions_end(person)
    _log(actor, "person.second_factor_removed", "person", person.ref, person.branch)


def _require_another_administrator(person: Person) -> None:
    if is_last_administrator(person):
        raise InvalidInput(say("accounts.last_administrator"))


def _password_set(person: Person, password: str | None) -> None:
    if password is None:
        person.set_unusable_password()
        return
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise InvalidInput(
            say("accounts.weak_password", why=" ".join(error.messages)), field="password"
        ) from error
    person.set_password(password)


def _sessions_end(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(session_epoch=F("session_epoch") + 1)
    person.refresh_from_db(fields=["session_epoch"])


def _log(
    actor: Actor, action: str, kind: str, ref: str, branch: Branch | None, role: str = ""
) -> None:
    audit_record(
        actor,
        action,
        object_type=kind,
        object_ref=ref,
        branch_ref=branch.ref if branch else "",
        detail={"role": role} if role else None,
    )
