"""Reads of accounts."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from touchstone.accounts.models import Branch, Department, Person, Role, RoleAssignment

DEMO_ORDER = (
    Role.RECRUITER,
    Role.HIRING_MANAGER,
    Role.INTERVIEWER,
    Role.ADMINISTRATOR,
    Role.AUDITOR,
)


def demo_people() -> list[tuple[str, list[Person]]]:
    """The people a demo offers to sign in as, by their first role in the order of roles."""
    people = (
        Person.objects.filter(is_active=True, roles__isnull=False)
        .select_related("department", "branch")
        .prefetch_related("roles")
        .distinct()
        .order_by("department_id", "pk")
    )
    groups: dict[str, list[Person]] = {role: [] for role in DEMO_ORDER}
    for person in people:
        held = {given.role for given in person.roles.all()}
        first = next((role for role in DEMO_ORDER if role in held), None)
        if first:
            groups[first].append(person)
    return [(role, members) for role, members in groups.items() if members]


def people_listed(
    people: QuerySet[Person], *, words: str = "", state: str = ""
) -> QuerySet[Person]:
    """Rows of the page of people: branch, department, roles, and whether a second factor is set.

    Args:
        words: part of a name, user name, title or department.
        state: "open", "closed", or empty for both.
    """
    rows = people.select_related("branch", "department").prefetch_related(
        Prefetch("roles", RoleAssignment.objects.select_related("branch").order_by("role", "pk"))
    )
    if words:
        rows = rows.filter(
            Q(name__icontains=words)
            | Q(name_en__icontains=words)
            | Q(username__icontains=words)
            | Q(title__icontains=words)
            | Q(department__name__icontains=words)
        )
    if state in {"open", "closed"}:
        rows = rows.filter(is_active=state == "open")
    factor = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    return rows.annotate(second_factor=Exists(factor)).order_by("-is_active", "branch_id", "pk")


def has_second_factor(person: Person) -> bool:
    """Whether signing in asks this person for a code."""
    return bool(Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists())


def departments_of(branches: Iterable[Branch]) -> list[Department]:
    """Departments of the branches with their branch, in the branches' order, then by name."""
    return list(
        Department.objects.filter(branch__in=list(branches))
        .select_related("branch")
        .order_by("branch__name", "name")
    )


def is_last_administrator(person: Person) -> bool:
    """Whether nobody else with an open account administers the whole group."""
    everywhere = RoleAssignment.objects.filter(
        role=Role.ADMINISTRATOR, branch=None, person__is_active=True
    )
    return (
        everywhere.filter(person=person).exists() and not everywhere.exclude(person=person).exists()
    )
