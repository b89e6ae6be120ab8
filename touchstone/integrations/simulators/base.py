"""What the HTTP simulators share: a server in threads, what was received, faults on demand."""

from __future__ import annotations

import collections
import html
import json
import threading
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEPT = 500
LARGEST_BODY = 8 * 2**20
SLOW_S = 30.0
DRIP_S = 0.5
FAULTS = ("http_500", "http_502", "reset", "hang", "drip", "nonsense")


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came; ``path`` without the query, ``uri`` with it."""

    method: str
    path: str
    uri: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def form(self) -> dict[str, str]:
        """The fields of a posted form."""
        return dict(urllib.parse.parse_qsl(self.body.decode("utf-8", "replace")))


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer. ``location`` makes it a redirect."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    location: str = ""


def json_reply(value: Any, status: int = 200) -> Reply:
    """A JSON answer."""
    return Reply(status, json.dumps(value, ensure_ascii=False).encode())


def page_reply(title: str, content: str) -> Reply:
    """A plain page; ``content`` is HTML made of escaped parts."""
    page = (
        "<!doctype html><html lang=zh-Hans><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width, initial-scale=1'>"
        f"<title>{html.escape(title)}</title><style>body{{font:15px/1.7 system-ui,sans-serif;"
        "max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d2124;background:#f6f4f0}"
        "table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #dfdbd3;"
        "padding:.4rem .6rem;text-align:left;vertical-align:top}pre{white-space:pre-wrap;"
        "overflow-wrap:anywhere;margin:0;font-size:13px}button,input,select{font:inherit;"
        "min-height:40px;padding:0 .8rem}.card{background:#fff;border:1px solid #c3beb3;"
        "border-radius:6px;padding:1rem;margin:1rem 0;max-width:26rem}</style>"
        f"<h1>{html.escape(title)}</h1>{content}</html>"
    )
    return Reply(200, page.encode(), "text/html; charset=utf-8")


@dataclass
class Received:
    """One line of what came in, and the status answered."""

    number: int
    what: str
    detail: Any
    status: int


@dataclass
class Fault:
    """``kind`` happens to the next ``times`` requests whose path contains ``path``."""

    kind: str
    path: str = ""
    times: int = 1


@dataclass
class Simulator:
    """One outside system. A subclass answers requests in `answer`.

    Attributes:
        port: 0 for any free one; the real one once started.
        received: the latest 500, oldest first.
    """

    name: str = "simulator"
    port: int = 0
    received: collections.deque[Received] = field(
        default_factory=lambda: collections.deque(maxlen=KEPT)
    )
    faults: list[Fault] = field(default_factory=list)
    own_faults: tuple[str, ...] = ()
    largest_body: int = LARGEST_BODY

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self.stopping = threading.Event()
        self._count = 0
        self._server: ThreadingHTTPServer | None = None

    # -- to be filled by each system

    def answer(self, request: Request) -> Reply:
        """The answer to a request; called in many threads at once."""
        return json_reply({"detail": f"{self.name} has no {request.path}"}, 404)

    def fault_reply(self, kind: str, request: Request) -> Reply | None:
        """The answer for one of `own_faults`; None to answer as usual."""
        return None

    # -- life

    @property
    def base(self) -> str:
        """The address of its root, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Simulator:
        """Serves in the background on loopback."""
        simulator = self

        class Handler(_Handler):
            owner = simulator

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Ends the server; requests that hang are let go."""
        self.stopping.set()
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def note(self, what: str, detail: Any, status: int = 200) -> None:
        """Keeps a line for the page."""
        with self.lock:
            self._count += 1
            self.received.append(Received(self._count, what, detail, status))

    def fault(self, kind: str, path: str = "", times: int = 1) -> None:
        """Orders a fault."""
        if kind not in (*FAULTS, *self.own_faults):
            raise ValueError(f"{self.name} knows no fault {kind!r}")
        with self.lock:
            self.faults.append(Fault(kind, path, times))

    def take_fault(self, path: str) -> str:
        """The fault that this request shall meet, or nothing."""
        with self.lock:
            for fault in self.faults:
                if fault.path in path and fault.times > 0:
                    fault.times -= 1
                    return fault.kind
        return ""

    # -- its page

    def control(self, request: Request) -> Reply:
        """``/_sim/``: what came in, and faults."""
        if request.method == "POST" and request.path == "/_sim/fault":
            form = request.form()
            times = form.get("times", "1")
            try:
                self.fault(
                    form.get("kind", ""),
                    form.get("path", ""),
                    int(times) if times.isdigit() else 1,
                )
            except ValueError as error:
                return json_reply({"detail": str(error)}, 422)
            return Reply(303, location="/_sim/")
        if request.path == "/_sim/received":
            return json_reply([vars(row) for row in list(self.received)])
        extra = self.control_more(request)
        return extra if extra is not None else page_reply(self.name, self._overview())

    def control_more(self, request: Request) -> Reply | None:
        """Further pages of a system."""
        return None

    def _overview(self) -> str:
        kinds = "".join(f"<option>{kind}</option>" for kind in (*FAULTS, *self.own_faults))
        rows = "".join(
            f"<tr><td>{row.number}<td>{html.escape(row.what)}<td>{row.status}"
            f"<td><pre>{html.escape(_pretty(row.detail))}</pre>"
            for row in reversed(self.received)
        )
        return (
            "<form method=post action=/_sim/fault><p><label>故障 · Fault <select name=kind>"
            f"{kinds}</select></label> <label>路径 · path <input name=path></label> <label>次数 · "
            "times <input name=times value=1 size=3></label> <button>排上 · Order</button></form>"
            f"<table><tr><th>#<th>收到 · Received<th>状态<th>内容{rows}</table>"
        )


def _pretty(detail: Any) -> str:
    return json.dumps(detail, ensure_ascii=False, indent=1, default=str)


class _Handler(BaseHTTPRequestHandler):
    owner: Simulator
    protocol_version = "HTTP/1.1"
    timeout = 60

    def _serve(self) -> None:
        length = self.headers.get("Content-Length", "0")
        size = min(int(length) if length.isdigit() else 0, self.owner.largest_body)
        parts = urllib.parse.urlsplit(self.path)
        request = Request(
            self.command,
            parts.path,
            self.path,
            dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True)),
            dict(self.headers.items()),
            self.rfile.read(size),
        )
        if request.path.startswith("/_sim/"):
            self._send(self.owner.control(request))
            return
        kind = self.owner.take_fault(request.path)
        if kind == "reset":
            self.close_connection = True
            self.connection.close()
            return
        if kind == "hang":
            self.owner.stopping.wait(SLOW_S)
            self.close_connection = True
            return
        reply = self._faulty(kind, request) or self.owner.answer(request)
        self._send(reply, drip=kind == "drip")

    def _faulty(self, kind: str, request: Request) -> Reply | None:
        if kind in {"http_500", "http_502"}:
            return Reply(int(kind[-3:]), b"<html>bad gateway</html>", "text/html")
        if kind == "nonsense":
            return Reply(200, b"{not json")
        return self.owner.fault_reply(kind, request) if kind in self.owner.own_faults else None

    def _send(self, reply: Reply, *, drip: bool = False) -> None:
        self.send_response(reply.status)
        if reply.location:
            self.send_header("Location", reply.location)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if not drip:
            self.wfile.write(reply.body)
            return
        for byte in reply.body:
            if self.owner.stopping.wait(DRIP_S):
                return
            self.wfile.write(bytes([byte]))

    do_GET = _serve  # noqa: N815 - the names that http.server looks for
    do_POST = _serve  # noqa: N815
    do_PUT = _serve  # noqa: N815
    do_DELETE = _serve  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Nothing: what came in stands on the page."""


Sender = Callable[[str, bytes, Mapping[str, str]], int]


def deliver(url: str, body: bytes, headers: Mapping[str, str], timeout_s: float = 5.0) -> int:
    """Posts a callback as an outside system would; returns the status, 0 without an answer."""
    import httpx

    try:
        return httpx.post(
            url, content=body, headers=dict(headers), timeout=timeout_s, trust_env=False
        ).status_code
    except httpx.HTTPError:
        return 0
