"""Adding a customer: a draft, and a page for each step."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "new_customers"

urlpatterns: list[URLPattern] = []
