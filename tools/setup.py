"""Prepares this checkout: system packages, `.venv`, front end, the sandbox's interpreter.

    python3.11 tools/setup.py run     what `touchstone` needs to run
    python3.11 tools/setup.py dev     the same, and what tests and linters need

Everything is remembered by the hash of its inputs, so that a second run takes no time. It needs
nothing but Python's standard library. A system package that cannot be installed is named together
with what does not work without it; only a missing `venv` module ends the set-up.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "5")
ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class Package:
    """A Debian package.

    Attributes:
        name: for apt-get.
        found: programs or files, one of which shows that it is there.
        purpose: what does not work without it.
        groups: "run" and "dev" install it; in neither, it is named only.
    """

    name: str
    found: tuple[str, ...]
    purpose: str
    groups: tuple[str, ...] = ("run", "dev")

    def present(self) -> bool:
        return any(
            Path(probe).exists() if probe.startswith("/") else shutil.which(probe)
            for probe in self.found
        )


PACKAGES = (
    Package("bubblewrap", ("bwrap",), "judging candidates' programs in the sandbox"),
    Package(
        "fonts-noto-cjk",
        (
            "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
            "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
            "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
        ),
        "Chinese text in PDF reports",
    ),
    Package("g++", ("g++",), "judging programs in C++", ("dev",)),
    Package("default-jdk-headless", ("javac",), "judging programs in Java", ("dev",)),
    Package(
        "chromium", ("chromium", "chromium-browser", "google-chrome"), "browser tests", ("dev",)
    ),
    Package(
        "postgresql",
        ("/usr/lib/postgresql", "initdb"),
        "tests on PostgreSQL, and a database server of your own",
        ("dev",),
    ),
    Package(
        "libreoffice-writer-nogui", ("soffice", "libreoffice"), "resumes in .doc, .rtf and .odt", ()
    ),
)


def say(text: str) -> None:
    with ONE_AT_A_TIME:
        print(text, file=sys.stderr, flush=True)


def run(command: Sequence[str | Path], **options: object) -> None:
    """Runs a program.

    Raises:
        SystemExit: it failed; what it printed is shown.
    """
    done = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **options,  # type: ignore[call-overload]
    )
    if done.returncode:
        words = " ".join(str(word) for word in command[:6])
        raise SystemExit(f"{done.stdout[-4000:]}\nsetup: this failed: {words}")


def fingerprint(*paths: str | Path) -> str:
    """A hash of this Python's version and the files' contents."""
    digest = hashlib.sha256(sys.version.encode())
    for path in paths:
        digest.update((ROOT / path).read_bytes())
    return digest.hexdigest()


def step(name: str, stamp: Path, key: str, work: Callable[[], None]) -> None:
    """Does the work unless the stamp says that it was done with the same inputs."""
    if stamp.exists() and stamp.read_text() == key:
        return
    began_s = time.monotonic()
    say(f"setup: {name} …")
    work()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key)
    say(f"setup: {name}: done in {time.monotonic() - began_s:.0f} s")


def administrator() -> list[str] | None:
    """What to put before `apt-get`: nothing for root, `sudo` where it asks no password."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        asked = subprocess.run(
            ["sudo", "-n", "true"], capture_output=True, stdin=subprocess.DEVNULL, check=False
        )
        if asked.returncode == 0:
            return ["sudo", "-n"]
    return None


def apt_install(names: Sequence[str]) -> bool:
    """Installs Debian packages; False where this user may not, or the installation failed."""
    before = administrator()
    if before is None:
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [*before, "apt-get", "install", "-y", "-q", "--no-install-recommends", *names]
    for command in (install, [*before, "apt-get", "update", "-q"], install):
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0 and command is install:
            return True
    say(done.stderr[-1500:])
    return False


def system_packages(group: str) -> None:
    """Installs what is missing where it may; says what does not work without the rest."""
    missing = [p for p in PACKAGES if not p.present()]
    wanted = [p for p in missing if group in p.groups]
    if wanted:
        names = [p.name for p in wanted]
        say(f"setup: system packages: {', '.join(names)} …")
        began_s = time.monotonic()
        if apt_install(names):
            say(f"setup: system packages: done in {time.monotonic() - began_s:.0f} s")
        else:
            say("setup: these system packages could not be installed; all the rest works.")
            for package in wanted:
                say(f"         without {package.name}: no {package.purpose}")
            say(f"         to install them: sudo apt-get install {' '.join(names)}")
    optional = [p for p in missing if group not in p.groups]
    if optional and not (VENV / ".touchstone-told").exists():
        say("setup: optional, to be installed with apt-get install when you need it:")
        for package in optional:
            say(f"         {package.name}: {package.purpose}")


def make_venv() -> None:
    """`.venv` of this Python.

    Raises:
        SystemExit: Debian's Python comes without its `venv` module, and it cannot be installed.
    """
    if PYTHON.exists():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    command = [sys.executable, "-m", "venv", str(VENV)]
    if subprocess.run(command, capture_output=True, check=False).returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if not apt_install([package]):
        raise SystemExit(
            f"setup: this Python cannot make virtual environments. Install {package} "
            f"(sudo apt-get install {package}) and run the command again."
        )
    run(command)


def python_packages(group: str) -> None:
    lock = f"requirements/{group}.lock"
    run([PYTHON, *PIP, "--no-deps", "--require-hashes", "-r", lock])


def project() -> None:
    """The package itself, editable, so that `.venv/bin/touchstone` exists."""
    run([PYTHON, *PIP, "--no-deps", "--require-hashes", "-r", "requirements/build.lock"])
    run([PYTHON, *PIP, "--no-deps", "--no-build-isolation", "--editable", "."])


def front_end() -> None:
    run([PYTHON, "frontend/build.py"])


def sandbox() -> None:
    run([PYTHON, "-m", "touchstone.integrations.sandbox"])


def python_side(group: str) -> None:
    """`.venv` with its packages, then the front end and the sandbox side by side."""
    if (VENV / ".touchstone-dev").exists() and group == "run":
        group = "dev"
    make_venv()
    lock = f"requirements/{group}.lock"
    step(
        f"Python packages of {lock}",
        VENV / f".touchstone-{group}",
        fingerprint(lock),
        lambda: python_packages(group),
    )
    step(
        "the touchstone command",
        VENV / ".touchstone-project",
        fingerprint("pyproject.toml", "requirements/build.lock"),
        project,
    )
    sources = sorted((ROOT / "frontend" / "src").glob("*"))
    front = fingerprint(
        "frontend/build.py", "frontend/build.mjs", "frontend/package-lock.json", *sources
    )
    bundles = ROOT / "touchstone" / "ui" / "static" / "dist"
    inner = os.environ.get("TOUCHSTONE_SANDBOX_DIR", "")
    together(
        lambda: step("the front end", bundles / ".stamp", front, front_end),
        lambda: step(
            "the sandbox's Python",
            VENV / ".touchstone-sandbox",
            fingerprint(
                "requirements/sandbox.lock", "touchstone/integrations/sandbox/environment.py"
            )
            + inner,
            sandbox,
        ),
    )


def together(*parts: Callable[[], None]) -> None:
    """Runs the parts at the same time; the first failure is raised when all have ended."""
    with ThreadPoolExecutor(len(parts)) as pool:
        running = [pool.submit(part) for part in parts]
    for part in running:
        part.result()


def main(argv: Sequence[str]) -> int:
    group = argv[0] if argv else "run"
    if group not in {"run", "dev"} or len(argv) > 1:
        print(__doc__, file=sys.stderr)
        return 2
    if sys.version_info[:2] != (3, 11):
        found = sys.version.split()[0]
        raise SystemExit(f"setup: Python 3.11 is needed, this is {found}. make PYTHON=python3.11 …")
    began_s = time.monotonic()
    # apt-get is in use while `venv` may need it too, hence first the one, then the others.
    make_venv()
    together(lambda: system_packages(group), lambda: python_side(group))
    (VENV / ".touchstone-told").touch()
    if time.monotonic() - began_s > 5:
        say(f"setup: ready after {time.monotonic() - began_s:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
