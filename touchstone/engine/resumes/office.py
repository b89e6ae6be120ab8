"""DOC, and RTF that resists, through LibreOffice where it is installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from touchstone.engine.resumes.refusal import refuse

_PROGRAMS = ("soffice", "libreoffice")


def office_program() -> str | None:
    """Path of LibreOffice, or None where it is not installed."""
    return next((path for name in _PROGRAMS if (path := shutil.which(name))), None)


def to_docx(data: bytes, suffix: str, *, timeout_s: float) -> bytes:
    """The file as DOCX, converted in an empty profile without macros.

    Raises:
        UnreadableFile: unsupported_type without LibreOffice, broken_document, too_slow.
    """
    program = office_program()
    if program is None:
        raise refuse("unsupported_type", kind=suffix.upper())
    with tempfile.TemporaryDirectory(prefix="touchstone-office-") as folder:
        source = Path(folder, f"resume.{suffix}")
        source.write_bytes(data)
        command = [
            program,
            f"-env:UserInstallation={Path(folder, 'profile').as_uri()}",
            *("--headless", "--norestore", "--nolockcheck", "--nodefault"),
            *("--convert-to", "docx:MS Word 2007 XML", "--outdir", folder, str(source)),
        ]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise refuse("too_slow", seconds=round(timeout_s)) from None
        result = Path(folder, "resume.docx")
        if not result.is_file():
            raise refuse("broken_document")
        return result.read_bytes()
