"""Customers whose relationship has ended, and what is known of them."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "former"

urlpatterns: list[URLPattern] = []
