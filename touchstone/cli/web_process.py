"""One web process: serves on a socket that the supervisor has opened and handed down."""

from __future__ import annotations

import socket
import sys

GRACE_S = 5


def serve(descriptor: int) -> None:
    """Answers requests until SIGTERM or SIGINT, then gives open requests ``GRACE_S`` seconds."""
    import uvicorn

    listening = socket.socket(fileno=descriptor)
    config = uvicorn.Config(
        "touchstone.config.asgi:application",
        timeout_graceful_shutdown=GRACE_S,
        lifespan="off",
        server_header=False,
        # Whose X-Forwarded-For counts is decided by TOUCHSTONE_TRUSTED_PROXIES alone.
        proxy_headers=False,
        access_log=False,
        log_level="warning",
    )
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    serve(int(sys.argv[1]))
