"""The applicants' resumes as real files of every kind, with what is truly in them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from touchstone.demo import render_docx, render_image, render_pdf, render_text
from touchstone.demo.company import Company
from touchstone.demo.composing import compose
from touchstone.demo.drafts import Draft
from touchstone.demo.people import Person
from touchstone.demo.wording import rng_for, weighted

SHARES = {"pdf": 0.45, "docx": 0.30, "html": 0.10, "txt": 0.11, "image": 0.04}
MOST_IMAGES = 2
# What is wrong with the broken files, one file each.
FAULTS = (
    "encrypted",
    "truncated_pdf",
    "empty",
    "docx_named_pdf",
    "html_named_doc",
    "truncated_docx",
)
PASSWORD = "touchstone-demo"  # noqa: S105 - only so that a demo file cannot be opened
_FAULTY_TIERS = frozenset({"weak", "unrelated", "hopeless", "fair"})
_LEAST_FOR_FAULTS = 60
_NAMES_ZH = (
    "{name}-AI训练师-{years}年.{ext}",
    "{name}_简历.{ext}",
    "简历-{name}.{ext}",
    "【AI训练师】{name}.{ext}",
    "AI训练师应聘-{name}-{city}.{ext}",
    "个人简历（{name}）.{ext}",
    "{name}.{ext}",
)
_NAMES_EN = ("{name} CV.{ext}", "Resume_{name}.{ext}", "{name} - AI Trainer.{ext}")


@dataclass(frozen=True, slots=True)
class Gold:
    """What a reader should find. ``phone`` in E.164, ``degree`` as in the formats document,
    ``years`` of full-time work."""

    name: str
    email: str
    phone: str
    degree: str
    school: str
    years: float


@dataclass(frozen=True, slots=True)
class WrittenResume:
    """A file, whose it is and what is in it.

    Attributes:
        kind: pdf, docx, html, txt or image: what the file really is.
        fault: empty, or one of `FAULTS`.
    """

    path: Path
    person_id: str
    kind: str
    fault: str
    gold: Gold


def write_resumes(
    company: Company,
    folder: Path,
    progress: Callable[[int, int], None] | None = None,
    *,
    most_images: int = MOST_IMAGES,
) -> list[WrittenResume]:
    """Writes every applicant's resume into ``folder`` and says which file is whose.

    Args:
        folder: made if it is not there; files of the same names are overwritten.
        progress: called with how many of how many are written.
        most_images: pictures take seconds each to be recognised.

    Returns:
        One a person, in the order in which they applied.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kinds = _kinds(company, most_images)
    faults = _faults(company, kinds)
    taken: set[str] = set()
    written: list[WrittenResume] = []
    for number, person in enumerate(company.people, start=1):
        rng = rng_for(company.seed, "file", person.id)
        draft = compose(person, company.seed, company.as_of)
        kind, fault = kinds[person.id], faults.get(person.id, "")
        data, extension = render(draft, kind, fault, rng)
        path = folder / _filename(person, extension, rng, taken)
        path.write_bytes(data)
        written.append(WrittenResume(path, person.id, kind, fault, gold_of(person, company.as_of)))
        if progress:
            progress(number, len(company.people))
    return written


def gold_of(person: Person, as_of: dt.date) -> Gold:
    """The fields that the person's resume states; a second degree
    still under way does not count, a first one does."""
    done = person.study.end <= as_of
    study = (None if done else person.earlier_study) or person.study
    return Gold(person.name, person.email, person.phone, study.degree, study.school, person.years)


def render(draft: Draft, kind: str, fault: str, rng: random.Random) -> tuple[bytes, str]:
    """The bytes of a file and the extension it goes by; ``rng`` decides the looks."""
    if fault == "empty":
        return b"", "txt"
    if kind == "pdf":
        data, extension = _pdf(draft, fault, rng), "pdf"
    elif kind == "docx":
        layout = weighted(rng, {"plain": 4, "table": 4, "textbox": 2})
        hiding = rng.choice(render_docx.HIDING)
        data, extension = render_docx.render_docx(draft, layout=layout, hiding=hiding), "docx"
    elif kind == "html":
        encoding = "gb18030" if draft.lang == "zh" and rng.random() < 0.2 else "utf-8"
        layout = rng.choice(render_text.HTML_LAYOUTS)
        data = render_text.render_html(draft, layout=layout, encoding=encoding)
        extension = "html"
    elif kind == "txt":
        encoding = weighted(rng, {"utf-8": 5, "gb18030": 3, "utf-16": 2, "utf-8-sig": 1})
        style = rng.choice(render_text.TXT_STYLES)
        data = render_text.render_txt(draft, style=style, encoding=encoding)
        extension = "txt"
    else:
        extension = rng.choice(render_image.FORMATS)
        data = render_image.render_image(draft, kind=extension)
    if fault.startswith("truncated"):
        data = data[: len(data) * 2 // 5]
    return data, {"docx_named_pdf": "pdf", "html_named_doc": "doc"}.get(fault, extension)


def _pdf(draft: Draft, fault: str, rng: random.Random) -> bytes:
    return render_pdf.render_pdf(
        draft,
        layout=weighted(rng, {"single": 5, "sidebar": 3, "table": 2}),
        embedded=rng.random() < (0.35 if draft.lang == "zh" else 0.5),
        accent=rng.randrange(4),
        hiding=rng.choice(render_pdf.HIDING),
        password=PASSWORD if fault == "encrypted" else "",
    )


def _kinds(company: Company, most_images: int = MOST_IMAGES) -> dict[str, str]:
    """A kind for each person: exact shares, pictures only where they can be drawn."""
    rng = rng_for(company.seed, "kinds")
    people = list(company.people)
    images = min(most_images, round(SHARES["image"] * len(people)))
    drawable = [p for p in people if render_image.can_draw(p.lang) and not p.stuffing]
    pictured = {p.id for p in rng.sample(drawable, min(images, len(drawable)))}
    rest = [p for p in people if p.id not in pictured]
    deck = _deck(len(rest))
    rng.shuffle(deck)
    kinds = {p.id: kind for p, kind in zip(rest, deck, strict=True)}
    kinds |= dict.fromkeys(pictured, "image")
    for person in people:
        if person.duplicate_of and kinds[person.id] == kinds[person.duplicate_of]:
            kinds[person.id] = "docx" if kinds[person.duplicate_of] != "docx" else "pdf"
    return kinds


def _deck(count: int) -> list[str]:
    shares = {kind: share for kind, share in SHARES.items() if kind != "image"}
    total = sum(shares.values())
    deck = [kind for kind, share in shares.items() for _ in range(int(count * share / total))]
    return deck + ["pdf"] * (count - len(deck))


def _faults(company: Company, kinds: dict[str, str]) -> dict[str, str]:
    """Which files are broken, and how. A person who applied twice is left alone."""
    if len(company.people) < _LEAST_FOR_FAULTS:
        return {}
    rng = rng_for(company.seed, "faults")
    twice = {p.duplicate_of for p in company.people}
    able = [
        p
        for p in company.people
        if p.tier in _FAULTY_TIERS and p.id not in twice and not p.duplicate_of
    ]
    wanted = {"docx_named_pdf": "docx", "truncated_docx": "docx", "html_named_doc": "html"}
    wanted["empty"] = "txt"
    found: dict[str, str] = {}
    for fault in FAULTS:
        kind = wanted.get(fault, "pdf")
        free = [p for p in able if kinds[p.id] == kind and p.id not in found]
        if free:
            found[rng.choice(free).id] = fault
    return found


def _filename(person: Person, extension: str, rng: random.Random, taken: set[str]) -> str:
    patterns: Sequence[str] = _NAMES_ZH if person.lang == "zh" else _NAMES_EN
    name = rng.choice(patterns).format(
        name=person.name.replace("'", ""),
        years=max(1, round(person.years)),
        city=person.city,
        ext=extension,
    )
    stem, _, ending = name.rpartition(".")
    number = 1
    while name.lower() in taken:
        number += 1
        name = f"{stem}({number}).{ending}"
    taken.add(name.lower())
    return name
