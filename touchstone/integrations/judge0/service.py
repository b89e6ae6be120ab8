"""Where the Judge0 server is; apart from the client, for the settings import it at every start."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# The address is an administrator's, and a server beside the product is a usual case.
LOOPBACK: tuple[Network, ...] = (
    ipaddress.ip_network("127.0.0.0/8"),
    ipaddress.ip_network("::1/128"),
)


@dataclass(frozen=True, slots=True)
class Judge0Service:
    """Where the server is.

    Attributes:
        base: its address, without a path unless a proxy adds one.
        token: sent as ``X-Auth-Token`` with every request; empty where the server wants none.
        user_token: sent as ``X-Auth-User`` to delete programs once they have been read.
        networks: of the company itself; only there may plain http be spoken.
        languages: ids that take the place of those found by name.
        timeout_s: of one request.
        patience_s: for a program to leave the server's queue and to end.
    """

    base: str
    token: str = ""
    user_token: str = ""
    networks: tuple[Network, ...] = ()
    languages: Mapping[str, int] = field(default_factory=dict)
    timeout_s: float = 20.0
    patience_s: float = 180.0
