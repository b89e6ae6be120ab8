"""The bubblewrap command line for compilers and for programs that are not Python.

It is started by a child of the warm parent, which has already made the run's sized tmpfs, set its
limits and entered a pid namespace; so an end from outside reaches everything below it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

PROGRAM = "/usr/bin/bwrap"
FILTER_FD = "FILTER_FD"  # the warm parent puts the number of the filter's descriptor here


def bubblewrap_command(words: tuple[str, ...]) -> tuple[str, ...]:
    """``words`` run in namespaces of their own, on a read-only root, with nothing of the host's.

    ``--as-pid-1``: with bubblewrap's own first process the processor time of what it started
    would not be counted.
    """
    namespaces = (
        "--unshare-user",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-ipc",
        "--unshare-uts",
        "--unshare-cgroup-try",
        "--as-pid-1",
        "--die-with-parent",
        "--new-session",
    )
    mounts: list[str] = ["--ro-bind", "/usr", "/usr", "--ro-bind", "/etc", "/etc"]
    for name in ("/bin", "/sbin", "/lib", "/lib32", "/lib64"):
        path = Path(name)
        if path.is_symlink():
            mounts += ["--symlink", str(path.readlink()), name]
        elif path.is_dir():
            mounts += ["--ro-bind", name, name]
    mounts += ["--dev-bind", "/dev", "/dev", "--proc", "/proc"]
    mounts += ["--bind", "/box", "/box", "--bind", "/tmp", "/tmp"]  # noqa: S108 - of the run
    mounts += ["--remount-ro", "/", "--chdir", "/box"]
    environment = ("--setenv", "PATH", "/usr/bin:/bin", "--setenv", "HOME", "/box")
    language = ("--setenv", "LANG", "C.UTF-8")
    privileges = ("--cap-drop", "ALL", "--seccomp", FILTER_FD)
    return (PROGRAM, *namespaces, *mounts, *environment, *language, *privileges, "--", *words)


def installed() -> bool:
    """Whether bubblewrap is where the sandbox can see it."""
    return os.access(PROGRAM, os.X_OK)


def tool(name: str) -> str | None:
    """Path of a compiler or run-time system that is seen inside the sandbox."""
    found = shutil.which(name, path="/usr/bin:/usr/local/bin:/bin")
    if found is None:
        return None
    return found if Path(found).resolve().is_relative_to("/usr") else None
