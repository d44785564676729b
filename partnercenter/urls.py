"""Addresses of pages. They are an interface (the product rules, section 13): people bookmark them, mails carry them."""

from __future__ import annotations

from django.urls import include, path

from partnercenter.directory.views import preferences

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("preferences/", preferences, name="preferences"),
]
