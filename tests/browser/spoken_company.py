"""Makes the tests' company with a candidate invited to a communication task; prints the links."""

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
    from touchstone.engine.questions.loading import built_in_questions
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
    question = next(
        q for q in built_in_questions() if q.kind == "scenario" and q.dimension == "communication"
    )
    tasks = [Task(TaskKind.COMMUNICATION, question.id, "communication", 20)]
    paper = paper_save(actor=actor, position=position, title="测评", tasks=tasks, at=now)
    attempt = attempt_invite(actor=actor, application=application, paper=paper, at=now)
    links = [
        link_create(actor=actor, application=application, purpose="portal", at=now)[1]
        for _ in range(3)
    ]
    item = attempt.items.get()
    item.ref = "k2222222222222"  # of those that one person grades
    while sum(item.ref.encode()) % 5 == 0:
        item.ref = f"{item.ref[:-1]}3"
    item.save(update_fields=["ref"])
    points = [p.text.zh for p in question.rubric.key_points]
    print(json.dumps({"links": links, "item": item.ref, "points": points}))


if __name__ == "__main__":
    main()
