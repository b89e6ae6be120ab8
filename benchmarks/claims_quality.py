"""How well claims of results are read: `python benchmarks/claims_quality.py [--show]`.

On the cases of tests/engine/grading/cases/claims.tsv: F1 of claims (same metric and value),
share of found claims with the right direction and unit, share of cases whose plausibility is right.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from touchstone.engine.grading.claims import Claim, analyse_case  # noqa: E402

CASES = ROOT / "tests" / "engine" / "grading" / "cases" / "claims.tsv"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A claim as somebody wrote it down."""

    metric: str
    direction: str
    value: float
    unit: str
    baseline: float | None


def cases() -> list[tuple[str, list[Wanted], str]]:
    """Text, its claims, whether its numbers can be true."""
    found = []
    for line in CASES.read_text("utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        text, claims, verdict = line.split("\t")
        found.append((text, [wanted(c) for c in claims.split(";") if c.strip()], verdict))
    return found


def wanted(words: str) -> Wanted:
    """``metric direction value unit [baseline]``; the metric may be several words."""
    parts = words.split()
    at = next(i for i, part in enumerate(parts) if part in {"up", "down"})
    rest = parts[at + 1 :]
    baseline = float(rest[2]) if len(rest) > 2 else None
    return Wanted(" ".join(parts[:at]), parts[at], float(rest[0]), rest[1], baseline)


def matches(claim: Claim, truth: Wanted) -> bool:
    """The same amount of the same thing."""
    ours, theirs = claim.metric.lower().replace(" ", ""), truth.metric.lower().replace(" ", "")
    named = ours in theirs or theirs in ours
    return named and claim.value is not None and abs(claim.value - truth.value) <= 0.05


def measure(show: bool) -> dict[str, float]:
    """The figures; with ``show`` what went wrong is printed."""
    hit = extra = lost = direction = unit = baseline = right = 0
    rows = cases()
    for text, truths, verdict in rows:
        analysis = analyse_case(text, "zh" if any(c > "⺀" for c in text) else "en")
        left = list(analysis.claims)
        for truth in truths:
            found = next((c for c in left if matches(c, truth)), None)
            if found is None:
                lost += 1
                if show:
                    print("lost", truth, "|", text)
                continue
            left.remove(found)
            hit += 1
            direction += found.direction == truth.direction
            unit += (found.unit or "null") == truth.unit
            baseline += found.baseline == truth.baseline
            if show and (found.direction != truth.direction or found.baseline != truth.baseline):
                print("differs", found.direction, found.unit, found.baseline, truth, "|", text)
        extra += len(left)
        if show and left:
            print("extra", [(c.metric, c.direction, c.value, c.unit) for c in left], "|", text)
        right += analysis.plausibility == verdict
        if show and analysis.plausibility != verdict:
            said = [m.id for m in analysis.reasons]
            print("verdict", analysis.plausibility, "for", verdict, said, "|", text)
    return {
        "cases": len(rows),
        "claims_f1": 2 * hit / max(1, 2 * hit + extra + lost),
        "direction": direction / max(1, hit),
        "unit": unit / max(1, hit),
        "baseline": baseline / max(1, hit),
        "plausibility": right / len(rows),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--show", action="store_true", help="print what went wrong")
    for name, value in measure(parser.parse_args().show).items():
        print(f"{name:<16}{value:>8.3f}")
