"""What a speech service answers."""

from __future__ import annotations

from dataclasses import dataclass

from touchstone.engine.listening.segments import Segment

__all__ = ["Segment", "Transcript"]


@dataclass(frozen=True, slots=True)
class Transcript:
    """Segments by time. Without any, nothing was said, or nothing was understood."""

    segments: tuple[Segment, ...]
    language: str = ""
    duration_s: float | None = None

    @property
    def text(self) -> str:
        """All words, a segment a line."""
        return "\n".join(segment.text for segment in self.segments)
