"""Makes the tests' company with a finished interview, recorded and written down; prints its ref."""

from __future__ import annotations

import datetime as dt
import io
import json
import math
import struct
import wave

RATE, SECONDS = 8000, 90


def sound() -> bytes:
    """A minute and a half of a quiet tone that any browser plays."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        tone = [int(900 * math.sin(2 * math.pi * 220 * n / RATE)) for n in range(RATE)]
        file.writeframes(struct.pack(f"<{RATE}h", *tone) * SECONDS)
    return buffer.getvalue()


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from tests.company import build_applications, build_company, build_position
    from touchstone.audit.pieces import scratch_file
    from touchstone.common.actors import SYSTEM, Actor
    from touchstone.common.clock import utc_now
    from touchstone.engine.listening.segments import Segment
    from touchstone.interviews.services.arranging import interview_arrange
    from touchstone.interviews.services.booking import Seat
    from touchstone.interviews.services.recordings import recording_store
    from touchstone.interviews.services.room import note_save, question_ask, room_end, room_start
    from touchstone.interviews.services.transcripts import transcript_keep
    from touchstone.library.services import builtin_questions_load
    from touchstone.recruiting.services.consents import consent_give

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    now = utc_now().replace(minute=0, second=0, microsecond=0)
    builtin_questions_load(at=now)
    company = build_company(now - dt.timedelta(days=30))
    position = build_position(company, now - dt.timedelta(days=10))
    application = build_applications(company, position, now - dt.timedelta(days=8))[0]
    candidate = application.candidate
    for purpose in ("recording", "transcript"):
        consent_give(
            actor=Actor("candidate", candidate.ref, candidate.name),
            candidate=candidate,
            purpose=purpose,
            granted=True,
            at=now - dt.timedelta(hours=4),
        )
    starts_at = now - dt.timedelta(hours=2)
    interview = interview_arrange(
        actor=company.actor("recruiter"),
        application=application,
        starts_at=starts_at,
        ends_at=now - dt.timedelta(hours=1),
        seats=[
            Seat(company.algorithm_lead, "lead", ("technical", "learning")),
            Seat(company.business_lead, "member", ("business", "communication")),
        ],
        at=now - dt.timedelta(hours=3),
    )
    lead = company.actor("algorithm_lead")
    room_start(actor=lead, interview=interview, at=starts_at)
    first = interview.kit["questions"][0]
    question_ask(actor=lead, interview=interview, code=first["code"], at_second=4)
    points = [point["text"]["zh"] for point in first["rubric"]["key_points"]]
    note_save(
        actor=lead,
        interview=interview,
        client_key="n1",
        text="先讲了做法，有顺序",
        at=starts_at + dt.timedelta(seconds=33),
        at_second=33,
    )
    room_end(actor=lead, interview=interview, at=now - dt.timedelta(hours=1))
    interview.refresh_from_db()
    with scratch_file() as part:
        part.write_bytes(sound())
        recording = recording_store(
            actor=SYSTEM,
            interview=interview,
            part=part,
            name="talk.wav",
            source="upload",
            at=now,
        )
    talk = [Segment(4, 12, first["text"]["zh"], "沈砚"), Segment(13, 19, "我先想一下。", "陆遥")]
    talk += [
        Segment(20 + 10 * n, 28 + 10 * n, f"我会{text}。", "陆遥")
        for n, text in enumerate(points[:3])
    ]
    talk += [Segment(60 + n, 60.9 + n, f"谢谢，闲聊第 {n} 句。", "沈砚") for n in range(28)]
    transcript_keep(actor=SYSTEM, recording=recording, source="meeting", segments=talk, at=now)
    print(json.dumps({"room": interview.ref, "points": points}))


if __name__ == "__main__":
    main()
