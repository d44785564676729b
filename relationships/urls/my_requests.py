"""Requests of partners to one's own organization."""

from __future__ import annotations

from django.urls import path

from relationships.views import my_requests

app_name = "my_requests"

urlpatterns = [
    path("", my_requests.requests, name="list"),
    path("<str:request_token>/", my_requests.request_page, name="request"),
    path("<str:request_token>/accept/", my_requests.accept, name="accept"),
    path("<str:request_token>/decline/", my_requests.decline, name="decline"),
]
