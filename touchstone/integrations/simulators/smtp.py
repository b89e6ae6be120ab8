"""A mail server on loopback that keeps what it is given and fails on demand."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from dataclasses import dataclass, field
from email.message import EmailMessage

KINDS = ("greylist", "reject", "drop_after_data", "hang")
MOST_BYTES = 20 * 2**20


@dataclass(frozen=True, slots=True)
class Delivered:
    """One accepted message."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


@dataclass
class SimulatedSmtp:
    """An SMTP server.

    Attributes:
        delivered: accepted messages by Message-ID: a repeated one is kept once, as servers do.
        attempts: how many messages were handed over in all, repeated ones too.
    """

    port: int = 0
    delivered: dict[str, Delivered] = field(default_factory=dict)
    attempts: int = 0
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self._server: socketserver.ThreadingTCPServer | None = None

    def fault(self, kind: str, times: int = 1) -> None:
        """The next messages meet a fault: greylist (4xx), reject (5xx), drop_after_data, hang."""
        if kind not in KINDS:
            raise ValueError(f"the mail simulator knows no fault {kind!r}")
        with self.lock:
            self.faults += [kind] * times

    def take_fault(self) -> str:
        with self.lock:
            return self.faults.pop(0) if self.faults else ""

    def keep(self, sender: str, recipients: list[str], data: bytes) -> None:
        message = email.message_from_bytes(data, policy=email.policy.default)
        with self.lock:
            self.attempts += 1
            key = str(message["Message-ID"])
            self.delivered.setdefault(key, Delivered(sender, tuple(recipients), message))

    def start(self) -> SimulatedSmtp:
        """Serves in the background on loopback."""
        owner = self

        class Conversation(_Conversation):
            simulator = owner

        self._server = socketserver.ThreadingTCPServer(
            ("127.0.0.1", self.port), Conversation, bind_and_activate=False
        )
        self._server.allow_reuse_address = True
        self._server.daemon_threads = True
        self._server.server_bind()
        self._server.server_activate()
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Ends the server."""
        self.stopping.set()
        if self._server:
            self._server.shutdown()
            self._server.server_close()


class _Conversation(socketserver.StreamRequestHandler):
    simulator: SimulatedSmtp
    timeout = 60

    def handle(self) -> None:
        self.say("220 simulator ESMTP")
        sender, fault = "", ""
        recipients: list[str] = []
        while line := self.rfile.readline(4096):
            verb = line[:4].upper().decode("ascii", "replace").strip()
            text = line.decode("utf-8", "replace").strip()
            if verb in {"EHLO", "HELO"}:
                self.say("250-simulator\r\n250-8BITMIME\r\n250 SMTPUTF8")
            elif verb == "MAIL":
                sender, recipients, fault = _address(text), [], self.simulator.take_fault()
                self.say("250 ok")
            elif verb == "RCPT":
                if fault in {"greylist", "reject"}:
                    refusal = "451 4.7.1 try later" if fault == "greylist" else "550 no such user"
                    self.say(refusal)
                    continue
                recipients.append(_address(text))
                self.say("250 ok")
            elif verb == "DATA":
                if not self.take_data(sender, recipients, fault):
                    return
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def take_data(self, sender: str, recipients: list[str], fault: str) -> bool:
        """Reads the message; whether the conversation goes on."""
        if not recipients:
            self.say("503 no recipients")
            return True
        if fault == "hang":
            self.simulator.stopping.wait(30)
            return False
        self.say("354 go on")
        lines: list[bytes] = []
        size = 0
        while (line := self.rfile.readline(2**16)) not in {b".\r\n", b""}:
            size += len(line)
            lines.append(line[1:] if line.startswith(b"..") else line)
            if size > MOST_BYTES:
                self.say("552 too large")
                return False
        self.simulator.keep(sender, recipients, b"".join(lines))
        if fault == "drop_after_data":
            return False
        self.say("250 accepted")
        return True

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


def _address(text: str) -> str:
    return text.partition(":")[2].strip().split(" ")[0].strip("<>")
