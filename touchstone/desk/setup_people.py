"""People brought in by a table: names, departments and roles as companies write them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from touchstone.accounts.models import Branch, Department, Person, Role
from touchstone.accounts.services import department_create, person_create
from touchstone.common.actors import Actor
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import Message, say
from touchstone.positions.columns import text_of
from touchstone.positions.tables import Table, read_table

MOST_PEOPLE = 2000
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("姓名", "名字", "name", "full name"),
    "name_en": ("英文名", "english name"),
    "username": ("用户名", "账号", "登录名", "工号", "username", "account", "user name"),
    "email": ("邮箱", "电子邮件", "邮件", "email", "e-mail", "mail"),
    "department": ("部门", "所属部门", "department"),
    "title": ("职位", "岗位", "职务", "title", "job title"),
    "role": ("角色", "权限", "role", "roles"),
    "branch": ("分公司", "分支", "公司", "branch", "site"),
}
ROLES: tuple[tuple[str, str], ...] = (
    (r"管理员|admin", Role.ADMINISTRATOR),
    (r"用人|经理|manager", Role.HIRING_MANAGER),
    (r"面试|interview", Role.INTERVIEWER),
    (r"审计|audit", Role.AUDITOR),
    (r"招聘|hr|recruit|人事|人力", Role.RECRUITER),
)
KINDS: tuple[tuple[str, str], ...] = (
    (r"算法|研发|技术|数据|ai|algorithm|engineering|research", "algorithm"),
    (r"人力|人事|hr|human", "hr"),
    (r"业务|电商|运营|产品|客服|影像|金融|business|operation|product|sales|commerce", "business"),
)


@dataclass(frozen=True, slots=True)
class PeopleImport:
    """How many accounts were made, and what was left out, with the row it is in."""

    made: tuple[Person, ...]
    left_out: tuple[tuple[int, Message], ...]


def heading_of(words: str) -> str:
    """The field a heading stands for, or ""."""
    bare = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", words)).strip().casefold()
    return next((name for name, known in HEADINGS.items() if bare in known), "")


def people_import(
    *, actor: Actor, data: bytes, name: str, branches: Sequence[Branch], at: dt.datetime
) -> PeopleImport:
    """Makes an account for each row of a CSV or XLSX; without a password nobody can sign in yet.

    A user name that is taken, or a row without a name, is left out and told; the others are made.

    Raises:
        InvalidInput: no table, or no column of names.
    """
    table = read_table(data, name, lambda words: bool(heading_of(words)))
    places = _places(table)
    if "name" not in places:
        raise InvalidInput(say("accounts.no_name_column"), field="file")
    made: list[Person] = []
    left_out: list[tuple[int, Message]] = []
    for number, cells in zip(table.numbers, table.rows[:MOST_PEOPLE], strict=False):
        row = {key: text_of(cells[place]) for key, place in places.items()}
        try:
            made.append(_person(actor, row, branches, at))
        except InvalidInput as error:
            left_out.append((number, error.message))
    return PeopleImport(tuple(made), tuple(left_out))


def _places(table: Table) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, words in enumerate(table.headings):
        name = heading_of(words)
        if name and name not in places:
            places[name] = place
    return places


@transaction.atomic
def _person(
    actor: Actor, row: Mapping[str, str], branches: Sequence[Branch], at: dt.datetime
) -> Person:
    branch = _branch(row.get("branch", ""), row.get("department", ""), branches)
    department = _department(actor, branch, row.get("department", ""))
    email = row.get("email", "")
    username = row.get("username", "") or email.split("@")[0] or row.get("name", "")
    return person_create(
        actor=actor,
        username=username,
        name=row.get("name", ""),
        name_en=row.get("name_en", ""),
        email=email,
        title=row.get("title", ""),
        branch=branch,
        department=department,
        roles=roles_of(row.get("role", "")),
        at=at,
    )


def _branch(named: str, department: str, branches: Sequence[Branch]) -> Branch:
    """The branch named, else the one that has the department, else the first there was."""
    for branch in branches:
        if named and named in {branch.name, branch.name_en}:
            return branch
    ordered = sorted(branches, key=lambda branch: branch.pk)
    homes = Department.objects.filter(name=department.strip(), branch__in=ordered)
    known = set(homes.values_list("branch_id", flat=True))
    return next((branch for branch in ordered if branch.pk in known), ordered[0])


def _department(actor: Actor, branch: Branch, name: str) -> Department | None:
    if not name.strip():
        return None
    return department_create(actor=actor, branch=branch, name=name, kind=kind_of(name))


def roles_of(words: str) -> list[str]:
    """Roles named in a cell; an interviewer where it names none."""
    found = [role for pattern, role in ROLES if re.search(pattern, words, re.IGNORECASE)]
    return found or [Role.INTERVIEWER]


def kind_of(name: str) -> str:
    """The kind of a department by its name."""
    return next((k for pattern, k in KINDS if re.search(pattern, name, re.IGNORECASE)), "other")
