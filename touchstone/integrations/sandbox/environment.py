"""The interpreter that programs run in: a copy of its own with numpy, pandas and scikit-learn.

`python -m touchstone.integrations.sandbox` builds it (part of `make setup`). It is a
copy, not a virtual environment: the user that programs run as may not see the interpreter of the
one who installed Touchstone, and a copy can be bound into the sandbox at one place.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LOCK = ROOT / "requirements" / "sandbox.lock"
VERSION = f"python{sys.version_info[0]}.{sys.version_info[1]}"
# The sandbox lays folders of its own over these: nothing below them can be bound into it.
COVERED = ("/tmp", "/box", "/proc", "/dev", "/etc")  # noqa: S108 - names, not files
PACKAGES = ("numpy", "pandas", "scipy", "sklearn")
LEFT_OUT = (
    "site-packages",
    "dist-packages",
    "test",
    "idlelib",
    "tkinter",
    "ensurepip",
    "lib2to3",
    "turtledemo",
)


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A built interpreter: its folder, its program and its library folder."""

    folder: Path

    @property
    def program(self) -> Path:
        return self.folder / "bin" / VERSION

    @property
    def libraries(self) -> Path:
        return self.folder / "lib"

    @property
    def packages(self) -> Path:
        return self.libraries / VERSION / "site-packages"


def sandbox_dir() -> Path:
    """`TOUCHSTONE_SANDBOX_DIR`, or ``.sandbox`` beside the source.

    Where the sandbox could not reach that (the checkout lies below /tmp or such, or, for root, in a
    folder closed to ordinary users), it is a cache folder named after the checkout.
    """
    given = os.environ.get("TOUCHSTONE_SANDBOX_DIR", "")
    if given:
        return Path(given).expanduser().resolve()
    if _reachable(ROOT):
        return ROOT / ".sandbox"
    name = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    cache = Path("/var/cache") if os.geteuid() == 0 else Path.home() / ".cache"
    return cache / "touchstone" / f"sandbox-{name}"


def _reachable(folder: Path) -> bool:
    if any(folder.is_relative_to(place) for place in COVERED):
        return False
    # Root's programs run as an ordinary user, who has to get through every folder on the way.
    return os.geteuid() != 0 or all(
        place.stat().st_mode & stat.S_IXOTH for place in (folder, *folder.parents)
    )


def interpreter() -> Interpreter:
    """Where the interpreter is, or will be once built."""
    return Interpreter(sandbox_dir() / "python")


def build() -> Interpreter:
    """Copies the running interpreter's base and installs the locked packages into it.

    The new copy replaces an old one only when it is complete.

    Raises:
        subprocess.CalledProcessError: the installer failed; its output has been shown.
        OSError: the folder cannot be written.
    """
    ready = interpreter()
    fresh = Interpreter(ready.folder.with_name(f"python.{os.getpid()}"))
    (fresh.folder / "bin").mkdir(parents=True)
    try:
        base = Path(sys.base_prefix)
        shutil.copy2(Path(sys.executable).resolve(), fresh.program)
        for name in ("python3", "python"):
            (fresh.folder / "bin" / name).symlink_to(VERSION)
        shutil.copytree(
            sysconfig.get_path("stdlib", vars={"base": str(base)}),
            fresh.libraries / VERSION,
            symlinks=True,
            ignore=shutil.ignore_patterns(*LEFT_OUT, "config-*", "__pycache__"),
        )
        shared = sysconfig.get_config_var("INSTSONAME") or ""
        if shared.endswith((".so", ".1.0")) and (base / "lib" / shared).exists():
            shutil.copy2(base / "lib" / shared, fresh.libraries / shared)
        fresh.packages.mkdir()
        # Debian's own Python looks for packages under this name only.
        fresh.packages.with_name("dist-packages").symlink_to(fresh.packages.name)
        _install(fresh)
        subprocess.run(
            [fresh.program, "-I", "-m", "compileall", "-q", fresh.libraries],
            env={"LD_LIBRARY_PATH": str(fresh.libraries)},
            check=False,
        )
        _try_out(fresh)
        old = ready.folder.with_name(f"python.old.{os.getpid()}")
        if ready.folder.exists():
            ready.folder.rename(old)
        fresh.folder.rename(ready.folder)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(fresh.folder, ignore_errors=True)
    return ready


def _try_out(made: Interpreter) -> None:
    """Imports what the warm parent will; a copy that cannot is never put in place."""
    subprocess.run(
        [made.program, "-I", "-B", "-c", f"import {', '.join(PACKAGES)}"],
        env={"LD_LIBRARY_PATH": str(made.libraries)},
        check=True,
    )


def _install(target: Interpreter) -> None:
    uv = Path(sys.executable).with_name("uv")
    program = [str(uv), "pip"] if uv.exists() else [sys.executable, "-m", "pip"]
    subprocess.run(
        [
            *program,
            "install",
            "--quiet",
            "--require-hashes",
            "--target",
            str(target.packages),
            "-r",
            str(LOCK),
        ],
        check=True,
    )
