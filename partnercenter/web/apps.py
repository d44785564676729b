from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "partnercenter.web"
    label = "web"
