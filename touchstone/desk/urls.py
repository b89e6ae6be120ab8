"""Pages of the desk."""

from __future__ import annotations

from django.urls import path

from touchstone.desk.views import home

urlpatterns = [
    path("", home.today, name="today"),
    path("palette/", home.palette, name="palette"),
]
