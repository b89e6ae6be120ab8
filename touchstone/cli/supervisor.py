"""Keeps a set of child processes running, and takes all of them along when it ends."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType

PR_SET_PDEATHSIG = 1
STOP_S = 12.0
LOOK_S = 0.2
LONGEST_PAUSE_S = 30.0
STEADY_S = 10.0


def end_with_parent() -> None:
    """Asks Linux to send SIGTERM when the supervisor dies, even by SIGKILL: no orphans."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One process that has to run.

    Attributes:
        name: for messages.
        command: program and arguments.
        pass_fds: descriptors it inherits.
    """

    name: str
    command: Sequence[str]
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    pause_s: float = 0.0
    due_s: float = 0.0

    def start(self) -> None:
        self.started_s = time.monotonic()
        self.process = subprocess.Popen(
            list(self.command),
            pass_fds=self.pass_fds,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - one thread, one system call
        )


class Supervisor:
    """Starts children, restarts those that end, stops them all on SIGTERM or SIGINT."""

    def __init__(self, children: Sequence[Child]) -> None:
        self.children = list(children)
        self.stopping = False

    def run(self) -> int:
        """Returns 0 after a stop that was asked for."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)
        for child in self.children:
            child.start()
        try:
            while not self.stopping:
                self._revive(time.monotonic())
                time.sleep(LOOK_S)
        finally:
            self._end_all()
        return 0

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _revive(self, now_s: float) -> None:
        for child in self.children:
            process = child.process
            if process is not None:
                status = process.poll()
                if status is None:
                    continue
                steady = now_s - child.started_s >= STEADY_S
                child.pause_s = 0.0 if steady else min(LONGEST_PAUSE_S, child.pause_s * 2 or 0.5)
                child.due_s = now_s + child.pause_s
                child.process = None
                print(
                    f"touchstone: {child.name} ended ({_how(status)}), starts again",
                    file=sys.stderr,
                    flush=True,
                )
            if now_s >= child.due_s:
                child.start()

    def _end_all(self) -> None:
        running = [c.process for c in self.children if c.process and c.process.poll() is None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        deadline_s = time.monotonic() + STOP_S
        for process in running:
            try:
                process.wait(max(0.1, deadline_s - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _how(status: int) -> str:
    if status < 0:
        return f"signal {signal.Signals(-status).name}"
    return f"status {status}"


def python(*arguments: str) -> list[str]:
    """The command that runs this Python again."""
    return [sys.executable, *arguments]
