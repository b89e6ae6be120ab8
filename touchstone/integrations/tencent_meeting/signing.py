"""The request signature of Tencent Meeting's REST.

Its documents call it TC3-HMAC-SHA256, but it is not the cloud's TC3: one HMAC over four lines,
and base64 of the hexadecimal text, not of the bytes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac


def signature(
    *, method: str, secret_id: str, secret_key: str, nonce: str, timestamp: str, uri: str, body: str
) -> str:
    """The value of X-TC-Signature.

    Args:
        timestamp: Unix seconds.
        uri: path with query exactly as sent, without the host.
        body: the very text that is sent; empty for GET.
    """
    lines = (
        f"{method}\n"
        f"X-TC-Key={secret_id}&X-TC-Nonce={nonce}&X-TC-Timestamp={timestamp}\n"
        f"{uri}\n"
        f"{body}"
    )
    digest = hmac.new(secret_key.encode(), lines.encode(), hashlib.sha256).hexdigest()
    return base64.b64encode(digest.encode()).decode()
