"""A hundred people book one time at once, in a database of its own. Prints what came of it.

    python -m tests.services.booking_race [--without-constraint]

Run by test_interviews_race.py in a process of its own: the tests' database is one connection.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import threading

THREADS = 100


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "touchstone.config.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tests.company import build_company, build_position
    from touchstone.accounts.permissions import person_actor
    from touchstone.common.clock import utc_now
    from touchstone.common.errors import Conflict
    from touchstone.interviews.models import BookedQuarter, Interview, OfferedSlot
    from touchstone.interviews.services.slots import SlotWish, slot_take, slots_offer
    from touchstone.recruiting.models import Application, Candidate

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    if "--without-constraint" in sys.argv:
        (constraint,) = BookedQuarter._meta.constraints
        BookedQuarter._meta.constraints = []  # SQLite makes the table anew from the model
        with connection.schema_editor() as editor:
            editor.remove_constraint(BookedQuarter, constraint)
    now = utc_now()
    company = build_company(now)
    position = build_position(company, now)
    actor = person_actor(company.recruiter)
    start = now.replace(minute=0, second=0, microsecond=0) + dt.timedelta(days=1)
    hour = dt.timedelta(hours=1)
    slots = []
    for n in range(THREADS):
        candidate = Candidate.objects.create(
            branch=company.head, name=f"候选人{n}", email=f"c{n}@example.com", created_at=now
        )
        application = Application.objects.create(
            candidate=candidate,
            position=position,
            branch=company.head,
            stage="assessed",
            applied_at=now,
            stage_since=now,
        )
        wishes = [
            SlotWish(start, start + hour, (company.algorithm_lead,)),
            SlotWish(start + hour * (n + 2), start + hour * (n + 3), (company.algorithm_lead,)),
        ]
        offered = slots_offer(actor=actor, application=application, slots=wishes, at=now)
        slots.append((application, offered[0].ref))
    connection.close()
    came: list[str] = []
    barrier = threading.Barrier(THREADS)

    def take(application: Application, ref: str) -> None:
        barrier.wait()
        try:
            slot_take(actor=actor, application=application, slot_ref=ref, at=now)
            came.append("booked")
        except Conflict as error:
            came.append(error.message.id)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=pair) for pair in slots]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    booked = Interview.objects.exclude(status="cancelled").filter(starts_at=start).count()
    left = OfferedSlot.objects.filter(taken_at=None, withdrawn_at=None).count()
    print(
        json.dumps(
            {
                "came": {word: came.count(word) for word in set(came)},
                "booked": booked,
                "alternatives_left": left,
            }
        )
    )


if __name__ == "__main__":
    main()
