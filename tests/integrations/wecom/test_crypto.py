"""Vectors of the platform and of our own, and what must be refused."""

from __future__ import annotations

import base64

import pytest

from touchstone.integrations.wecom.crypto import (
    CallbackKeys,
    ForgedCallback,
    callback_signature,
    decrypt_callback,
    encrypt_callback,
    js_signature,
)
from touchstone.integrations.wecom.events import read_event

OFFICIAL = CallbackKeys(
    "wx5823bf96d3bd56c7", "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
)
OFFICIAL_ENCRYPTED = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3Qczcd"
    "CUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd"
    "4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2"
    "r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Nc"
    "x4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uy"
    "PIGHBZZIs2pDBS8R07+qN+E7Q=="
)
OFFICIAL_SIGNATURE = "477715d11cdb4164915debcba66cb864d751f3e6"
OWN = CallbackKeys("ww0000000000000001", "simtoken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
OWN_MESSAGE = b"<xml><MsgType><![CDATA[event]]></MsgType></xml>"
OWN_ENCRYPTED = (
    "Q3stYC6hdFzMh9T8HCvyDPlgJIL5oZ7Kc2lYj9CQw3HbK5X3foiJs2oqIKk6mZbD3HmahfnN92ykon6V8oYnJL4nv"
    "WLP4f2Qp2krqvWzvjX/uvOD8NSBZ5vtQu5kgxIv"
)


def official(**changes: str) -> bytes:
    given = {
        "signature": OFFICIAL_SIGNATURE,
        "timestamp": "1409659813",
        "nonce": "1372623149",
        "encrypted": OFFICIAL_ENCRYPTED,
        **changes,
    }
    return decrypt_callback(OFFICIAL, **given)


def test_the_platforms_own_sample_is_read() -> None:
    message = official()
    assert b"4561255354251345929" in message
    assert b"hello" in message


def test_our_vector_both_ways() -> None:
    assert encrypt_callback(OWN, OWN_MESSAGE, prefix=b"0123456789abcdef") == OWN_ENCRYPTED
    signature = callback_signature("simtoken", "1700000000", "987654321", OWN_ENCRYPTED)
    assert signature == "23994d6e091b98a34e9825ce3e9b161d78a12b7f"
    assert (
        decrypt_callback(
            OWN,
            signature=signature,
            timestamp="1700000000",
            nonce="987654321",
            encrypted=OWN_ENCRYPTED + "\n",
        )
        == OWN_MESSAGE
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"signature": "0" * 40},
        {"signature": "签名"},
        {"timestamp": "1409659814"},
        {"nonce": "1"},
        {"encrypted": OFFICIAL_ENCRYPTED[:-4]},
        {"encrypted": ""},
    ],
)
def test_what_was_changed_on_the_way_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(ForgedCallback):
        official(**changes)


def signed(keys: CallbackKeys, encrypted: str) -> bytes:
    return decrypt_callback(
        keys,
        signature=callback_signature(keys.token, "1", "2", encrypted),
        timestamp="1",
        nonce="2",
        encrypted=encrypted,
    )


def test_another_receiver_is_refused() -> None:
    stranger = CallbackKeys("ww-other", OWN.token, OWN.aes_key)
    with pytest.raises(ForgedCallback, match="receiver"):
        signed(OWN, encrypt_callback(stranger, b"<xml/>"))


@pytest.mark.parametrize("garbage", [b"\x00" * 32, b"\x7f" * 48, b"short"])
def test_padding_garbage_is_refused(garbage: bytes) -> None:
    with pytest.raises(ForgedCallback):
        signed(OWN, base64.b64encode(garbage).decode())


@pytest.mark.parametrize("key", ["short", "A" * 44, "!" * 43])
def test_a_malformed_key_is_named(key: str) -> None:
    with pytest.raises(ValueError, match="EncodingAESKey"):
        _ = CallbackKeys("c", "t", key).key


def test_page_signature_vector() -> None:
    assert (
        js_signature(
            ticket=(
                "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-"
                "HhTdfl2fzFy1AOcHKP7qg"
            ),
            nonce="Wm3WZYTPz0wzccnW",
            timestamp="1414587457",
            url="http://mp.weixin.qq.com?params=value",
        )
        == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"
    )


CARD = """<xml><ToUserName>ww0000000000000001</ToUserName><FromUserName>shen.yan</FromUserName>
<CreateTime>1700000000</CreateTime><MsgType>event</MsgType><Event>template_card_event</Event>
<EventKey>accept</EventKey><TaskId>interview-abc</TaskId><ResponseCode>rc</ResponseCode>
<SelectedItems><SelectedItem><QuestionKey>slot</QuestionKey><OptionIds><OptionId>2</OptionId>
</OptionIds></SelectedItem></SelectedItems></xml>"""


def delivered(message: str, *, now_s: float = 1700000000.0, nonce: str = "9") -> object:
    encrypted = encrypt_callback(OWN, message.encode())
    body = f"<xml><ToUserName>c</ToUserName><Encrypt>{encrypted}</Encrypt></xml>"
    return read_event(
        OWN,
        signature=callback_signature(OWN.token, "1700000000", nonce, encrypted),
        timestamp="1700000000",
        nonce=nonce,
        body=body.encode(),
        now_s=now_s,
    )


def test_a_card_event_is_read_and_known_again() -> None:
    first = delivered(CARD)
    again = delivered(CARD, nonce="10")
    other = delivered(CARD.replace("accept", "decline"))
    assert first.kind == "template_card_event"  # type: ignore[attr-defined]
    assert first.user_id == "shen.yan"  # type: ignore[attr-defined]
    assert first.chosen == {"slot": ("2",)}  # type: ignore[attr-defined]
    assert first.key == again.key  # type: ignore[attr-defined]
    assert first.key != other.key  # type: ignore[attr-defined]


@pytest.mark.parametrize("shift_s", [-601, 601, 86400])
def test_an_old_delivery_is_refused(shift_s: float) -> None:
    with pytest.raises(ForgedCallback, match="timestamp"):
        delivered(CARD, now_s=1700000000 + shift_s)


def test_entities_and_large_bodies_are_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><xml><MsgType>&a;</MsgType></xml>'
    with pytest.raises(ForgedCallback, match="xml"):
        delivered(bomb)
    with pytest.raises(ForgedCallback, match="large"):
        read_event(OWN, signature="", timestamp="1", nonce="", body=b"x" * 300_000, now_s=1.0)
