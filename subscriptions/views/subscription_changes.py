"""A change of many subscriptions: how far it is, and what came of each."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from customers.views.customer_list import wants_piece
from customers.views.scope import why_not
from partnercenter.errors import Refused
from partnercenter.jobs.selectors import WHO_MAY_CANCEL
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.exports import export_csv
from partnercenter.web.templatetags.web import grouped
from partnercenter.web.throttles import throttled
from subscriptions.models import SubscriptionChange
from subscriptions.selectors.subscription_changes import changes_of, items_of, outcomes_of
from subscriptions.services.subscription_changes import UNDONE_BY, undo_subscription_change
from subscriptions.tables.subscription_changes import RESULT_HEADER, ChangeItemTable, Numbers, result_rows

P = ParamSpec("P")
Act = SubscriptionChange.Act


def of_change(
    view: Callable[Concatenate[StaffRequest, SubscriptionChange, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give a view the change of its address, among those that the partner has asked for (404)."""

    @wraps(view)
    def found(request: StaffRequest, change_id: UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        change = get_object_or_404(changes_of(request.partner), pk=change_id)
        return view(request, change, *args, **kwargs)

    return found


@allow(Action.SEE_CUSTOMERS)
@require_safe
@of_change
def change_result(request: StaffRequest, change: SubscriptionChange) -> HttpResponse:
    """How far a change is, and a result for each subscription; htmx asks for the former alone."""
    if wants_piece(request) and not change.job.is_open:
        return HttpResponseClientRefresh()
    context: dict[str, Any] = {
        "change": change,
        "job": change.job,
        "heading": _heading(change),
        "numbers": Numbers(outcomes_of(change)),
        "cancel_denied": why_not(request, WHO_MAY_CANCEL[change.job.kind]),
        "export_denied": why_not(request, Action.EXPORT),
        "may_undo": request.staff.may(Action.MANAGE_SUBSCRIPTIONS) and change.act in UNDONE_BY,
    }
    if wants_piece(request):
        return render(request, "subscriptions/_change_progress.html", context)
    table = ChangeItemTable(items_of(change, left=_only_left(request)), request, change)
    return render(request, "subscriptions/change_result.html", context | {"table": table, "left": _only_left(request)})


@allow(Action.EXPORT)
@throttled("export", per_minute=30)
@require_safe
@of_change
def change_results_file(request: StaffRequest, change: SubscriptionChange) -> HttpResponseBase:
    """The results as CSV: all of them, or those that were left, as the page shows them."""
    items = items_of(change, left=_only_left(request)).order_by("pk")
    return export_csv(_("results"), RESULT_HEADER, result_rows(items, change))


@allow(Action.MANAGE_SUBSCRIPTIONS)
@require_POST
@of_change
def undo_change(request: StaffRequest, change: SubscriptionChange) -> HttpResponse:
    """Do the contrary with those that a change has changed, and show how far that is."""
    try:
        contrary = undo_subscription_change(change, actor=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("subscriptions:change_result", change.pk)
    return redirect("subscriptions:change_result", contrary.pk)


def _only_left(request: StaffRequest) -> bool:
    return request.GET.get("left") == "1"


def _heading(change: SubscriptionChange) -> str:
    count = change.job.total
    sentences = {
        Act.SUSPEND: ngettext("Suspend %(count)s subscription", "Suspend %(count)s subscriptions", count),
        Act.REACTIVATE: ngettext("Reactivate %(count)s subscription", "Reactivate %(count)s subscriptions", count),
        Act.RESELLER: ngettext(
            "Change the reseller of %(count)s subscription", "Change the reseller of %(count)s subscriptions", count
        ),
    }
    return sentences[Act(change.act)] % {"count": grouped(count)}
