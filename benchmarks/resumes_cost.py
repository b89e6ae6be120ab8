"""What reading and screening a resume costs: PDF beside bare extraction, plain text a second.

    python -m benchmarks.resumes_cost [--count 60] [--rounds 3]

CPU time of one process, best of the rounds; no worker, no input or output.
"""

from __future__ import annotations

import argparse
import datetime as dt
import functools
import resource
from collections.abc import Callable, Sequence

from tests.engine.resumes.corpus import Sample, samples
from touchstone.engine.profiles.model import model_templates, parse_model
from touchstone.engine.resumes.extract import extract
from touchstone.engine.resumes.parse import parse
from touchstone.engine.screening.screen import screen

AS_OF = dt.date(2026, 11, 1)
PDF_RATIO = 2.0
TEXTS_A_SECOND = 300.0


def cpu_s() -> float:
    """CPU seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def best(work: Callable[[], object], rounds: int) -> float:
    """Least CPU seconds of several runs, after one that warms up."""
    work()
    times = []
    for _ in range(rounds):
        start = cpu_s()
        work()
        times.append(cpu_s() - start)
    return min(times)


def bare(files: Sequence[Sample]) -> None:
    """pypdfium2's own text of every page."""
    import pypdfium2

    for sample in files:
        document = pypdfium2.PdfDocument(sample.data)
        for page in document:
            text_page = page.get_textpage()
            text_page.get_text_range()
            text_page.close()
            page.close()
        document.close()


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--count", type=int, default=60)
    options.add_argument("--rounds", type=int, default=3)
    args = options.parse_args()
    model = parse_model(model_templates()["ai-trainer"])

    def read(files: Sequence[Sample]) -> None:
        for sample in files:
            extract(sample.data, sample.name)

    def parsed(files: Sequence[Sample]) -> None:
        for sample in files:
            parse(extract(sample.data, sample.name), AS_OF)

    def whole(files: Sequence[Sample]) -> None:
        for sample in files:
            document = extract(sample.data, sample.name)
            screen(document.text, parse(document, AS_OF), model, as_of=AS_OF)

    every = list(samples(args.count * 5))
    pdfs = [s for s in every if s.name.endswith(".pdf")][: args.count]
    texts = [s for s in every if s.name.endswith((".txt", ".md"))][: args.count]
    base = best(lambda: bare(pdfs), args.rounds) / len(pdfs)
    print(f"{'bare PDF text':<24}{1000 * base:>8.2f} ms")
    ratio = 0.0
    for name, work in (("PDF read", read), ("PDF parsed", parsed), ("PDF screened", whole)):
        seconds = best(functools.partial(work, pdfs), args.rounds) / len(pdfs)
        ratio = seconds / base
        print(f"{name:<24}{1000 * seconds:>8.2f} ms{ratio:>8.2f} x")
    rate = 0.0
    for name, work in (("text read", read), ("text parsed", parsed), ("text screened", whole)):
        seconds = best(functools.partial(work, texts), args.rounds) / len(texts)
        rate = 1 / seconds
        print(f"{name:<24}{1000 * seconds:>8.2f} ms{rate:>8.0f} a second")
    return 1 if ratio > PDF_RATIO or rate < TEXTS_A_SECOND else 0


if __name__ == "__main__":
    raise SystemExit(main())
