"""Addresses of pages. They are an interface (the product rules, section 13): people bookmark them, mails carry them."""

from __future__ import annotations

from django.urls import include, path
from django.views.generic import RedirectView

from partnercenter.directory.views import preferences

urlpatterns = [
    path("", include("partnercenter.dashboard.urls")),
    path("", include("partnercenter.health")),
    # Addresses of people are their directory's; nobody changes them here.
    path("accounts/email/", RedirectView.as_view(pattern_name="home"), name="account_email"),
    path("accounts/", include("allauth.urls")),
    path("activity/", include("partnercenter.activity.urls")),
    path("", include("relationships.urls")),
    path("customers/", include("customers.urls")),
    path("jobs/", include("partnercenter.jobs.urls")),
    path("my/", include("customers.my_urls")),
    path("notifications/", include("partnercenter.notifications.urls")),
    path("preferences/", preferences, name="preferences"),
    path("my/transfers/", include("subscriptions.my_transfer_urls")),
    path("transfers/", include("subscriptions.transfer_urls")),
    path("", include("subscriptions.urls")),
]

handler400 = "partnercenter.web.errors.bad_request"
handler403 = "partnercenter.web.errors.forbidden"
handler404 = "partnercenter.web.errors.not_found"
# Django knows no such handler; django-allauth asks for it.
handler429 = "partnercenter.web.errors.too_many"
handler500 = "partnercenter.web.errors.server_error"
