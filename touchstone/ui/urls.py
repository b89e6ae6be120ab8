"""Language, theme, and the page of all components."""

from __future__ import annotations

from django.urls import path

from touchstone.ui import views

urlpatterns = [
    path("language/", views.set_language, name="ui-language"),
    path("theme/", views.set_theme, name="ui-theme"),
    path("components/", views.components_page, name="ui-components"),
]
