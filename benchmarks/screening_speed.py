"""Plain text to a screened resume: resumes a second on one core.

Machines differ and are busy, so the figure stands beside a baseline of the same run: splitting
the same texts into words and counting them ten times over, which is pure interpreter work.

    python benchmarks/screening_speed.py [--count 300]
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Callable

from touchstone.demo.company import generate_company
from touchstone.demo.composing import compose
from touchstone.demo.render_text import TXT_STYLES, render_txt
from touchstone.engine.profiles.model import model_templates, parse_model
from touchstone.engine.resumes.document import Document, language_of
from touchstone.engine.resumes.parse import parse
from touchstone.engine.screening.screen import screen


def texts_of(count: int) -> list[str]:
    company = generate_company(11)
    drafts = (compose(person, company.seed, company.as_of) for person in company.people[:count])
    return [render_txt(d, style=TXT_STYLES[0], encoding="utf-8").decode() for d in drafts]


def cpu_seconds(work: Callable[[], object], rounds: int = 3) -> float:
    """The least of some rounds: what the machine's other work cost is no part of it."""
    best = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return best


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=300)
    count = arguments.parse_args().count
    company_day = generate_company(11).as_of
    model = parse_model(model_templates()["ai-trainer"])
    texts = texts_of(count)

    def parsed_and_screened() -> None:
        for text in texts:
            document = Document(text=text, kind="txt", lang=language_of(text))
            screen(text, parse(document, company_day), model, as_of=company_day).row()

    def parsed() -> None:
        for text in texts:
            parse(Document(text=text, kind="txt", lang=language_of(text)), company_day)

    def words_counted() -> None:
        for text in texts:
            for _ in range(10):
                Counter(re.findall(r"\w+", text.lower()))

    screen(texts[0], parse(Document(texts[0], "txt"), company_day), model, as_of=company_day)
    whole, reading, baseline = map(cpu_seconds, (parsed_and_screened, parsed, words_counted))
    characters = sum(map(len, texts)) / len(texts)
    print(f"{len(texts)} texts of {characters:.0f} characters, one core, CPU time")
    print(f"parse                {1000 * reading / len(texts):6.2f} ms a resume")
    print(f"parse and screen     {1000 * whole / len(texts):6.2f} ms a resume")
    print(f"resumes a second     {len(texts) / whole:6.0f}")
    print(f"baseline (10 × words counted) {1000 * baseline / len(texts):6.2f} ms a resume")
    print(f"ratio to baseline    {whole / baseline:6.2f}")


if __name__ == "__main__":
    main()
