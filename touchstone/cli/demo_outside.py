"""The demo's outside systems: stand-ins of WeCom, Tencent Meeting and SMS beside the pages.

They run in a process of their own, so that one can press the buttons of an invitation as the
interviewer would. Whoever has set up a real one keeps it, and where none can start the demo goes on
without.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from touchstone.cli.supervisor import end_with_parent, python

SYSTEMS = ("wecom", "tencent-meeting", "sms")
FIRST_PORT = 8100


@dataclass(frozen=True, slots=True)
class Outside:
    """The running stand-ins; ``page`` is the simulated WeCom's."""

    page: str
    process: subprocess.Popen[str]


def start_outside(folder: Path, callback: str, port: int = FIRST_PORT) -> Outside | None:
    """Starts them, points this process's environment at them, and gives the demo's people their
    ids in the simulated WeCom.

    Args:
        folder: of the demo, for the list of members.
        callback: where the product answers.
        port: the first; 0 for any that are free.

    Returns:
        None where nothing was started: a real one is set up, or there is no port.
    """
    from django.conf import settings

    from touchstone.accounts.models import Person

    if settings.WECOM_CORP_ID or settings.TENCENT_MEETING_APP_ID or settings.SMS_APP_ID:
        return None
    people = list(Person.objects.filter(is_active=True).exclude(username=""))
    members = {p.wecom_userid or p.username: [p.name, [1]] for p in people}
    listed = folder / "wecom-members.json"
    listed.write_text(json.dumps(members, ensure_ascii=False), "utf-8")
    process, found = _started(
        ["--port", str(port), "--callback", callback, "--members", str(listed)]
    )
    if not found:
        return None
    os.environ.update(found)
    for person in people:
        person.wecom_userid = person.wecom_userid or person.username
    Person.objects.bulk_update(people, ["wecom_userid"])
    page = f"{found['WECOM_OAUTH_BASE']}/_sim/"
    os.environ["TOUCHSTONE_DEMO_OUTSIDE"] = page
    return Outside(page, process)


def _started(options: list[str]) -> tuple[subprocess.Popen[str], dict[str, str]]:
    """The process and the settings that point at it; none where it could not start."""
    only = [part for name in SYSTEMS for part in ("--only", name)]
    process = subprocess.Popen(
        python("-m", "touchstone.cli", "simulate", *options, *only),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509 - one thread, one system call
    )
    found: dict[str, str] = {}
    for line in process.stdout or ():
        if line.startswith("# Put these"):
            return process, found
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            found[name] = value
    process.wait()
    print("touchstone demo: goes on without the simulated outside systems.", file=sys.stderr)
    return process, {}
