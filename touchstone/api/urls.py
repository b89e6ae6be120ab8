"""The API: callbacks of outside systems."""

from __future__ import annotations

from django.urls import path

from touchstone.api import callbacks

urlpatterns = [
    path("wecom/callback/", callbacks.wecom_callback, name="wecom-callback"),
    path("tencent-meeting/callback/", callbacks.tencent_callback, name="tencent-callback"),
]
