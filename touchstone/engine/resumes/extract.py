"""One file's bytes to a `Document`, whatever kind of file it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from touchstone.common.errors import UnreadableFile
from touchstone.common.messages import say
from touchstone.engine.resumes.document import Document, Limits, Member, OcrReader, language_of
from touchstone.engine.resumes.refusal import refuse
from touchstone.engine.resumes.sniff import kind_of

DEFAULT_LIMITS = Limits()
_READ_SUFFIXES = frozenset({"PDF", "DOCX", "DOC", "ODT", "RTF", "PNG", "JPG", "JPEG"})


def extract(
    data: bytes,
    filename: str,
    limits: Limits = DEFAULT_LIMITS,
    ocr: OcrReader | None = None,
    *,
    geometry: bool = False,
) -> Document:
    """Reads a resume.

    Args:
        data: the file as it came.
        filename: only its suffix is used, to tell kinds of plain text apart.
        limits: what the file may cost.
        ocr: reads pictures of pages; without it the document says ``needs_ocr``.
        geometry: keep a box for every character (PDF and pictures).

    Returns:
        The document. Archives are not read here: see `touchstone.engine.resumes.files`.

    Raises:
        UnreadableFile: with the reason of the formats document.
    """
    if not data:
        raise refuse("empty_file")
    if len(data) > limits.input_bytes:
        raise refuse("too_large", mib=len(data) >> 20, limit=limits.input_bytes >> 20)
    return _read(data, filename, limits, ocr, geometry, depth=0)


def _read(
    data: bytes,
    filename: str,
    limits: Limits,
    ocr: OcrReader | None,
    geometry: bool,
    depth: int,
) -> Document:
    kind = kind_of(data, filename)
    if kind == "pdf":
        from touchstone.engine.resumes.pdf import read_pdf

        return read_pdf(data, limits, ocr, geometry=geometry)
    if kind == "image":
        from touchstone.engine.resumes.images import read_image

        return read_image(data, limits, ocr)
    if kind == "eml":
        return _read_mail(data, limits, ocr, depth)
    reader = _READERS.get(kind)
    if reader is None:
        suffix = filename.rpartition(".")[2].upper()[:12] or "?"
        if suffix in _READ_SUFFIXES:
            message = say("resumes.not_what_it_says", kind=suffix)
            raise UnreadableFile("unsupported_type", message)
        raise refuse("unsupported_type", kind=suffix)
    return reader(data, limits)


def _plain(data: bytes, limits: Limits) -> Document:
    from touchstone.engine.resumes.plain import read_plain

    return read_plain(data, limits)


def _html(data: bytes, limits: Limits) -> Document:
    from touchstone.engine.resumes.html import read_html

    return read_html(data, limits)


def _web_archive(data: bytes, limits: Limits) -> Document:
    from touchstone.engine.resumes.html import read_html
    from touchstone.engine.resumes.mail import web_archive_page

    page, charset = web_archive_page(data)
    return read_html(page, limits, kind="mht", declared=charset)


def _docx(data: bytes, limits: Limits) -> Document:
    from touchstone.engine.resumes.word import read_docx

    return read_docx(data, limits)


def _odt(data: bytes, limits: Limits) -> Document:
    from touchstone.engine.resumes.odt import read_odt

    return read_odt(data, limits)


def _rtf(data: bytes, limits: Limits) -> Document:
    from touchstone.engine.resumes.rtf import read_rtf

    return read_rtf(data, limits)


def _doc(data: bytes, limits: Limits) -> Document:
    from touchstone.engine.resumes.office import to_docx

    converted = to_docx(data, "doc", timeout_s=limits.time_s)
    return replace(_docx(converted, limits), kind="doc")


def _encrypted_office(data: bytes, limits: Limits) -> Document:
    raise refuse("encrypted_document")


_READERS: dict[str, Callable[[bytes, Limits], Document]] = {
    "txt": _plain,
    "html": _html,
    "mht": _web_archive,
    "docx": _docx,
    "odt": _odt,
    "rtf": _rtf,
    "doc": _doc,
    "encrypted_office": _encrypted_office,
}


def _read_mail(data: bytes, limits: Limits, ocr: OcrReader | None, depth: int) -> Document:
    """A mail's attachments come first: they are the resume, the letter only presents it."""
    from touchstone.engine.resumes.mail import mail_parts

    if depth >= limits.depth:
        raise refuse("nested_too_deep", limit=limits.depth)
    body, attachments, charset = mail_parts(data, limits)
    read: list[Document] = []
    failed: list[str] = []
    left: list[Member] = []
    refusals: list[UnreadableFile] = []
    for member in attachments:
        try:
            read.append(_read(member.data, member.name, limits, ocr, False, depth + 1))
        except UnreadableFile as error:
            refusals.append(error)
            failed.append(member.name)
            left.append(member)
    if body is not None and body.data.strip():
        try:
            read.append(_letter(body, charset, limits))
        except UnreadableFile as error:
            refusals.append(error)
    if not read:
        raise refusals[0] if refusals else refuse("no_text")
    return _joined(read, failed, tuple(left), limits)


def _letter(body: Member, charset: str, limits: Limits) -> Document:
    if body.name.endswith(".html"):
        from touchstone.engine.resumes.html import read_html

        return read_html(body.data, limits, declared=charset)
    from touchstone.engine.resumes.plain import read_plain

    return read_plain(body.data, limits, declared=charset)


def _joined(
    read: list[Document], failed: list[str], left: tuple[Member, ...], limits: Limits
) -> Document:
    texts = [document.text.strip("\n") for document in read if document.text.strip()]
    text = ("\n\n".join(texts) + "\n")[: limits.text_chars]
    flags = sorted({flag for document in read for flag in document.flags})
    partial = next((d for d in read if d.status == "partial"), None)
    reason = "attachment_unread" if failed else partial.reason if partial else ""
    detail = partial.detail if partial else None
    if failed:
        detail = say("resumes.attachment_unread", names=", ".join(failed))
    return Document(
        text=text,
        kind="eml",
        status="partial" if reason else "ok",
        reason=reason,
        detail=detail,
        lang=language_of(text),
        hidden=tuple(span for document in read for span in document.hidden),
        flags=tuple(flags),
        members=left,
        needs_ocr=any(document.needs_ocr for document in read),
    )
