from django.apps import AppConfig


class PositionsConfig(AppConfig):
    name = "touchstone.positions"
    label = "positions"
