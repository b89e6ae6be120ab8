from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "touchstone.ui"
    label = "ui"
