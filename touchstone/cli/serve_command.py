"""`touchstone serve`: web and workers in one process tree."""

from __future__ import annotations

import argparse
import errno
import socket
import sys

from touchstone.cli.site import prepare_database, start_django
from touchstone.cli.supervisor import Child, Supervisor, python


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--web", type=int, default=2, metavar="N", help="web processes (2)")
    parser.add_argument(
        "--workers", type=int, default=None, metavar="N", help="workers (TOUCHSTONE_WORKERS, 2)"
    )


def listen(host: str, port: int) -> socket.socket:
    """A listening socket that child processes can inherit.

    Raises:
        SystemExit: the port is taken or the address is not ours; the text says what to do.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except (OSError, OverflowError) as error:
        listening.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise SystemExit(
                f"touchstone: port {port} on {host} is in use by another program. "
                f"Stop it, or choose another port: touchstone serve --port {port + 1}"
            ) from error
        raise SystemExit(f"touchstone: cannot listen on {host}:{port} ({error}).") from error
    listening.listen(1024)
    listening.set_inheritable(True)
    return listening


def run(args: argparse.Namespace) -> int:
    listening = listen(args.host, args.port)
    start_django()
    prepare_database()
    return supervise(listening, web=args.web, workers=args.workers)


def supervise(listening: socket.socket, *, web: int = 2, workers: int | None = None) -> int:
    """Serves on the socket until a signal; the database is prepared already."""
    from django.conf import settings

    descriptor = listening.fileno()
    children = [
        Child(
            f"web {number}",
            python("-m", "touchstone.cli.web_process", str(descriptor)),
            (descriptor,),
        )
        for number in range(1, web + 1)
    ]
    count = settings.WORKERS if workers is None else workers
    children += [
        Child(f"worker {number}", python("-m", "touchstone.cli", "worker", "--prepared"))
        for number in range(1, count + 1)
    ]
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    print(
        f"Touchstone 试金石: http://{shown}:{port}  (Ctrl-C stops it)", file=sys.stderr, flush=True
    )
    return Supervisor(children).run()
