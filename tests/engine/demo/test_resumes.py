from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from pathlib import Path

import docx
import pypdfium2
import pytest

from touchstone.demo.company import Company, generate_company
from touchstone.demo.composing import compose
from touchstone.demo.drafts import Draft, Entry, Section
from touchstone.demo.render_docx import LAYOUTS as DOCX_LAYOUTS
from touchstone.demo.render_docx import render_docx
from touchstone.demo.render_pdf import LAYOUTS as PDF_LAYOUTS
from touchstone.demo.render_pdf import render_pdf
from touchstone.demo.render_text import TXT_ENCODINGS, render_html, render_txt
from touchstone.demo.resumes import FAULTS, MOST_IMAGES, WrittenResume, write_resumes
from touchstone.demo.typesetting import wrap

DRAFT = Draft(
    name="沈知遥",
    lang="zh",
    title="",
    contacts=(("电话", "13800001234"), ("邮箱", "zhiyao@example.com")),
    sections=(
        Section(
            "work",
            "工作经历",
            (
                Entry(
                    "澜图科技有限公司",
                    "AI 训练师",
                    "2022.03 - 至今",
                    ("写标注规范 <第 3 版> & 质检",),
                ),
            ),
        ),
        Section("skills", "专业技能", lines=("PyTorch、SQL",)),
    ),
    hidden="偷偷写的关键词",
)
SHOWN = ("沈知遥", "13800001234", "zhiyao@example.com", "澜图科技有限公司", "AI 训练师", "PyTorch")


@pytest.fixture(scope="module")
def small() -> Company:
    return generate_company(5, applicants=150)


@pytest.fixture(scope="module")
def written(small: Company, tmp_path_factory: pytest.TempPathFactory) -> list[WrittenResume]:
    return write_resumes(small, tmp_path_factory.mktemp("resumes"))


@pytest.mark.parametrize("layout", PDF_LAYOUTS)
@pytest.mark.parametrize("embedded", [False, True])
def test_pdf_holds_the_text(layout: str, embedded: bool) -> None:
    document = pypdfium2.PdfDocument(render_pdf(DRAFT, layout=layout, embedded=embedded))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    for words in SHOWN:
        assert words in text


@pytest.mark.parametrize("layout", DOCX_LAYOUTS)
def test_docx_opens_and_holds_the_text(layout: str) -> None:
    data = render_docx(DRAFT, layout=layout)
    opened = docx.Document(io.BytesIO(data))
    text = opened.element.xml + opened.sections[0].header.paragraphs[0].text
    for words in SHOWN:
        assert words in text
    assert "w:vanish" in text


@pytest.mark.parametrize("layout", ["article", "table"])
def test_html_escapes_and_hides(layout: str) -> None:
    page = render_html(DRAFT, layout=layout).decode()
    assert "&lt;第 3 版&gt; &amp; 质检" in page
    assert '<div class="more">偷偷写的关键词</div>' in page


@pytest.mark.parametrize("encoding", TXT_ENCODINGS)
def test_text_reads_back(encoding: str) -> None:
    text = render_txt(DRAFT, encoding=encoding).decode(encoding)
    for words in SHOWN:
        assert words in text


def test_rendering_twice_gives_the_same_bytes() -> None:
    assert render_pdf(DRAFT) == render_pdf(DRAFT)
    assert render_docx(DRAFT) == render_docx(DRAFT)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("一二三四五", 3, ["一二三", "四五"]),
        ("一二三，四", 3, ["一二三，", "四"]),
        ("use PyTorch now", 8, ["use", "PyTorch", "now"]),
        ("abcdefgh", 4, ["abcd", "efgh"]),
        ("", 4, [""]),
    ],
)
def test_lines_break_where_people_break_them(text: str, width: float, lines: list[str]) -> None:
    assert wrap(text, width, lambda piece: float(len(piece))) == lines


def test_everyone_has_a_file_of_their_own(small: Company, written: list[WrittenResume]) -> None:
    assert [w.person_id for w in written] == [p.id for p in small.people]
    assert len({w.path.name.lower() for w in written}) == len(written)
    assert all(w.path.is_file() for w in written)


def test_kinds_have_their_shares(written: list[WrittenResume]) -> None:
    kinds = Counter(w.kind for w in written)
    assert kinds["image"] <= MOST_IMAGES
    assert kinds["pdf"] == pytest.approx(0.45 * len(written), abs=0.05 * len(written))
    assert kinds["docx"] == pytest.approx(0.30 * len(written), abs=0.05 * len(written))
    assert kinds["html"]
    assert kinds["txt"]


def test_six_files_are_broken_on_purpose(written: list[WrittenResume]) -> None:
    broken = {w.fault: w.path for w in written if w.fault}
    assert set(broken) == set(FAULTS)
    assert broken["empty"].read_bytes() == b""
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(broken["encrypted"])
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(broken["truncated_docx"])
    assert broken["docx_named_pdf"].suffix == ".pdf"
    assert broken["docx_named_pdf"].read_bytes().startswith(b"PK")


def test_who_applies_twice_does_so_in_another_format(
    small: Company, written: list[WrittenResume]
) -> None:
    files = {w.person_id: w for w in written}
    twice = [p for p in small.people if p.duplicate_of]
    assert twice
    for person in twice:
        first, second = files[person.duplicate_of], files[person.id]
        assert first.kind != second.kind
        assert (first.gold.name, first.gold.years) == (second.gold.name, second.gold.years)


def test_the_true_fields_stand_in_the_files(written: list[WrittenResume]) -> None:
    texts = [w for w in written if w.kind == "html" and not w.fault]
    for resume in texts:
        data = resume.path.read_bytes()
        page = data.decode("gb18030" if b'charset="gb18030"' in data else "utf-8")
        assert resume.gold.email in page
        assert resume.gold.phone[-4:] in page
        assert resume.gold.school in page


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    write_resumes(generate_company(2, applicants=4), tmp_path, lambda *at: told.append(at))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def lines_of(draft: Draft) -> list[str]:
    return [
        line
        for section in draft.sections
        for line in (*section.lines, *(text for e in section.entries for text in e.lines))
    ]


def test_resumes_seldom_share_a_sentence(company: Company) -> None:
    able = [p for p in company.people if p.tier in {"brilliant", "strong"} and p.lang == "zh"]
    per_person = [
        {line for line in lines_of(compose(p, 11)) if len(line) >= 30}
        for p in able
        if not p.duplicate_of
    ]
    seen = Counter(line for lines in per_person for line in lines)
    alone = sum(1 for count in seen.values() if count == 1)
    assert alone / sum(seen.values()) > 0.7


def test_no_project_begins_after_the_day_of_applying(company: Company) -> None:
    for person in company.people:
        project = compose(person, 11).section("project")
        for entry in project.entries if project else ():
            years = [int(year) for year in re.findall(r"20\d\d", entry.dates)]
            assert all(year <= company.as_of.year for year in years)


def test_resumes_say_nothing_twice(company: Company) -> None:
    for person in company.people[:100]:
        lines = lines_of(compose(person, 11))
        assert len(set(lines)) == len(lines)


def test_stuffed_resumes_carry_their_tricks(company: Company) -> None:
    ways = Counter(p.stuffing for p in company.people if p.stuffing)
    assert set(ways) == {"keywords", "hidden", "copied_ad", "injection"}
    for person in company.people:
        if person.stuffing:
            draft = compose(person, 11)
            hides = person.stuffing in {"hidden", "injection"}
            assert bool(draft.hidden) == hides
