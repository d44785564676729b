"""The log: see, filter and export it."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from partnercenter.activity.forms import FilterForm
from partnercenter.activity.selectors import activity_of
from partnercenter.activity.tables import EXPORT_HEADER, ActivityTable, export_rows
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.exports import export_csv
from partnercenter.web.throttles import throttled


@allow(Action.SEE_ACTIVITY)
@require_safe
def log(request: StaffRequest) -> HttpResponse:
    """The partner's log, newest first, of the last month unless other days are asked for."""
    form = FilterForm(request.GET)
    table = ActivityTable(form.apply(activity_of(request.partner)), request)
    return render(request, "activity/list.html", {"form": form, "table": table})


@allow(Action.SEE_ACTIVITY)
@throttled("export", per_minute=30)
@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    """Exactly the lines that the same filter shows, as CSV; back to the page when the filter has an error."""
    form = FilterForm(request.GET)
    lines = ActivityTable.order_from(request.GET).sort(form.apply(activity_of(request.partner)))
    if form.errors:
        return redirect(f"{reverse('activity:list')}?{request.GET.urlencode()}")
    return export_csv("activity", EXPORT_HEADER, export_rows(lines))
