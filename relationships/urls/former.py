"""Customers whose relationship has ended, and what is known of them."""

from __future__ import annotations

from django.urls import path

from relationships.views import former

app_name = "former"

urlpatterns = [
    path("", former.former, name="list"),
    path("<uuid:microsoft_id>/", former.customer, name="customer"),
]
