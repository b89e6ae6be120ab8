"""What a resume says before it becomes a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One job, project or school: a title line and what stands under it."""

    title: str
    role: str = ""
    dates: str = ""
    lines: tuple[str, ...] = ()

    @property
    def title_line(self) -> str:
        """Dates, title and role on one line, as plain text."""
        return "  ".join(part for part in (self.dates, self.title, self.role) if part)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with entries, or with lines of its own."""

    kind: str
    heading: str
    entries: tuple[Entry, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole resume.

    Attributes:
        title: what stands above the name, may be empty.
        contacts: label (may be empty) and value.
        hidden: text that the reader is not meant to see; renderers hide it where the format can.
    """

    name: str
    lang: str
    title: str
    contacts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    hidden: str = ""

    def section(self, kind: str) -> Section | None:
        """The section of a kind, where there is one."""
        return next((s for s in self.sections if s.kind == kind), None)
