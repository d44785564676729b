"""Addresses below `/my/`: the pages of a customer's own people."""

from __future__ import annotations

from django.urls import path

from customers.views import my

app_name = "my"

urlpatterns = [path("", my.home, name="home")]
