"""Home: where everybody begins."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from partnercenter.dashboard.selectors import latest_activity, running_jobs
from partnercenter.dashboard.suggestions import suggestions_for
from partnercenter.partners.roles import Action
from partnercenter.partners.selectors import staff_of
from partnercenter.web.access import signed_in


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """For staff what goes on at their partner; people of a customer and operators have the page of their own."""
    staff = staff_of(request)
    if staff is None:
        return redirect("my:home")
    context = {
        "suggestions": list(suggestions_for(staff)),
        "jobs": running_jobs(staff.partner),
        "lines": latest_activity(staff),
        "sees_activity": staff.may(Action.SEE_ACTIVITY),
    }
    return render(request, "dashboard/home.html", context)
