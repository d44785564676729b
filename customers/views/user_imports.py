"""Uploading users: a file comes in, is looked at, becomes users, and gives back a result and passwords."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from customers.forms.user_imports import StartForm, UploadForm
from customers.models import Customer, UserImport
from customers.navigation import customer_context
from customers.selectors.passwords import count_without_own_password
from customers.selectors.user_imports import (
    faulty_rows,
    is_doubtful,
    user_imports_of,
    verified_domains,
    waiting_elsewhere,
)
from customers.selectors.user_results import file_of, problem_statuses_of, statuses_of
from customers.services.user_imports import discard_import, start_creation, upload_users
from customers.tables.user_imports import FaultyRowTable
from customers.userfiles import MAX_BYTES, MAX_NAME, result_csv, template_csv
from customers.views.passwords import MOST_SLIPS, confirmed_format
from customers.views.readings import reading_context
from customers.views.scope import why_not, with_users
from partnercenter.directory.countries import country_name
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.acts import act
from partnercenter.web.exports import csv_download
from partnercenter.web.forms import looks_and_acts, posted
from partnercenter.web.throttles import throttled

Status = UserImport.Status

STEPS: Final = (_lazy("Upload"), _lazy("Check"), _lazy("Create"), _lazy("Result"))
# The step at which a file stands; a discarded one stands nowhere.
STEP_OF: Final[Mapping[str, int]] = {
    Status.CHECKED: 1,
    Status.CREATING: 2,
    Status.DONE: 3,
    Status.CANCELED: 3,
    Status.FAILED: 3,
}


@allow(Action.MANAGE_USERS)
@throttled("upload", per_minute=30, method="POST")
@looks_and_acts
@with_users
def upload(request: StaffRequest, customer: Customer) -> HttpResponse:
    """Take a file; what keeps it from being read is said at its field, and nothing is stored."""
    data, files = posted(request)  # reading them is what finds a file too large
    form = UploadForm(data, files, too_large="upload_too_large" in request.META)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            user_import = upload_users(customer, file_name=file.name, content=file.read(), actor=request.user)
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect(_address(user_import))
    context = customer_context(request, customer) | {
        "form": form,
        "steps": _steps(0),
        "limit": MAX_BYTES,
        "domains": sorted(verified_domains(customer)),
        "longest_name": MAX_NAME,
    }
    return render(request, "customers/upload.html", context, status=422 if form.is_bound else 200)


@allow(Action.MANAGE_USERS)
@require_safe
@with_users
def upload_template(request: StaffRequest, customer: Customer) -> HttpResponseBase:
    """An empty file with the right header, in the reader's language."""
    return csv_download("users", iter([template_csv(get_language() or "en")]))


@allow(Action.SEE_CUSTOMERS)
@require_safe
@with_users
def import_page(request: StaffRequest, customer: Customer, import_id: UUID) -> HttpResponse:
    """One file: what is wrong with it and how to go on, how far its creation is, or what came of it."""
    user_import = _import(customer, import_id)
    context = import_context(request, user_import, start_form(user_import))
    return render(request, "customers/import.html", context | {"confirmed": confirmed_format(request, import_id)})


@allow(Action.SEE_CUSTOMERS)
@require_safe
@with_users
def import_progress(request: StaffRequest, customer: Customer, import_id: UUID) -> HttpResponse:
    """How far it is, for htmx; the whole page is loaded again when there is no more to wait for."""
    user_import = _import(customer, import_id)
    if user_import.status != Status.CREATING:
        return HttpResponseClientRefresh()
    return render(request, "customers/_import_progress.html", {"customer": customer, "user_import": user_import})


@allow(Action.MANAGE_USERS)
@looks_and_acts
@with_users
def import_start(request: StaffRequest, customer: Customer, import_id: UUID) -> HttpResponse:
    """Create the users; a second click finds them being created, and whoever only looks is led to the file."""
    user_import = _import(customer, import_id)
    page = _address(user_import)
    if request.method != "POST" or user_import.status != Status.CHECKED:
        return redirect(page)
    form = start_form(user_import, request.POST)
    if not form.is_valid():
        return render(request, "customers/import.html", import_context(request, user_import, form), status=422)
    said = {name: form.cleaned_data.get(name, False) for name in ("skip_faulty", "well_read")}
    try:
        start_creation(user_import, location=form.cleaned_data["location"], **said, actor=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(page)


@allow(Action.MANAGE_USERS)
@require_POST
@with_users
def import_discard(request: StaffRequest, customer: Customer, import_id: UUID) -> HttpResponse:
    user_import = _import(customer, import_id)
    return act(
        request,
        lambda: discard_import(user_import, actor=request.user),
        done=_("The file was discarded. No user was created from it."),
        then=reverse("customers:users", args=[customer.tenant_id]),
    )


@allow(Action.MANAGE_USERS)
@throttled("export", per_minute=30)
@require_safe
@with_users
def import_result(request: StaffRequest, customer: Customer, import_id: UUID) -> HttpResponseBase:
    """The uploaded file with its status column filled in."""
    user_import = _kept(customer, import_id)
    name = _("result-%(file)s") % {"file": Path(user_import.file_name).stem}
    return csv_download(name, result_csv(file_of(user_import), statuses_of(user_import)))


@allow(Action.MANAGE_USERS)
@throttled("export", per_minute=30)
@require_safe
@with_users
def import_problems(request: StaffRequest, customer: Customer, import_id: UUID) -> HttpResponseBase:
    """The faulty rows of the uploaded file alone, each with all that is wrong in its status column."""
    user_import = _kept(customer, import_id)
    file, statuses = file_of(user_import), problem_statuses_of(user_import)
    faulty = replace(file, rows=[row for row in file.rows if row.number in statuses])
    name = _("problems-%(file)s") % {"file": Path(user_import.file_name).stem}
    return csv_download(name, result_csv(faulty, statuses))


def start_form(user_import: UserImport, data: Any = None) -> StartForm:
    """The form by which the users of a file are created, with the boxes that this file asks for."""
    waits = user_import.status == Status.CHECKED
    return StartForm(data, user_import=user_import, doubtful=waits and is_doubtful(user_import))


def _import(customer: Customer, import_id: UUID) -> UserImport:
    return get_object_or_404(user_imports_of(customer), pk=import_id)


def _kept(customer: Customer, import_id: UUID) -> UserImport:
    """The same for what is made of the bytes of a file: those of a discarded one are gone."""
    return get_object_or_404(user_imports_of(customer).exclude(status=Status.DISCARDED), pk=import_id)


def _address(user_import: UserImport) -> str:
    return reverse("customers:import", args=[user_import.customer.tenant_id, user_import.pk])


def import_context(request: StaffRequest, user_import: UserImport, form: StartForm) -> dict[str, Any]:
    """Template context of the page of a file."""
    context = customer_context(request, user_import.customer) | {
        "user_import": user_import,
        "form": form,
        "steps": _steps(STEP_OF[user_import.status]) if user_import.status in STEP_OF else (),
        "manage_denied": why_not(request, Action.MANAGE_USERS),
        "country": country_name(user_import.location),
    }
    if user_import.status == Status.CHECKED:
        may = request.staff.may(Action.MANAGE_USERS)
        table = FaultyRowTable(faulty_rows(user_import), request, correctable=may) if user_import.faulty else None
        elsewhere = waiting_elsewhere(user_import) if user_import.faulty else None
        return context | {"table": table, "elsewhere": elsewhere} | reading_context(user_import)
    job = user_import.job
    return context | {
        "most_slips": MOST_SLIPS,
        "passwords_wait": count_without_own_password(user_import),
        "not_reached": job.total - job.processed if job else 0,
    }


def _steps(current: int) -> list[dict[str, Any]]:
    """The steps of an upload, as the component shows them."""
    states = ["done"] * current + ["current"] + ["next"] * len(STEPS)
    return [{"label": label, "state": state} for label, state in zip(STEPS, states, strict=False)]
