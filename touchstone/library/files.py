"""The bank as files: YAML, CSV and XLSX, out and in."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import yaml

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say
from touchstone.engine.questions.loading import parse_questions, question_document
from touchstone.engine.questions.question import Question
from touchstone.engine.questions.tables import headings, question_row

MOST_BYTES = 10 * 1024 * 1024
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def questions_yaml(questions: Sequence[Question]) -> bytes:
    """As docs/question-bank.md has it; reading it back gives the same questions."""
    documents = [_readable(question_document(question)) for question in questions]
    text: str = yaml.safe_dump(
        {"questions": documents}, allow_unicode=True, sort_keys=False, width=100
    )
    return text.encode()


def _readable(document: dict[str, Any]) -> dict[str, Any]:
    """Without the optional fields that are empty."""
    kept = {
        k: v
        for k, v in document.items()
        if v or k not in {"industry", "family", "concepts", "follow_ups"}
    }
    for point in kept["rubric"]["key_points"]:
        if not any(point["contradicted_by"].values()):
            del point["contradicted_by"]
    return kept


def questions_csv(questions: Sequence[Question]) -> bytes:
    """One question a row, in UTF-8 with a mark that spreadsheets understand."""
    columns = headings(questions)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for question in questions:
        writer.writerow([_inert(cell) for cell in question_row(question, columns)])
    return out.getvalue().encode("utf-8-sig")


def questions_xlsx(questions: Sequence[Question]) -> bytes:
    """One question a row; every cell is text, nothing a formula."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("questions")
    columns = headings(questions)
    sheet.freeze_panes = "B2"
    head = []
    for name in columns:
        cell = WriteOnlyCell(sheet, value=name)
        cell.font = Font(bold=True)
        head.append(cell)
    sheet.append(head)
    top = Alignment(vertical="top", wrap_text=True)
    for question in questions:
        row = []
        for text in question_row(question, columns):
            cell = WriteOnlyCell(sheet, value=_printable(text))
            cell.data_type = "s"
            cell.alignment = top
            row.append(cell)
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def questions_from_yaml(data: bytes, name: str) -> tuple[Question, ...]:
    """Questions of an uploaded file.

    Raises:
        InvalidInput: too large, no text, no YAML, or a question in it is malformed; says where.
    """
    if len(data) > MOST_BYTES:
        raise InvalidInput(say("questions.file_too_large", limit=MOST_BYTES >> 20), field="file")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise InvalidInput(say("questions.not_yaml", where=name, what="encoding"), field="file")
    try:
        _refuse_aliases(text, name)
        return parse_questions(text, source=name)
    except (RecursionError, ValueError) as error:
        raise InvalidInput(
            say("questions.not_yaml", where=name, what=str(error)[:80]), field="file"
        ) from error


def _refuse_aliases(text: str, name: str) -> None:
    """A file of aliases within aliases takes a few bytes and gigabytes of memory."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise InvalidInput(say("questions.aliases", where=f"{name}:{line}"), field="file")
    except yaml.YAMLError:
        # `parse_questions` says what is wrong and where.
        return


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _printable(text: str) -> str:
    """Without the control characters that a spreadsheet cannot hold."""
    return "".join(c for c in text if c in "\n\t" or ord(c) >= 32)
