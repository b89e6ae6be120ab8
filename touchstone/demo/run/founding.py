"""The company's branches, departments, people and their roles; the position that opens."""

from __future__ import annotations

import datetime as dt

from touchstone.accounts.models import Branch, Department, Person, Role
from touchstone.accounts.services import (
    branch_create,
    department_create,
    person_create,
    role_grant,
)
from touchstone.common.actors import SYSTEM
from touchstone.demo.run.stage import Scene
from touchstone.library.services import builtin_problems_load, builtin_questions_load
from touchstone.positions.services import member_add, position_create, wish_add

EVERYWHERE = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
FOUNDED = dt.timedelta(days=900)
SKILLS = {
    "algorithm": ["technical", "learning"],
    "business": ["business", "communication"],
    "hr": ["communication", "learning"],
}


def found_company(scene: Scene) -> None:
    """Branches, departments, people, question bank; all of it older than the round."""
    company, at = scene.company, scene.calendar.at(0) - FOUNDED
    branches: dict[str, Branch] = {}
    for entry in company.branches:
        branches[entry.key] = branch_create(
            actor=SYSTEM,
            name=f"{company.name}·{entry.name}",
            name_en=f"{company.name_en}, {entry.name_en}",
            city=entry.city,
            parent=None if entry.head else branches.get(company.branches[0].key),
            at=at,
        )
    for department in company.departments:
        scene.departments[department.key] = department_create(
            actor=SYSTEM,
            branch=branches[department.branch],
            name=department.name,
            name_en=department.name_en,
            kind=department.kind,
            industry=department.industry,
        )
    for member in company.staff:
        _hire(scene, branches, member, [] if member.role in EVERYWHERE else [member.role], at)
        if member.role in EVERYWHERE:
            person = scene.staff[member.key]
            role_grant(actor=SYSTEM, person=person, role=member.role, branch=None)
    for interviewer in company.interviewers:
        _hire(scene, branches, interviewer, [Role.INTERVIEWER], at)
    builtin_questions_load(at=at)
    builtin_problems_load(at=at)


def _hire(
    scene: Scene, branches: dict[str, Branch], entry: object, roles: list[str], at: dt.datetime
) -> None:
    key, department_key = str(entry.key), str(entry.department)  # type: ignore[attr-defined]
    department = scene.departments[department_key]
    kind = scene.company.department(department_key).kind
    lead = any(word in str(entry.title) for word in ("负责人", "总监", "主管", "经理"))  # type: ignore[attr-defined]
    scene.staff[key] = person_create(
        actor=SYSTEM,
        username=key.replace("_", "."),
        name=str(entry.name),  # type: ignore[attr-defined]
        name_en=str(entry.name_en),  # type: ignore[attr-defined]
        title=str(entry.title),  # type: ignore[attr-defined]
        branch=department.branch,
        department=department,
        email=scene.company.address(key),
        seniority=3 if lead else 2,
        skills=SKILLS.get(kind, []),
        roles=roles,
        at=at,
    )
    if kind == Department.Kind.HR:
        # Two people of HR sit in every talk of the round.
        Person.objects.filter(pk=scene.staff[key].pk).update(
            max_interviews_per_day=6, max_interviews_per_week=24
        )


def open_position(scene: Scene) -> None:
    """The position, still a draft: its members, and what the departments wish for."""
    company, calendar = scene.company, scene.calendar
    recruiter = scene.staff_with("recruiter")
    department = scene.departments["algorithm"]
    scene.position = position_create(
        actor=scene.actor(recruiter),
        branch=department.branch,
        department=department,
        title=company.position.title,
        title_en=company.position.title_en,
        description=company.position.description,
        industry="ecommerce",
        headcount=company.position.headcount,
        at=calendar.at(-2, 9),
    )
    actor = scene.actor(recruiter)
    manager = scene.staff[scene.staff_with("hiring_manager")]
    member_add(actor=actor, position=scene.position, person=manager, role="hiring_manager")
    for interviewer in company.interviewers:
        person = scene.staff[interviewer.key]
        member_add(actor=actor, position=scene.position, person=person, role="interviewer")
    by_name = {person.name: key for key, person in scene.staff.items()}
    for number, wish in enumerate(company.wishes):
        wish_add(
            actor=scene.actor(by_name[wish.author]),
            position=scene.position,
            department=scene.departments[wish.department],
            text=wish.text.strip(),
            at=calendar.at(-2, 11 + number),
        )
