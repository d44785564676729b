from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "partnercenter.dashboard"
    label = "dashboard"
