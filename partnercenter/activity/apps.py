from django.apps import AppConfig


class ActivityConfig(AppConfig):
    name = "partnercenter.activity"
    label = "activity"
