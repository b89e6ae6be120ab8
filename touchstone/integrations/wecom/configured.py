"""The app of WeCom that the settings name."""

from __future__ import annotations

import time

from django.conf import settings
from django.core.cache import cache

from touchstone.integrations.wecom.client import Wecom, WecomApp
from touchstone.integrations.wecom.crypto import CallbackKeys


def wecom_ready() -> bool:
    """Whether corp id, agent id and secret are set."""
    return bool(settings.WECOM_CORP_ID and settings.WECOM_AGENT_ID and settings.WECOM_SECRET)


def wecom_client() -> Wecom:
    """A client of the app; its token is shared by all processes."""
    app = WecomApp(
        base=settings.WECOM_API_BASE,
        corp_id=settings.WECOM_CORP_ID,
        agent_id=int(settings.WECOM_AGENT_ID),
        secret=settings.WECOM_SECRET,
    )
    return Wecom(app, cache=cache, clock_s=time.time)


def callback_keys() -> CallbackKeys | None:
    """Token and key of the callback; None until both are set."""
    if not (settings.WECOM_CORP_ID and settings.WECOM_TOKEN and settings.WECOM_AES_KEY):
        return None
    return CallbackKeys(settings.WECOM_CORP_ID, settings.WECOM_TOKEN, settings.WECOM_AES_KEY)
