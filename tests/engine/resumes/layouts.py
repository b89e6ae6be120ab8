"""PDF as templates set them: dates at the right edge, a right sidebar, ruled forms, letter-spacing."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.engine.resumes.sheets import Block, Sheet

WIDTH, HEIGHT, MARGIN = 595.0, 842.0, 50.0
SIDE = (
    *("技能", "评价", "优势", "总结", "Skill", "SKILL", "Compet", "Summary", "PROFILE", "About"),
    *("ABOUT", "技 能", "评 价"),
)
Item = tuple[str, tuple[str, ...]]


def flow(page: Sheet) -> Iterator[Item]:
    for row in page.head:
        yield ("name" if row.kind == "name" else "plain"), row.cells
    for block in page.blocks:
        yield from block_flow(block)


def block_flow(block: Block) -> Iterator[Item]:
    yield "heading", (block.heading,)
    for row in block.rows:
        yield row.kind, row.cells


def size_of(kind: str) -> float:
    return {"name": 18.0, "heading": 12.0}.get(kind, 9.5)


class Paper:
    """A canvas that goes down line by line and on to the next page."""

    def __init__(self, page: Sheet) -> None:
        from reportlab.pdfgen import canvas

        from tests.engine.resumes.corpus import pdf_font

        self.out = io.BytesIO()
        self.canvas: Any = canvas.Canvas(self.out, pagesize=(WIDTH, HEIGHT), invariant=1)
        self.font = pdf_font(page.lang)
        self.y = HEIGHT - 60
        self.each_page: Callable[[], None] = lambda: None

    def room(self, needed: float = 20.0) -> None:
        if self.y - needed < 45:
            self.canvas.showPage()
            self.y = HEIGHT - 60
            self.each_page()

    def wrapped(self, text: str, size: float, width: float) -> list[str]:
        from tests.engine.resumes.corpus import wrapped

        return wrapped(text, size, width, self.font)

    def bytes(self) -> bytes:
        self.canvas.save()
        return self.out.getvalue()


def words_of(kind: str, cells: tuple[str, ...]) -> str:
    return ("- " if kind == "bullet" else "") + "    ".join(cells)


def as_right_dates(page: Sheet, seed: int) -> bytes:
    """The name in the middle, the last cell of a row at the right edge, rules under headings."""
    paper = Paper(page)
    for kind, cells in flow(page):
        size = size_of(kind)
        paper.room()
        paper.canvas.setFont(paper.font, size)
        if kind == "name":
            paper.canvas.drawCentredString(WIDTH / 2, paper.y, "   ".join(cells))
            paper.y -= 26
        elif len(cells) > 1:
            paper.canvas.drawString(MARGIN, paper.y, "  ".join(cells[:-1]))
            paper.canvas.drawRightString(WIDTH - MARGIN, paper.y, cells[-1])
            paper.y -= size * 1.5
        else:
            for line in paper.wrapped(words_of(kind, cells), size, WIDTH - 2 * MARGIN):
                paper.canvas.drawString(MARGIN, paper.y, line)
                paper.y -= size * 1.5
        if kind == "heading":
            paper.canvas.line(MARGIN, paper.y + 8, WIDTH - MARGIN, paper.y + 8)
            paper.y -= 6
    return paper.bytes()


def as_right_sidebar(page: Sheet, seed: int) -> bytes:
    """Contacts, skills and summary in a narrow column at the right, drawn last."""
    paper = Paper(page)
    side = [b for b in page.blocks if any(word in b.heading for word in SIDE)]
    main = [item for b in page.blocks if b not in side for item in block_flow(b)]
    aside: list[Item] = [("plain", (cell,)) for row in page.head[1:] for cell in row.cells]
    aside += [item for block in side for item in block_flow(block)]
    paper.canvas.setFont(paper.font, 20)
    paper.canvas.drawString(45, HEIGHT - 60, "  ".join(page.head[0].cells))
    for items, x, width, top in ((main, 45.0, 330.0, 100.0), (aside, 410.0, 145.0, 104.0)):
        y = HEIGHT - top
        for kind, cells in items:
            size = 12.0 if kind == "heading" else 9.0
            paper.canvas.setFont(paper.font, size)
            y -= 6 if kind == "heading" else 0
            for line in paper.wrapped(words_of(kind, cells), size, width):
                paper.canvas.drawString(x, y, line)
                y -= size * 1.45
    return paper.bytes()


def as_spaced_pdf(page: Sheet, seed: int) -> bytes:
    """Letters set apart, a running head and a page number on every page."""
    paper = Paper(page)

    def furniture() -> None:
        paper.canvas.setFont(paper.font, 8)
        paper.canvas.drawString(MARGIN, HEIGHT - 30, "求职简历" if page.lang == "zh" else "Resume")
        paper.canvas.drawRightString(WIDTH - MARGIN, 25, "1 / 2")

    paper.each_page = furniture
    furniture()
    for kind, cells in flow(page):
        size = size_of(kind)
        for line in paper.wrapped(words_of(kind, cells), size * 1.12, WIDTH - 110):
            paper.room()
            text = paper.canvas.beginText(MARGIN, paper.y)
            text.setFont(paper.font, size)
            text.setCharSpace(size * 0.1)
            text.textLine(line)
            paper.canvas.drawText(text)
            paper.y -= size * 1.6
    return paper.bytes()


def as_form(page: Sheet, seed: int) -> bytes:
    """A ruled form: what a row is at the left, at its top or in the middle of its height."""
    paper = Paper(page)
    split = MARGIN + 110
    for row in page.head:
        paper.canvas.setFont(paper.font, 10)
        step = (WIDTH - 2 * MARGIN) / len(row.cells)
        for number, cell in enumerate(row.cells):
            paper.canvas.drawString(MARGIN + 5 + number * step, paper.y, cell)
        paper.canvas.rect(MARGIN, paper.y - 5, WIDTH - 2 * MARGIN, 18)
        paper.y -= 18
    for block in page.blocks:
        width = WIDTH - MARGIN - split - 14
        lines = [
            line
            for row in block.rows
            for line in paper.wrapped(words_of(row.kind, row.cells), 9.5, width)
        ]
        high = len(lines) * 14 + 6
        paper.room(high)
        paper.canvas.rect(MARGIN, paper.y - high + 8, WIDTH - 2 * MARGIN, high)
        paper.canvas.line(split, paper.y + 8, split, paper.y - high + 8)
        paper.canvas.setFont(paper.font, 8)
        place = paper.y - high / 2 + 4 if seed % 2 else paper.y - 6
        for line in paper.wrapped(block.heading, 8, 100):
            paper.canvas.drawString(MARGIN + 5, place, line)
            place -= 11
        paper.canvas.setFont(paper.font, 9.5)
        for number, line in enumerate(lines):
            paper.canvas.drawString(split + 8, paper.y - 6 - 14 * number, line)
        paper.y -= high
    return paper.bytes()


def as_shuffled_pdf(page: Sheet, seed: int) -> bytes:
    """Lines drawn in no order, as some printers write them."""
    paper = Paper(page)
    sheets: list[list[tuple[float, float, str]]] = [[]]
    y = HEIGHT - 60
    for kind, cells in flow(page):
        size = size_of(kind)
        for line in paper.wrapped(words_of(kind, cells), size, WIDTH - 110):
            if y < 60:
                sheets.append([])
                y = HEIGHT - 60
            sheets[-1].append((size, y, line))
            y -= size * 1.5
    rng = random.Random(seed)
    for lines in sheets:
        rng.shuffle(lines)
        for size, down, line in lines:
            paper.canvas.setFont(paper.font, size)
            paper.canvas.drawString(MARGIN, down, line)
        paper.canvas.showPage()
    return paper.bytes()
