"""The Judge0 server that the settings name, and what `touchstone doctor` says of it."""

from __future__ import annotations

import atexit
import os
import threading
from dataclasses import dataclass

from touchstone.common.errors import OutsideError
from touchstone.common.messages import Message, say
from touchstone.integrations.judge0.client import Judge0
from touchstone.integrations.judge0.remote import RemoteExecutor
from touchstone.integrations.judge0.service import Judge0Service

OUR_PYTHON = (3, 11)
LEAST_MEMORY_KIB = 1024 * 1024  # of the problems that come with the product
_executors: dict[tuple[int, str], RemoteExecutor] = {}
_lock = threading.Lock()


def shared_executor(service: Judge0Service | None) -> RemoteExecutor | None:
    """This process's executor for a server, ended with the process; None without one."""
    if service is None:
        return None
    with _lock:
        key = (os.getpid(), service.base)
        executor = _executors.get(key)
        if executor is None or executor.client.service != service:
            executor = _executors[key] = RemoteExecutor(Judge0(service))
            atexit.register(executor.close)
        return executor


def configured_executor() -> RemoteExecutor | None:
    """The executor that the settings ask for; None: programs are run in the sandbox here."""
    from django.conf import settings

    return shared_executor(settings.JUDGE0)


@dataclass(frozen=True, slots=True)
class Judge0Status:
    """What came of asking the server and of running two small programs there."""

    available: bool
    complete: bool
    messages: tuple[Message, ...]


def status(service: Judge0Service) -> Judge0Status:
    """Asks the server for its version, languages and limits, and runs a program in Python."""
    executor = RemoteExecutor(Judge0(service))
    try:
        version = executor.client.version()
        granted = executor.limits()
        python = executor.place("python")
        said = [say("judge0.ok", base=service.base, version=version)]
        lacking = _lacking(executor)
        if python.version < OUR_PYTHON:
            shown = ".".join(map(str, python.version))
            lacking.append(say("judge0.old_python", version=shown))
        if granted.max_memory_limit < LEAST_MEMORY_KIB:
            least, most = f"{LEAST_MEMORY_KIB} KB", f"{granted.max_memory_limit} KB"
            words = say("judge0.limit", setting="MAX_MEMORY_LIMIT", wanted=least, most=most)
            lacking.append(words)
        if not granted.enable_submission_delete or not service.user_token:
            said.append(say("judge0.kept"))
        return Judge0Status(True, not lacking, (*said, *lacking))
    except OutsideError as error:
        return Judge0Status(False, False, (error.message,))
    finally:
        executor.close()


def _lacking(executor: RemoteExecutor) -> list[Message]:
    found = []
    for kind in ("libraries", "cpp", "java", "javascript"):
        try:
            executor.place(kind)
        except OutsideError as error:
            found.append(error.message)
    return found
