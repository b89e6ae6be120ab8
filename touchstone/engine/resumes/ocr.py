"""Recognition of printed words through RapidOCR, which brings its models and needs no network.

It takes 5–7 s and about 800 MB for a dense page, so it lives in a worker of its own.
"""

from __future__ import annotations

import functools
import importlib.util
from typing import Any

from touchstone.engine.resumes.document import OcrReader, Word


def ocr_available() -> bool:
    """Whether recognition is installed here."""
    return all(importlib.util.find_spec(name) for name in ("rapidocr", "onnxruntime", "cv2"))


@functools.cache
def rapid_reader() -> OcrReader:
    """The recogniser, its models loaded once a process."""
    import logging

    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    # A second thread mostly waits in a busy loop: a page is read no sooner and costs a third more.
    # Lines read together are padded to the longest: one by one takes three quarters of the time.
    alone = {"EngineConfig.onnxruntime.intra_op_num_threads": 1, "Rec.rec_batch_num": 1}
    engine = RapidOCR(params={"Global.log_level": "error", **alone})

    def read(png: bytes) -> list[Word]:
        found: Any = engine(png)
        if found.txts is None:
            return []
        return [
            _word(text, corners, float(score))
            for text, corners, score in zip(found.txts, found.boxes, found.scores, strict=True)
        ]

    return read


def _word(text: str, corners: Any, score: float) -> Word:
    across = [float(point[0]) for point in corners]
    down = [float(point[1]) for point in corners]
    return Word(text, min(across), min(down), max(across), max(down), score)
