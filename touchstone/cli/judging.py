"""Who runs programs for the commands: read from the environment, without Django's start-up."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from touchstone.integrations.judge0.remote import RemoteExecutor

BASE = "TOUCHSTONE_JUDGE0_BASE"


def executor() -> RemoteExecutor | None:
    """The Judge0 server of the environment or `.env`; None: the sandbox here."""
    from touchstone.config import env

    root = Path(__file__).resolve().parents[2]
    env.load_dotenv(Path(env.text("TOUCHSTONE_ENV_FILE", str(root / ".env"))))
    if not (os.environ.get(BASE) or os.environ.get(f"{BASE}_FILE")):
        return None
    from touchstone.integrations.judge0.configured import shared_executor

    return shared_executor(env.judge0())
