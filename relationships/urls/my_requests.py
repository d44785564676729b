"""Requests of partners to one's own organization."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "my_requests"

urlpatterns: list[URLPattern] = []
