"""`touchstone worker`: background work, on this node."""

from __future__ import annotations

import argparse

from touchstone.cli.site import prepare_database, start_django
from touchstone.cli.supervisor import Child, Supervisor, python


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--queue", action="append", default=[], help="serve this queue only (may be repeated)"
    )
    parser.add_argument("--processes", type=int, default=1, metavar="N", help="workers (1)")
    parser.add_argument("--once", action="store_true", help="end when nothing is due")
    parser.add_argument("--prepared", action="store_true", help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    start_django()
    if not args.prepared:
        prepare_database()
    if args.processes > 1:
        queues = [word for name in args.queue for word in ("--queue", name)]
        command = python("-m", "touchstone.cli", "worker", "--prepared", *queues)
        return Supervisor(
            [Child(f"worker {number}", command) for number in range(1, args.processes + 1)]
        ).run()
    from touchstone.jobs.worker import Worker

    worker = Worker(tuple(args.queue))
    worker.obey_signals()
    worker.run(until_empty=args.once)
    return 0
