"""The speech service that the settings name."""

from __future__ import annotations

import ipaddress

from django.conf import settings

from touchstone.integrations.speech.client import SpeechService

# The address is an administrator's, and a service beside the product is the usual case.
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


def speech_ready() -> bool:
    """Whether address and model are set."""
    return bool(settings.SPEECH_BASE and settings.SPEECH_MODEL)


def speech_service() -> SpeechService | None:
    """The service; None where none is set up."""
    if not speech_ready():
        return None
    return SpeechService(
        base=settings.SPEECH_BASE,
        key=settings.SPEECH_KEY,
        model=settings.SPEECH_MODEL,
        networks=(*LOOPBACK, *settings.WEBHOOK_NETWORKS),
        largest=settings.SPEECH_LARGEST_MB * 2**20,
        timeout_s=float(settings.SPEECH_TIMEOUT_S),
    )
