"""From a URL to its package: desk, portal, api, ui."""

from __future__ import annotations

from django.urls import include, path

from touchstone.config import views

urlpatterns = [
    path("healthz", views.health, name="health"),
    path("readyz", views.ready, name="ready"),
    path("metrics", views.metrics, name="metrics"),
    path("sign-in/", include("touchstone.accounts.urls")),
    path("api/", include("touchstone.api.urls")),
    path("p/", include("touchstone.portal.urls")),
    path("ui/", include("touchstone.ui.urls")),
    path("", include("touchstone.desk.urls")),
]

handler400 = "touchstone.config.views.bad_request"
handler403 = "touchstone.config.views.forbidden"
handler404 = "touchstone.config.views.not_found"
handler500 = "touchstone.config.views.server_error"
