"""Recordings of WeCom's meetings and their words, which the paid edition keeps.

The product below is Tencent Meeting's, and so are the shapes of files and paragraphs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from touchstone.common.errors import TemporaryOutsideError
from touchstone.common.messages import say
from touchstone.engine.listening.segments import Segment
from touchstone.integrations.tencent_meeting.records import RecordFile, paragraphs, record_files

Ask = Callable[[str, Mapping[str, Any]], dict[str, Any]]
A_PAGE, MOST_PAGES = 20, 50
PARAGRAPHS, MOST_ROUNDS = 50, 400
FILES = ("record_files", "record_file_list")


def meeting_records(
    ask: Ask, meeting_id: str, start_s: int, end_s: int
) -> list[tuple[str, list[RecordFile]]]:
    """The records of a meeting between two moments, at most 31 days apart: id and files."""
    found: list[tuple[str, list[RecordFile]]] = []
    cursor = ""
    for _page in range(MOST_PAGES):
        body: dict[str, Any] = {
            "meetingid": meeting_id,
            "start_time": start_s,
            "end_time": end_s,
            "limit": A_PAGE,
        }
        answer = ask("meeting/record/list", {**body, "cursor": cursor} if cursor else body)
        rows = answer.get("record_meetings") or answer.get("record_list")
        for row in rows if isinstance(rows, list) else []:
            key = row.get("meeting_record_id") if isinstance(row, dict) else None
            if isinstance(key, str) and key:
                found.append((key[:120], record_files({"record_meetings": [row]})))
        following = answer.get("next_cursor")
        if not isinstance(following, str) or not following or following == cursor:
            break
        cursor = following
    return found


def file_address(ask: Ask, meeting_id: str, record_id: str, file_id: str) -> str:
    """Where a file can be fetched for the next six hours; empty where nowhere."""
    answer = ask(
        "meeting/record/get_file_list", {"meeting_record_id": record_id, "meetingid": meeting_id}
    )
    for name in FILES:
        rows = answer.get(name)
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict) and row.get("record_file_id") == file_id:
                return str(row.get("download_address") or "")
    return ""


def spoken(ask: Ask, meeting_id: str, file_id: str) -> list[Segment]:
    """What was said in a file; empty while there are no words. Pages may overlap."""
    found: dict[str, list[Segment]] = {}
    pid = ""
    for _round in range(MOST_ROUNDS):
        body: dict[str, Any] = {
            "record_file_id": file_id,
            "meetingid": meeting_id,
            "limit": PARAGRAPHS,
        }
        answer = ask("meeting/record/transcript/get_detail", {**body, "pid": pid} if pid else body)
        fresh = {
            key: rows
            for key, rows in paragraphs({"minutes": answer.get("transcripts")})
            if key not in found
        }
        found |= fresh
        if not answer.get("has_more") or not fresh:
            break
        pid = list(fresh)[-1]
    return [segment for rows in found.values() for segment in rows]


class MeetingRecordings:
    """The recordings of one meeting, asked for as Tencent Meeting's are.

    Args:
        ask: posts a body to a path of the platform.
        close: ends the client.
        start_s: with ``end_s``, between which moments the meeting was recorded.
    """

    def __init__(
        self, ask: Ask, close: Callable[[], None], meeting_id: str, *, start_s: int, end_s: int
    ) -> None:
        self.close = close
        self._ask, self._meeting = ask, meeting_id
        self._span = (start_s, end_s)

    def records(self, meeting_id: str, *, start_s: int, end_s: int) -> list[RecordFile]:
        found = meeting_records(self._ask, meeting_id, start_s, end_s)
        return [file for _record, files in found for file in files]

    def recording_address(self, file_id: str) -> str:
        for record, files in meeting_records(self._ask, self._meeting, *self._span):
            if any(file.file_id == file_id for file in files):
                return file_address(self._ask, self._meeting, record, file_id)
        raise TemporaryOutsideError(say("wecom.unexpected"))

    def transcript(self, file_id: str) -> list[Segment]:
        return spoken(self._ask, self._meeting, file_id)
