"""The last steps of adding a customer: check your answers, add, and hand the password of its first user over."""

from __future__ import annotations

import json
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.models import Customer, QualificationDetails
from customers.views.scope import why_not
from partnercenter.directory.addresses import formatted_lines
from partnercenter.directory.clouds import Feature, explain_missing, offers
from partnercenter.directory.countries import country_name, culture_choices
from partnercenter.directory.phones import format_phone
from partnercenter.directory.prefixes import given_domain
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest
from partnercenter.partners.roles import Action, denial
from partnercenter.web.forms import looks_and_acts
from relationships.forms.new_customer import NewCustomerForm, form_of_answers
from relationships.models import NewCustomer
from relationships.selectors.new_customer_domains import organization_of_contact
from relationships.selectors.new_customer_orders import ordered_with, why_not_ordered
from relationships.services.new_customer_adding import ADMIN, Added, DomainTaken, add_customer
from relationships.views.new_customer_account import customers_alike_to
from relationships.views.new_customer_scope import adds_customers, of_draft, of_new_customer
from relationships.views.new_customer_steps import new_customer_steps
from subscriptions.models import OrderLine

# What a person looks at of each line of the order.
_CHOSEN: Final = ("pk", "offer_id", "quantity", "billing_cycle", "parent_id", "base_id", "region", "scope")


@adds_customers
@require_safe
@of_draft
def review(request: StaffRequest, draft: NewCustomer) -> HttpResponse:
    """All answers, to be checked before the customer is added."""
    form = _complete(request, draft)
    if form is None:
        return _back(draft)
    said, lines = form.cleaned_data, ordered_with(draft)
    domain = given_domain(said["domain_prefix"], request.partner.cloud)
    context = {
        "draft": draft,
        "steps": new_customer_steps(draft, "review"),
        "said": said,
        "company": form.company,
        "has": form.fields,
        "domain": domain,
        "admin": f"{ADMIN}@{domain}",
        **_read(form),
        "lines": lines,
        "bars": _why_not(request, draft, form, lines),
        "alike": customers_alike_to(form),
        "known": organization_of_contact(request.partner, said["email"]),
        "seen": _fingerprint(draft, lines),
    }
    return render(request, "relationships/new_customer_review.html", context)


def _complete(request: StaffRequest, draft: NewCustomer) -> NewCustomerForm | None:
    """The answers of a draft, if they are complete and hold by now as well; else a message says so."""
    form = form_of_answers(draft.answers, staff=request.staff)
    if draft.checked_at and form.is_valid():
        return form
    if draft.checked_at:
        messages.error(request, _("Something has changed since you filled this in. Correct what is marked below."))
    else:
        messages.info(request, _("The account info is not complete yet. Fill it in before you check your answers."))
    return None


def _back(draft: NewCustomer) -> HttpResponse:
    return redirect(reverse("new_customers:account", args=[draft.pk]) + "?then=review&check=1")


def _read(form: NewCustomerForm) -> dict[str, Any]:
    """Answers as people read them."""
    said, company = form.cleaned_data, form.company
    phone, attested = company.bill_to["phone"], company.agreement.get("phone")
    stated = company.qualification
    return {
        "qualification": dict(Customer.Qualification.choices).get(stated.get("qualification", "")),
        "segment": dict(QualificationDetails.Segment.choices).get(stated.get("segment", "")),
        "country": country_name(form.rules_of),
        "culture": dict(culture_choices(form.rules_of))[said["culture"]],
        "address": formatted_lines(form.rules_of, company.bill_to),
        "phone": format_phone(phone, form.partner.market) if phone else "",
        "agreement_phone": format_phone(attested, form.partner.market) if attested else "",
    }


def _why_not(request: StaffRequest, draft: NewCustomer, form: NewCustomerForm, lines: list[OrderLine]) -> str:
    """Why the customer cannot be added with what was chosen to be bought; empty if it can."""
    if not lines:
        return ""
    if not request.staff.may(Action.MANAGE_SUBSCRIPTIONS):
        return denial(Action.MANAGE_SUBSCRIPTIONS)
    if not form.company.agreement:
        return _(
            "Nothing can be bought before the customer has accepted the customer agreement. Say that it has, or take "
            "what you chose out of the order."
        )
    return why_not_ordered(draft)


def _fingerprint(draft: NewCustomer, lines: list[OrderLine]) -> str:
    """A short text that is another one as soon as an answer or a line of the order is."""
    chosen = [[str(getattr(line, name)) for name in _CHOSEN] for line in lines]
    shown = json.dumps([draft.answers, chosen], sort_keys=True)
    return salted_hmac("new customer", shown, algorithm="sha256").hexdigest()[:32]


@adds_customers
@looks_and_acts
@of_new_customer
def done(request: StaffRequest, draft: NewCustomer) -> HttpResponse:
    """POST adds the customer, once, and shows the password of its first user, once; else what was added is told."""
    if not draft.is_draft:
        return _confirmation(request, draft, None)
    if request.method != "POST":
        return redirect("new_customers:review", draft.pk)
    form = _complete(request, draft)
    if form is None:
        return _back(draft)
    lines = ordered_with(draft)
    if request.POST.get("seen") != _fingerprint(draft, lines):
        messages.error(request, _("What you typed was changed in another window. Check your answers again."))
    elif why_not := _why_not(request, draft, form, lines):
        messages.error(request, why_not)
    else:
        return _add(request, draft, form)
    return redirect("new_customers:review", draft.pk)


def _add(request: StaffRequest, draft: NewCustomer, form: NewCustomerForm) -> HttpResponse:
    try:
        added = add_customer(draft, form.company, actor=request.user)
    except DomainTaken as taken:
        messages.error(request, str(taken))
        return _back(draft)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("new_customers:review", draft.pk)
    draft.refresh_from_db(fields=["status", "customer"])
    return _confirmation(request, draft, added)


def _confirmation(request: StaffRequest, draft: NewCustomer, added: Added | None) -> HttpResponse:
    """What was added and what comes next; with `added` the password, which no other page ever shows."""
    customer, cloud = draft.customer, request.partner.cloud
    assert customer is not None  # noqa: S101 - the database says so of what was added
    has_users = offers(cloud, Feature.USERS_AND_LICENSES)
    context = {
        "draft": draft,
        "customer": customer,
        "added": added,
        "admin": f"{ADMIN}@{given_domain(draft.answers['domain_prefix'], cloud)}",
        "has_users": has_users,
        "elsewhere": "" if has_users else explain_missing(cloud, Feature.USERS_AND_LICENSES),
        "users_denied": why_not(request, Action.MANAGE_USERS),
        "lines": ordered_with(draft),
        "sign_in_url": f"{settings.PUBLIC_URL}{reverse('account_login')}",
        "steps": new_customer_steps(draft, "done"),
    }
    return render(request, "relationships/new_customer_done.html", context)
