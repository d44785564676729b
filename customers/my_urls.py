"""Addresses below `/my/`: the pages of a customer's own people."""

from __future__ import annotations

from django.urls import include, path

from customers.views import my, privileges

app_name = "my"

privileges_urls = [
    path("", privileges.privileges, name="privileges"),
    path("take-back/", privileges.change, {"doing": "take_back"}, name="take_back_privileges"),
    path("grant/", privileges.change, {"doing": "grant"}, name="grant_privileges"),
]

urlpatterns = [
    path("", my.home, name="home"),
    path("partners/<uuid:partner_id>/privileges/", include(privileges_urls)),
]
