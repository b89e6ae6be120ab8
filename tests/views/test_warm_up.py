"""What is made ready before a process answers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from touchstone.config.warm import templates_load

PAGES = ("touchstone.desk.views.insights", "touchstone.portal.urls", "touchstone.api.urls")
TASKS = ("touchstone.jobs.recruiting", "touchstone.jobs.evaluation")
CODE = (
    "import sys, touchstone.config.asgi; "
    "print([name for name in sys.argv[1:] if name not in sys.modules])"
)


def test_every_template_compiles() -> None:
    assert templates_load() > 150


def test_a_process_knows_its_pages_and_tasks_before_the_first_request(tmp_path: Path) -> None:
    said = subprocess.run(
        [
            *(sys.executable, "-c", CODE),
            *(PAGES + TASKS),
        ],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "touchstone.config.settings",
            "TOUCHSTONE_DATA_DIR": str(tmp_path),
            "TOUCHSTONE_ENV_FILE": os.devnull,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.splitlines()[0] == "[]"
