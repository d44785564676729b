"""The account step of adding a customer, and what the page asks while somebody types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.views.scope import why_not
from partnercenter.directory.clouds import CLOUDS
from partnercenter.directory.countries import COUNTRIES, country_name
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest
from partnercenter.partners.roles import Action
from partnercenter.web.forms import looks_and_acts, posted
from partnercenter.web.throttles import throttled
from partnercenter.web.unsent import typed_before
from relationships.forms.new_customer import NewCustomerForm, form_of_answers, typed_answers
from relationships.models import NewCustomer
from relationships.selectors.new_customer_domains import answer_for, organization_of_contact
from relationships.selectors.new_customer_likeness import Alike, customers_alike
from relationships.services.new_customer_drafts import keep_answers
from relationships.views.new_customer_scope import adds_customers, of_draft
from relationships.views.new_customer_steps import AFTER_ACCOUNT, new_customer_steps


@adds_customers
@looks_and_acts
@of_draft
def account(request: StaffRequest, draft: NewCustomer) -> HttpResponse:
    """All that is asked about the company. What was typed is kept complete or, as a draft, as it is."""
    data, _files = posted(request)
    if data is None:
        return _page(request, draft, _opened(request, draft))
    if "save" in data:
        return _saved(request, draft, data)
    form = NewCustomerForm(data, staff=request.staff)
    if form.is_drawn_anew or not {"redraw", "suggest"}.isdisjoint(data):
        return _drawn(request, draft, data)
    alike = customers_alike_to(form) if form.is_valid() else []
    if form.is_valid() and (not alike or form.cleaned_data["looked"] == fingerprint_of(alike, form)):
        return _checked(request, draft, form)
    if alike:
        form.ask(fingerprint_of(alike, form))
    return _page(request, draft, form, alike=alike, status=422)


def _opened(request: StaffRequest, draft: NewCustomer) -> NewCustomerForm:
    """The form as it was left; with `check` in the address also what is wrong with it."""
    if (typed := typed_before(request)) is not None:
        messages.info(request, _("You had been signed out. This is what you typed: look at it and save it."))
        return NewCustomerForm(staff=request.staff, initial=typed_answers(typed))
    if "check" in request.GET and draft.answers:
        return form_of_answers(draft.answers, staff=request.staff)
    return NewCustomerForm(staff=request.staff, initial=draft.answers)


def _saved(request: StaffRequest, draft: NewCustomer, data: QueryDict) -> HttpResponse:
    """Keep what was typed, complete or not."""
    try:
        keep_answers(draft, typed_answers(data), checked=False)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request,
            _("The draft was saved. It is kept for %(days)s days after you touched it last.")
            % {"days": NewCustomer.KEPT_FOR.days},
        )
    return redirect("new_customers:list")


def _checked(request: StaffRequest, draft: NewCustomer, form: NewCustomerForm) -> HttpResponse:
    try:
        keep_answers(draft, form.answers, checked=True)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("new_customers:list")
    return redirect("new_customers:review" if request.GET.get("then") == "review" else AFTER_ACCOUNT, draft.pk)


def _drawn(request: StaffRequest, draft: NewCustomer, data: QueryDict) -> HttpResponse:
    """The fields as the chosen country has them, with what was typed; nothing is checked or kept."""
    typed = typed_answers(data)
    if data.get("suggest"):
        typed["domain_prefix"] = data["suggest"]
    form = NewCustomerForm(staff=request.staff, initial=typed)
    country = "" if data.get("drawn") == form.rules_of else country_name(form.rules_of)
    return _page(request, draft, form, drawn_for=country)


def customers_alike_to(form: NewCustomerForm) -> list[Alike]:
    """Customers of the partner who may be the company of a valid form."""
    said = form.cleaned_data
    return customers_alike(
        form.partner, name=said["company_name"], registration_id=said["registration_id"], email=said["email"]
    )


def fingerprint_of(alike: list[Alike], form: NewCustomerForm) -> str:
    """A short text that stands for possible duplicates, and for what was typed that made them such."""
    said = form.cleaned_data
    shown = [said["company_name"], said["registration_id"], said["email"], *(str(one.customer.pk) for one in alike)]
    return salted_hmac("possible duplicates", "\n".join(shown), algorithm="sha256").hexdigest()[:32]


def _page(request: StaffRequest, draft: NewCustomer, form: NewCustomerForm, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    context = {
        "draft": draft,
        "form": form,
        "steps": new_customer_steps(draft, "account"),
        "tags_denied": why_not(request, Action.EDIT_TAGS),
        "attest_denied": why_not(request, Action.ATTEST_AGREEMENT),
        "then": "review" if request.GET.get("then") == "review" else "",
        **_known(request, form),
        **more,
    }
    piece = "_new_customer_fields" if request.htmx and status == 200 else "new_customer_account"  # type: ignore[attr-defined]
    return render(request, f"relationships/{piece}.html", context, status=status)


def _known(request: StaffRequest, form: NewCustomerForm) -> Mapping[str, Any]:
    """What the page says about the domains that stand in the form."""
    prefix, name, email = (str(form[field].value() or "") for field in ("domain_prefix", "company_name", "email"))
    answer = answer_for(request.partner, prefix, name=name, country=form.rules_of) if prefix else None
    return {"answer": answer, "known": organization_of_contact(request.partner, email), "suffix": form.suffix}


def _asked(request: HttpRequest, *names: str) -> str:
    """The first of some parameters that says something, as far as anybody reads it."""
    return next((text for name in names if (text := request.GET.get(name, ""))), "")[:255].replace("\x00", "")


@adds_customers
@throttled("new-domain", per_minute=240, within="process")
@require_safe
def domain(request: StaffRequest) -> HttpResponse:
    """Whether a prefix can be had, and which ones could be instead: a piece of the account step."""
    name, country = _asked(request, "name", "company_name"), _asked(request, "country")
    prefix, country = _asked(request, "prefix", "domain_prefix"), country if country in COUNTRIES else ""
    answer = answer_for(request.partner, prefix, name=name, country=country) if prefix else None
    context = {"answer": answer, "suffix": CLOUDS[request.partner.cloud].domain_suffix}
    return render(request, "relationships/_new_customer_domain.html", context)


@adds_customers
@throttled("new-domain", per_minute=240, within="process")
@require_safe
def organization(request: StaffRequest) -> HttpResponse:
    """Whether the domain of a contact's mail address is that of an organization: a piece of the account step."""
    known = organization_of_contact(request.partner, _asked(request, "email"))
    return render(request, "relationships/_new_customer_organization.html", {"known": known})
