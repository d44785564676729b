"""The page on which the people of an organization read which partners serve it, and what each may do."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from partnercenter.directory.clouds import Feature, offers
from partnercenter.directory.models import User
from partnercenter.web.access import signed_in
from relationships.selectors.my_partners import partners_before, partners_now, roles_of_partners


@signed_in
@require_safe
def my_partners(request: HttpRequest) -> HttpResponse:
    """Everybody of the organization reads it; what a global admin alone may decide has a page of its own."""
    tenant = cast(User, request.user).tenant
    if tenant is None:
        return render(request, "relationships/my_partners.html", {"now": [], "before": []})
    roles = roles_of_partners(tenant)
    context = {
        "tenant": tenant,
        "has_users": offers(tenant.cloud, Feature.USERS_AND_LICENSES),
        "now": partners_now(tenant, roles),
        "before": partners_before(tenant, roles),
    }
    return render(request, "relationships/my_partners.html", context)
