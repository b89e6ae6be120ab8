"""The API: REST for the systems around, and callbacks of outside systems."""

from __future__ import annotations

from django.urls import path

from touchstone.api import callbacks
from touchstone.api.rest import api

urlpatterns = [
    path("v1/", api.urls),
    path("wecom/callback/", callbacks.wecom_callback, name="wecom-callback"),
    path("tencent-meeting/callback/", callbacks.tencent_callback, name="tencent-callback"),
]
