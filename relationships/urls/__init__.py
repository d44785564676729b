"""Addresses of relationships: each part of them is a module with a namespace of its own."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("customers/add/", include("relationships.urls.new_customers")),
    path("customers/<uuid:microsoft_id>/account/remove/", include("relationships.urls.removal")),
    path("relationships/requests/", include("relationships.urls.requests")),
    path("relationships/partnerships/", include("relationships.urls.partnerships")),
    path("relationships/former/", include("relationships.urls.former")),
    path("my/requests/", include("relationships.urls.my_requests")),
    path("my/partners/", include("relationships.urls.my_partners")),
]
