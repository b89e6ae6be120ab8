"""Which addresses a request may go to: public ones, and the networks that the company named.

The name is resolved here and the request goes to the very address that was checked, so that a name
that changes its answer in between gains nothing. Python's own `is_global` is not enough: it takes
NAT64 (64:ff9b::/96) and 6to4 (2002::/16) addresses, which carry any IPv4 address, for public.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from touchstone.common.errors import PermanentOutsideError, TemporaryOutsideError
from touchstone.common.messages import say

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver = Callable[[str, int], Sequence[str]]

CARRIERS = tuple(
    ipaddress.ip_network(text)
    for text in (
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "2001::/32",
        "::ffff:0:0/96",
        "::/96",
    )
)
FORBIDDEN = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("::1/128", "::/128", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "100::/64"),
        *("2001:db8::/32", "2001:10::/28", "2001:20::/28"),
    )
)
PORTS = frozenset({80, 443, *range(1024, 65536)})


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: the address to connect to, and the name it was asked under."""

    scheme: str
    host: str
    port: int
    address: str
    path: str

    @property
    def url(self) -> str:
        """The URL with the checked address in place of the name."""
        shown = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{shown}:{self.port}{self.path}"


def system_resolver(host: str, port: int) -> list[str]:
    """What this machine's resolver says; it also reads 2130706433 and 0x7f.1 as IPv4 addresses."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(row[4][0]) for row in found]


def may_reach(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether a request may go there: the company's own networks first, else public ones only."""
    if any(address.version == net.version and address in net for net in allowed):
        return True
    if isinstance(address, ipaddress.IPv6Address) and any(address in net for net in CARRIERS):
        return False
    if any(address.version == net.version and address in net for net in FORBIDDEN):
        return False
    return address.is_global and not address.is_multicast


def check_target(
    url: str, *, allowed: Sequence[Network] = (), resolver: Resolver = system_resolver
) -> Target:
    """The checked target of a URL.

    Args:
        allowed: networks of the company itself; only there may plain http be spoken.

    Raises:
        PermanentOutsideError: the URL is malformed, or any of its addresses is forbidden.
        TemporaryOutsideError: the name cannot be resolved now.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = parts.hostname or ""
        if ":" not in host:
            host = host.encode("idna").decode()
    except (ValueError, UnicodeError) as error:
        raise PermanentOutsideError(say("webhooks.bad_url")) from error
    if (
        parts.scheme not in {"http", "https"}
        or not host
        or parts.username is not None
        or parts.fragment
        or port not in PORTS
        or any(ord(c) <= 32 or ord(c) == 127 for c in url)
    ):
        raise PermanentOutsideError(say("webhooks.bad_url"))
    try:
        texts = resolver(host, port)
    except OSError as error:
        raise TemporaryOutsideError(say("webhooks.no_such_host", host=host)) from error
    addresses = [ipaddress.ip_address(text.split("%")[0]) for text in texts]
    if not addresses:
        raise TemporaryOutsideError(say("webhooks.no_such_host", host=host))
    if not all(may_reach(address, allowed) for address in addresses):
        raise PermanentOutsideError(say("webhooks.forbidden_address", host=host))
    first = addresses[0]
    own = any(first.version == net.version and first in net for net in allowed)
    if parts.scheme == "http" and not own:
        raise PermanentOutsideError(say("webhooks.https_only"))
    path = parts.path or "/"
    if parts.query:
        path += f"?{parts.query}"
    return Target(parts.scheme, host, port, str(first), path)
