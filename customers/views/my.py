"""The page that people of a customer have of their own."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from customers.selectors.my import accounts_of, domains_of
from customers.services.privileges import ONLY_ADMINS, may_decide
from partnercenter.directory.clouds import Cloud
from partnercenter.directory.countries import country_name
from partnercenter.directory.models import User
from partnercenter.web.access import signed_in


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Who one is, to which organization one belongs, and which partners serve it; staff see their own one too."""
    user = cast(User, request.user)
    tenant = user.tenant
    if tenant is None:
        return render(request, "customers/my.html")
    context = {
        "tenant": tenant,
        "cloud": Cloud(tenant.cloud).label,
        "country": country_name(tenant.country),
        "location": country_name(user.location) if user.location else "",
        "domains": domains_of(tenant),
        "accounts": accounts_of(tenant),
        "decide_denied": "" if may_decide(user) else ONLY_ADMINS,
    }
    return render(request, "customers/my.html", context)
