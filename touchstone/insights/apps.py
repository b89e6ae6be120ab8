from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "touchstone.insights"
    label = "insights"
