"""Simulated panels with known truth: what calibration recovers, against raw averages.

python benchmarks/calibration_simulation.py [--rounds 200]
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from touchstone.engine.calibration.calibrate import calibrate
from touchstone.engine.calibration.ratings import Rating


@dataclass(frozen=True)
class World:
    """Standard deviations in points; ``gap``: difference between two departments' severities."""

    name: str
    ability: float = 1.2
    profile: float = 0.5
    rater: float = 0.7
    gap: float = 1.5
    impression: float = 0.2
    noise: float = 0.6
    step: float = 0.5
    candidates: int = 40
    dimensions: int = 4
    raters_per_department: int = 3


def simulate(
    world: World, rng: np.random.Generator
) -> tuple[list[Rating], dict[str, float], dict[str, float]]:
    """Ratings (one rater of each department per candidate), true ability, true severity."""
    departments = ("algorithm", "business")
    n_r = world.raters_per_department
    severity = rng.normal(0, world.rater, (2, n_r))
    severity += np.array([[world.gap / 2], [-world.gap / 2]]) * rng.choice([-1, 1])
    truth, ratings = {}, []
    ability = rng.normal(0, world.ability, world.candidates)
    profile = rng.normal(0, world.profile, (world.candidates, world.dimensions))
    easy = rng.normal(0, 0.4, world.dimensions)
    easy -= easy.mean()
    orders = [rng.permutation(np.arange(world.candidates) % n_r) for _ in departments]
    for c in range(world.candidates):
        truth[f"c{c}"] = float(5.5 + ability[c] + profile[c].mean())
        for d, department in enumerate(departments):
            r = int(orders[d][c])
            impression = rng.normal(0, world.impression)
            for j in range(world.dimensions):
                score = 5.5 + ability[c] + profile[c, j] + easy[j] - severity[d, r]
                score += impression + rng.normal(0, world.noise)
                score = float(np.clip(np.round(score / world.step) * world.step, 0, 10))
                ratings.append(Rating(f"c{c}", f"{department}{r}", department, f"d{j}", score))
    names = {
        f"{department}{r}": float(severity[d, r])
        for d, department in enumerate(departments)
        for r in range(n_r)
    }
    return ratings, truth, names


def measure(world: World, rounds: int, seed: int = 20261124) -> dict[str, float]:
    """Averages over rounds of the figures named in the table."""
    rng = np.random.default_rng(seed)
    seen: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        ratings, truth, severity = simulate(world, rng)
        start = time.perf_counter()
        result = calibrate(ratings)
        seen["seconds"].append(time.perf_counter() - start)
        true = np.array([truth[c.id] for c in result.candidates])
        raw = np.array([c.raw for c in result.candidates])
        fair = np.array([c.fair for c in result.candidates])
        sev = np.array([severity[r.id] for r in result.raters])
        sev -= sev.mean()
        est = np.array([r.severity for r in result.raters])
        r_raw, r_fair = np.corrcoef(true, raw)[0, 1], np.corrcoef(true, fair)[0, 1]
        seen["severity r"].append(float(np.corrcoef(sev, est)[0, 1]))
        seen["raw r"].append(float(r_raw))
        seen["fair r"].append(float(r_fair))
        seen["fair above raw"].append(float(r_fair > r_raw))
        # Ability is known up to the raters' mean severity: compare with that taken out.
        shift = np.mean([severity[r.id] for r in result.raters])
        cover = [
            c.ci[0] <= truth[c.id] - shift <= c.ci[1] for c in result.candidates if c.ci is not None
        ]
        seen["candidate cover"].append(float(np.mean(cover)))
        seen["severity cover"].append(
            float(
                np.mean(
                    [
                        r.ci[0] <= s <= r.ci[1]
                        for r, s in zip(result.raters, sev, strict=True)
                        if r.ci is not None
                    ]
                )
            )
        )
        before = result.agreement.mean_abs_deviation_raw
        after = result.agreement.mean_abs_deviation_fair
        assert before is not None
        assert after is not None
        seen["deviation raw"].append(before)
        seen["deviation fair"].append(after)
    row = {name: float(np.mean(values)) for name, values in seen.items()}
    row["deviation change"] = row["deviation fair"] / row["deviation raw"] - 1
    return row


WORLDS = (
    World("two departments 1.5 apart"),
    World("noisier raters", noise=0.9, impression=0.3),
    World("departments 0.8 apart", gap=0.8),
    World("equal raters", rater=0.05, gap=0.0),
    World("whole points, 100 candidates", step=1.0, candidates=100),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    print(f"{rounds} rounds each; 40 candidates, 6 raters in 2 departments, 2 raters a candidate")
    for world in WORLDS:
        row = measure(world, rounds)
        print(f"\n{world.name}")
        for name, value in row.items():
            print(f"  {name:<18}{value:8.3f}")


if __name__ == "__main__":
    main()
