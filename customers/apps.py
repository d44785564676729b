from django.apps import AppConfig
from django.core.checks import register


class CustomersConfig(AppConfig):
    name = "customers"

    def ready(self) -> None:
        from customers.checks import what_settings_name_is_there

        register(what_settings_name_is_there)
