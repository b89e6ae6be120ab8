from django.apps import AppConfig


class RecruitingConfig(AppConfig):
    name = "touchstone.recruiting"
    label = "recruiting"
