"""Pictures of a resume's pages, drawn in a process of their own; nothing of them is kept."""

from __future__ import annotations

from dataclasses import dataclass

from touchstone.audit.files import file_bytes
from touchstone.common.errors import NotFound, UnreadableFile
from touchstone.common.messages import say
from touchstone.engine.resumes.document import Box, Geometry, read_geometry
from touchstone.engine.resumes.drawing import draw_isolated
from touchstone.recruiting.models import Resume


def geometry_of(resume: Resume) -> Geometry | None:
    """Pages and boxes of the resume; None where its format has none."""
    if not resume.geometry:
        return None
    return read_geometry(bytes(resume.geometry))


def page_image(resume: Resume, number: int) -> bytes:
    """PNG of page ``number`` (from 1).

    Raises:
        NotFound: it has no such page, or cannot be drawn.
    """
    geometry = geometry_of(resume)
    if geometry is None or resume.file is None or not 1 <= number <= len(geometry.pages):
        raise NotFound(say("recruiting.no_page"))
    try:
        return draw_isolated(file_bytes(resume.file), number - 1)
    except UnreadableFile as error:
        raise NotFound(say("recruiting.no_page")) from error


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of evidence on a page: rectangles in thousandths of its width.

    ``drawn`` is false where stronger evidence stands on the same words: then it shows when chosen.
    """

    id: str
    level: int
    quote: str
    drawn: bool
    boxes: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class MarkedPage:
    """A page with what stands on it; ``height`` for a width of 1000."""

    number: int
    height: float
    marks: tuple[Mark, ...]


def marked_pages(
    geometry: Geometry, evidence: list[tuple[str, int, str, int, int]]
) -> list[MarkedPage]:
    """The pages with their evidence.

    Args:
        evidence: id, strength, quote, and offsets from and to.
    """
    marks: dict[int, list[Mark]] = {}
    taken: list[tuple[int, int]] = []
    for name, level, words, start, end in sorted(evidence, key=lambda e: (-e[1], e[3])):
        drawn = all(end <= a or start >= b for a, b in taken)
        if drawn:
            taken.append((start, end))
        by_page: dict[int, list[Box]] = {}
        for box in geometry.boxes_of(start, end):
            by_page.setdefault(box.page, []).append(box)
        for page, boxes in by_page.items():
            height = _height(geometry, page)
            rects = tuple(
                (
                    round(b.left * 1000, 1),
                    round(b.top * height, 1),
                    round((b.right - b.left) * 1000, 1),
                    round((b.bottom - b.top) * height, 1),
                )
                for b in boxes
            )
            marks.setdefault(page, []).append(Mark(name, level, words, drawn, rects))
    return [
        MarkedPage(page + 1, _height(geometry, page), tuple(marks.get(page, ())))
        for page in range(len(geometry.pages))
    ]


def _height(geometry: Geometry, page: int) -> float:
    size = geometry.pages[page]
    return round(1000 * size.height / size.width, 1) if size.width else 1414.0
