"""Removing the relationship with a customer."""

from __future__ import annotations

from django.urls import path

from relationships.views import removal

app_name = "removal"

urlpatterns = [
    path("", removal.remove, name="remove"),
    path("suspend/", removal.suspend_all, name="suspend_all"),
    path("cancel-reservations/", removal.cancel_reservations, name="cancel_reservations"),
    path("cancel-software/", removal.cancel_software, name="cancel_software"),
]
