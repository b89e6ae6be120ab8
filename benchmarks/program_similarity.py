"""Programs in common: copies found and false alarms, against copydetect on the same labelled pairs.

Copies are made from our problems' references by what people do to hide one; the others are pairs
of different problems, second solutions of the same problem, and programs written one by one.

python benchmarks/program_similarity.py [--wrong]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.engine.judging.similar_pairs import (  # noqa: E402 - the tests stand beside this
    Pair,
    copies,
    kinds,
    our_share,
    strangers,
    their_shares,
)
from touchstone.engine.judging.similarity import NOTABLE  # noqa: E402 - likewise

THEIR_DEFAULT = 0.33


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrong", action="store_true", help="lists every miss and false alarm")
    wanted = parser.parse_args().wrong
    pairs = [*copies(), *strangers()]
    begun = time.process_time()
    ours = [our_share(pair) for pair in pairs]
    spent = 1000 * (time.process_time() - begun) / len(pairs)
    theirs = their_shares(pairs)
    print(f"{len(pairs)} pairs, {spent:.1f} ms each")
    heads = (
        f"ours >= {NOTABLE:g}",
        f"copydetect >= {THEIR_DEFAULT:g}",
        f"copydetect >= {NOTABLE:g}",
    )
    print(f"  {'pairs':32s}{'all':>5s}" + "".join(f"{head:>20s}" for head in heads))
    for copied, kind in kinds(pairs):
        rows = [
            (o > 0, t >= THEIR_DEFAULT, t >= NOTABLE)
            for pair, o, t in zip(pairs, ours, theirs, strict=True)
            if (pair.copied, pair.kind) == (copied, kind)
        ]
        counts = "".join(f"{sum(row[n] for row in rows):20d}" for n in range(3))
        print(f"  {('copied: ' if copied else 'not: ') + kind:32s}{len(rows):5d}{counts}")
    for pair, o, t in zip(pairs, ours, theirs, strict=True) if wanted else ():
        show(pair, o, t)


def show(pair: Pair, ours: float, theirs: float) -> None:
    if pair.copied != (ours > 0) or pair.copied != (theirs >= THEIR_DEFAULT):
        print(f"    {pair.kind}: {pair.name}: ours {ours:.2f}, copydetect {theirs:.2f}")


if __name__ == "__main__":
    main()
