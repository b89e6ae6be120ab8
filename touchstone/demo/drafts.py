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

    def head(self, lang: str) -> str:
        """Title and role on one line, as each language sets them apart."""
        return (", " if lang == "en" else "  ").join(filter(None, (self.title, self.role)))

    def dated_head(self, lang: str) -> str:
        """The same with the dates before it."""
        return "  ".join(filter(None, (self.dates, self.head(lang))))


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
        contacts: label and value.
        bare: outside tables, contacts stand without their labels.
        hidden: text that the reader is not meant to see; renderers hide it where the format can.
    """

    name: str
    lang: str
    title: str
    contacts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    hidden: str = ""
    bare: bool = False

    @property
    def contact_lines(self) -> list[str]:
        """Each contact as "label: value", or the value alone."""
        colon = "：" if self.lang == "zh" else ": "
        return [value if self.bare else f"{label}{colon}{value}" for label, value in self.contacts]

    def section(self, kind: str) -> Section | None:
        """The section of a kind, where there is one."""
        return next((s for s in self.sections if s.kind == kind), None)
