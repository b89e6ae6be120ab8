"""What `touchstone doctor` says about the sandbox: tried, not guessed."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from touchstone.common.messages import Message, say
from touchstone.engine.judging.problem import LANGUAGES
from touchstone.integrations.sandbox.bubblewrap import bubblewrap_command
from touchstone.integrations.sandbox.pool import Sandbox, own_groups
from touchstone.integrations.sandbox.programs import missing_tools
from touchstone.integrations.sandbox.runs import Job, Limits, Run, SandboxUnavailable

LIMIT_WORDS = {"cgroup": "judging.limits_by_cgroup", "rlimits": "judging.limits_by_polling"}
PROBE = b"import os\nprint(os.getpid(), len(os.listdir('/etc')) < 20)\n"
LIBRARIES_PROBE = b"import numpy, pandas, sklearn\n"


@dataclass(frozen=True, slots=True)
class SandboxStatus:
    """Whether programs can be judged here.

    Attributes:
        available: a program has just been run in isolation, both ways.
        limits: ``cgroup`` where version 2 is delegated to us, else ``rlimits`` and a watcher.
        languages: those whose tools are here.
        messages: what works, what does not and how to mend it.
    """

    available: bool
    limits: Literal["cgroup", "rlimits"]
    languages: tuple[str, ...]
    messages: tuple[Message, ...]


def status() -> SandboxStatus:
    """Runs a probe through each way into the sandbox and reports."""
    languages = tuple(name for name in LANGUAGES if missing_tools(name) is None)
    lacking = [message for name in LANGUAGES if (message := missing_tools(name))]
    held_by: Literal["cgroup", "rlimits"] = "rlimits" if own_groups() is None else "cgroup"
    sandbox = Sandbox()
    try:
        runs = _probe(sandbox)
    except SandboxUnavailable as error:
        return SandboxStatus(False, held_by, (), (error.message, *_namespace_advice()))
    finally:
        sandbox.close()
    failed = [run for run in runs if run.outcome != "exited" or run.status != 0]
    if failed:
        detail = failed[0].detail or failed[0].stderr.decode("utf-8", "replace")[-300:]
        broken = say("judging.parent_failed", detail=detail)
        return SandboxStatus(False, held_by, (), (broken, *_namespace_advice()))
    said = (say("judging.sandbox_ok"), say(LIMIT_WORDS[held_by]), *lacking)
    return SandboxStatus(True, held_by, languages, said)


def _probe(sandbox: Sandbox) -> list[Run]:
    limits = Limits(cpu_s=5, wall_s=5)
    python = Job("python", {"probe.py": PROBE}, ("probe.py",), limits=limits)
    words = bubblewrap_command(("/bin/sh", "-c", "test ! -e /etc/passwd"))
    libraries = replace(python, files={"probe.py": LIBRARIES_PROBE}, machine_learning=True)
    command = Job("command", {}, words, limits=limits)
    return [sandbox.run(job) for job in (python, libraries, command)]


def _namespace_advice() -> tuple[Message, ...]:
    allowed = Path("/proc/sys/kernel/unprivileged_userns_clone")
    most = Path("/proc/sys/user/max_user_namespaces")
    apparmor = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
    if (
        (allowed.exists() and allowed.read_text().strip() == "0")
        or (most.exists() and most.read_text().strip() == "0")
        or (apparmor.exists() and apparmor.read_text().strip() == "1" and os.geteuid() != 0)
    ):
        return (say("judging.no_namespaces"),)
    return ()
