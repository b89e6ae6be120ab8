from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "touchstone.evaluation"
    label = "evaluation"
