"""A mailbox on loopback: enough of IMAP (RFC 3501) to be read from, strict about what it takes."""

from __future__ import annotations

import re
import socketserver
import threading
from dataclasses import dataclass, field

_UID_FETCH = re.compile(r"UID FETCH (\d+) \(UID (RFC822\.SIZE|BODY\.PEEK\[\])\)", re.IGNORECASE)
_UID_SEARCH = re.compile(r"UID SEARCH UID (\d+):\*", re.IGNORECASE)


@dataclass
class SimulatedImap:
    """An IMAP server with one account.

    Attributes:
        folders: letters by folder (its name as on the wire), numbered from 1.
        validity: UIDVALIDITY of every folder; raise it to renumber.
        fetched: numbers of the letters handed out, in order.
    """

    user: str = "hr@example.com"
    password: str = "secret"  # noqa: S105 - of a simulator
    folders: dict[str, list[bytes]] = field(default_factory=lambda: {"INBOX": []})
    validity: int = 7
    fetched: list[int] = field(default_factory=list)
    port: int = 0

    def start(self) -> SimulatedImap:
        """Serves in the background on loopback."""
        owner = self

        class Conversation(_Conversation):
            simulator = owner

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", self.port), Conversation)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Conversation(socketserver.StreamRequestHandler):
    simulator: SimulatedImap
    timeout = 20

    def handle(self) -> None:
        self._letters: list[bytes] | None = None
        self._say("* OK IMAP4rev1 ready")
        for raw in self.rfile:
            tag, _, command = raw.decode("utf-8", "replace").strip().partition(" ")
            if not self._answer(tag, command):
                return

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def _answer(self, tag: str, command: str) -> bool:
        """Answers one command; whether the conversation goes on."""
        verb = command.split(" ", 1)[0].upper()
        if verb == "LOGOUT":
            self._say("* BYE")
            self._say(f"{tag} OK done")
            return False
        if verb == "CAPABILITY":
            self._say("* CAPABILITY IMAP4rev1")
            self._say(f"{tag} OK done")
        elif verb == "LOGIN":
            expected = f'LOGIN {self.simulator.user} "{self.simulator.password}"'
            self._say(f"{tag} {'OK signed in' if command == expected else 'NO wrong password'}")
        elif verb in {"EXAMINE", "SELECT"}:
            self._open(tag, command.split(" ", 1)[1].strip('"'))
        elif verb == "UID" and self._letters is not None:
            self._numbered(tag, command, self._letters)
        else:
            self._say(f"{tag} BAD {verb}")
        return True

    def _open(self, tag: str, folder: str) -> None:
        self._letters = self.simulator.folders.get(folder)
        if self._letters is None:
            self._say(f"{tag} NO no such folder")
            return
        self._say(f"* {len(self._letters)} EXISTS")
        self._say(f"* OK [UIDVALIDITY {self.simulator.validity}] valid")
        self._say(f"{tag} OK [READ-ONLY]")

    def _numbered(self, tag: str, command: str, letters: list[bytes]) -> None:
        search, fetch = _UID_SEARCH.fullmatch(command), _UID_FETCH.fullmatch(command)
        if search:
            # As servers do: "5:*" gives the last letter even where its number is below five.
            numbers = [n for n in range(1, len(letters) + 1) if n >= int(search[1])]
            numbers = numbers or ([len(letters)] if letters else [])
            self._say("* SEARCH " + " ".join(map(str, numbers)))
        elif fetch:
            number = int(fetch[1])
            letter = letters[number - 1]
            if fetch[2].upper() == "RFC822.SIZE":
                self._say(f"* {number} FETCH (UID {number} RFC822.SIZE {len(letter)})")
            else:
                self.simulator.fetched.append(number)
                self._say(f"* {number} FETCH (UID {number} BODY[] {{{len(letter)}}}")
                self.wfile.write(letter + b")\r\n")
        else:
            self._say(f"{tag} BAD unknown")
            return
        self._say(f"{tag} OK done")
