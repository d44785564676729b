from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "partnercenter.directory"
    label = "directory"
