"""`touchstone calibrate RATINGS.csv`: one JSON object as in the formats document."""

from __future__ import annotations

import argparse
import csv
import io
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from touchstone.cli.batch import dump

if TYPE_CHECKING:
    from touchstone.engine.calibration.ratings import Calibration, Rating

COLUMNS = ("candidate", "rater", "department", "dimension", "score")
DIGITS = 4


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
    from touchstone.engine.calibration.calibrate import calibrate

    print(dump(as_json(calibrate(ratings), args.lang)))
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
        ratings.append(Rating(*(fields[c] for c in COLUMNS[:4]), _score(where, fields["score"])))
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


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS) + 0.0


def _interval(ci: tuple[float, float] | None) -> list[float | None] | None:
    return None if ci is None else [_rounded(ci[0]), _rounded(ci[1])]


def as_json(result: Calibration, lang: str) -> dict[str, Any]:
    """The object of the formats document; numbers rounded to four decimals."""
    from touchstone.common.messages import render

    agreement = result.agreement
    return {
        "candidates": [
            {
                "id": c.id,
                "raw": _rounded(c.raw),
                "fair": _rounded(c.fair),
                "ci": _interval(c.ci),
                "n": c.n,
            }
            for c in result.candidates
        ],
        "raters": [
            {
                "id": r.id,
                "department": r.department,
                "severity": _rounded(r.severity),
                "ci": _interval(r.ci),
                "n": r.n,
                "misfit": _rounded(r.misfit),
            }
            for r in result.raters
        ],
        "departments": [
            {"id": d.id, "severity": _rounded(d.severity), "ci": _interval(d.ci)}
            for d in result.departments
        ],
        "indicators": [
            {"id": i.id, "difficulty": _rounded(i.difficulty), "ci": _interval(i.ci)}
            for i in result.indicators
        ],
        "agreement": {
            "icc2_1": _rounded(agreement.icc2_1),
            "icc2_k": _rounded(agreement.icc2_k),
            "krippendorff_alpha": _rounded(agreement.krippendorff_alpha),
            "mean_abs_deviation_raw": _rounded(agreement.mean_abs_deviation_raw),
            "mean_abs_deviation_fair": _rounded(agreement.mean_abs_deviation_fair),
        },
        "connected": result.connected,
        "warnings": [render(w, "en" if lang == "en" else "zh") for w in result.warnings],
    }
