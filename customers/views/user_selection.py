"""What is done with the users that were selected in the list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from customers.forms.user_selection import VALUE_FORMS, UserSelection, users_selected
from customers.forms.users import UserSearchForm
from customers.models import Customer
from customers.navigation import customer_context
from customers.services.passwords import start_handout
from customers.services.user_changes import AT_ONCE, Changed, change_users, start_user_change
from customers.views.customer_list import wants_piece
from customers.views.job_words import tell_of_job
from customers.views.scope import with_users
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.forms import looks_and_acts
from partnercenter.web.templatetags.web import grouped
from partnercenter.web.throttles import throttled


@allow(Action.MANAGE_USERS)
@looks_and_acts
@with_users
def selected(request: StaffRequest, customer: Customer, doing: str) -> HttpResponse:
    """Say what will be done with the selected users, and with `step=apply` do it; the address is that of the list."""
    return with_selection(request, customer, lambda selection: _changed(request, customer, selection, doing))


@allow(Action.MANAGE_USERS)
@throttled("passwords", per_minute=30, method="POST")
@looks_and_acts
@with_users
def new_passwords(request: StaffRequest, customer: Customer) -> HttpResponse:
    """Keep who was selected for new passwords, and go to the page that says what they mean and hands them out."""

    def keep(selection: UserSelection) -> HttpResponse:
        handout = start_handout(customer, selection.ids, actor=request.user)
        page = reverse("customers:selected_passwords", args=[customer.tenant_id, handout.pk])
        return trigger_client_event(leave_for(request, page), "selectionDone")

    return with_selection(request, customer, keep)


def with_selection(
    request: StaffRequest,
    customer: Customer,
    answer: Callable[[UserSelection], HttpResponse],
    *,
    looked_at: bool = False,
) -> HttpResponse:
    """The answer to a selection; whoever comes without one is led to the list.

    A page that can be `looked_at` is about all whom its address finds.
    """
    then = list_address_of(request, customer)
    if request.method != "POST" and not looked_at:
        return redirect(then)
    selected = request.POST if request.method == "POST" else {"all": "1"}
    try:
        return answer(users_selected(selected, UserSearchForm(request.GET, customer=customer)))
    except Refused as refused:
        messages.error(request, str(refused))
        return leave_for(request, then)


def _changed(request: StaffRequest, customer: Customer, selection: UserSelection, doing: str) -> HttpResponse:
    then = list_address_of(request, customer)
    others = are_others(request, selection)
    applies = request.POST.get("step") == "apply" and not others
    form = VALUE_FORMS[doing](request.POST if applies else None) if doing in VALUE_FORMS else None
    if applies and (form is None or form.is_valid()):
        asked: Any = {"value": form.cleaned_data["value"] if form else "", "actor": request.user}
        if selection.count <= AT_ONCE:
            _tell(request, doing, change_users(customer, selection.ids, doing, **asked))
        else:
            job = start_user_change(customer, selection.ids, doing, url=then, **asked)
            sentence = _("A job changes %(count)s users. You are told when it has ended.")
            tell_of_job(request, sentence % {"count": grouped(selection.count)}, job)
        # The script forgets what was selected only now.
        return trigger_client_event(leave_for(request, then), "selectionDone")
    context = customer_context(request, customer) | _question(request, selection, doing)
    context |= {"form": form, "then": then, "others": others and "count" in request.POST}
    page = "customers/_change_users.html" if wants_piece(request) else "customers/change_users.html"
    return render(request, page, context, status=422 if form and form.errors and not wants_piece(request) else 200)


def licenses_lost(count: int) -> str:
    """What restored users did not get back."""
    sentence = ngettext(
        "%(count)s license from before was not left.", "%(count)s licenses from before were not left.", count
    )
    return str(sentence % {"count": grouped(count)})


def are_others(request: StaffRequest, selection: UserSelection) -> bool:
    """Whether by now more or fewer match than the person has agreed to."""
    return selection.is_all and request.POST.get("count") != str(selection.count)


def list_address_of(request: StaffRequest, customer: Customer) -> str:
    """The address of the list in which they were selected, from its first page on."""
    query = request.GET.copy()
    query.pop("at", None)
    return reverse("customers:users", args=[customer.tenant_id]) + (f"?{query.urlencode()}" if query else "")


def leave_for(request: StaffRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)  # type: ignore[attr-defined]


def _question(request: StaffRequest, selection: UserSelection, doing: str) -> dict[str, Any]:
    count = selection.count
    questions = {
        "block": ngettext("Block the sign-in of %(count)s user?", "Block the sign-in of %(count)s users?", count),
        "allow": ngettext("Allow the sign-in of %(count)s user?", "Allow the sign-in of %(count)s users?", count),
        "delete": ngettext("Delete %(count)s user?", "Delete %(count)s users?", count),
        "restore": ngettext("Restore %(count)s user?", "Restore %(count)s users?", count),
        "role": ngettext("Change the role of %(count)s user?", "Change the role of %(count)s users?", count),
        "location": ngettext(
            "Change the location of %(count)s user?", "Change the location of %(count)s users?", count
        ),
    }
    return {
        "doing": doing,
        "question": questions[doing] % {"count": grouped(count)},
        "selection": selection,
        "url": request.get_full_path(),
        "as_job": count > AT_ONCE,
        "in_panel": wants_piece(request),
    }


def _tell(request: StaffRequest, doing: str, changed: Changed) -> None:
    """What came of it: how many have changed, and who was left and why."""
    if changed.changed:
        messages.success(request, _done(doing, changed.changed))
    else:
        messages.info(request, _("No user was changed."))
    left = " ".join(_left(changed))
    if left:
        messages.warning(request, left)


def _done(doing: str, count: int) -> str:
    sentences = {
        "block": ngettext(
            "%(count)s user cannot sign in any more, and was signed out everywhere.",
            "%(count)s users cannot sign in any more, and were signed out everywhere.",
            count,
        ),
        "allow": ngettext("%(count)s user can sign in again.", "%(count)s users can sign in again.", count),
        "delete": ngettext(
            "%(count)s user was deleted and can be restored for 30 days.",
            "%(count)s users were deleted and can be restored for 30 days.",
            count,
        ),
        "restore": ngettext("%(count)s user was restored.", "%(count)s users were restored.", count),
        "role": ngettext("%(count)s user has the new role.", "%(count)s users have the new role.", count),
        "location": ngettext("%(count)s user has the new location.", "%(count)s users have the new location.", count),
    }
    return sentences[doing] % {"count": grouped(count)}


def _left(changed: Changed) -> Iterator[str]:
    if changed.admin:
        sentence = _("%(name)s was left: the last Global admin of this customer who can sign in.")
        yield sentence % {"name": changed.admin}
    sentences = (
        (ngettext("%(count)s was like that already.", "%(count)s were like that already.", changed.same), changed.same),
        (
            ngettext(
                "%(count)s works for a partner, who looks after them.",
                "%(count)s work for a partner, who looks after them.",
                changed.staff,
            ),
            changed.staff,
        ),
        (ngettext("%(count)s is not there any more.", "%(count)s are not there any more.", changed.gone), changed.gone),
    )
    yield from (sentence % {"count": grouped(count)} for sentence, count in sentences if count)
    if changed.lost:
        yield licenses_lost(changed.lost)
