from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "partnercenter.notifications"
    label = "notifications"
