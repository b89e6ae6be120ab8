"""What a page may load: nothing from elsewhere, no inline script, no inline style."""

from __future__ import annotations

PARTS = (
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
POLICY = "; ".join(PARTS)


def policy_with_style(nonce: str) -> str:
    """The policy of one page whose editor writes a style sheet of its own under ``nonce``."""
    return POLICY.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'")
