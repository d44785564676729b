"""Providers and resellers that work together."""

from __future__ import annotations

from django.urls import path

from relationships.views import partnership_invitations as invitations
from relationships.views import partnerships

app_name = "partnerships"

urlpatterns = [
    path("", partnerships.partnerships, name="list"),
    path("invite/", invitations.invite, name="invite"),
    path("invitations/<str:invitation_token>/", invitations.invitation, name="invitation"),
    path("invitations/<str:invitation_token>/accept/", invitations.answer, {"answer": "accept"}, name="accept"),
    path("invitations/<str:invitation_token>/decline/", invitations.answer, {"answer": "decline"}, name="decline"),
    path("<uuid:partnership_id>/", partnerships.partnership, name="partnership"),
    path("<uuid:partnership_id>/again/", partnerships.again, name="again"),
    path("<uuid:partnership_id>/withdraw/", partnerships.withdraw, name="withdraw"),
    path("<uuid:partnership_id>/remove/", partnerships.remove, name="remove"),
]
