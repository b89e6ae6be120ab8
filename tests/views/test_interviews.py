"""Pages that plan, book, move and cancel interviews, and one's own time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.company import Company
from touchstone.common.clock import utc_now
from touchstone.interviews.models import (
    Availability,
    Interview,
    InterviewPlan,
    OfferedSlot,
    WorkingHours,
)
from touchstone.interviews.services.booking import Seat, interview_book
from touchstone.interviews.services.slots import SlotWish, slots_offer
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application, CandidateRequest, OutboxMessage

ClientOf = Callable[[str], Client]
PAGES = ("interviews", "interviews-plan")


@pytest.fixture
def assessed(applications: tuple[Application, ...]) -> tuple[Application, ...]:
    """All three have been assessed and wait for an interview."""
    Application.objects.update(stage="assessed")
    return tuple(Application.objects.order_by("pk"))


def soon(days: int = 1) -> dt.date:
    day = utc_now().date() + dt.timedelta(days=days)
    while day.weekday() > 4:
        day += dt.timedelta(days=1)
    return day


def plan_fields(applications: tuple[Application, ...], **changes: Any) -> dict[str, Any]:
    first = soon()
    return {
        "do": "propose",
        "application": [a.ref for a in applications],
        "seats_algorithm": "1",
        "seats_business": "1",
        "seats_hr": "1",
        "minutes": "60",
        "round_no": "1",
        "first": first.isoformat(),
        "last": (first + dt.timedelta(days=12)).isoformat(),
        "where": "https://meeting.example.com/abc",
        "materials": "带上一个做过的项目",
        **changes,
    }


# --- who may


@pytest.mark.parametrize(
    ("name", "board", "plan"),
    [
        ("recruiter", 200, 200),
        ("administrator", 200, 200),
        ("auditor", 200, 403),
        ("hiring_manager", 200, 403),
        ("algorithm_lead", 200, 403),
        ("outsider", 404, 404),
        ("other_recruiter", 404, 404),
        ("stranger", 404, 404),
        ("", 302, 302),
    ],
)
def test_who_sees_the_board_and_who_plans(
    client_of: ClientOf, interview: Interview, position: Position, name: str, board: int, plan: int
) -> None:
    client = client_of(name)
    assert client.get(reverse("interviews", args=[position.ref])).status_code == board
    assert client.get(reverse("interviews-plan", args=[position.ref])).status_code == plan


@pytest.mark.parametrize(
    "page", ["interview-move", "interview-cancel", "interview-link", "interview-panel"]
)
@pytest.mark.parametrize(
    ("name", "status"),
    [("algorithm_lead", 403), ("auditor", 403), ("other_recruiter", 404), ("stranger", 404)],
)
def test_who_may_not_change_an_interview(
    client_of: ClientOf, interview: Interview, page: str, name: str, status: int
) -> None:
    answer = client_of(name).post(reverse(page, args=[interview.ref]), {"where": "302"})
    assert answer.status_code == status
    interview.refresh_from_db()
    assert interview.status == Interview.Status.PLANNED


@pytest.mark.parametrize(
    "page", ["interview-cancel", "interview-link", "interview-reply", "interview-panel"]
)
def test_a_change_is_a_post(client_of: ClientOf, interview: Interview, page: str) -> None:
    assert client_of("recruiter").get(reverse(page, args=[interview.ref])).status_code == 405


def test_an_interviewer_sees_only_their_own_on_the_board(
    client_of: ClientOf, interview: Interview, position: Position, company: Company
) -> None:
    position.members.create(person=company.outsider, role="interviewer")
    url = reverse("interviews", args=[position.ref])
    assert "陆遥" in client_of("algorithm_lead").get(url).content.decode()
    assert "陆遥" not in client_of("outsider").get(url).content.decode()


# --- planning


def test_a_round_is_proposed_looked_at_and_accepted(
    client_of: ClientOf, assessed: tuple[Application, ...], position: Position
) -> None:
    client = client_of("recruiter")
    url = reverse("interviews-plan", args=[position.ref])
    proposed = client.post(url, plan_fields(assessed))
    assert proposed.status_code == 302
    kept = InterviewPlan.objects.get()
    page = client.get(proposed["Location"])
    assert len(page.context["plan"].proposals) == 3
    assert not Interview.objects.exists()
    accepted = client.post(url, {"do": "accept", "plan": kept.ref})
    assert accepted.status_code == 302
    assert Interview.objects.filter(meeting_url="https://meeting.example.com/abc").count() == 3
    again = client.post(url, {"do": "accept", "plan": kept.ref})
    assert again.status_code == 409
    assert Interview.objects.count() == 3


def test_a_plan_of_another_position_is_not_found(
    client_of: ClientOf, assessed: tuple[Application, ...], position: Position
) -> None:
    url = reverse("interviews-plan", args=[position.ref])
    answer = client_of("recruiter").post(url, {"do": "accept", "plan": "x" * 14})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"application": []},
        {"seats_algorithm": "0", "seats_business": "0", "seats_hr": "0"},
        {"first": "soon"},
        {"last": "2020-01-01"},
        {"application": ["zz"]},
    ],
)
def test_what_cannot_be_planned_is_refused_in_words(
    client_of: ClientOf,
    assessed: tuple[Application, ...],
    position: Position,
    changes: dict[str, Any],
) -> None:
    url = reverse("interviews-plan", args=[position.ref])
    answer = client_of("recruiter").post(url, plan_fields(assessed, **changes))
    assert answer.status_code == 422
    assert not InterviewPlan.objects.exists()


# --- booking one


def test_booking_one_of_the_proposed_times(
    client_of: ClientOf, assessed: tuple[Application, ...], company: Company
) -> None:
    client = client_of("recruiter")
    url = reverse("interview-book", args=[assessed[0].ref])
    page = client.get(url)
    times = page.context["times"]
    assert times
    people = [company.algorithm_lead.ref, company.hr_interviewer.ref]
    answer = client.post(
        url,
        {
            "do": "book",
            "person": people,
            "minutes": "45",
            "start": [times[0].start.isoformat()],
            "where": "3 楼 302",
        },
    )
    assert answer.status_code == 302
    interview = Interview.objects.get()
    assert (interview.starts_at, interview.place) == (times[0].start, "3 楼 302")
    assert interview.ends_at - interview.starts_at == dt.timedelta(minutes=45)
    assert interview.panel.get(seat="lead").person == company.algorithm_lead
    assert OutboxMessage.objects.filter(template="interview_invitation").count() == 1


def test_free_times_are_refetched_for_another_panel(
    client_of: ClientOf, assessed: tuple[Application, ...], company: Company
) -> None:
    url = reverse("interview-book", args=[assessed[0].ref])
    answer = client_of("recruiter").get(
        url, {"person": company.hr_interviewer.ref, "minutes": "30"}, headers={"hx-request": "true"}
    )
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert 'name="start"' in answer.content.decode()


@pytest.mark.parametrize(
    ("start", "status"),
    [([], 422), (["2020-01-01T09:00"], 422), (["soon"], 422), (["a", "b"], 422)],
)
def test_a_time_that_cannot_be_booked(
    client_of: ClientOf, assessed: tuple[Application, ...], start: list[str], status: int
) -> None:
    url = reverse("interview-book", args=[assessed[0].ref])
    answer = client_of("recruiter").post(url, {"do": "book", "start": start})
    assert answer.status_code == status
    assert not Interview.objects.exists()


def test_what_was_chosen_stays_on_the_form(
    client_of: ClientOf, assessed: tuple[Application, ...], company: Company
) -> None:
    url = reverse("interview-book", args=[assessed[0].ref])
    client = client_of("recruiter")
    panel = {"person": company.hr_interviewer.ref, "minutes": "45"}
    times = client.get(url, panel).context["times"][:2]
    answer = client.post(
        url,
        {
            "do": "book",
            **panel,
            "start": [t.start.isoformat() for t in times],
            "where": "3 楼 302",
            "materials": "请带上标注规范",
        },
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请选一个时间" in page
    assert "3 楼 302" in page
    assert "请带上标注规范" in page
    assert answer.context["chosen"] == {company.hr_interviewer.ref}
    assert [page.count(f'value="{t.start.isoformat()}" checked') for t in times] == [1, 1]


def test_a_taken_time_is_a_conflict_that_books_nothing(
    client_of: ClientOf, interview: Interview, assessed: tuple[Application, ...], company: Company
) -> None:
    other = next(a for a in assessed if a.pk != interview.application_id)
    answer = client_of("recruiter").post(
        reverse("interview-book", args=[other.ref]),
        {
            "do": "book",
            "person": company.algorithm_lead.ref,
            "start": interview.starts_at.isoformat(),
        },
    )
    assert answer.status_code == 409
    assert "沈砚" in answer.content.decode()
    assert Interview.objects.count() == 1


def test_times_sent_to_the_candidate(
    client_of: ClientOf, assessed: tuple[Application, ...], company: Company, position: Position
) -> None:
    client = client_of("recruiter")
    url = reverse("interview-book", args=[assessed[0].ref])
    times = client.get(url).context["times"][:3]
    answer = client.post(
        url,
        {
            "do": "offer",
            "person": company.algorithm_lead.ref,
            "start": [t.start.isoformat() for t in times],
        },
    )
    assert answer.status_code == 302
    assert OfferedSlot.objects.count() == 3
    letter = OutboxMessage.objects.get(template="slots_offered")
    assert "/p/" in letter.body
    board = client.get(reverse("interviews", args=[position.ref]))
    assert [row["application"] for row in board.context["offers"]] == [assessed[0]]
    assert assessed[0] not in board.context["waiting"]


# --- changing one


def test_moving_tells_everybody_and_keeps_the_length(
    client_of: ClientOf, interview: Interview
) -> None:
    Interview.objects.filter(pk=interview.pk).update(status="invited")
    client = client_of("recruiter")
    url = reverse("interview-move", args=[interview.ref])
    times = client.get(url).context["times"]
    assert client.post(url, {"start": times[2].start.isoformat()}).status_code == 302
    length = interview.ends_at - interview.starts_at
    interview.refresh_from_db()
    assert interview.starts_at == times[2].start
    assert interview.ends_at - interview.starts_at == length
    assert OutboxMessage.objects.filter(template__endswith="_moved").count() == 4


def test_cancelling_frees_everybody(client_of: ClientOf, interview: Interview) -> None:
    url = reverse("interview-cancel", args=[interview.ref])
    assert client_of("recruiter").post(url, {"reason": "岗位暂停"}).status_code == 302
    interview.refresh_from_db()
    assert interview.status == Interview.Status.CANCELLED
    assert not interview.quarters.exists()
    assert client_of("recruiter").post(url, {}).status_code == 422


def test_a_link_typed_by_hand(client_of: ClientOf, interview: Interview) -> None:
    url = reverse("interview-link", args=[interview.ref])
    client = client_of("recruiter")
    assert client.post(url, {"where": " "}).status_code == 422
    assert client.post(url, {"where": "https://meet.example.com/x"}).status_code == 302
    interview.refresh_from_db()
    assert interview.meeting_url == "https://meet.example.com/x"
    assert interview.status == Interview.Status.INVITED


def test_a_panel_member_says_whether_they_come(
    client_of: ClientOf, interview: Interview, company: Company
) -> None:
    url = reverse("interview-reply", args=[interview.ref])
    assert client_of("business_lead").post(url, {"reply": "declined"}).status_code == 302
    assert interview.panel.get(person=company.business_lead).reply == "declined"
    assert client_of("business_lead").post(url, {"reply": "maybe"}).status_code == 422
    assert client_of("recruiter").post(url, {"reply": "accepted"}).status_code == 403
    assert client_of("stranger").post(url, {"reply": "accepted"}).status_code == 404
    today = client_of("recruiter").get(reverse("today")).content.decode()
    assert "有面试官来不了" in today


def test_a_shadow_joins_and_somebody_is_taken_off(
    client_of: ClientOf, interview: Interview, company: Company, position: Position
) -> None:
    Interview.objects.filter(pk=interview.pk).update(status="invited")
    position.members.create(person=company.outsider, role="interviewer")
    client, url = client_of("recruiter"), reverse("interview-panel", args=[interview.ref])
    add = {"do": "add", "person": company.outsider.ref, "seat": "shadow"}
    assert client.post(url, add).status_code == 302
    assert interview.panel.get(person=company.outsider).seat == "shadow"
    assert OutboxMessage.objects.filter(person=company.outsider).count() == 1
    assert client.post(url, add).status_code == 422
    assert client.post(url, {**add, "person": company.stranger.ref}).status_code == 404
    room = reverse("room", args=[interview.ref])
    assert client_of("outsider").get(room).status_code == 200
    off = {"do": "remove", "person": company.outsider.ref}
    assert client.post(url, off).status_code == 302
    assert client_of("outsider").get(room).status_code == 404
    letter = OutboxMessage.objects.get(person=company.outsider, template="panel_cancelled")
    assert "METHOD:CANCEL" in letter.ics
    assert client.post(url, add).status_code == 302
    assert client_of("outsider").get(room).status_code == 200


def test_nobody_joins_who_is_booked_and_the_last_one_stays(
    client_of: ClientOf,
    interview: Interview,
    company: Company,
    applications: tuple[Application, ...],
) -> None:
    client, url = client_of("recruiter"), reverse("interview-panel", args=[interview.ref])
    for name in ("business_lead", "hr_interviewer"):
        off = {"do": "remove", "person": company.people[name].ref}
        assert client.post(url, off).status_code == 302
    off = {"do": "remove", "person": company.algorithm_lead.ref}
    assert client.post(url, off).status_code == 422
    interview_book(
        actor=company.actor("recruiter"),
        application=applications[1],
        starts_at=interview.starts_at,
        ends_at=interview.ends_at,
        seats=[Seat(company.business_lead)],
        at=utc_now(),
    )
    add = {"do": "add", "person": company.business_lead.ref, "seat": "member"}
    assert client.post(url, add).status_code == 409


# --- today


def test_today_begins_with_the_next_and_lists_what_is_overdue(
    client_of: ClientOf, interview: Interview
) -> None:
    client = client_of("algorithm_lead")
    assert client.get(reverse("today")).context["next"].interview == interview
    ended = utc_now() - dt.timedelta(hours=30)
    Interview.objects.filter(pk=interview.pk).update(
        status="done", starts_at=ended - dt.timedelta(hours=1), ends_at=ended, ended_at=ended
    )
    page = client.get(reverse("today"))
    assert page.context["next"] is None
    assert [seat.interview for seat in page.context["owed"]] == [interview]
    assert page.context["overdue"] == 1


def test_a_wish_for_another_time_reaches_the_recruiter(
    client_of: ClientOf, application: Application, position: Position, company: Company
) -> None:
    now = utc_now()
    Application.objects.update(stage="assessed")
    application.refresh_from_db()
    slots_offer(
        actor=company.actor("recruiter"),
        application=application,
        slots=[
            SlotWish(
                now + dt.timedelta(days=1),
                now + dt.timedelta(days=1, hours=1),
                (company.algorithm_lead,),
            )
        ],
        at=now,
    )
    CandidateRequest.objects.create(
        application=application, kind="other_time", text="周三下午可以吗", created_at=now
    )
    assert "想换个时间" in client_of("recruiter").get(reverse("today")).content.decode()
    board = client_of("recruiter").get(reverse("interviews", args=[position.ref]))
    assert "周三下午可以吗" in board.content.decode()


def test_the_board_reads_a_fixed_number_of_times(
    client_of: ClientOf, interview: Interview, position: Position, company: Company
) -> None:
    client, url = client_of("recruiter"), reverse("interviews", args=[position.ref])
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for n in range(6):
        start = interview.starts_at + dt.timedelta(hours=n + 2)
        interview_book(
            actor=company.actor("recruiter"),
            application=interview.application,
            starts_at=start,
            ends_at=start + dt.timedelta(minutes=30),
            seats=[Seat(company.algorithm_lead), Seat(company.business_lead)],
            at=utc_now(),
        )
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(one)


@pytest.mark.parametrize("week", ["2026-W99", "x", "2026-W01", "0000-W10"])
def test_any_week_opens(client_of: ClientOf, position: Position, week: str) -> None:
    url = reverse("interviews", args=[position.ref])
    assert client_of("recruiter").get(url, {"week": week}).status_code == 200


# --- one's own time


def test_hours_and_marks_are_ones_own(client_of: ClientOf, company: Company) -> None:
    client, url = client_of("algorithm_lead"), reverse("availability")
    fields = {"do": "hours", "d0_1_from": "10:00", "d0_1_to": "12:00", "d2_1_from": "14:00"}
    assert client.post(url, fields).status_code == 422
    assert client.post(url, {**fields, "d2_1_to": "13:00"}).status_code == 422
    assert not WorkingHours.objects.exists()
    assert client.post(url, {**fields, "d2_1_to": "18:00"}).status_code == 302
    assert list(WorkingHours.objects.values_list("weekday", "start_minute", "end_minute")) == [
        (0, 600, 720),
        (2, 840, 1080),
    ]
    busy = {"do": "busy", "starts_at": "2030-01-07T09:00", "ends_at": "2030-01-07T10:00"}
    assert client.post(url, busy).status_code == 302
    mark = Availability.objects.get()
    assert mark.starts_at == dt.datetime(2030, 1, 7, 1, tzinfo=dt.UTC)
    client_of("business_lead").post(url, {"do": "free", "mark": mark.pk})
    assert Availability.objects.exists()
    client.post(url, {"do": "free", "mark": mark.pk})
    assert not Availability.objects.exists()
    assert client_of("").get(url).status_code == 302


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//
{events}
END:VCALENDAR
"""


def event(day: dt.date, *lines: str) -> str:
    return "\n".join(
        ["BEGIN:VEVENT", f"UID:{day}{len(lines)}", "SUMMARY:私事", *lines, "END:VEVENT"]
    )


def test_a_calendar_file_gives_busy_times_and_no_titles(
    client_of: ClientOf, company: Company
) -> None:
    day = soon(3)
    stamp = f"{day:%Y%m%d}"
    hour = (f"DTSTART:{stamp}T050000Z", f"DTEND:{stamp}T060000Z")
    text = CALENDAR.format(
        events="\n".join(
            [
                event(day, f"DTSTART:{stamp}T010000Z", f"DTEND:{stamp}T020000Z"),
                event(day, f"DTSTART:{stamp}T100000", "DURATION:PT30M"),
                event(day, f"DTSTART;VALUE=DATE:{stamp}", "X-A:1", "X-B:1"),
                event(day, *hour, "TRANSP:TRANSPARENT"),
                event(day, *hour, "STATUS:CANCELLED"),
                event(day, "DTSTART:20200101T010000Z", "DTEND:20200101T020000Z"),
            ]
        )
    )
    client, url = client_of("algorithm_lead"), reverse("availability")
    file = SimpleUploadedFile("me.ics", text.encode())
    assert client.post(url, {"do": "calendar", "file": file}).status_code == 302
    marks = list(Availability.objects.order_by("starts_at", "ends_at"))
    assert len(marks) == 3
    assert {m.label for m in marks} == {""}
    assert {m.source for m in marks} == {"ics"}
    # The next file replaces this one; a broken one changes nothing.
    broken = SimpleUploadedFile("me.ics", b"\x00not a calendar")
    assert client.post(url, {"do": "calendar", "file": broken}).status_code == 422
    assert Availability.objects.count() == 3
    empty = SimpleUploadedFile("me.ics", CALENDAR.format(events="").encode())
    client.post(url, {"do": "calendar", "file": empty})
    assert not Availability.objects.exists()


# --- booking in a dialog

DIALOG = {"HX-Request": "true", "HX-Target": "book-form"}


def test_the_dialog_shows_the_form_alone_and_the_page_all_of_it(
    client_of: ClientOf, assessed: tuple[Application, ...]
) -> None:
    url = reverse("interview-book", args=[assessed[0].ref])
    inside = client_of("recruiter").get(url, headers=DIALOG).content.decode()
    assert "<html" not in inside
    assert 'name="start"' in inside
    assert f'hx-post="{url}"' in inside
    page = client_of("recruiter").get(url).content.decode()
    assert "<html" in page
    assert "hx-post" not in page
    assert f'action="{url}"' in page


def test_what_the_dialog_books_leads_to_its_week(
    client_of: ClientOf, assessed: tuple[Application, ...], position: Position
) -> None:
    client = client_of("recruiter")
    url = reverse("interview-book", args=[assessed[0].ref])
    day = soon(3)
    fields = {"do": "book", "other_start": f"{day}T10:00", "where": "3 楼 302"}
    answer = client.post(url, fields, headers=DIALOG)
    assert answer.status_code == 200
    year, week, _weekday = day.isocalendar()
    board = reverse("interviews", args=[position.ref])
    assert answer["HX-Redirect"] == f"{board}?week={year}-W{week:02}"
    assert Interview.objects.get().place == "3 楼 302"


def test_a_refusal_in_the_dialog_keeps_what_was_typed_and_whom_for(
    client_of: ClientOf, assessed: tuple[Application, ...]
) -> None:
    url = reverse("interview-book", args=[assessed[1].ref])
    fields = {"do": "book", "at": f"{soon()}T10:00", "materials": "带上作品集", "where": "302"}
    answer = client_of("recruiter").post(url, fields, headers=DIALOG)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<html" not in page
    assert "带上作品集" in page
    assert f'<option value="{assessed[1].ref}" selected>' in page
    assert not Interview.objects.exists()


def test_a_time_pointed_at_on_the_board_is_filled_in(
    client_of: ClientOf, assessed: tuple[Application, ...], position: Position
) -> None:
    client, url = client_of("recruiter"), reverse("interviews-book", args=[position.ref])
    at = f"{soon(2)}T03:15"  # nobody is free then, but a person may have their reasons
    page = client.get(url, {"at": at, "application": assessed[1].ref}, headers=DIALOG)
    words = page.content.decode()
    assert f'value="{at}"' in words
    assert "你点的时间（03:15）不是每个人都有空" in words
    assert f'<option value="{assessed[1].ref}" selected>' in words
    for row in assessed:
        assert f'value="{row.ref}"' in words
    assert client.get(url, {"at": "soon"}).status_code == 200
    first = client.get(reverse("interview-book", args=[assessed[0].ref])).context["times"][0]
    words = client.get(url, {"at": first.start.isoformat()}, headers=DIALOG).content.decode()
    assert f'value="{first.start.isoformat()}" checked' in words
    assert "不是每个人都有空" not in words


def test_with_nobody_waiting_the_dialog_says_so(
    client_of: ClientOf, position: Position, applications: tuple[Application, ...]
) -> None:
    url = reverse("interviews-book", args=[position.ref])
    assert "没有等着约面试的候选人" in client_of("recruiter").get(url).content.decode()
    inside = client_of("recruiter").get(url, headers=DIALOG).content.decode()
    assert "没有等着约面试的候选人" in inside
    assert "<html" not in inside


@pytest.mark.parametrize(
    ("who", "status"), [("recruiter", 200), ("business_lead", 403), ("stranger", 404)]
)
def test_who_may_book_from_the_board(
    client_of: ClientOf,
    assessed: tuple[Application, ...],
    position: Position,
    who: str,
    status: int,
) -> None:
    url = reverse("interviews-book", args=[position.ref])
    assert client_of(who).get(url).status_code == status


def test_booking_from_the_board_asks_as_often_for_many_as_for_few(
    client_of: ClientOf, assessed: tuple[Application, ...], position: Position
) -> None:
    client, url = client_of("recruiter"), reverse("interviews-book", args=[position.ref])
    client.get(url)
    Application.objects.exclude(pk=assessed[0].pk).update(stage="applied")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url)
    Application.objects.update(stage="assessed")
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)
