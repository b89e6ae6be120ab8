"""A small company for tests: a head office, two branches, one person for each part, one opening."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from touchstone.accounts.models import Branch, Department, Person, Role
from touchstone.accounts.permissions import person_actor
from touchstone.accounts.services import branch_create, department_create, person_create
from touchstone.common.actors import SYSTEM, Actor
from touchstone.positions.models import Position
from touchstone.positions.services import (
    member_add,
    model_version_save,
    position_create,
    position_status_set,
)
from touchstone.recruiting.models import Application, Candidate, Resume, Screening
from touchstone.recruiting.services.applications import application_move, application_open

MODEL: dict[str, Any] = {
    "job_title": "AI 训练师",
    "job_title_en": "AI trainer",
    "as_of": "2026-11",
    "decision": {
        "advance": {"min": 70},
        "review": {"min": 45, "max": 70},
        "decline": {"max": 45},
    },
    "dimensions": [
        {
            "id": "technical",
            "name": "技术能力",
            "name_en": "Technical",
            "weight": 40,
            "indicators": [
                {
                    "id": "tech.data",
                    "weight": 20,
                    "text": "独立清洗与构建训练集",
                    "keywords": ["数据清洗"],
                },
                {
                    "id": "tech.training",
                    "weight": 20,
                    "text": "训练、微调并评测模型",
                    "keywords": ["微调"],
                },
            ],
        },
        {
            "id": "business",
            "name": "业务理解",
            "name_en": "Business",
            "weight": 30,
            "indicators": [
                {
                    "id": "biz.scenario",
                    "weight": 30,
                    "text": "懂推荐业务的指标与场景",
                    "keywords": ["推荐"],
                },
            ],
        },
        {
            "id": "communication",
            "name": "沟通协作",
            "name_en": "Communication",
            "weight": 20,
            "indicators": [
                {
                    "id": "comm.collaborate",
                    "weight": 20,
                    "text": "和业务部门把需求对齐",
                    "keywords": ["需求"],
                },
            ],
        },
        {
            "id": "learning",
            "name": "学习能力",
            "name_en": "Learning",
            "weight": 10,
            "indicators": [
                {
                    "id": "learn.apply",
                    "weight": 10,
                    "text": "很快学会并用起来",
                    "keywords": ["学习"],
                },
            ],
        },
    ],
    "notes": [],
}

# Name, e-mail, phone, resume text, score, recommendation.
APPLICANTS = (
    (
        "陆遥",
        "lu.yao@example.com",
        "+8613800000001",
        (
            "陆遥\n2022.03–至今 推荐算法训练师\n"
            "负责数据清洗与标注规范，微调排序模型，点击率由 3.1% 提升到 3.9%。\n"
            "和产品经理对齐需求。\n"
        ),
        82.5,
        "advance",
    ),
    (
        "沈一鸣",
        "shen.yiming@example.com",
        "+8613800000002",
        "沈一鸣\n2024.07–至今 数据标注专员\n做过数据清洗，正在学习模型微调。\n",
        56.0,
        "review",
    ),
    (
        "Anna Keller",
        "anna.keller@example.com",
        "+8613800000003",
        "Anna Keller\n2021–2024 Office assistant\nNo experience with machine learning so far.\n",
        21.0,
        "decline",
    ),
)


@dataclass
class Company:
    """Everybody and everything by its part.

    `other_recruiter` works in another branch, `stranger` has no role in the company at all,
    `outsider` is an interviewer of the branch who sits on no panel.
    """

    head: Branch
    south: Branch
    west: Branch
    algorithm: Department
    commerce: Department
    hr: Department
    west_imaging: Department
    people: dict[str, Person] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        people: dict[str, Person] = self.__dict__.get("people", {})
        if name not in people:
            raise AttributeError(name)
        return people[name]

    def actor(self, name: str) -> Actor:
        """The person as the actor of a service."""
        return person_actor(self.people[name])


PEOPLE = (
    # key, name, department, branch, roles
    ("administrator", "周程", "hr", None, (Role.ADMINISTRATOR,)),
    ("auditor", "秦时", "hr", None, (Role.AUDITOR,)),
    ("recruiter", "江离", "hr", "head", (Role.RECRUITER,)),
    ("hiring_manager", "何鸣", "algorithm", "head", (Role.HIRING_MANAGER,)),
    ("algorithm_lead", "沈砚", "algorithm", "head", (Role.INTERVIEWER,)),
    ("business_lead", "许念", "commerce", "head", (Role.INTERVIEWER,)),
    ("hr_interviewer", "宋禾", "hr", "head", (Role.INTERVIEWER,)),
    ("outsider", "罗衡", "algorithm", "head", (Role.INTERVIEWER,)),
    ("other_recruiter", "方舟", "west_imaging", "west", (Role.RECRUITER,)),
    ("other_interviewer", "顾青", "west_imaging", "west", (Role.INTERVIEWER,)),
    ("stranger", "白露", "commerce", "head", ()),
)


def build_company(at: dt.datetime) -> Company:
    """Head office and two branches with departments and people."""
    head = branch_create(actor=SYSTEM, name="上海总部", name_en="Shanghai", city="上海", at=at)
    south = branch_create(
        actor=SYSTEM, name="深圳分公司", name_en="Shenzhen", city="深圳", parent=head, at=at
    )
    west = branch_create(
        actor=SYSTEM, name="成都分公司", name_en="Chengdu", city="成都", parent=head, at=at
    )

    def department(branch: Branch, name: str, kind: str, industry: str = "") -> Department:
        return department_create(
            actor=SYSTEM, branch=branch, name=name, kind=kind, industry=industry
        )

    company = Company(
        head=head,
        south=south,
        west=west,
        algorithm=department(head, "算法部", "algorithm"),
        commerce=department(head, "电商业务部", "business", "ecommerce"),
        hr=department(head, "人力资源部", "hr"),
        west_imaging=department(west, "医疗影像部", "business", "medical_imaging"),
    )
    for key, name, department_key, branch_key, roles in PEOPLE:
        home: Department = getattr(company, department_key)
        company.people[key] = person_create(
            actor=SYSTEM,
            username=key,
            name=name,
            name_en=key.replace("_", " ").capitalize(),
            email=f"{key}@company.example",
            branch=home.branch,
            department=home,
            at=at,
        )
        scope = getattr(company, branch_key) if branch_key else None
        for role in roles:
            role_row(company.people[key], role, scope)
    return company


def role_row(person: Person, role: str, branch: Branch | None) -> None:
    """Gives the role as a service would."""
    from touchstone.accounts.services import role_grant

    role_grant(actor=SYSTEM, person=person, role=role, branch=branch)
    person.refresh_from_db()


def build_position(company: Company, at: dt.datetime) -> Position:
    """An open position of the algorithm department with its model, manager and interviewers."""
    actor = company.actor("recruiter")
    position = position_create(
        actor=actor,
        branch=company.head,
        department=company.algorithm,
        title="AI 训练师",
        title_en="AI trainer",
        description="把业务问题变成数据与模型能解决的问题。",
        industry="ecommerce",
        headcount=2,
        at=at,
    )
    model_version_save(actor=actor, position=position, document=MODEL, at=at, based_on=0)
    position_status_set(actor=actor, position=position, status="open", at=at)
    member_add(actor=actor, position=position, person=company.hiring_manager, role="hiring_manager")
    for name in ("algorithm_lead", "business_lead", "hr_interviewer"):
        member_add(actor=actor, position=position, person=company.people[name], role="interviewer")
    return position


def build_applications(
    company: Company, position: Position, at: dt.datetime
) -> tuple[Application, ...]:
    """Three screened applications: to advance, to review, to decline; two Chinese, one English."""
    return tuple(_application(company, position, at, *applicant) for applicant in APPLICANTS)


def _application(
    company: Company,
    position: Position,
    at: dt.datetime,
    name: str,
    email: str,
    phone: str,
    text: str,
    score: float,
    decision: str,
) -> Application:
    language = "en" if name.isascii() else "zh"
    candidate = Candidate.objects.create(
        branch=company.head, name=name, email=email, phone=phone, language=language, created_at=at
    )
    resume = Resume.objects.create(
        position=position,
        candidate=candidate,
        file_name=f"{name}.txt",
        sha256=f"{position.pk:032d}{candidate.pk:032d}",
        status=Resume.Status.READ,
        language=language,
        text=text,
        parsed={"name": name, "email": email, "phone": phone, "skills": [], "claims": []},
        created_at=at,
        read_at=at,
    )
    application = application_open(
        actor=company.actor("recruiter"),
        candidate=candidate,
        position=position,
        resume=resume,
        source="upload",
        at=at,
    )
    assert position.model_version is not None
    screening = Screening.objects.create(
        application=application,
        resume=resume,
        model_version=position.model_version,
        score=score,
        decision=decision,
        result=screening_row(resume, score, decision),
        created_at=at,
    )
    Application.objects.filter(pk=application.pk).update(
        screening=screening, score=score, recommendation=decision
    )
    application.refresh_from_db()
    application_move(actor=SYSTEM, application=application, to="screened", at=at)
    return application


def screening_row(resume: Resume, score: float, decision: str) -> dict[str, Any]:
    """A row as `touchstone screen` writes it, with one piece of evidence from the first line."""
    line = resume.text.splitlines()[2]
    start = resume.text.index(line)
    return {
        "file": resume.file_name,
        "status": "ok",
        "score": score,
        "decision": decision,
        "dimensions": {
            d["id"]: {"score": score, "weight": d["weight"]} for d in MODEL["dimensions"]
        },
        "indicators": {
            i["id"]: {"score": score, "weight": i["weight"]}
            for d in MODEL["dimensions"]
            for i in d["indicators"]
        },
        "evidence": [
            {
                "indicator": "tech.data",
                "quote": line,
                "start": start,
                "end": start + len(line),
                "kind": "used",
                "effect": 12.0,
            }
        ],
        "reasons": [],
        "flags": [],
        "receipt": {"file_sha256": resume.sha256, "model_sha256": "", "engine": "0.1.0"},
    }
