"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from touchstone.ui.shell import Shell


def shell(request: HttpRequest) -> dict[str, Any]:
    """Theme, language and the frame of the page."""
    theme = request.COOKIES.get("touchstone_theme", "")
    return {
        "shell": getattr(request, "shell", None) or Shell(),
        "theme": theme if theme in {"light", "dark"} else "",
        "lang": "en" if (get_language() or "").startswith("en") else "zh",
        "demo": settings.DEMO,
    }
