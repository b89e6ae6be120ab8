"""The `touchstone` command: finds the subcommand's module and imports nothing else.

Each command is a module here with ``HELP``, ``configure(parser)`` and ``run(args) -> exit status``.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import TextIO

COMMANDS = {
    "parse": "read resumes into structured fields",
    "screen": "score resumes against a competency model, with evidence",
    "grade": "grade free-text answers by a rubric",
    "claims": "analyse project cases: claims, depth, plausibility",
    "judge": "run a program against a problem package in the sandbox",
    "problem": "import, verify, preview or start a problem package",
    "calibrate": "separate raters' severity from candidates' ability",
    "schedule": "plan interviews",
    "report": "verify issued reports",
    "demo": "run one hiring round in a demo company",
    "serve": "run the web server and the workers",
    "worker": "run background workers only",
    "doctor": "check what works here and how to mend the rest",
    "backup": "write database and files to one archive",
    "restore": "restore an archive into an empty data directory",
    "import": "bring in candidates, history or questions",
    "export": "write out data",
    "simulate": "start the simulators of outside systems on loopback",
    "token": "make, list and revoke tokens of the API",
    "audit": "verify the audit log",
    "manage": "Django's management commands",
    "version": "print the version",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status (0 ok, 1 an input failed, 2 wrong usage)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in {"-h", "--help"}:
        _usage()
        return 0 if arguments else 2
    name = arguments[0]
    if name not in COMMANDS:
        print(f"touchstone: no command {name!r}", file=sys.stderr)
        _usage(sys.stderr)
        return 2
    module = importlib.import_module(f"touchstone.cli.{name.replace('-', '_')}_command")
    parser = argparse.ArgumentParser(prog=f"touchstone {name}", description=COMMANDS[name])
    module.configure(parser)
    args = parser.parse_args(arguments[1:])
    try:
        return int(module.run(args))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1


def _usage(stream: TextIO | None = None) -> None:
    out = stream or sys.stdout
    print("usage: touchstone COMMAND …\n", file=out)
    for name, purpose in COMMANDS.items():
        print(f"  {name:<12}{purpose}", file=out)
