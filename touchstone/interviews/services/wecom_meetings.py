"""Meetings of WeCom: for companies that meet there and have no enterprise Tencent Meeting.

The lead's account holds the meeting. The free edition neither records nor tells who joined; the
paid one is asked to record where that was said to be bought, and the candidate agreed.
"""

from __future__ import annotations

from typing import Any

from touchstone.common.errors import PermanentOutsideError
from touchstone.common.messages import say
from touchstone.integrations.wecom.client import MeetingInfo, Wecom
from touchstone.integrations.wecom.codes import GROUPS
from touchstone.interviews.models import Interview

LONGEST_TITLE = 40
ALIVE = frozenset({1, 2})


def wecom_meeting_make(
    interview: Interview, client: Wecom, *, record: bool = False
) -> tuple[str, MeetingInfo]:
    """The interview's meeting: one that an earlier try made is found again, else a new one.

    Raises:
        OutsideError: WeCom failed, or nobody on the panel has an account there.
    """
    users = _users(interview)
    if not users:
        raise PermanentOutsideError(say("interviews.no_wecom_host"))
    found = _found(interview, client, users[0])
    if found is not None:
        return found
    wish: dict[str, Any] = {
        "admin_userid": users[0],
        **_times(interview),
        "invitees": {"userid": users},
        "settings": {"enable_waiting_room": True, "allow_enter_before_host": False},
    }
    key = _created(client, wish, record=record)
    return key, client.meeting_info(key)


def _created(client: Wecom, wish: dict[str, Any], *, record: bool) -> str:
    """A meeting that records by itself; a plain one where that was not bought after all."""
    if record:
        recorded = {**wish, "settings": {**wish["settings"], "auto_record_type": "cloud"}}
        try:
            return client.meeting_create(recorded)[0]
        except PermanentOutsideError as error:
            if error.message.args.get("code") not in GROUPS["meeting_paid"]:
                raise
    return client.meeting_create(wish)[0]


def wecom_meeting_follow(interview: Interview, client: Wecom) -> None:
    """Moves or cancels the meeting as the interview was; one that is gone counts as cancelled."""
    if interview.status != Interview.Status.CANCELLED:
        client.meeting_update(interview.meeting_id, _times(interview))
        return
    try:
        client.meeting_cancel(interview.meeting_id)
    except PermanentOutsideError as error:
        if error.message.args.get("code") not in {400041, 90602}:
            raise


def _found(interview: Interview, client: Wecom, admin: str) -> tuple[str, MeetingInfo] | None:
    start_s = int(interview.starts_at.timestamp())
    title = _title(interview)
    for key in client.meetings_of(admin, start_s - 60, start_s + 60):
        info = client.meeting_info(key)
        if (info.title, info.meeting_start) == (title, start_s) and info.status in ALIVE:
            return key, info
    return None


def _times(interview: Interview) -> dict[str, str | int]:
    return {
        "title": _title(interview),
        "meeting_start": int(interview.starts_at.timestamp()),
        "meeting_duration": int((interview.ends_at - interview.starts_at).total_seconds()),
    }


def _title(interview: Interview) -> str:
    """Within WeCom's 40 bytes, no letter cut; the ref tells two talks of one name apart."""
    end = f" {interview.ref[:6]}"
    name = f"面试 {interview.application.candidate.name}".encode()
    return name[: LONGEST_TITLE - len(end)].decode(errors="ignore").rstrip() + end


def _users(interview: Interview) -> list[str]:
    """Accounts of the panel, the lead's first."""
    seats = interview.panel.filter(removed_at=None).select_related("person").order_by("pk")
    ordered = sorted(seats, key=lambda seat: seat.seat != "lead")
    return [seat.person.wecom_userid for seat in ordered if seat.person.wecom_userid]
