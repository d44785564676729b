from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "partnercenter.jobs"
    label = "jobs"
