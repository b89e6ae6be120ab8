"""Half an hour of notes typed offline on two devices: every character kept, the order stable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.company import Company
from touchstone.common.clock import utc_now
from touchstone.interviews.models import Interview, RoomNote
from touchstone.interviews.services.room import note_save

HALF_HOUR_S = 1800
words = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00"),
    min_size=1,
    max_size=30,
)


@dataclass
class Typed:
    """A note of one device: what it said each time it was sent; typing only adds to it."""

    key: str
    second: int
    states: list[str]


@dataclass
class Request:
    """A request on its way: answers may be lost, and then it comes again."""

    note: Typed
    state: int
    knows: int
    sent: int = field(default=1)


@st.composite
def devices(draw: st.DrawFn) -> list[list[Typed]]:
    found = []
    for device in range(2):
        count = draw(st.integers(1, 12))
        found.append(
            [
                Typed(
                    f"d{device}n{n}",
                    draw(st.integers(0, HALF_HOUR_S)),
                    ["".join(parts[: k + 1]) for k in range(len(parts))],
                )
                for n in range(count)
                for parts in [draw(st.lists(words, min_size=1, max_size=3))]
            ]
        )
    return found


def requests(draw: st.DataObject, notes: list[Typed]) -> Iterator[Request]:
    """One device's requests in its own order: each note's states grow, some requests come twice,
    and after a lost answer the device does not know the version that the server gave."""
    for note in notes:
        knows = 0
        for state in range(len(note.states)):
            again = draw.draw(st.booleans())
            lost = draw.draw(st.booleans())
            yield Request(note, state, knows, 2 if again else 1)
            knows = knows if lost else state + 1


def test_notes_of_two_devices_merge_in_any_order(company: Company, interview: Interview) -> None:
    now = utc_now()
    began = now - dt.timedelta(seconds=HALF_HOUR_S + 60)
    actor = company.actor("algorithm_lead")

    def written(note: Typed) -> dt.datetime:
        device, number = note.key[1:].split("n")
        return began + dt.timedelta(seconds=note.second, milliseconds=int(number) * 2 + int(device))

    @settings(max_examples=40)
    @given(typed=devices(), data=st.data())
    def merged(typed: list[list[Typed]], data: st.DataObject) -> None:
        RoomNote.objects.all().delete()
        waiting = [list(requests(data, notes)) for notes in typed]
        while any(waiting):
            queue = data.draw(st.sampled_from([queue for queue in waiting if queue]))
            request = queue.pop(0)
            for _time in range(request.sent):
                note_save(
                    actor=actor,
                    interview=interview,
                    client_key=request.note.key,
                    text=request.note.states[request.state],
                    at=now,
                    version=request.knows,
                    at_second=request.note.second,
                    written_at=written(request.note),
                )
        every = [note for notes in typed for note in notes]
        kept = list(RoomNote.objects.filter(interview=interview))
        assert {note.client_key: note.text for note in kept} == {
            note.key: note.states[-1] for note in every
        }
        expected = sorted(every, key=lambda note: (note.second, written(note)))
        assert [note.client_key for note in kept] == [note.key for note in expected]

    merged()
