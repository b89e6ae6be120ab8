"""Who does something: a person of the company, a candidate, or the system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Actor:
    """Every service that writes is told its actor.

    Attributes:
        kind: "person", "candidate" or "system".
        ref: the person's or candidate's ref; empty for the system.
        name: as shown in histories (a job's name for the system).
        person_id: the row of the person, for foreign keys; None otherwise.
        request_id: of the web request it came with.
    """

    kind: Literal["person", "candidate", "system"]
    ref: str = ""
    name: str = ""
    person_id: int | None = None
    request_id: str = ""


SYSTEM = Actor("system", name="touchstone")
