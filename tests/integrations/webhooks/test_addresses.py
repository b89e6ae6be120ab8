"""Where webhooks may go, and where they may not, however the address is written."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence

import pytest

from touchstone.common.errors import PermanentOutsideError, TemporaryOutsideError
from touchstone.integrations.webhooks.addresses import check_target, may_reach, system_resolver

PUBLIC = "93.184.215.14"


def answers(*texts: str) -> object:
    """A resolver that gives these addresses for every name."""

    def resolve(_host: str, _port: int) -> Sequence[str]:
        return texts

    return resolve


@pytest.mark.parametrize(
    "text",
    [
        *("127.0.0.1", "127.8.9.10", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255"),
        *("192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255"),
        *("192.0.2.7", "198.18.0.1", "203.0.113.9", "::1", "::", "fe80::1", "fc00::1", "ff02::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1"),
        *("64:ff9b::808:808", "2002:7f00:1::", "2002:a00:1::", "2001:0:53aa:64c::1", "2001:db8::1"),
    ],
)
def test_addresses_that_are_not_public(text: str) -> None:
    assert not may_reach(ipaddress.ip_address(text), ())
    with pytest.raises(PermanentOutsideError) as caught:
        check_target("https://hooks.example.com/", resolver=answers(text))  # type: ignore[arg-type]
    assert caught.value.message.id == "webhooks.forbidden_address"


@pytest.mark.parametrize("text", [PUBLIC, "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_public_addresses(text: str) -> None:
    target = check_target("https://hooks.example.com/a?b=1", resolver=answers(text))  # type: ignore[arg-type]
    assert target.address == text
    assert target.host == "hooks.example.com"
    assert target.url.endswith(":443/a?b=1")


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "017700000001",
        "127.1",
        "①②⑦.⓪.⓪.①",
        "localhost",
        "[::1]",
    ],
)
def test_loopback_in_other_words(host: str) -> None:
    """Resolved for real: none of these spellings leads to this machine."""
    with pytest.raises((PermanentOutsideError, TemporaryOutsideError)) as caught:
        check_target(f"https://{host}/")
    if isinstance(caught.value, PermanentOutsideError):
        assert caught.value.message.id in {"webhooks.forbidden_address", "webhooks.bad_url"}
    else:
        with pytest.raises(OSError, match=r".*"):
            socket.getaddrinfo(host, 443)


def test_the_resolver_reads_a_number_as_an_address() -> None:
    assert set(system_resolver("2130706433", 443)) == {"127.0.0.1"}


@pytest.mark.parametrize(
    "url",
    [
        *("", "hooks.example.com", "ftp://hooks.example.com/", "file:///etc/passwd", "https://"),
        *("https://user:pass@hooks.example.com/", "https://hooks.example.com/#x", "javascript:1"),
        *("https://hooks.example.com:22/", "https://hooks.example.com:99999/"),
        *("https://hooks.example.com/\r\nHost: evil", "https://hooks.example.com/a b"),
        "gopher://127.0.0.1:6379/_INFO",
    ],
)
def test_urls_that_are_none(url: str) -> None:
    with pytest.raises(PermanentOutsideError) as caught:
        check_target(url, resolver=answers(PUBLIC))  # type: ignore[arg-type]
    assert caught.value.message.id == "webhooks.bad_url"


def test_one_bad_address_among_good_ones_is_enough() -> None:
    with pytest.raises(PermanentOutsideError):
        check_target("https://hooks.example.com/", resolver=answers(PUBLIC, "10.0.0.1"))  # type: ignore[arg-type]


def test_plain_http_is_for_the_companys_own_networks() -> None:
    own = [ipaddress.ip_network("10.20.0.0/16")]
    with pytest.raises(PermanentOutsideError) as caught:
        check_target("http://hooks.example.com/", resolver=answers(PUBLIC), allowed=own)  # type: ignore[arg-type]
    assert caught.value.message.id == "webhooks.https_only"
    target = check_target("http://hr.intern/", resolver=answers("10.20.3.4"), allowed=own)  # type: ignore[arg-type]
    assert target.url == "http://10.20.3.4:80/"
    with pytest.raises(PermanentOutsideError):
        check_target("http://hr.intern/", resolver=answers("10.21.3.4"), allowed=own)  # type: ignore[arg-type]


def test_names_that_do_not_resolve_are_tried_again() -> None:
    def nothing(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(TemporaryOutsideError):
        check_target("https://hooks.example.com/", resolver=nothing)
