"""Saved views of the customer list: keep, open, share, change and delete them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TypeVar
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.forms.saved_views import SaveForm, UpdateForm, ViewForm
from customers.models import SavedView
from customers.selectors.list_address import ALL
from customers.selectors.list_query import as_guid
from customers.selectors.saved_views import default_view_of, may_change, others_opening_with, shown_now, views_for
from customers.services import saved_views as services
from customers.services.naming import NameTaken
from customers.views.list_words import Words, words_of_lists
from partnercenter.errors import Refused
from partnercenter.partners.access import Forbidden, StaffRequest, allow
from partnercenter.partners.roles import Action, denial
from partnercenter.web.acts import act
from partnercenter.web.forms import looks_and_acts, posted
from partnercenter.web.unsent import typed_before

Result = TypeVar("Result")


@dataclass(frozen=True)
class Shown:
    """A view on the page of all views."""

    view: SavedView
    words: Words
    is_default: bool
    may_change: bool


def opens_default_view(view: Callable[[StaffRequest], HttpResponse]) -> Callable[[StaffRequest], HttpResponse]:
    """Let the list without any parameter lead to the view that this person chose to begin with.

    Its address has parameters, and so has that of all customers: nobody is led on from there.
    """

    @wraps(view)
    def opened(request: StaffRequest) -> HttpResponse:
        bare = not request.GET and not request.htmx  # type: ignore[attr-defined]
        chosen = default_view_of(request.staff) if bare else None
        return redirect(chosen) if chosen else view(request)

    return opened


@allow(Action.SEE_CUSTOMERS)
@require_safe
def views(request: StaffRequest) -> HttpResponse:
    """All views that this person can open, and what can be done with them."""
    found = list(views_for(request.staff))
    default = default_view_of(request.staff)
    words = words_of_lists(request.partner, [view.query for view in found])
    shown = [
        Shown(view, said, view == default, may_change(request.staff, view))
        for view, said in zip(found, words, strict=True)
    ]
    context = {
        "own": [one for one in shown if one.view.owner_id == request.user.pk],
        "shared": [one for one in shown if one.view.owner_id != request.user.pk],
        "denied": "" if request.staff.may(Action.MANAGE_VIEWS) else denial(Action.MANAGE_VIEWS),
    }
    return render(request, "customers/views.html", context)


@allow(Action.SEE_CUSTOMERS)
@looks_and_acts
def save_view(request: StaffRequest) -> HttpResponse:
    """Keep the list whose parameters stand in the address of this page under a name."""
    data, _files = posted(request)
    now = shown_now(views_for(request.staff), request.GET)
    form = SaveForm(data or typed_before(request), initial={"query": now.query})
    if data is not None and form.is_valid() and (view := _saved(request, form)):
        messages.success(request, _("The view %(name)s was saved.") % {"name": view.name})
        return redirect(view)
    own = now.view if now.view and now.view.owner_id == request.user.pk else None
    context = {
        "form": form,
        "own": own,
        "query": now.query,
        "words": words_of_lists(request.partner, [now.query])[0],
        "back": f"{reverse('customers:list')}?{now.query or ALL}",
    }
    return render(request, "customers/save_view.html", context, status=200 if data is None else 422)


def _saved(request: StaffRequest, form: SaveForm) -> SavedView | None:
    return _tried(form, lambda: services.save_view(request.partner, **form.cleaned_data, actor=request.user))


@allow(Action.SEE_CUSTOMERS)
@looks_and_acts
def view(request: StaffRequest, view_id: UUID) -> HttpResponse:
    """Rename a view, share it or take it back, begin with it."""
    found = _view_to_change(request, view_id)
    default = default_view_of(request.staff)
    data, _files = posted(request)
    initial = {"name": found.name, "shared": found.shared, "default": found == default}
    form = ViewForm(data or typed_before(request), initial=initial)
    if data is not None and form.is_valid() and _changed(request, found, form):
        messages.success(request, _("The view was saved."))
        return redirect("customers:views")
    context = {
        "view": found,
        "form": form,
        "back": reverse("customers:views"),
        "words": words_of_lists(request.partner, [found.query])[0],
        "others": others_opening_with(found, found.owner),
    }
    return render(request, "customers/view.html", context, status=200 if data is None else 422)


def _changed(request: StaffRequest, found: SavedView, form: ViewForm) -> bool:
    def change() -> bool:
        services.change_view(found, **form.cleaned_data, actor=request.user)
        return True

    return bool(_tried(form, change))


@allow(Action.SEE_CUSTOMERS)
@require_POST
def update_view(request: StaffRequest, view_id: UUID) -> HttpResponse:
    """Let a view show the list that was sent, which is on screen."""
    found = _view_to_change(request, view_id)
    form = UpdateForm(request.POST)

    def update() -> None:
        if not form.is_valid():
            raise Refused(str(form.errors["query"][0]))
        services.update_view(found, form.cleaned_data["query"], actor=request.user)

    act(request, update, done=_("The view %(name)s was updated.") % {"name": found.name}, then="customers:views")
    updated = views_for(request.staff).filter(pk=found.pk).first()
    return redirect(updated or "customers:views")


@allow(Action.SEE_CUSTOMERS)
@looks_and_acts
def delete_view(request: StaffRequest, view_id: UUID) -> HttpResponse:
    """Delete a view, after a page that says whose lists begin with it."""
    found = _view_to_change(request, view_id)
    if request.method == "POST":
        return act(
            request,
            lambda: services.delete_view(found, actor=request.user),
            done=_("The view %(name)s was deleted.") % {"name": found.name},
            then="customers:views",
        )
    return render(
        request, "customers/delete_view.html", {"view": found, "others": others_opening_with(found, request.user)}
    )


@allow(Action.SEE_CUSTOMERS)
@require_POST
def default_view(request: StaffRequest) -> HttpResponse:
    """Begin with the view that was sent, or with all customers when none was."""
    sent = request.POST.get("view", "")
    chosen = get_object_or_404(views_for(request.staff), pk=as_guid(sent)) if sent else None
    if chosen:
        done = _("Your customer list opens with %(name)s now.") % {"name": chosen.name}
    else:
        done = _("Your customer list opens with all customers now.")
    return act(
        request,
        lambda: services.choose_default(chosen, actor=request.user),
        done=done,
        then=reverse("customers:views"),
    )


def _view_to_change(request: StaffRequest, view_id: UUID) -> SavedView:
    """The view of an address, for somebody who may change it; 404 if they cannot open it, 403 if only that."""
    found = get_object_or_404(views_for(request.staff), pk=view_id)
    if not may_change(request.staff, found):
        raise Forbidden(request.staff, Action.MANAGE_VIEWS)
    return found


def _tried(form: Form, service: Callable[[], Result]) -> Result | None:
    """What a service returns; None, and a sentence in the form, when it refuses."""
    try:
        return service()
    except NameTaken as taken:
        form.add_error("name", str(taken))
    except Refused as refused:
        form.add_error(None, str(refused))
    return None
