"""Encryption and signature of callbacks, as WeCom's message encryption wants them.

AES-256-CBC whose first 16 key bytes are the initial vector; PKCS#7 padding to blocks of 32 bytes;
the plain text is 16 random bytes, the length of the message in 4 bytes, the message and the
receiver's id.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
PREFIX = 16


class ForgedCallback(Exception):
    """Not from WeCom for this app. The text is for the log, never for the sender."""


@dataclass(frozen=True, slots=True)
class CallbackKeys:
    """What an administrator enters for an app's callback.

    Attributes:
        receiver: the corp id, which every message must carry.
        aes_key: 43 letters and digits (EncodingAESKey).
    """

    receiver: str
    token: str
    aes_key: str

    @property
    def key(self) -> bytes:
        """The 32 bytes of the key.

        Raises:
            ValueError: not 43 characters of base64.
        """
        try:
            key = base64.b64decode(self.aes_key + "=", validate=True)
        except binascii.Error as error:
            raise ValueError("EncodingAESKey is not base64") from error
        if len(key) != 32:
            raise ValueError("EncodingAESKey must have 43 characters")
        return key


def callback_signature(token: str, timestamp: str, nonce: str, encrypted: str) -> str:
    """SHA-1, lower-case hex, of the four values sorted and joined."""
    joined = "".join(sorted((token, timestamp, nonce, encrypted)))
    return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()


def decrypt_callback(
    keys: CallbackKeys, *, signature: str, timestamp: str, nonce: str, encrypted: str
) -> bytes:
    """The message inside.

    Raises:
        ForgedCallback: signature, padding, length or receiver are wrong.
    """
    encrypted = encrypted.strip()
    expected = callback_signature(keys.token, timestamp, nonce, encrypted)
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise ForgedCallback("signature")
    try:
        data = base64.b64decode(encrypted, validate=True)
    except binascii.Error as error:
        raise ForgedCallback("base64") from error
    if not data or len(data) % PREFIX:
        raise ForgedCallback("length")
    cipher = Cipher(algorithms.AES(keys.key), modes.CBC(keys.key[:PREFIX])).decryptor()
    plain = cipher.update(data) + cipher.finalize()
    pad = plain[-1]
    if not 1 <= pad <= BLOCK or plain[-pad:] != bytes([pad]) * pad:
        raise ForgedCallback("padding")
    plain = plain[:-pad]
    if len(plain) < PREFIX + 4:
        raise ForgedCallback("too short")
    (length,) = struct.unpack(">I", plain[PREFIX : PREFIX + 4])
    end = PREFIX + 4 + length
    if end > len(plain):
        raise ForgedCallback("inner length")
    if not hmac.compare_digest(plain[end:], keys.receiver.encode()):
        raise ForgedCallback("receiver")
    return plain[PREFIX + 4 : end]


def encrypt_callback(keys: CallbackKeys, message: bytes, *, prefix: bytes | None = None) -> str:
    """Base64 of the encrypted message. ``prefix``: 16 bytes in place of random ones."""
    plain = (prefix or os.urandom(PREFIX)) + struct.pack(">I", len(message))
    plain += message + keys.receiver.encode()
    pad = BLOCK - len(plain) % BLOCK
    cipher = Cipher(algorithms.AES(keys.key), modes.CBC(keys.key[:PREFIX])).encryptor()
    data = cipher.update(plain + bytes([pad]) * pad) + cipher.finalize()
    return base64.b64encode(data).decode()


def js_signature(*, ticket: str, nonce: str, timestamp: str, url: str) -> str:
    """The signature of a page for WeCom's JS-SDK; ``url`` without its fragment."""
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
