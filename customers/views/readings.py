"""How a checked file of users was read, and reading it in another way."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.forms.user_imports import ENCODINGS, SEPARATORS, ReadingForm, family_of
from customers.models import Customer, UserImport
from customers.selectors.user_imports import readings_of, user_imports_of
from customers.services.other_uploads import read_instead
from customers.services.user_imports import read_again
from customers.views.scope import with_users
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.acts import act
from partnercenter.web.throttles import throttled


@allow(Action.MANAGE_USERS)
@throttled("upload", per_minute=30, method="POST")
@require_POST
@with_users
def import_reading(request: StaffRequest, customer: Customer, import_id: UUID) -> HttpResponse:
    """Read the kept bytes of a file in the way the person chose, and check them again, if asked instead of another."""
    user_import = get_object_or_404(user_imports_of(customer), pk=import_id)
    form = ReadingForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the encodings and separators that are offered."))
        return redirect("customers:import", customer.tenant_id, import_id)
    other_id = form.cleaned_data.pop("instead_of")
    then = reverse("customers:import", args=[customer.tenant_id, import_id])
    if other_id is None:
        return act(
            request,
            lambda: read_again(user_import, **form.cleaned_data, actor=request.user),
            done=_("The file was read again and checked. Nothing was created yet."),
            then=then,
        )
    other = get_object_or_404(user_imports_of(customer), pk=other_id)
    return act(
        request,
        lambda: read_instead(user_import, other, **form.cleaned_data, actor=request.user),
        done=_("The other upload was discarded, and this one was checked again. Nothing was created yet."),
        then=then,
    )


def reading_context(user_import: UserImport) -> dict[str, Any]:
    """What the page of a checked file says of how it was read."""
    family = family_of(user_import.encoding)
    readings = [
        {
            "family": family_of(reading.encoding),
            "name": ENCODINGS.get(family_of(reading.encoding), reading.encoding),
            "rows": reading.rows,
            "current": reading.encoding == user_import.encoding,
        }
        for reading in readings_of(user_import)
    ]
    initial = {"encoding": family, "delimiter": user_import.delimiter}
    return {
        "readings": readings,
        "reading_form": ReadingForm(initial=initial),
        "encoding": ENCODINGS.get(family, user_import.encoding),
        "separator": SEPARATORS.get(user_import.delimiter, user_import.delimiter),
    }
