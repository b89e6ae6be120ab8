"""Recordings of meetings in the simulated WeCom: lists, links that expire, words by paragraphs."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from touchstone.integrations.simulators.base import Reply

LINK_LIFE_S = 6 * 3600
LONGEST_SPAN_S = 31 * 86400
TRANSCODED = 3
Body = dict[str, Any]


@dataclass
class SimulatedRecordings:
    """What was recorded, by meeting; each meeting has one record with one file."""

    clock_s: Callable[[], float]
    media: dict[str, bytes] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)
    links: dict[str, tuple[bytes, float]] = field(default_factory=dict)
    state: int = TRANSCODED
    other_names: bool = False  # the platform's pages contradict one another; both are in use

    def fault(self, body: Body) -> str:
        """What the platform would refuse in a list's parameters."""
        if sum(name in body for name in ("meetingid", "meeting_code", "userid")) != 1:
            return "one of meetingid, meeting_code, userid"
        if not 0 <= body["end_time"] - body["start_time"] <= LONGEST_SPAN_S:
            return "at most 31 days"
        return "" if 1 <= body.get("limit", 10) <= 20 else "limit"

    def list(self, body: Body, meetings: Mapping[str, Body]) -> Body:
        files, records = (
            ("record_file_list", "record_list")
            if self.other_names
            else ("record_files", "record_meetings")
        )
        rows = []
        for key in self.media:
            start = meetings[key]["body"]["meeting_start"]
            if body.get("meetingid", key) != key:
                continue
            if not body["start_time"] <= start <= body["end_time"]:
                continue
            end = start + meetings[key]["body"]["meeting_duration"]
            file = {
                "record_file_id": f"f{key}",
                "record_start_time": start * 1000,
                "record_end_time": end * 1000,
            }
            rows.append(
                {
                    "meeting_record_id": f"r{key}",
                    "meetingid": key,
                    "media_start_time": start * 1000,
                    "state": self.state,
                    files: [file],
                }
            )
        return {records: rows, "has_more": False, "next_cursor": ""}

    def files(self, body: Body, base: str) -> Body:
        """Empty where record and meeting do not belong together."""
        key = body["meetingid"]
        if key not in self.media or body["meeting_record_id"] != f"r{key}":
            return {"record_files": []}
        name = secrets.token_hex(16)
        self.links[name] = (self.media[key], self.clock_s() + LINK_LIFE_S)
        address = f"{base}/record/{name}"
        file = {
            "record_file_id": f"f{key}",
            "view_address": address,
            "download_address": address,
            "download_address_file_type": "mp4",
        }
        return {"record_files": [file]}

    def detail(self, body: Body) -> Body:
        said = self.words.get(body["meetingid"], [])
        first, limit = int(body.get("pid") or 0), body.get("limit", 10)
        paragraphs = [
            {
                "pid": str(number),
                "start_time": number * 5000,
                "end_time": number * 5000 + 4000,
                "speaker_info": {"username": "候选人"},
                "sentences": [
                    {
                        "sid": "0",
                        "start_time": number * 5000,
                        "end_time": number * 5000 + 4000,
                        "words": [{"wid": "0", "text": text}],
                    }
                ],
            }
            for number, text in enumerate(said)
        ]
        return {
            "has_more": first + limit < len(paragraphs),
            "transcripts": {"paragraphs": paragraphs[first : first + limit], "audio_detect": 1},
        }

    def download(self, name: str) -> Reply:
        data, until_s = self.links.get(name, (b"", 0.0))
        if until_s <= self.clock_s():
            return Reply(403, b"link expired", "text/plain")
        return Reply(200, data, "video/mp4")
