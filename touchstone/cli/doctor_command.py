"""`touchstone doctor`: what works here, what does not, and how to mend it."""

from __future__ import annotations

import argparse
import locale
import sys
from typing import cast

from touchstone.cli.batch import dump
from touchstone.cli.site import start_django
from touchstone.common.messages import Lang, render, say

SIGNS = {"ok": "✓", "warn": "!", "bad": "✗", "off": "–"}
COLOURS = {"ok": "32", "warn": "33", "bad": "31", "off": "2"}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="the result as one JSON object")
    parser.add_argument("--lang", choices=["zh", "en"], default=None, help="of the messages")


def run(args: argparse.Namespace) -> int:
    """0 where nothing is broken, 1 otherwise."""
    lang = cast(Lang, args.lang or _language())
    try:
        start_django()
    except SystemExit as error:
        # The configuration itself cannot be read: nothing else can be tried.
        row: dict[str, object] = {"name": "configuration", "state": "bad", "messages": [str(error)]}
        _show([row], lang, as_json=args.json)
        return 1
    from touchstone.cli.diagnoses import diagnose

    rows: list[dict[str, object]] = [
        {
            "name": found.name,
            "state": found.state,
            "messages": [render(message, lang) for message in found.messages],
        }
        for found in diagnose()
    ]
    _show(rows, lang, as_json=args.json)
    return 1 if any(row["state"] == "bad" for row in rows) else 0


def _language() -> Lang:
    code = locale.getlocale()[0] or ""
    return "zh" if code.startswith("zh") else "en"


def _show(rows: list[dict[str, object]], lang: Lang, *, as_json: bool) -> None:
    if as_json:
        print(dump({"ok": all(row["state"] != "bad" for row in rows), "checks": rows}))
        return
    colour = sys.stdout.isatty()
    for row in rows:
        state = str(row["state"])
        sign = f"\033[{COLOURS[state]}m{SIGNS[state]}\033[0m" if colour else SIGNS[state]
        title = render(say(f"doctor.{row['name']}"), lang)
        messages = cast(list[str], row["messages"])
        print(f"{sign} {title}: {messages[0] if messages else ''}")
        for message in messages[1:]:
            print(f"    {message}")
