from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "touchstone.jobs"
    label = "jobs"
