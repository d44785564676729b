"""The partners of one's organization, for its own people."""

from __future__ import annotations

from django.urls import path

from relationships.views import my_partners

app_name = "my_partners"

urlpatterns = [path("", my_partners.my_partners, name="list")]
