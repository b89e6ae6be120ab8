"""Resumes that are pictures: recognised where that is installed, refused kindly where not."""

from __future__ import annotations

import datetime as dt
import io

import pytest

from touchstone.engine.resumes import isolated
from touchstone.engine.resumes.files import Source
from touchstone.engine.resumes.isolated import ReaderPool
from touchstone.engine.resumes.ocr import ocr_available

AS_OF = dt.date(2026, 11, 1)
FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
LINES = ("王嘉怡", "电话 13912345678", "wangjiayi@163.com")


def picture() -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (640, 260), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(FONT, 36)
    for number, line in enumerate(LINES):
        draw.text((40, 30 + 70 * number), line, fill="black", font=font)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def scanned() -> bytes:
    """A PDF with a page of text and a page that is a picture."""
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen import canvas

    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=(595, 842))
    page.drawString(72, 780, "Jane Doe, annotator, jane.doe@example.org, +1 415 555 0134")
    page.showPage()
    page.drawImage(ImageReader(Image.open(io.BytesIO(picture()))), 20, 20, 555, 800)
    page.showPage()
    page.save()
    return out.getvalue()


def test_without_recognition_a_picture_is_refused_and_a_scan_partly_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(isolated, "ocr_available", lambda: False)
    files = [Source("a.png", picture()), Source("b.pdf", scanned())]
    with ReaderPool(AS_OF, workers=1) as pool:
        refused, partial = pool.read(files)
    assert refused.refusal is not None
    assert refused.refusal.reason == "ocr_unavailable"
    assert partial.value.document.status == "partial"
    assert partial.value.document.reason == "ocr_needed"
    assert partial.value.resume.email == "jane.doe@example.org"


@pytest.mark.skipif(not ocr_available(), reason="RapidOCR is not installed")
def test_a_picture_is_recognised_in_a_worker_of_its_own() -> None:
    with ReaderPool(AS_OF, workers=1) as pool:
        (outcome,) = pool.read([Source("a.png", picture())])
    assert outcome.refusal is None
    resume = outcome.value.resume
    assert (resume.name, resume.phone, resume.email) == (LINES[0], "+8613912345678", LINES[2])
    assert "ocr" in outcome.value.document.flags
