"""A control group (version 2) for each run, where a folder for them is delegated to us.

The kernel then holds memory and processes of the whole run by itself, counts the processor time of
whatever it started, and ends all of it at once. The limits and the watcher that serve without it
stay in force: they are the finer measure, this is the firmer hold.

The folder is `TOUCHSTONE_CGROUP`, or the group we are in where it is ours to divide: a service with
``Delegate=yes``, a user's own session, a container's. Processes may not stay in a group that is
divided, so those in it move into a group of their own below it first.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

MOUNT = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")
SELF = "touchstone-self"
RUN = "touchstone-run-"
WANTED = ("memory", "pids")
# Of each run beside what it may use: page tables, pipes, sockets, the pages of a fork.
MIB = 1 << 20
SLACK_BYTES = 32 * MIB
NOBODY = 65_534
REMOVE_TRIES, REMOVE_PAUSE_S = 50, 0.002
MARKS = ("user.delegate", "trusted.delegate")  # what systemd writes on what it has delegated
logger = logging.getLogger("touchstone.sandbox")


@dataclass(frozen=True, slots=True)
class GroupUsage:
    """What the kernel counted in one run.

    Attributes:
        out_of_memory: processes that it ended for want of memory.
        refused_processes: times that a process or thread was one too many.
    """

    cpu_s: float
    peak_kib: int
    out_of_memory: int
    refused_processes: int


class Group:
    """The control group of one run."""

    def __init__(self, folder: Path, remove: Callable[[Path], None]) -> None:
        self.folder = folder
        self._remove = remove

    def limit(self, *, memory_bytes: int, processes: int) -> None:
        """Sets the limits; with ``oom.group`` the whole run ends, not its largest process."""
        self._write("memory.max", memory_bytes + SLACK_BYTES)
        self._write("memory.oom.group", 1)
        if (self.folder / "memory.swap.max").exists():  # not where the kernel counts no swap
            self._write("memory.swap.max", 0)
        self._write("pids.max", processes)

    def door(self) -> int:
        """A descriptor; the process that writes ``0`` to it is in.

        The kernel asks for the rights of who opened it, so that a process without any may use it.
        """
        return os.open(self.folder / "cgroup.procs", os.O_WRONLY | os.O_CLOEXEC)

    def cpu_s(self) -> float:
        """Processor seconds of everything that ever ran in it."""
        return self._figures("cpu.stat").get("usage_usec", 0) / 1e6

    def usage(self) -> GroupUsage:
        """What was counted so far."""
        peak = self.folder / "memory.peak"  # since Linux 5.19
        return GroupUsage(
            cpu_s=self.cpu_s(),
            peak_kib=int(peak.read_text()) // 1024 if peak.exists() else 0,
            out_of_memory=self._figures("memory.events").get("oom_kill", 0),
            refused_processes=self._figures("pids.events").get("max", 0),
        )

    def kill(self) -> None:
        """Ends every process in it at once."""
        kill = self.folder / "cgroup.kill"  # since Linux 5.14; the pid namespace does it before
        if kill.exists():
            self._write("cgroup.kill", 1)

    def close(self) -> None:
        """Ends what is left and removes it; one that resists is removed before a later run."""
        for attempt in range(REMOVE_TRIES):
            try:
                self._remove(self.folder)
            except FileNotFoundError:
                return
            except OSError:
                if attempt == 0:
                    self.kill()
                time.sleep(REMOVE_PAUSE_S)
            else:
                return
        logger.warning("sandbox: the control group %s is still in use", self.folder.name)

    def _write(self, name: str, value: int) -> None:
        write(self.folder / name, str(value))

    def _figures(self, name: str) -> dict[str, int]:
        rows = (line.split() for line in (self.folder / name).read_text("ascii").splitlines())
        return {row[0]: int(row[1]) for row in rows if len(row) == 2}


@dataclass
class Groups:
    """A delegated folder, and the groups that are made in it.

    Attributes:
        make, remove: for tests; the kernel fills a new folder, and removes a full one.
    """

    folder: Path
    make: Callable[[Path], None] = os.mkdir
    remove: Callable[[Path], None] = os.rmdir
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def open(self, *, memory_bytes: int, processes: int) -> Group:
        """A new group with these limits.

        Raises:
            OSError: the kernel refuses.
        """
        folder = self.folder / f"{RUN}{os.getpid()}-{next(self._numbers)}"
        self.make(folder)
        group = Group(folder, self.remove)
        try:
            group.limit(memory_bytes=memory_bytes, processes=processes)
        except OSError:
            group.close()
            raise
        return group

    def sweep(self) -> None:
        """Removes empty groups that processes before us left."""
        for folder in self.folder.glob(f"{RUN}*"):
            owner = folder.name.removeprefix(RUN).partition("-")[0]
            if owner.isdigit() and not Path(f"/proc/{owner}").exists():
                with contextlib.suppress(OSError):  # in use: somebody else's to end
                    self.remove(folder)


def delegated(
    *,
    mount: Path = MOUNT,
    own: Path = OWN,
    named: str | None = None,
    make: Callable[[Path], None] = os.mkdir,
    remove: Callable[[Path], None] = os.rmdir,
    root: bool | None = None,
) -> Groups | None:
    """The folder for runs, ready for use; None where none is delegated to us.

    Args:
        named: `TOUCHSTONE_CGROUP` by default.
        root: whether this process is root, which may write everywhere but not everywhere should.
    """
    chosen = os.environ.get("TOUCHSTONE_CGROUP", "") if named is None else named
    is_root = os.geteuid() == 0 if root is None else root
    try:
        folder = Path(chosen) if chosen else _own_folder(mount, own)
        if folder is None or not _has(folder, "cgroup.controllers"):
            return None
        if not _has(folder, "cgroup.subtree_control"):
            if is_root and not chosen and not _marked(folder):
                return None
            _divide(folder, make)
        groups = Groups(folder, make, remove)
        groups.sweep()
        _try(groups, is_root=is_root)
    except (OSError, subprocess.SubprocessError) as error:
        logger.info("sandbox: no control groups (%s)", error)
        return None
    return groups


def _try(groups: Groups, *, is_root: bool) -> None:
    """Lets an ordinary process into a group by its door, as runs enter theirs."""
    group = groups.open(memory_bytes=MIB, processes=8)
    try:
        door = group.door()
        try:
            subprocess.run(
                ["/bin/sh", "-c", "echo 0"],
                stdout=door,
                user=NOBODY if is_root and os.geteuid() == 0 else None,
                stderr=subprocess.DEVNULL,
                check=True,
                timeout=10,
            )
        finally:
            os.close(door)
        group.usage()
    finally:
        group.close()


def _own_folder(mount: Path, own: Path) -> Path | None:
    """The group we are in, or the one above where we moved ourselves before."""
    lines = own.read_text("utf-8").splitlines()
    path = next((line[3:] for line in lines if line.startswith("0::")), None)
    if path is None or ".." in Path(path).parts:  # outside of our namespace
        return None
    folder = mount / path.lstrip("/")
    return folder.parent if folder.name == SELF else folder


def _has(folder: Path, name: str) -> bool:
    file = folder / name
    return file.exists() and set(WANTED) <= set(file.read_text("ascii").split())


def _marked(folder: Path) -> bool:
    for name in MARKS:
        with contextlib.suppress(OSError):
            if os.getxattr(folder, name) == b"1":
                return True
    return False


def _divide(folder: Path, make: Callable[[Path], None]) -> None:
    """Moves the processes of a group one below and lets groups in it have limits."""
    if not (folder / "memory.max").exists():
        raise PermissionError("the root of all groups is not ours to divide")
    inside = folder / SELF
    if not inside.exists():
        make(inside)
    for pid in (folder / "cgroup.procs").read_text("ascii").split():
        with contextlib.suppress(ProcessLookupError):  # gone meanwhile
            write(inside / "cgroup.procs", pid)
    write(folder / "cgroup.subtree_control", " ".join(f"+{name}" for name in WANTED))


def write(file: Path, text: str) -> None:
    """One write, as the kernel wants it; the file is there or it is an error."""
    fd = os.open(file, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)
