"""A signal planted in simulated history: found, with the right sign and inside its interval?

python benchmarks/profiles_planted_signal.py [--runs 100]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.engine.profiles.test_learning import TRUE_LOG_ODDS, planted
from touchstone.engine.profiles.learning import learn_model


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=100)
    runs = arguments.parse_args().runs
    sign = held = found = projects = noise = refused = 0
    for seed in range(runs):
        model = learn_model(planted(seed))
        signal = next(s for s in model.signals if s.feature == "pytorch")
        sign += signal.log_odds > 0
        held += signal.ci[0] <= TRUE_LOG_ODDS <= signal.ci[1]
        found += signal.found
        projects += any(
            p.signal.feature == "projects" and p.signal.threshold == 3 for p in model.proposals
        )
        noise += sum(s.found for s in model.signals if s.feature.startswith("noise"))
        refused += bool(learn_model(planted(seed, n=12)).refused)
    print(
        f"{runs} histories of 400 with a log-odds of {TRUE_LOG_ODDS} planted among 10 noise signals"
    )
    print(f"right sign {sign}, interval holds it {held}, found {found}, projects ≥ 3 {projects}")
    print(f"noise taken for a signal: {noise} of {10 * runs}")
    print(f"histories of 12 refused: {refused}")


if __name__ == "__main__":
    main()
