"""`touchstone audit verify`: recomputes the chain of the audit log."""

from __future__ import annotations

import argparse

from touchstone.cli.batch import dump
from touchstone.cli.site import start_django

PROBLEMS = {
    "changed": "was changed",
    "missing": "is missing",
    "cut_off": "is missing: the end of the log was cut off",
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["verify"])
    parser.add_argument("--json", action="store_true", help="the result as one JSON object")


def run(args: argparse.Namespace) -> int:
    """0 where all events fit, 1 where the log was tampered with."""
    start_django()
    from touchstone.audit.selectors import chain_verify

    chain = chain_verify()
    if args.json:
        print(
            dump(
                {
                    "intact": chain.intact,
                    "events": chain.events,
                    "broken_at": chain.broken_at,
                    "problem": chain.problem,
                    "head": chain.head,
                }
            )
        )
    elif chain.intact:
        print(f"{chain.events} events, all fit. Hash of the last one: {chain.head}")
    else:
        print(
            f"Event {chain.broken_at} {PROBLEMS[chain.problem]}; the {chain.events} before it fit."
        )
    return 0 if chain.intact else 1
