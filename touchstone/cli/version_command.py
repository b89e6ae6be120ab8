"""`touchstone version [--json]`: the product's version and the hashes of its data files."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

from touchstone import __version__
from touchstone.cli.batch import dump

CONTENT = Path(__file__).resolve().parent.parent / "content"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="with the hashes of the data files")


def content_hashes() -> dict[str, str]:
    """SHA-256 over each content folder: names and bytes of its files in sorted order."""
    hashes = {}
    for folder in sorted(p for p in CONTENT.iterdir() if p.is_dir() and p.name != "__pycache__"):
        digest = hashlib.sha256()
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc"):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        hashes[folder.name] = digest.hexdigest()
    return hashes


def run(args: argparse.Namespace) -> int:
    if args.json:
        print(dump({"version": __version__, "engine": __version__, "content": content_hashes()}))
    else:
        print(__version__)
    return 0
