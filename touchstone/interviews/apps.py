from django.apps import AppConfig


class InterviewsConfig(AppConfig):
    name = "touchstone.interviews"
    label = "interviews"
