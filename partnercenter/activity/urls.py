"""Addresses below `/activity/`."""

from __future__ import annotations

from django.urls import path

from partnercenter.activity import views

app_name = "activity"

urlpatterns = [
    path("", views.log, name="list"),
    path("export/", views.export, name="export"),
]
