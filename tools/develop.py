"""Serves with reload: Django's development server, a worker, and esbuild watching `frontend/`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "frontend"))

from build import node_folder  # type: ignore[import-not-found]  # noqa: E402 - found just above

from touchstone.cli.site import prepare_database, start_django  # noqa: E402
from touchstone.cli.supervisor import Child, Supervisor, python  # noqa: E402


def main() -> int:
    subprocess.run([sys.executable, "frontend/build.py"], cwd=ROOT, check=True)
    start_django()
    prepare_database()
    node = str(node_folder() / "node")
    return Supervisor(
        [
            Child("front end", [node, str(ROOT / "frontend" / "build.mjs"), "--watch"]),
            Child("worker", python("-m", "touchstone.cli", "worker", "--prepared")),
            Child("web", python("-m", "touchstone.cli", "manage", "runserver")),
        ]
    ).run()


if __name__ == "__main__":
    sys.exit(main())
