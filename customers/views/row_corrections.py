"""A faulty row of a checked file, to be corrected: as a page of its own, or below the row in the table."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from customers.forms.user_imports import RowForm
from customers.models import Customer, UserImport, UserImportRow
from customers.navigation import customer_context
from customers.selectors.user_imports import faulty_rows, user_imports_of
from customers.services.row_corrections import correct_row
from customers.views.scope import with_users
from customers.views.user_imports import import_context, start_form
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.forms import looks_and_acts


@allow(Action.MANAGE_USERS)
@looks_and_acts
@with_users
def import_row(request: StaffRequest, customer: Customer, import_id: UUID, number: int) -> HttpResponseBase:
    """Show a faulty row with what is wrong in it, take its correction, and show what is still wrong."""
    user_import = get_object_or_404(user_imports_of(customer), pk=import_id)
    page = f"{reverse('customers:import', args=[customer.tenant_id, import_id])}?{request.GET.urlencode()}"
    if request.method != "POST":
        row = _faulty_row(user_import, number)
        return _shown(request, row, RowForm.of(row)) if row else redirect(page)
    form = RowForm(request.POST)
    if not form.is_valid():
        row = get_object_or_404(faulty_rows(user_import), number=number)
        return _shown(request, row, form)
    try:
        row = correct_row(user_import, number, cells=form.cleaned_data, actor=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return HttpResponseClientRefresh() if request.htmx else redirect(page)  # type: ignore[attr-defined]
    if row.problems:
        return _shown(request, row, RowForm.of(row))
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, _("Row %(number)s is in order now.") % {"number": number})
    return redirect(page)


def _faulty_row(user_import: UserImport, number: int) -> UserImportRow | None:
    """A row that can be corrected: one of a file that nobody decided on."""
    if user_import.status != UserImport.Status.CHECKED:
        return None
    return get_object_or_404(faulty_rows(user_import), number=number)


def _shown(request: StaffRequest, row: UserImportRow, form: RowForm) -> HttpResponse:
    """The form of a row: as a page, or as the piece below it in the table; after a correction the table is new too."""
    customer, user_import = row.user_import.customer, row.user_import
    context: dict[str, Any] = {"user_import": user_import, "row": row, "form": form}
    if not request.htmx:  # type: ignore[attr-defined]
        status = 422 if request.method == "POST" else 200
        context |= customer_context(request, customer)
        return render(request, "customers/correct_row.html", context, status=status)
    if request.method != "POST":
        return render(request, "customers/_correct_row.html", context | {"customer": customer})
    fresh = user_imports_of(customer).get(pk=user_import.pk)
    page = import_context(request, fresh, start_form(fresh))
    return render(request, "customers/import.html", page | {"opened": {"number": row.number, "form": form}})
