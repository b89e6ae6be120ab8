"""Recommendations against labels, and against the demo applicants' true abilities.

python benchmarks/screening_agreement.py
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.engine.screening.labelled import (  # noqa: E402 - the tests stand beside this folder
    ORDER,
    models,
    quadratic_kappa,
    results,
)
from touchstone.demo.company import generate_company  # noqa: E402
from touchstone.demo.composing import compose  # noqa: E402
from touchstone.demo.people import DIMENSIONS  # noqa: E402
from touchstone.demo.render_text import TXT_STYLES, render_txt  # noqa: E402
from touchstone.engine.resumes.document import Document, language_of  # noqa: E402
from touchstone.engine.resumes.parse import parse  # noqa: E402
from touchstone.engine.screening.screen import screen  # noqa: E402


def labelled_set() -> None:
    for name, wanted in (("all", (True, False)), ("looked at last", (True,))):
        pairs = [(i.label, r.decision) for i, r in results() if i.held_out in wanted]
        print(f"{name}: {len(pairs)} labels, quadratic kappa {quadratic_kappa(pairs):.3f}")
        counts: Counter[tuple[str, str]] = Counter(pairs)
        for label in ORDER:
            row = "  ".join(f"{counts[label, decision]:4d}" for decision in ORDER)
            print(f"  experts {label:8s} {row}   (decline, review, advance)")
    stuffed = [r.decision for i, r in results() if i.stuffed]
    print(f"stuffed above decline: {sum(d != 'decline' for d in stuffed)} of {len(stuffed)}")


def demo_round() -> None:
    company = generate_company(11)
    model = models()["ai-trainer"]
    weights = {d.id: d.weight for d in model.dimensions}
    by_tier: dict[str, list[float]] = defaultdict(list)
    scores, abilities = [], []
    decisions: Counter[str] = Counter()
    for person in company.people:
        draft = compose(person, company.seed, company.as_of)
        text = render_txt(draft, style=TXT_STYLES[0], encoding="utf-8").decode()
        flags = ("hidden_text",) if draft.hidden else ()
        document = Document(text=text, kind="txt", lang=language_of(text), flags=flags)
        resume = parse(document, company.as_of)
        result = screen(text, resume, model, as_of=company.as_of, flags=flags)
        decisions[result.decision] += 1
        by_tier[person.tier].append(result.score)
        if not person.stuffing:
            scores.append(result.score)
            abilities.append(sum(weights[d] * person.level(d) for d in DIMENSIONS) / 100)
    r = float(np.corrcoef(scores, abilities)[0, 1])
    print(f"demo round of {len(company.people)}: {dict(decisions)}, r with true ability {r:.3f}")
    for tier, values in sorted(by_tier.items(), key=lambda item: -float(np.median(item[1]))):
        low, middle, high = np.percentile(values, [10, 50, 90])
        print(
            f"  {tier:10s} n {len(values):3d}  median {middle:5.1f}  80 % in {low:.1f}–{high:.1f}"
        )


if __name__ == "__main__":
    labelled_set()
    demo_round()
