"""Makes the tests' company with one candidate invited to a paper, and prints three fresh links."""

from __future__ import annotations

import datetime as dt
import json


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from tests.company import build_applications, build_company, build_position
    from touchstone.assessments.models import TaskKind
    from touchstone.assessments.services.papers import Task, attempt_invite, paper_save
    from touchstone.common.clock import utc_now
    from touchstone.library.services import builtin_questions_load
    from touchstone.recruiting.services.links import link_create

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    now = utc_now()
    builtin_questions_load(at=now)
    company = build_company(now - dt.timedelta(days=30))
    position = build_position(company, now - dt.timedelta(days=10))
    application = build_applications(company, position, now - dt.timedelta(days=8))[0]
    actor = company.actor("recruiter")
    paper = paper_save(
        actor=actor,
        position=position,
        title="测评",
        tasks=[
            Task(TaskKind.CASE, "case-main-project", "technical", 40),
            Task(TaskKind.CODING, "standardise-missing-values", "technical", 45),
        ],
        at=now,
    )
    attempt_invite(actor=actor, application=application, paper=paper, at=now)
    links = [
        link_create(actor=actor, application=application, purpose="portal", at=now)[1]
        for _ in range(3)
    ]
    print(json.dumps({"links": links}))


if __name__ == "__main__":
    main()
