"""How well the fields of resumes are read: invented resumes of every format against their gold.

python -m benchmarks.resumes_fields [--count 420] [--misses name] [--ocr 4]
"""

from __future__ import annotations

import argparse
import datetime as dt
import functools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tests.engine.resumes.corpus import Sample, as_png, samples
from tests.engine.resumes.people import SAID, TRAPS, person
from tests.engine.resumes.sheets import sheet
from touchstone.engine.resumes.document import Document
from touchstone.engine.resumes.extract import extract
from touchstone.engine.resumes.parse import parse
from touchstone.engine.resumes.resume import ParsedResume
from touchstone.engine.resumes.skills import find_skills
from touchstone.engine.text.taxonomy import taxonomy

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
SKILLS_F1 = 0.90
FOREIGN_CREDITED = 0.03


@dataclass
class SkillCounts:
    """Skills over all resumes, of those that any resume's gold names."""

    right: int = 0
    extra: int = 0
    missed: int = 0
    foreign: int = 0
    foreign_credited: int = 0

    def add(self, sample: Sample, document: Document, resume: ParsedResume) -> set[str]:
        """Counts one resume; returns what was wrong."""
        vocabulary = vocabulary_of(sample.person.lang)
        name = taxonomy().name
        found = {name(c, resume.lang) for c in find_skills(document.text, resume).had}
        found &= vocabulary
        has, lacks = sample.person.has, sample.person.lacks - sample.person.has
        self.right += len(found & has)
        self.extra += len(found - has)
        self.missed += len(has - found)
        self.foreign += len(lacks)
        self.foreign_credited += len(lacks & found)
        return {f"-{n}" for n in has - found} | {f"+{n}" for n in found - has}

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, 2 * self.right + self.extra + self.missed)

    @property
    def credited(self) -> float:
        return self.foreign_credited / max(1, self.foreign)


@functools.cache
def vocabulary_of(lang: str) -> frozenset[str]:
    """Every skill that the gold of a resume in that language may name."""
    said = [*SAID.values(), *(names for _, names in TRAPS[lang])]
    return frozenset(n.replace("_", " ") for names in said for n in names.split())


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
    skills = SkillCounts()
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
                read, gold = getattr(resume, field), sample.gold[field]
                print(f"{sample.name} {field}: {read!r}, gold {gold!r}")
        wrong = skills.add(sample, document, resume)
        if wrong and args.misses == "skills":
            print(f"{sample.name} skills: {' '.join(sorted(wrong))}")
        kept_out = "HIDDENWORD" not in document.text
        flagged = ("hidden_text" in document.flags) == bool(sample.hidden)
        hits["hidden"] += kept_out and flagged
        if args.misses == "hidden" and not (kept_out and flagged):
            print(f"{sample.name} hidden: kept out {kept_out}, flags {document.flags}")
    return report(hits, by_format, total, skills)


def report(
    hits: Counter[str], by_format: dict[str, Counter[str]], total: int, skills: SkillCounts
) -> int:
    """Prints the table; 1 if a bar was missed."""
    missed = 0
    print(f"{total} resumes\n{'field':<18}{'share':>8}{'bar':>7}")
    for field, bar in {**BARS, "hidden": 1.0}.items():
        share = hits[field] / total
        missed += share < bar
        print(f"{field:<18}{share:>8.3f}{bar:>7.2f}{'' if share >= bar else '  <'}")
    missed += skills.f1 < SKILLS_F1
    missed += skills.credited > FOREIGN_CREDITED
    print(f"{'skills F1':<18}{skills.f1:>8.3f}{SKILLS_F1:>7.2f}")
    print(f"{'foreign credited':<18}{skills.credited:>8.3f}{FOREIGN_CREDITED:>7.2f}")
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
