"""How well the fields of resumes are read: invented resumes of every format against their gold.

    python -m benchmarks.resumes_fields [--count 420] [--misses name] [--ocr 4]
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from tests.engine.resumes.corpus import Sample, as_png, samples
from tests.engine.resumes.people import person
from tests.engine.resumes.sheets import sheet
from touchstone.engine.resumes.document import Document
from touchstone.engine.resumes.extract import extract
from touchstone.engine.resumes.parse import parse
from touchstone.engine.resumes.resume import ParsedResume

AS_OF = dt.date(2026, 11, 1)
BARS = {
    "name": 0.98,
    "email": 0.98,
    "phone": 0.98,
    "highest_degree": 0.95,
    "school": 0.92,
    "latest_title": 0.90,
    "latest_company": 0.90,
    "years_experience": 0.92,
}


def agrees(field: str, gold: object, found: object) -> bool:
    """Exact but for the width and spacing of characters; years within half a year."""
    if field == "years_experience":
        return abs(float(str(gold)) - float(str(found))) <= 0.5

    def plain(value: object) -> str:
        return re.sub(r"\s", "", str(value)).replace("（", "(").replace("）", ")")

    return plain(gold) == plain(found)


def pictures(count: int) -> Iterable[Sample]:
    """Resumes as pictures, for recognition."""
    for seed in range(count):
        someone = person(seed)
        yield Sample(f"{seed:04d}.png", as_png(sheet(someone, seed), seed), someone, "")


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--count", type=int, default=420)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--misses", default="", help="show the misses of this field")
    options.add_argument("--ocr", type=int, default=0, help="pictures to recognise as well")
    args = options.parse_args()
    reader = None
    if args.ocr:
        from touchstone.engine.resumes.ocr import rapid_reader

        reader = rapid_reader()
    hits: Counter[str] = Counter()
    by_format: dict[str, Counter[str]] = defaultdict(Counter)
    total = 0
    for sample in [*samples(args.count, args.first), *pictures(args.ocr)]:
        document = extract(sample.data, sample.name, ocr=reader)
        resume = parse(document, AS_OF)
        total += 1
        suffix = sample.name.rpartition(".")[2]
        by_format[suffix]["n"] += 1
        for field in BARS:
            if agrees(field, sample.gold[field], getattr(resume, field)):
                hits[field] += 1
                by_format[suffix][field] += 1
            elif args.misses in {field, "all"}:
                print(f"{sample.name} {field}: {getattr(resume, field)!r}, gold {sample.gold[field]!r}")
        kept_out = "HIDDENWORD" not in document.text
        flagged = ("hidden_text" in document.flags) == bool(sample.hidden)
        hits["hidden"] += kept_out and flagged
        if args.misses == "hidden" and not (kept_out and flagged):
            print(f"{sample.name} hidden: kept out {kept_out}, flags {document.flags}")
    return report(hits, by_format, total)


def report(hits: Counter[str], by_format: dict[str, Counter[str]], total: int) -> int:
    """Prints the table; 1 if a bar was missed."""
    missed = 0
    print(f"{total} resumes\n{'field':<18}{'share':>8}{'bar':>7}")
    for field, bar in {**BARS, "hidden": 1.0}.items():
        share = hits[field] / total
        missed += share < bar
        print(f"{field:<18}{share:>8.3f}{bar:>7.2f}{'' if share >= bar else '  <'}")
    print("\nformat     n  " + " ".join(f"{field[:9]:>9}" for field in BARS))
    for suffix, counts in sorted(by_format.items()):
        shares = " ".join(f"{counts[field] / counts['n']:>9.2f}" for field in BARS)
        print(f"{suffix:<7}{counts['n']:>5}  {shares}")
    return 1 if missed else 0


def read(sample: Sample) -> tuple[Document, ParsedResume]:
    """One sample read, for looking at it."""
    document = extract(sample.data, sample.name)
    return document, parse(document, AS_OF)


if __name__ == "__main__":
    raise SystemExit(main())
