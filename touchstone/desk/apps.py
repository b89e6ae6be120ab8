from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "touchstone.desk"
    label = "desk"
