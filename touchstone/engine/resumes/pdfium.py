"""PDFium's C interface, loaded when first needed.

The bare bindings load in 70 ms; `pypdfium2` with its object layer takes a third more and owns
nothing that is used here.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from touchstone.engine.resumes.refusal import refuse

_PASSWORD_NEEDED = 4
_UNSUPPORTED_SECURITY = 5


@functools.cache
def pdfium() -> Any:
    """The bindings, the library initialised once a process."""
    import pypdfium2_raw  # type: ignore[import-not-found,import-untyped,unused-ignore]

    config = pypdfium2_raw.FPDF_LIBRARY_CONFIG(version=2)
    pypdfium2_raw.FPDF_InitLibraryWithConfig(ctypes.byref(config))
    return pypdfium2_raw


@contextmanager
def opened(data: bytes) -> Iterator[Any]:
    """A loaded document, closed at the end.

    Raises:
        UnreadableFile: encrypted_pdf (a password is needed to open it), broken_pdf.
    """
    c = pdfium()
    buffer = ctypes.create_string_buffer(data, len(data))
    doc = c.FPDF_LoadMemDocument64(buffer, len(data), None)
    if not doc:
        if c.FPDF_GetLastError() in {_PASSWORD_NEEDED, _UNSUPPORTED_SECURITY}:
            raise refuse("encrypted_pdf")
        raise refuse("broken_pdf")
    try:
        yield doc
    finally:
        c.FPDF_CloseDocument(doc)
