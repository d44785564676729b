"""Addresses below `/notifications/`."""

from __future__ import annotations

from django.urls import path

from partnercenter.notifications import views

app_name = "notifications"

urlpatterns = [
    path("", views.notifications, name="list"),
    path("read/", views.read, name="read"),
]
