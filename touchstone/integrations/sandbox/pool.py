"""The slots of one process: plain and with the machine-learning libraries, started on demand."""

from __future__ import annotations

import atexit
import os
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from touchstone.common.messages import say
from touchstone.integrations.sandbox import bubblewrap, seccomp
from touchstone.integrations.sandbox.cgroups import Groups, delegated
from touchstone.integrations.sandbox.environment import COVERED, Interpreter, interpreter
from touchstone.integrations.sandbox.runs import Job, Run, SandboxUnavailable
from touchstone.integrations.sandbox.slot import Slot

FIRST_UID = 60_100
UIDS = 4_000
PLAIN_LIFETIME = 400
LIBRARIES_LIFETIME = 200


class Sandbox:
    """Runs jobs, at most ``width`` at a time of each kind; safe to share among threads.

    Args:
        width: slots of each kind. A slot with the libraries takes about 150 MB.
        home: the sandbox's interpreter; by default the one built at set-up.
        groups: makes control groups for runs; by default where they are delegated to us.
    """

    def __init__(
        self,
        width: int = 1,
        *,
        home: Interpreter | None = None,
        groups: Groups | None = None,
    ) -> None:
        self._home = home or interpreter()
        self._owner = os.getpid()
        self._width = width
        self._groups = groups or own_groups()
        self._partner: Sandbox | None = None
        self._partner_lock = threading.Lock()
        self._all: list[Slot] = []
        self._idle: dict[bool, queue.LifoQueue[Slot]] = {}
        first = (os.getpid() * 2 * width) % UIDS
        for libraries in (False, True):
            idle: queue.LifoQueue[Slot] = queue.LifoQueue()
            for _ in range(width):
                slot = Slot(
                    self._home,
                    uid=FIRST_UID + (first + len(self._all)) % UIDS,
                    machine_learning=libraries,
                    lifetime=LIBRARIES_LIFETIME if libraries else PLAIN_LIFETIME,
                    groups=self._groups,
                )
                self._all.append(slot)
                idle.put(slot)
            self._idle[libraries] = idle

    def run(self, job: Job, *, stdin_fd: int = -1, stdout_fd: int = -1) -> Run:
        """Runs one job, waiting for a free slot. See `Slot.run`.

        Raises:
            SandboxUnavailable: this machine cannot isolate a program; nothing was run.
        """
        with self.slot(machine_learning=job.machine_learning) as slot:
            return slot.run(job, stdin_fd=stdin_fd, stdout_fd=stdout_fd)

    @contextmanager
    def slot(self, *, machine_learning: bool = False) -> Iterator[Slot]:
        """A slot for the caller alone."""
        refuse_if_unavailable(self._home)
        idle = self._idle[machine_learning]
        slot = idle.get()
        try:
            yield slot
        finally:
            idle.put(slot)

    def partner(self) -> Sandbox:
        """A second sandbox for the program at the other end of an interactive run.

        With slots of its own: two halves waiting for each other could take the last one twice.
        """
        with self._partner_lock:
            if self._partner is None:
                self._partner = Sandbox(self._width, home=self._home, groups=self._groups)
            return self._partner

    def close(self) -> None:
        """Ends all parents; in a forked copy of the owner it leaves them alone."""
        if os.getpid() == self._owner:
            if self._partner is not None:
                self._partner.close()
            for slot in self._all:
                slot.close()


_groups: dict[int, Groups | None] = {}


def own_groups() -> Groups | None:
    """Where this process may make control groups, looked for once."""
    pid = os.getpid()
    if pid not in _groups:
        _groups[pid] = delegated()
    return _groups[pid]


def refuse_if_unavailable(home: Interpreter) -> None:
    """Checks what costs nothing to check.

    Raises:
        SandboxUnavailable: something is missing.
    """
    if not seccomp.supported():
        raise SandboxUnavailable(say("judging.wrong_machine", machine=os.uname().machine))
    if not bubblewrap.installed():
        raise SandboxUnavailable(say("judging.no_bubblewrap"))
    covered = next((place for place in COVERED if home.folder.is_relative_to(place)), None)
    if covered is not None:
        raise SandboxUnavailable(say("judging.folder_covered", folder=covered))
    if not home.program.exists():
        raise SandboxUnavailable(say("judging.no_interpreter", folder=str(home.folder)))
    if os.geteuid() == 0:
        closed = next((p for p in home.folder.parents if not p.stat().st_mode & 0o001), None)
        if closed is not None:
            raise SandboxUnavailable(say("judging.folder_closed", folder=str(closed)))


_shared: dict[int, Sandbox] = {}
_shared_lock = threading.Lock()


def shared_sandbox() -> Sandbox:
    """This process's sandbox, started on first use and ended with the process."""
    with _shared_lock:
        sandbox = _shared.get(os.getpid())
        if sandbox is None:
            sandbox = _shared[os.getpid()] = Sandbox()
            atexit.register(sandbox.close)
        return sandbox
