"""Photographs and scans: checked before they are decoded, words laid out by where they stand."""

from __future__ import annotations

import io
import warnings
from array import array

from touchstone.engine.resumes.document import (
    FULL,
    Document,
    Limits,
    OcrReader,
    Page,
    Word,
    language_of,
)
from touchstone.engine.resumes.glyphs import mend
from touchstone.engine.resumes.pdf_layout import Segment, in_reading_order
from touchstone.engine.resumes.refusal import refuse

_MIN_CONFIDENCE = 0.5
_MAX_SIDE = 3200
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")


def read_image(data: bytes, limits: Limits, ocr: OcrReader | None) -> Document:
    """Reads a picture of a resume; without ``ocr`` it says that recognition is needed.

    Raises:
        UnreadableFile: broken_image, too_many_pixels, no_text.
    """
    png, size = clean_image(data, limits)
    page = Page(float(size[0]), float(size[1]))
    if ocr is None:
        return Document(text="", kind="image", pages=(page,), page_starts=(0,), needs_ocr=True)
    text, boxes, _ = lay_out(ocr(png), png)
    if not text.strip():
        raise refuse("no_text")
    return Document(
        text=text,
        kind="image",
        lang=language_of(text),
        pages=(page,),
        page_starts=(0,),
        boxes=boxes,
        flags=("ocr",),
    )


def clean_image(data: bytes, limits: Limits) -> tuple[bytes, tuple[int, int]]:
    """The first frame, turned as its EXIF says, as PNG without any metadata; and its size.

    Raises:
        UnreadableFile: broken_image, too_many_pixels.
    """
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                width, height = image.size
                if width * height > limits.pixels:
                    raise refuse("too_many_pixels", pixels=width * height, limit=limits.pixels)
                image.draft("RGB", (_MAX_SIDE, _MAX_SIDE))
                upright = ImageOps.exif_transpose(image).convert("RGB")
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise refuse("too_many_pixels", pixels=0, limit=limits.pixels) from error
        except (OSError, ValueError, SyntaxError, EOFError, MemoryError, IndexError) as error:
            raise refuse("broken_image") from error
    upright.thumbnail((_MAX_SIDE, _MAX_SIDE))
    out = io.BytesIO()
    upright.save(out, "PNG", compress_level=1)
    return out.getvalue(), upright.size


def lay_out(words: list[Word], png: bytes) -> tuple[str, array[int], tuple[int, int]]:
    """Text in reading order, a box for every character, and the picture's size in pixels."""
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        width, height = image.size
    kept = [(w, mend(w.text)) for w in words if w.confidence >= _MIN_CONFIDENCE and w.text.strip()]
    segments = [
        Segment(i, i + 1, w.left / width, w.top / height, w.right / width, w.bottom / height)
        for i, (w, _) in enumerate(kept)
    ]
    parts: list[str] = []
    boxes = array("H")
    for segment, separator in in_reading_order(segments):
        text = kept[segment.start][1]
        parts.extend((text, separator))
        boxes.extend(_spread(text, segment))
        boxes.extend(array("H", bytes(8 * len(separator))))
    return "".join(parts), boxes, (width, height)


def _spread(text: str, segment: Segment) -> array[int]:
    """Boxes of the characters of a line, a Latin letter half as wide as a Han character."""
    weights = [0.5 if ch.isascii() else 1.0 for ch in text]
    total = sum(weights) or 1.0
    boxes = array("H")
    done = 0.0
    span = segment.right - segment.left
    for weight in weights:
        left = segment.left + span * done / total
        done += weight
        right = segment.left + span * done / total
        for value in (left, segment.top, right, segment.bottom):
            boxes.append(min(FULL, max(0, round(value * FULL))))
    return boxes
