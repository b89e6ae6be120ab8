"""Makes the tests' company with one interview in an hour, and prints the room's ref."""

from __future__ import annotations

import datetime as dt
import json


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from tests.company import build_applications, build_company, build_position
    from touchstone.common.clock import utc_now
    from touchstone.interviews.services.arranging import interview_arrange
    from touchstone.interviews.services.booking import Seat
    from touchstone.library.services import builtin_questions_load

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    now = utc_now().replace(minute=0, second=0, microsecond=0)
    builtin_questions_load(at=now)
    company = build_company(now - dt.timedelta(days=30))
    position = build_position(company, now - dt.timedelta(days=10))
    application = build_applications(company, position, now - dt.timedelta(days=8))[0]
    interview = interview_arrange(
        actor=company.actor("recruiter"),
        application=application,
        starts_at=now + dt.timedelta(hours=1),
        ends_at=now + dt.timedelta(hours=2),
        seats=[
            Seat(company.algorithm_lead, "lead", ("technical", "learning")),
            Seat(company.business_lead, "member", ("business", "communication")),
            Seat(company.hr_interviewer, "member", ("communication", "learning")),
        ],
        at=now,
    )
    print(json.dumps({"room": interview.ref}))


if __name__ == "__main__":
    main()
