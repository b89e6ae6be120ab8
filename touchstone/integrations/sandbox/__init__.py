"""Runs programs of strangers: limits, isolation, and outputs brought out safely.

There is no unsandboxed way to run anything: without the sandbox `SandboxUnavailable` is raised.
"""

from touchstone.integrations.sandbox.pool import Sandbox, shared_sandbox
from touchstone.integrations.sandbox.runs import Job, Limits, Run, SandboxUnavailable
from touchstone.integrations.sandbox.status import SandboxStatus, status

__all__ = [
    "Job",
    "Limits",
    "Run",
    "Sandbox",
    "SandboxStatus",
    "SandboxUnavailable",
    "shared_sandbox",
    "status",
]
