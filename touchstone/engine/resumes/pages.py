"""Pictures of pages, for people and for recognition."""

from __future__ import annotations

import ctypes
import io
import math
from typing import Any

from touchstone.engine.resumes.document import Limits
from touchstone.engine.resumes.pdfium import opened, pdfium
from touchstone.engine.resumes.refusal import refuse


def page_png(c: Any, doc: Any, index: int, *, dpi: int, pixels: int) -> bytes:
    """Page ``index`` of a loaded document as PNG, at most ``pixels`` large.

    Raises:
        UnreadableFile: broken_pdf.
    """
    from PIL import Image

    page = c.FPDF_LoadPage(doc, index)
    if not page:
        raise refuse("broken_pdf")
    try:
        width, height = c.FPDF_GetPageWidthF(page), c.FPDF_GetPageHeightF(page)
        scale = min(dpi / 72, math.sqrt(pixels / max(width * height, 1.0)))
        size = (max(1, int(width * scale)), max(1, int(height * scale)))
        bitmap = c.FPDFBitmap_CreateEx(*size, c.FPDFBitmap_BGRx, None, 0)
        if not bitmap:
            raise refuse("too_many_pixels", pixels=size[0] * size[1], limit=pixels)
        try:
            c.FPDFBitmap_FillRect(bitmap, 0, 0, *size, 0xFFFFFFFF)
            c.FPDF_RenderPageBitmap(bitmap, page, 0, 0, *size, 0, c.FPDF_ANNOT)
            stride = c.FPDFBitmap_GetStride(bitmap)
            raw = ctypes.string_at(c.FPDFBitmap_GetBuffer(bitmap), stride * size[1])
        finally:
            c.FPDFBitmap_Destroy(bitmap)
    finally:
        c.FPDF_ClosePage(page)
    image = Image.frombuffer("RGB", size, raw, "raw", "BGRX", stride, 1)
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def draw_page(data: bytes, index: int, *, dpi: int = 110, limits: Limits | None = None) -> bytes:
    """PNG of page ``index`` (from 0) of a PDF, for the desk to lay highlights over.

    Raises:
        UnreadableFile: encrypted_pdf, broken_pdf, too_many_pixels.
    """
    with opened(data) as doc:
        return page_png(pdfium(), doc, index, dpi=dpi, pixels=(limits or Limits()).pixels)
