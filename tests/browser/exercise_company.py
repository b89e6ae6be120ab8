"""Makes the tests' company with one candidate invited to exercises, and prints fresh links."""

from __future__ import annotations

import datetime as dt
import json

CODES = (
    "lab-service-intents",
    "lab-product-spans",
    "lab-street-boxes",
    "bad-bank-assistant",
    "prompt-refund-helper",
)


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from tests.company import build_applications, build_company, build_position
    from touchstone.assessments.services.papers import Task, attempt_invite, paper_save
    from touchstone.common.clock import utc_now
    from touchstone.engine.grading.exercise_loading import built_in_exercises
    from touchstone.recruiting.services.links import link_create

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    now = utc_now()
    company = build_company(now - dt.timedelta(days=30))
    position = build_position(company, now - dt.timedelta(days=10))
    application = build_applications(company, position, now - dt.timedelta(days=8))[0]
    actor = company.actor("recruiter")
    known = built_in_exercises()
    paper = paper_save(
        actor=actor,
        position=position,
        title="测评",
        tasks=[Task(known[code].kind, code, "technical", known[code].minutes) for code in CODES],
        at=now,
    )
    attempt_invite(actor=actor, application=application, paper=paper, at=now)
    links = [
        link_create(actor=actor, application=application, purpose="portal", at=now)[1]
        for _ in range(6)
    ]
    print(json.dumps({"links": links, "position": position.ref}))


if __name__ == "__main__":
    main()
