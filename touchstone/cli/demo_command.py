"""`touchstone demo`: one hiring round in a demo company, then the pages to look at it."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from touchstone.cli.batch import dump
from touchstone.cli.demo_outside import start_outside
from touchstone.cli.parse_command import as_of_date
from touchstone.cli.serve_command import listen, supervise
from touchstone.cli.site import prepare_database, start_django

ROWS = (
    ("applied", "应聘", "applied", ""),
    ("recommended", "筛选建议推进", "recommended by screening", ""),
    ("invited", "邀请测评", "invited to the assessment", ""),
    ("assessed", "完成测评", "assessed", ""),
    ("interviewed", "参加面试", "interviewed", ""),
    ("above_80", "报告高于 80 分", "report above 80", ""),
    ("offered", "发出录用", "offered", ""),
    ("hired", "录用", "hired", ""),
    ("days_to_decision_median", "应聘到决定（中位）", "application to decision, median", "天/days"),
    ("department_deviation_raw", "部门评分偏差（原始）", "deviation between departments, raw", "%"),
    ("department_deviation_fair", "部门评分偏差（校准后）", "… after calibration", "%"),
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-serve", action="store_true", help="run the round and end")
    parser.add_argument("--json", action="store_true", help="the result table as one JSON object")
    parser.add_argument("--reset", action="store_true", help="throw the last demo away first")
    parser.add_argument("--applicants", type=int, default=500, metavar="N", help="(500)")
    parser.add_argument("--seed", type=int, default=None, help="another company, other people")
    parser.add_argument(
        "--opens",
        type=as_of_date,
        default=None,
        metavar="YYYY-MM-DD",
        help="the Monday on which the round opens (about 20 weeks ago)",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--no-simulators", action="store_true", help="no stand-ins of WeCom, meetings and SMS"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress")


def run(args: argparse.Namespace) -> int:
    if not 20 <= args.applicants <= 20_000:
        print("touchstone demo: --applicants must be from 20 to 20000", file=sys.stderr)
        return 2
    listening = None if args.no_serve else listen(args.host, args.port)
    os.environ["TOUCHSTONE_DEMO"] = "1"
    if listening is not None:
        # links in messages lead to this server, whichever port it was given
        os.environ.setdefault("TOUCHSTONE_BASE_URL", _address(args))
    start_django()
    table = _round(args)
    _print(table, as_json=args.json)
    if listening is None:
        return 0
    if not args.no_simulators:
        _start_simulators(args)
    return supervise(listening)


def _start_simulators(args: argparse.Namespace) -> None:
    from django.conf import settings

    outside = start_outside(Path(settings.DATA_DIR) / "demo", _address(args))
    if outside:
        print(f"模拟的企业微信 · Simulated WeCom: {outside.page}\n", flush=True)


def _address(args: argparse.Namespace) -> str:
    """Where a browser on this machine finds the demo."""
    host = "127.0.0.1" if args.host in {"0.0.0.0", "::"} else args.host  # noqa: S104 - compared
    return f"http://{host}:{args.port}"


def _round(args: argparse.Namespace) -> dict[str, Any]:
    """The table of the demo that lies in the data directory, after running it if there is none."""
    from django.conf import settings

    folder = Path(settings.DATA_DIR) / "demo"
    result, unfinished = folder / "result.json", folder / "unfinished"
    if args.reset or unfinished.exists():
        _clear(folder)
    prepare_database()
    if result.is_file():
        table: dict[str, Any] = json.loads(result.read_text("utf-8"))
        return table
    _refuse_real_data()
    folder.mkdir(parents=True, exist_ok=True)
    unfinished.touch()
    table = _play(args, folder)
    result.write_text(json.dumps(table, ensure_ascii=False, indent=1), "utf-8")
    unfinished.unlink()
    return table


def _play(args: argparse.Namespace, folder: Path) -> dict[str, Any]:
    from touchstone.common.clock import today
    from touchstone.demo.run.play import SEED, opening_day, play_round
    from touchstone.demo.run.stage import Progress

    opens: dt.date = args.opens or opening_day(today())
    table = play_round(
        folder=folder,
        opens=opens - dt.timedelta(days=opens.weekday()),
        applicants=args.applicants,
        seed=SEED if args.seed is None else args.seed,
        progress=Progress(quiet=args.quiet),
    )
    return table.as_dict()


def _refuse_real_data() -> None:
    from touchstone.accounts.models import Person

    if Person.objects.exists():
        raise SystemExit(
            "touchstone demo: this data directory already holds a company that is not the demo's. "
            "Nothing was changed. Set TOUCHSTONE_DATA_DIR to another folder for the demo."
        )


def _clear(folder: Path) -> None:
    """Throws away the demo that lies here, and only that.

    Raises:
        SystemExit: there is data here that no demo has made.
    """
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    if not folder.is_dir():
        return
    if connection.vendor == "sqlite":
        connection.close()
        database = Path(str(connection.settings_dict["NAME"]))
        for path in (database, *(Path(f"{database}-{end}") for end in ("wal", "shm"))):
            path.unlink(missing_ok=True)
    else:
        prepare_database()
        call_command("flush", interactive=False, verbosity=0)
    for name in ("files", "mail", "demo"):
        shutil.rmtree(Path(settings.DATA_DIR) / name, ignore_errors=True)


def _print(table: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(dump(table), flush=True)
        return
    print("\n这一轮 · This round")
    for key, zh, en, unit in ROWS:
        value = table.get(key)
        shown = "–" if value is None else f"{value:,}"
        print(f"  {shown:>8} {unit:<9}{zh}  {en}")
    print(flush=True)
