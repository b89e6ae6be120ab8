from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "touchstone.assessments"
    label = "assessments"
