from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "touchstone.library"
    label = "library"
