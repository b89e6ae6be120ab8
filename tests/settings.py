"""The product's settings with nothing of this machine in them: a data directory of its own, no
`.env`, no outside system. The database is SQLite in memory, or the server of `DATABASE_URL`."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

KEPT = ("TOUCHSTONE_SANDBOX_DIR", "TOUCHSTONE_CHROMIUM")
for name in list(os.environ):
    if name.startswith(("TOUCHSTONE_", "WECOM_", "TENCENT_MEETING_")) and name not in KEPT:
        del os.environ[name]
FOLDER = tempfile.mkdtemp(prefix="touchstone-tests-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.environ["TOUCHSTONE_DATA_DIR"] = FOLDER
os.environ["TOUCHSTONE_ENV_FILE"] = os.devnull

from touchstone.config.settings import *  # noqa: E402, F403 - after the environment is clean

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
