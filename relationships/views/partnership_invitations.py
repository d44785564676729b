"""The invitation of a reseller: a provider makes it, a reseller's global admin answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from customers.selectors.list_query import as_guid
from partnercenter.directory.countries import country_name
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.partners.selectors import staff_of
from partnercenter.web.access import signed_in
from partnercenter.web.forms import looks_and_acts, posted
from partnercenter.web.throttles import throttled
from partnercenter.web.unsent import typed_before
from relationships.forms.partnerships import InvitationForm
from relationships.models import Partnership
from relationships.selectors.partnership_answers import why_closed, why_not_decide
from relationships.selectors.partnerships import invitations_with, partnerships_of
from relationships.services.partnership_answers import accept_invitation, decline_invitation
from relationships.services.partnerships import StillWaits, WorksWithYou, invite_reseller, page_of, why_not_invite
from relationships.views.partnerships import explained, why_none


@allow(Action.MANAGE_PARTNERSHIPS)
@throttled("invitation", per_minute=10, method="POST")
@looks_and_acts
def invite(request: StaffRequest) -> HttpResponse:
    """Invite a reseller; `of` in the address names an invitation that has ended, whose values are proposed."""
    if explanation := why_none(request.partner) or why_not_invite(request.partner):
        return explained(request, explanation)
    data, _files = posted(request)
    form = InvitationForm(
        data,
        partner=request.partner,
        before=None if data else _before(request),
        typed=None if data else typed_before(request),
    )
    there = None
    if form.is_valid():
        try:
            return redirect(page_of(_invited(request, form)))
        except StillWaits as waits:
            there = waits.waiting
            form.ask_again(str(waits))
        except WorksWithYou as works:
            there = works.partnership
            form.ask_again(str(works))
        except Refused as refused:
            form.add_error(None, str(refused))
    context = {"form": form, "there": there}
    return render(request, "relationships/partnership_invite.html", context, status=422 if form.is_bound else 200)


def _invited(request: StaffRequest, form: InvitationForm) -> Partnership:
    """What came of the form; raises `Refused`."""
    made = invite_reseller(
        request.partner,
        form.values,
        sends=request.POST.get("step") != "link",
        again=form.cleaned_data["again"],
        wish=form.cleaned_data["wish"],
        actor=request.user,
    )
    if made.sent_at:
        sentence = _("The invitation is on its way to %(email)s.") % {"email": made.email}
    else:
        sentence = _("The invitation is made. Copy its link, or open the letter in your mail program.")
    messages.success(request, sentence)
    return made


def _before(request: StaffRequest) -> Partnership | None:
    pk = as_guid(request.GET.get("of", ""))
    return partnerships_of(request.partner).filter(pk=pk).first() if pk else None


@signed_in
@require_safe
def invitation(request: HttpRequest, invitation_token: str) -> HttpResponse:
    """The page that the link opens: who invites, what it means for both, and the answer; or why one cannot answer."""
    found = get_object_or_404(invitations_with(invitation_token))
    staff = staff_of(request)
    closed = why_closed(found, staff.partner if staff else None, timezone.now())
    context = {
        "invitation": found,
        "country": country_name(found.provider.tenant.country),
        "closed": closed,
        "decide_denied": why_not_decide(staff) if staff and not closed else "",
        "own": staff is not None and partnerships_of(staff.partner).filter(pk=found.pk).exists(),
    }
    return render(request, "relationships/partnership_invitation.html", context)


class Answer(NamedTuple):
    """What can be answered, and what is said afterwards: when it was answered now, and when it had been before."""

    service: Callable[..., bool]
    done: Promise
    before: Promise


ANSWERS: Final[Mapping[str, Answer]] = {
    "accept": Answer(
        accept_invitation,
        gettext_lazy("You work with %(provider)s now, and it was told so."),
        gettext_lazy("You work with %(provider)s: the invitation was accepted before."),
    ),
    "decline": Answer(
        decline_invitation,
        gettext_lazy("The invitation of %(provider)s is declined, and it was told so."),
        gettext_lazy("The invitation of %(provider)s was declined before."),
    ),
}


@signed_in
@require_POST
def answer(request: HttpRequest, invitation_token: str, answer: str) -> HttpResponse:
    """Accept or decline; who may not is told why on the page of the invitation."""
    found = get_object_or_404(invitations_with(invitation_token))
    staff, now = staff_of(request), timezone.now()
    if staff and not why_closed(found, staff.partner, now) and (sentence := why_not_decide(staff)):
        raise PermissionDenied(sentence)
    service, done, before = ANSWERS[answer]
    try:
        answered = service(found, now=now, actor=cast(User, request.user))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("partnerships:invitation", invitation_token)
    messages.success(request, str(done if answered else before) % {"provider": found.provider})
    return redirect(page_of(found))
