"""What a person may see and do. Every selector of a page starts from one of these."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from touchstone.accounts.models import Branch, Person, Role, RoleAssignment
from touchstone.common.actors import Actor
from touchstone.common.errors import NotAllowed, NotFound
from touchstone.common.messages import say

# Not an empty Q: `Q() | Q(x)` is `Q(x)`, which would take everything away from those who see all.
EVERYTHING = Q(pk__isnull=False)


def person_actor(person: Person, request_id: str = "") -> Actor:
    """The person as the actor of a service."""
    return Actor("person", person.ref, person.name, person.pk, request_id)


def role_scopes(person: Person) -> dict[str, set[int | None]]:
    """Role → ids of the branches it holds in; None among them means every branch.

    Read once a request and kept on the person.
    """
    cached: dict[str, set[int | None]] | None = getattr(person, "_role_scopes", None)
    if cached is None:
        cached = {}
        rows = RoleAssignment.objects.filter(person=person).values_list("role", "branch_id")
        for role, branch_id in rows:
            cached.setdefault(role, set()).add(branch_id)
        person._role_scopes = cached  # type: ignore[attr-defined]
    return cached


def has_role(person: Person, roles: Iterable[str], branch_id: int | None = None) -> bool:
    """Whether the person holds one of the roles, in this branch (or, without one, anywhere)."""
    scopes = role_scopes(person)
    for role in roles:
        held = scopes.get(role)
        if held and (branch_id is None or None in held or branch_id in held):
            return True
    return False


def require_role(person: Person, roles: Iterable[str], branch_id: int | None = None) -> None:
    """Raises:
    NotAllowed: the person holds none of the roles there.
    """
    if not person.is_active or not has_role(person, roles, branch_id):
        raise NotAllowed(say("accounts.not_allowed"))


def in_branches(person: Person, roles: Iterable[str], field: str = "branch") -> Q:
    """A filter for rows of the branches in which the person holds one of the roles."""
    ids: set[int] = set()
    for role in roles:
        for branch_id in role_scopes(person).get(role, ()):
            if branch_id is None:
                return EVERYTHING
            ids.add(branch_id)
    return Q(**{f"{field}_id__in": ids}) if ids else Q(pk__in=[])


def branches_of(person: Person, roles: Iterable[str] = tuple(Role.values)) -> list[Branch]:
    """The branches in which the person holds one of the roles, by name."""
    return list(Branch.objects.filter(in_branches_self(person, roles)).order_by("name"))


def in_branches_self(person: Person, roles: Iterable[str]) -> Q:
    """As `in_branches`, for the table of branches itself."""
    ids: set[int] = set()
    for role in roles:
        for branch_id in role_scopes(person).get(role, ()):
            if branch_id is None:
                return EVERYTHING
            ids.add(branch_id)
    return Q(pk__in=ids)


def administered_people(person: Person) -> QuerySet[Person]:
    """The people of the branches that the person administers; everybody for a group's one."""
    return Person.objects.filter(in_branches(person, (Role.ADMINISTRATOR,)))


def administered_person(person: Person, ref: str) -> Person:
    """Somebody whose account the person may look at.

    Raises:
        NotFound: there is none in the branches that the person administers.
    """
    found = (
        administered_people(person).select_related("branch", "department").filter(ref=ref).first()
    )
    if found is None:
        raise NotFound(say("accounts.no_such_person"))
    return found


def administered_branch(person: Person, ref: str) -> Branch | None:
    """The branch by its ref; None for an empty ref, which stands for the whole group.

    Raises:
        NotFound: there is none that the person administers.
        NotAllowed: the whole group was meant and the person administers single branches.
    """
    if not ref:
        if None not in role_scopes(person).get(Role.ADMINISTRATOR, ()):
            raise NotAllowed(say("accounts.not_allowed"))
        return None
    branch = Branch.objects.filter(in_branches_self(person, (Role.ADMINISTRATOR,)), ref=ref).first()
    if branch is None:
        raise NotFound(say("accounts.no_such_branch"))
    return branch


def require_administers(person: Person, other: Person) -> None:
    """Nobody changes the account of somebody whose rights reach further than their own.

    Raises:
        NotAllowed: the other one holds a role in a branch that the person does not administer.
    """
    own = role_scopes(person).get(Role.ADMINISTRATOR, set())
    if None in own:
        return
    held = set(RoleAssignment.objects.filter(person=other).values_list("branch_id", flat=True))
    if not held <= own:
        raise NotAllowed(say("accounts.rights_reach_further"))
