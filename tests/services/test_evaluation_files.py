"""The report as PDF, the round as a workbook."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pypdfium2
import pytest

from tests.company import Company
from tests.evaluated import build_round
from touchstone.accounts.models import Department
from touchstone.evaluation.models import Report
from touchstone.evaluation.services.pdf import drawable, has_chinese, report_pdf_bytes
from touchstone.evaluation.services.reports import report_draft, report_issue, reports_issue
from touchstone.evaluation.services.xlsx import round_workbook
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application, Candidate

RARE = "𠮷㐂 Ñandú"


@pytest.fixture
def scored(company: Company, position: Position, now: dt.datetime) -> list[Application]:
    rows = build_round(company, position, now - dt.timedelta(days=6), count=6)
    Candidate.objects.filter(pk=rows[0].candidate_id).update(name=RARE)
    for english, name in (("Algorithm", "算法部"), ("E-commerce", "电商业务部")):
        Department.objects.filter(name=name).update(name_en=english)
    card = rows[0].interviews.get().scorecards.order_by("pk")[0]
    card.scores.filter(indicator="biz.scenario").update(comment="=HYPERLINK(1) " + "长" * 10_000)
    rows[0].refresh_from_db()
    return rows


@pytest.fixture
def report(company: Company, scored: list[Application], now: dt.datetime) -> Report:
    application = Application.objects.get(pk=scored[0].pk)
    draft = report_draft(application=application, at=now)
    return report_issue(actor=company.actor("recruiter"), report=draft, at=now)


def text_of(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


@pytest.mark.skipif(not has_chinese(), reason="no font with Chinese characters is installed")
def test_the_pdf_says_what_the_report_says_in_either_language(report: Report) -> None:
    chinese = text_of(report_pdf_bytes(report))
    assert "𠮷" in chinese
    assert "㐂" in chinese
    assert f"{report.overall:.1f}" in chinese
    assert "标注质量超出预期" in chinese
    assert report.sha256[:16] in chinese
    english = text_of(report_pdf_bytes(report, lang="en"))
    assert "Strengths" in english
    assert "people decide" in english
    department = report.facts["departments"][0]
    assert department["name_en"] in english
    assert department["name"] not in english
    assert department["name"] in chinese


def test_the_same_report_gives_the_same_bytes(report: Report) -> None:
    assert report_pdf_bytes(report) == report_pdf_bytes(report)


def test_what_no_font_draws_is_written_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("touchstone.evaluation.services.pdf.has_emoji", lambda: False)
    assert drawable({"a": ["好👍\x00"]}) == {"a": ["好[thumbs up sign]"]}


def test_the_workbook_has_every_candidate_and_no_formula(
    company: Company, position: Position, scored: list[Application], now: dt.datetime
) -> None:
    reports = reports_issue(actor=company.actor("recruiter"), position=position, at=now)
    data = round_workbook(position, hidden={scored[1].pk})
    book = openpyxl.load_workbook(io.BytesIO(data))
    rows = list(book["排名"].iter_rows(values_only=True))
    assert len(rows) == len(reports)
    assert rows[1][1] == RARE
    assert rows[1][2] == pytest.approx(max(r.overall or 0 for r in reports))
    assert scored[1].candidate.name not in {row[1] for row in rows}
    cells = [c for sheet in book for line in sheet.iter_rows() for c in line]
    assert not [c for c in cells if c.data_type == "f"]
    assert any(str(c.value).startswith("=HYPERLINK") for c in cells)
    english = openpyxl.load_workbook(io.BytesIO(round_workbook(position, hidden=set(), lang="en")))
    assert english.sheetnames[0] == "Ranking"
