"""Talks to a Judge0 server: hands a program in, waits, and believes only what can be true.

The contract is that of Judge0 1.13: base64 both ways, a token for each program, statuses 1 to 14.
Neither the expected output nor anything about a person is ever sent.
"""

from __future__ import annotations

import base64
import binascii
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from touchstone.common.errors import OutsideError, PermanentOutsideError, TemporaryOutsideError
from touchstone.common.messages import say
from touchstone.integrations.judge0.service import Judge0Service
from touchstone.integrations.webhooks.addresses import (
    Resolver,
    Target,
    check_target,
    system_resolver,
)

LARGEST_ANSWER = 64 * 2**20
ATTEMPTS = 4
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 2.0
FIRST_RETRY_S, LONGEST_RETRY_S = 0.2, 20.0
WAITING, RUNNING = 1, 2
FIELDS = (
    "token,status_id,stdout,stderr,compile_output,message,time,wall_time,memory,exit_code,"
    "exit_signal"
)
Answer = TypeVar("Answer", bound=BaseModel)
logger = logging.getLogger("touchstone.judge0")


class ServerLimits(BaseModel):
    """What the server lets a program have; its defaults where it does not say."""

    model_config = ConfigDict(extra="ignore")

    enable_additional_files: bool = True
    enable_batched_submissions: bool = True
    enable_command_line_arguments: bool = True
    enable_compiler_options: bool = True
    enable_submission_delete: bool = False
    max_cpu_time_limit: float = Field(15.0, gt=0, allow_inf_nan=False)
    max_cpu_extra_time: float = Field(5.0, ge=0, allow_inf_nan=False)
    max_wall_time_limit: float = Field(20.0, gt=0, allow_inf_nan=False)
    max_memory_limit: int = Field(512_000, gt=0)
    max_stack_limit: int = Field(128_000, gt=0)
    max_max_processes_and_or_threads: int = Field(120, gt=0)
    max_max_file_size: int = Field(4096, gt=0)
    max_extract_size: int = Field(10_240, gt=0)


class LanguageRow(BaseModel):
    """A language of the server."""

    model_config = ConfigDict(extra="ignore")

    id: int
    name: str


def _decoded(value: Any) -> bytes:
    """Bytes of a base64 text with line breaks, as Ruby writes it; None is nothing."""
    if value is None:
        return b""
    if not isinstance(value, str):
        raise ValueError("not a text")  # noqa: TRY004 - what a validator may raise
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


Encoded = Annotated[bytes, BeforeValidator(_decoded)]


class Ended(BaseModel):
    """What the server saw of a program; everything a program could write is bytes."""

    model_config = ConfigDict(extra="ignore")

    status_id: int
    stdout: Encoded = b""
    stderr: Encoded = b""
    compile_output: Encoded = b""
    message: Encoded = b""
    time: float | None = Field(None, ge=0, le=86_400, allow_inf_nan=False)
    wall_time: float | None = Field(None, ge=0, le=86_400, allow_inf_nan=False)
    memory: float | None = Field(None, ge=0, le=2**40, allow_inf_nan=False)
    exit_code: int | None = Field(None, ge=0, le=255)
    exit_signal: int | None = Field(None, ge=0, le=64)


class _Handed(BaseModel):
    token: str = Field(pattern=r"^[0-9A-Za-z-]{8,64}$")


class Judge0:
    """A connection; safe to share among threads.

    Args:
        transport, resolver, clock_s, pause: for tests.
    """

    def __init__(
        self,
        service: Judge0Service,
        *,
        resolver: Resolver = system_resolver,
        transport: httpx.BaseTransport | None = None,
        clock_s: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.service = service
        self._resolver = resolver
        self._clock_s = clock_s
        self._pause = pause
        self._limits: ServerLimits | None = None
        self._lock = threading.Lock()
        self._http = httpx.Client(
            timeout=httpx.Timeout(service.timeout_s, connect=min(5.0, service.timeout_s)),
            transport=transport,
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        """Ends the connections."""
        self._http.close()

    def limits(self) -> ServerLimits:
        """The server's configuration, asked for once.

        Raises:
            OutsideError: as `run`.
        """
        with self._lock:
            if self._limits is None:
                self._limits = _read(ServerLimits, self._ask("GET", "/config_info"))
            return self._limits

    def languages(self) -> list[LanguageRow]:
        """The languages it has, archived ones left out.

        Raises:
            OutsideError: as `run`.
        """
        rows = self._ask("GET", "/languages")
        if not isinstance(rows, list):
            raise _unexpected()
        return [_read(LanguageRow, row) for row in rows]

    def version(self) -> str:
        """What it says of itself.

        Raises:
            OutsideError: as `run`.
        """
        about = self._ask("GET", "/about")
        version = about.get("version") if isinstance(about, dict) else None
        if not isinstance(version, str):
            raise _unexpected()
        return version[:40]

    def run(self, program: Mapping[str, Any]) -> Ended:
        """Hands a program in and waits for its end.

        Args:
            program: the body of a submission; bytes are encoded.

        Raises:
            PermanentOutsideError: a wrong key or address, or the server refuses the program.
            TemporaryOutsideError: not reached, busy, an answer that makes no sense, or the
                program did not leave the queue in time.
        """
        body = {
            key: base64.b64encode(value).decode() if isinstance(value, bytes) else value
            for key, value in program.items()
        }
        asked = {"base64_encoded": "true", "wait": "false"}
        handed = _read(_Handed, self._ask("POST", "/submissions", query=asked, body=body))
        ended = self._awaited(handed.token)
        self._delete(handed.token)
        return ended

    def _awaited(self, token: str) -> Ended:
        until_s = self._clock_s() + self.service.patience_s
        pause_s = FIRST_PAUSE_S
        while True:
            self._pause(pause_s)
            ended = self._looked(token)
            if ended.status_id not in (WAITING, RUNNING):
                return ended
            if self._clock_s() > until_s:
                raise TemporaryOutsideError(say("judge0.queue"), retry_after_s=60)
            pause_s = min(LONGEST_PAUSE_S, pause_s * 1.5)

    def _looked(self, token: str) -> Ended:
        """One look; a batch of one where the server takes batches: the other answer is cached."""
        query = {"base64_encoded": "true", "fields": FIELDS}
        if not self.limits().enable_batched_submissions:
            return _read(Ended, self._ask("GET", f"/submissions/{token}", query=query))
        answer = self._ask("GET", "/submissions/batch", query={**query, "tokens": token})
        rows = answer.get("submissions") if isinstance(answer, dict) else None
        if not isinstance(rows, list) or len(rows) != 1:
            raise _unexpected()
        if rows[0] is None:
            raise TemporaryOutsideError(say("judge0.lost"), retry_after_s=30)
        return _read(Ended, rows[0])

    def _delete(self, token: str) -> None:
        """Takes the program off the server, where that is allowed; the result is kept anyway."""
        if not self.service.user_token or not self.limits().enable_submission_delete:
            return
        try:
            self._ask("DELETE", f"/submissions/{token}", query={"fields": "token"})
        except OutsideError as error:
            logger.warning("judge0: a program was not deleted there (%s)", error.message.id)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> Any:
        """One request, tried again while that makes sense; a program handed in twice runs twice."""
        pause_s = FIRST_RETRY_S
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._once(method, path, query or {}, body)
            except TemporaryOutsideError as error:
                if attempt == ATTEMPTS:
                    raise
                wait_s = min(LONGEST_RETRY_S, max(pause_s, error.retry_after_s))
                shown = path.split("/")[1]
                logger.info("judge0: %s %s failed (%s), again", method, shown, error.message.id)
                self._pause(wait_s)
                pause_s *= 3
        raise AssertionError("unreachable")

    def _once(self, method: str, path: str, query: Mapping[str, str], body: Any) -> Any:
        target = self._target(path)
        until_s = self._clock_s() + self.service.timeout_s
        headers = self._headers(target)
        content = None
        if body is not None:
            content = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        try:
            with self._http.stream(
                method,
                target.url,
                params=dict(query) or None,
                content=content,
                headers=headers,
                extensions={"sni_hostname": target.host},
            ) as response:
                received = self._received(response, until_s)
        except httpx.HTTPError as error:
            raise TemporaryOutsideError(say("judge0.unreachable")) from error
        if not response.is_success:
            raise _refusal(response, received)
        try:
            return json.loads(received)
        except (ValueError, RecursionError) as error:
            raise _unexpected() from error

    def _target(self, path: str) -> Target:
        """The checked address: the request goes to it, whatever the name says a moment later."""
        parts = urlsplit(self.service.base)
        if parts.query or parts.fragment:
            raise PermanentOutsideError(say("webhooks.bad_url"))
        url = f"{self.service.base.rstrip('/')}{path}"
        return check_target(url, allowed=self.service.networks, resolver=self._resolver)

    def _headers(self, target: Target) -> dict[str, str]:
        shown = target.host if target.port in {80, 443} else f"{target.host}:{target.port}"
        headers = {"Host": shown, "Accept": "application/json"}
        if self.service.token:
            headers["X-Auth-Token"] = self.service.token
        if self.service.user_token:
            headers["X-Auth-User"] = self.service.user_token
        return headers

    def _received(self, response: httpx.Response, until_s: float) -> bytes:
        received = bytearray()
        for chunk in response.iter_bytes():
            received += chunk
            if len(received) > LARGEST_ANSWER:
                raise PermanentOutsideError(say("judge0.unexpected"))
            if self._clock_s() > until_s:
                raise TemporaryOutsideError(say("judge0.unreachable"))
        return bytes(received)


def _read(model: type[Answer], value: Any) -> Answer:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise _unexpected() from error


def _unexpected() -> TemporaryOutsideError:
    return TemporaryOutsideError(say("judge0.unexpected"))


def _refusal(response: httpx.Response, received: bytes) -> OutsideError:
    status = response.status_code
    if status in {401, 403}:
        return PermanentOutsideError(say("judge0.key", code=status))
    if status in {408, 429} or status >= 500:
        wait = response.headers.get("retry-after", "")
        seconds = min(float(wait), 3600.0) if wait.isdigit() and len(wait) < 6 else 0.0
        return TemporaryOutsideError(say("judge0.busy", code=status), retry_after_s=seconds)
    why = received[:300].decode("utf-8", "replace")
    return PermanentOutsideError(say("judge0.refused", code=status, why=why))
