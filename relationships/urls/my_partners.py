"""Partners of one's own organization, also those of before."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "my_partners"

urlpatterns: list[URLPattern] = []
