"""TC3-HMAC-SHA256, the signature of Tencent Cloud's API 3.0."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac

SERVICE = "sms"
SIGNED = "content-type;host;x-tc-action"
CONTENT_TYPE = "application/json; charset=utf-8"


def authorization(
    *, secret_id: str, secret_key: str, host: str, action: str, timestamp_s: int, body: bytes
) -> str:
    """The value of the Authorization header.

    Args:
        host: as sent in the Host header.
        timestamp_s: Unix seconds; the same as in X-TC-Timestamp.
        body: the very bytes that are sent.
    """
    date = dt.datetime.fromtimestamp(timestamp_s, dt.UTC).strftime("%Y-%m-%d")
    canonical = "\n".join(
        (
            "POST",
            "/",
            "",
            f"content-type:{CONTENT_TYPE}\nhost:{host}\nx-tc-action:{action.lower()}\n",
            SIGNED,
            hashlib.sha256(body).hexdigest(),
        )
    )
    scope = f"{date}/{SERVICE}/tc3_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"TC3-HMAC-SHA256\n{timestamp_s}\n{scope}\n{digest}"
    key = f"TC3{secret_key}".encode()
    for part in (date, SERVICE, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signed = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return (
        f"TC3-HMAC-SHA256 Credential={secret_id}/{scope}, SignedHeaders={SIGNED}, "
        f"Signature={signed}"
    )
