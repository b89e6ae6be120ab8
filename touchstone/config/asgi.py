"""The application that uvicorn serves."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "touchstone.config.settings")
application = get_asgi_application()

from touchstone.config.warm import warm_up  # noqa: E402 - needs the settings

warm_up()
