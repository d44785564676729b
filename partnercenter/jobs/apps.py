from django.apps import AppConfig
from django.core.checks import register


class JobsConfig(AppConfig):
    name = "partnercenter.jobs"
    label = "jobs"

    def ready(self) -> None:
        from partnercenter.jobs.checks import every_kind_has_a_handler

        register(every_kind_has_a_handler)
