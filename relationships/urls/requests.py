"""Requests that a partner sends to organizations."""

from __future__ import annotations

from django.urls import path

from relationships.views import requests

app_name = "requests"

urlpatterns = [
    path("", requests.requests, name="list"),
    path("new/", requests.new, name="new"),
    path("<uuid:request_id>/", requests.request_page, name="request"),
    path("<uuid:request_id>/send/", requests.send, name="send"),
    path("<uuid:request_id>/withdraw/", requests.withdraw, name="withdraw"),
]
