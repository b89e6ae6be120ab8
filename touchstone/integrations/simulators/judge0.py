"""A Judge0 server on loopback that is as strict as the real one, and fails on demand.

Programs run in the sandbox of this machine, told in Judge0's words: started from a shell, so that a
signal is an exit status above 128; a syntax error of a script is a run-time error like any other;
files of an archive never replace what lies there. Where the real one drops a parameter that it does
not know, this one refuses it, for a misspelt limit would otherwise go unseen.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from touchstone.integrations.sandbox.pool import Sandbox
from touchstone.integrations.simulators.base import Reply, Request, Simulator, json_reply
from touchstone.integrations.simulators.judge0_runs import LANGUAGES, Entry, executed

CONFIG: dict[str, Any] = {
    "maintenance_mode": False,
    "enable_wait_result": True,
    "enable_compiler_options": True,
    "allowed_languages_for_compile_options": [],
    "enable_command_line_arguments": True,
    "enable_submission_delete": True,
    "enable_callbacks": True,
    "enable_additional_files": True,
    "max_queue_size": 100,
    "cpu_time_limit": 5.0,
    "max_cpu_time_limit": 15.0,
    "cpu_extra_time": 1.0,
    "max_cpu_extra_time": 5.0,
    "wall_time_limit": 10.0,
    "max_wall_time_limit": 20.0,
    "memory_limit": 128_000,
    "max_memory_limit": 1_048_576,
    "stack_limit": 64_000,
    "max_stack_limit": 128_000,
    "max_processes_and_or_threads": 60,
    "max_max_processes_and_or_threads": 120,
    "enable_per_process_and_thread_time_limit": False,
    "allow_enable_per_process_and_thread_time_limit": True,
    "enable_per_process_and_thread_memory_limit": False,
    "allow_enable_per_process_and_thread_memory_limit": True,
    "max_file_size": 1024,
    "max_max_file_size": 4096,
    "number_of_runs": 1,
    "max_number_of_runs": 20,
    "redirect_stderr_to_stdout": False,
    "max_extract_size": 10_240,
    "enable_batched_submissions": True,
    "max_submission_batch_size": 20,
    "submission_cache_duration": 1.0,
    "allow_enable_network": True,
    "enable_network": False,
    "disable_implicit_base64_encoding": False,
}
ENCODED = ("source_code", "stdin", "expected_output")
TEXTS = ("compiler_options", "command_line_arguments", "callback_url", "additional_files")
NUMBERS: dict[str, tuple[float, str]] = {
    "number_of_runs": (1, "max_number_of_runs"),
    "cpu_time_limit": (0, "max_cpu_time_limit"),
    "cpu_extra_time": (0, "max_cpu_extra_time"),
    "wall_time_limit": (1, "max_wall_time_limit"),
    "memory_limit": (2048, "max_memory_limit"),
    "stack_limit": (0, "max_stack_limit"),
    "max_processes_and_or_threads": (1, "max_max_processes_and_or_threads"),
    "max_file_size": (0, "max_max_file_size"),
}
FLAGS = (
    "enable_per_process_and_thread_time_limit",
    "enable_per_process_and_thread_memory_limit",
    "redirect_stderr_to_stdout",
    "enable_network",
)
KNOWN = frozenset({"language_id", *ENCODED, *TEXTS, *NUMBERS, *FLAGS})
FIELDS = KNOWN | {
    "stdout",
    "status_id",
    "created_at",
    "finished_at",
    "time",
    "memory",
    "stderr",
    "token",
    "compile_output",
    "exit_code",
    "exit_signal",
    "message",
    "wall_time",
    "started_at",
    "queued_at",
    "updated_at",
    "queue_host",
    "execution_host",
    "status",
    "language",
}
SHOWN_BY_DEFAULT = (
    "token",
    "time",
    "memory",
    "stdout",
    "stderr",
    "compile_output",
    "message",
    "status",
)
DESCRIPTIONS = {
    1: "In Queue",
    2: "Processing",
    3: "Accepted",
    4: "Wrong Answer",
    5: "Time Limit Exceeded",
    6: "Compilation Error",
    7: "Runtime Error (SIGSEGV)",
    8: "Runtime Error (SIGXFSZ)",
    9: "Runtime Error (SIGFPE)",
    10: "Runtime Error (SIGABRT)",
    11: "Runtime Error (NZEC)",
    12: "Runtime Error (Other)",
    13: "Internal Error",
    14: "Exec Format Error",
}
SLOW_LOOKS = 3
KEPT_ENTRIES = 2000
SHOWN_CHARACTERS = 400


@dataclass
class SimulatedJudge0(Simulator):
    """A Judge0 server.

    Attributes:
        token, user_token: it wants the first with every request, the second to delete.
        config: what ``/config_info`` says and what it holds programs to.
        languages: its languages, by id.
        has_libraries: whether Python there has numpy, pandas and scikit-learn.
    """

    name: str = "Judge0 模拟器 · Judge0 simulator"
    own_faults: tuple[str, ...] = (
        "queue_full",
        "too_many",
        "wrong_token",
        "slow_queue",
        "stuck_queue",
        "internal_error",
        "exec_format_error",
        "truncated",
        "wild_figures",
        "lost",
    )
    largest_body: int = 64 * 2**20
    token: str = "sim-token"  # noqa: S105 - of the simulator
    user_token: str = "sim-user"  # noqa: S105
    config: dict[str, Any] = field(default_factory=lambda: dict(CONFIG))
    languages: dict[int, str] = field(default_factory=lambda: dict(LANGUAGES))
    has_libraries: bool = True
    sandbox: Sandbox | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self._entries: dict[str, Entry] = {}
        self._own_sandbox: Sandbox | None = None
        self._workers = ThreadPoolExecutor(2)
        self._next: list[str] = []

    def stop(self) -> None:
        super().stop()
        self._workers.shutdown(cancel_futures=True)
        if self._own_sandbox is not None:
            self._own_sandbox.close()

    def answer(self, request: Request) -> Reply:
        headers = {key.lower(): value for key, value in request.headers.items()}
        if headers.get("x-auth-token") != self.token:
            self.note(f"{request.method} {request.path}", "", 401)
            return Reply(401)
        what = (request.method, request.path.rstrip("/"))
        if what == ("GET", "/about"):
            return json_reply({"version": "1.13.1", "homepage": "", "source_code": ""})
        if what == ("GET", "/config_info"):
            return json_reply(self.config)
        if what == ("GET", "/languages"):
            return json_reply([{"id": i, "name": n} for i, n in sorted(self.languages.items())])
        if what == ("POST", "/submissions"):
            return self._create(request)
        if what == ("GET", "/submissions/batch"):
            return self._batch(request)
        if request.path.startswith("/submissions/") and request.method in {"GET", "DELETE"}:
            return self._one(request, headers.get("x-auth-user", ""))
        return json_reply({"error": "not found"}, 404)

    def fault_reply(self, kind: str, request: Request) -> Reply | None:
        refusals = {
            "queue_full": Reply(503, b'{"error": "queue is full"}'),
            "too_many": Reply(429, b'{"message": "Too many requests"}'),
            "wrong_token": Reply(401),
            "lost": Reply(200, b'{"submissions": [null]}'),
        }
        if kind in refusals:
            self.note(f"{request.method} {request.path} ({kind})", "", refusals[kind].status)
            return refusals[kind]
        with self.lock:  # the others befall the next program
            self._next.append(kind)
        return None

    # -- handing in

    def _create(self, request: Request) -> Reply:
        if request.query.get("wait") == "true":
            return json_reply({"error": "wait not allowed"}, 400)
        with self.lock:
            waiting = sum(1 for entry in self._entries.values() if not entry.ended)
        if waiting >= self.config["max_queue_size"]:
            return json_reply({"error": "queue is full"}, 503)
        try:
            given = json.loads(request.body)
        except ValueError:
            return json_reply({"error": "the body is not JSON"}, 400)
        errors = self._errors(given, request)
        self.note("POST /submissions", _shown(given), 422 if errors else 201)
        if errors:
            return json_reply(errors, 422)
        entry = Entry(uuid.uuid4().hex[:8] + "-" + uuid.uuid4().hex, self._filled(given))
        with self.lock:
            entry.fault = self._next.pop(0) if self._next else ""
            while len(self._entries) >= KEPT_ENTRIES:
                self._entries.pop(next(iter(self._entries)))
            self._entries[entry.token] = entry
        entry.held = {"slow_queue": SLOW_LOOKS, "stuck_queue": 10**9}.get(entry.fault, 0)
        self._workers.submit(self._work, entry)
        return json_reply({"token": entry.token}, 201)

    def _errors(self, given: Any, request: Request) -> dict[str, list[str]]:
        if not isinstance(given, dict):
            return {"base": ["an object is expected"]}
        unknown = sorted(set(given) - KNOWN)
        if unknown:
            return {unknown[0]: ["unknown parameter"]}
        if unknown := sorted(set(request.query) - {"base64_encoded", "wait", "fields"}):
            return {unknown[0]: ["unknown parameter"]}
        if request.query.get("base64_encoded") != "true":
            return {"base64_encoded": ["programs may hold any bytes: ask for base64"]}
        if not given.get("source_code"):
            return {"source_code": ["can't be blank"]}
        if given.get("language_id") not in self.languages:
            return {"language_id": [f"language with id {given.get('language_id')} doesn't exist"]}
        for key in (*ENCODED, "additional_files"):
            value = given.get(key)
            if value is not None and (not isinstance(value, str) or _bytes(value) is None):
                return {key: ["is not base64"]}
        return self._limit_errors(given)

    def _limit_errors(self, given: dict[str, Any]) -> dict[str, list[str]]:
        for key, (least, most) in NUMBERS.items():
            value = given.get(key)
            if value is None:
                continue
            if not isinstance(value, int | float) or isinstance(value, bool):
                return {key: ["is not a number"]}
            if value < least:
                return {key: [f"must be greater than or equal to {least:g}"]}
            if value > self.config[most]:
                return {key: [f"must be less than or equal to {self.config[most]}"]}
        for key in FLAGS:
            if not isinstance(given.get(key, False), bool):
                return {key: ["is not a boolean"]}
        if any(len(given.get(key) or "") > 512 for key in TEXTS[:2]):
            return {"compiler_options": ["is too long (maximum is 512 characters)"]}
        allowed = {
            "compiler_options": "enable_compiler_options",
            "command_line_arguments": "enable_command_line_arguments",
            "additional_files": "enable_additional_files",
            "callback_url": "enable_callbacks",
        }
        for key, setting in allowed.items():
            if given.get(key) and not self.config[setting]:
                return {key: [f"setting {key.replace('_', ' ')} is not allowed"]}
        script = LANGUAGES.get(given["language_id"], "").startswith(("Python", "JavaScript"))
        if given.get("compiler_options") and script:
            words = "setting compiler options is only allowed for compiled languages"
            return {"compiler_options": [words]}
        return {}

    def _filled(self, given: dict[str, Any]) -> dict[str, Any]:
        filled = (
            dict.fromkeys(KNOWN) | {key: self.config[key] for key in (*NUMBERS, *FLAGS)} | given
        )
        for key in (*ENCODED, "additional_files"):
            filled[key] = _bytes(given[key]) if given.get(key) is not None else None
        return filled

    def _work(self, entry: Entry) -> None:
        with self.lock:
            if self.sandbox is None and self._own_sandbox is None:
                self._own_sandbox = Sandbox(2)
            sandbox = self.sandbox or self._own_sandbox
        assert sandbox is not None
        name = self.languages[entry.given["language_id"]]
        executed(entry, name, sandbox, has_libraries=self.has_libraries)
        entry.done.set()

    # -- asking

    def _batch(self, request: Request) -> Reply:
        if not self.config["enable_batched_submissions"]:
            return json_reply({"error": "batched submissions are not allowed"}, 400)
        tokens = [word for word in request.query.get("tokens", "").split(",") if word]
        if not 0 < len(tokens) <= self.config["max_submission_batch_size"]:
            return json_reply({"error": "there should be at least one submission in a batch"}, 400)
        refused = _bad_fields(request)
        if refused is not None:
            return refused
        rows = [self._row(self._entries.get(token), request) for token in tokens]
        return json_reply({"submissions": rows})

    def _one(self, request: Request, user: str) -> Reply:
        refused = _bad_fields(request)
        if refused is not None:
            return refused
        token = request.path.rsplit("/", 1)[1]
        if request.method == "DELETE":
            self.note(f"DELETE /submissions/{token[:8]}…", "", 200)
            if user != self.user_token:
                return Reply(403)
            if not self.config["enable_submission_delete"]:
                return json_reply({"error": "delete not allowed"}, 400)
        entry = self._entries.get(token)
        if entry is None:
            return json_reply({"error": "not found"}, 404)
        if request.method == "DELETE":
            if not entry.ended:
                return json_reply({"error": "submission cannot be deleted"}, 400)
            del self._entries[token]
        return json_reply(self._row(entry, request))

    def _row(self, entry: Entry | None, request: Request) -> dict[str, Any] | None:
        if entry is None:
            return None
        looked = entry.looked()
        known = {**entry.given, **looked, "token": entry.token}
        known["status"] = {
            "id": looked["status_id"],
            "description": DESCRIPTIONS[looked["status_id"]],
        }
        asked = [word for word in request.query.get("fields", "").split(",") if word]
        encoded = request.query.get("base64_encoded") == "true"
        row = {}
        for key in asked or SHOWN_BY_DEFAULT:
            value = known.get(key)
            if isinstance(value, bytes):
                value = _wrapped(value) if encoded else value.decode("utf-8", "replace")
            elif key == "message" and value is not None and encoded:
                value = _wrapped(value.encode())
            row[key] = value
        stdout = row.get("stdout")
        if entry.fault == "truncated" and looked["status_id"] > 2 and stdout:
            row["stdout"] = stdout.rstrip()[:-1]
        return row

    def settled(self) -> None:
        """Waits until every program that is not held back has ended."""
        for entry in list(self._entries.values()):
            if not entry.held:
                entry.done.wait(60)


def _bad_fields(request: Request) -> Reply | None:
    asked = [word for word in request.query.get("fields", "").split(",") if word]
    unknown = [word for word in asked if word not in FIELDS]
    if unknown:
        return json_reply({"error": f"invalid fields: [{', '.join(unknown)}]"}, 400)
    return None


def _bytes(text: str) -> bytes | None:
    with contextlib.suppress(binascii.Error, ValueError):
        return base64.b64decode(text, validate=True)
    return None


def _wrapped(content: bytes) -> str:
    """Base64 as Ruby writes it: a line break after every sixty characters."""
    text = base64.b64encode(content).decode()
    return "".join(f"{text[i : i + 60]}\n" for i in range(0, len(text), 60))


def _shown(given: Any) -> Any:
    """For the page: texts readable and short, files by their size."""
    if not isinstance(given, dict):
        return str(given)[:SHOWN_CHARACTERS]
    shown = dict(given)
    for key in ENCODED:
        content = _bytes(given[key]) if isinstance(given.get(key), str) else None
        if content is not None:
            shown[key] = content[:SHOWN_CHARACTERS].decode("utf-8", "replace")
    if isinstance(given.get("additional_files"), str):
        shown["additional_files"] = f"{len(given['additional_files'])} characters"
    return shown
