"""`touchstone calibrate RATINGS.csv`: one JSON object as in the formats document."""

from __future__ import annotations

import argparse
import csv
import io
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from touchstone.cli.batch import dump

if TYPE_CHECKING:
    from touchstone.engine.calibration.ratings import Rating

COLUMNS = ("candidate", "rater", "department", "dimension", "score")


class _BadFile(Exception):
    """A file that cannot be used: machine reason and human detail."""

    def __init__(self, reason: str, detail: str) -> None:
        self.reason, self.detail = reason, detail
        super().__init__(detail)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="RATINGS.csv", help=f"columns {','.join(COLUMNS)}; - for standard input"
    )
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="of the warnings")
    parser.add_argument("--quiet", action="store_true", help="no messages")


def run(args: argparse.Namespace) -> int:
    try:
        ratings = read_ratings(args.file)
    except _BadFile as error:
        row = {"file": args.file, "status": "error"}
        print(dump(row | {"reason": error.reason, "detail": error.detail}))
        if not args.quiet:
            print(f"touchstone calibrate: {error.detail}", file=sys.stderr)
        return 1
    from touchstone.common.messages import render
    from touchstone.engine.calibration.calibrate import calibrate
    from touchstone.engine.calibration.document import calibration_document

    document = calibration_document(calibrate(ratings), lambda word: render(word, args.lang))
    print(dump(document))
    return 0


def read_ratings(path: str) -> list[Rating]:
    """Ratings of a CSV file in UTF-8 or GB18030; empty scores are abstentions and left out.

    Raises:
        _BadFile: with path, line and reason.
    """
    from touchstone.engine.calibration.ratings import Rating

    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise _BadFile("unreadable_file", f"{path}: {error.strerror}") from error
    reader = csv.DictReader(io.StringIO(_decoded(path, data), newline=""))
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or [])]
    if missing:
        raise _BadFile("missing_column", f"{path}:1: no column {', '.join(missing)}")
    ratings = []
    for row in reader:
        where = f"{path}:{reader.line_num}"
        fields = {column: (row[column] or "").strip() for column in COLUMNS}
        if not any(fields.values()) or not fields["score"]:
            continue
        for column in ("candidate", "rater"):
            if not fields[column]:
                raise _BadFile("empty_cell", f"{where}: {column} is empty")
        candidate, rater, department, dimension = (fields[column] for column in COLUMNS[:4])
        score = _score(where, fields["score"])
        ratings.append(Rating(candidate, rater, department, dimension, score))
    if not ratings:
        raise _BadFile("empty_file", f"{path}: no scores")
    return ratings


def _decoded(path: str, data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _BadFile("unreadable_text", f"{path}: neither UTF-8 nor GB18030")


def _score(where: str, text: str) -> float:
    try:
        score = float(text)
    except ValueError:
        score = math.nan
    if not 0 <= score <= 10:
        raise _BadFile("bad_score", f"{where}: score {text!r} is not a number from 0 to 10")
    return score
