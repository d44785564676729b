"""Providers and resellers that work together."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "partnerships"

urlpatterns: list[URLPattern] = []
