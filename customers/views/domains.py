"""The domains of a customer: the list, and what is done with one of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.forms.domains import DomainForm
from customers.models import Customer
from customers.navigation import customer_context
from customers.selectors.domains import NOBODY, UsersIn, domains_of, users_by_domain
from customers.services import domains as services
from customers.services.domains import why_kept, why_needed
from customers.views.scope import why_not, with_users
from partnercenter.directory.dns import readable_name
from partnercenter.directory.models import Domain
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.acts import act
from partnercenter.web.forms import looks_and_acts, posted
from partnercenter.web.throttles import throttled
from partnercenter.web.unsent import typed_before


@dataclass(frozen=True)
class Line:
    """A domain in the list, with the number of its users and why it cannot be removed."""

    domain: Domain
    users: UsersIn
    kept: str

    @property
    def readable(self) -> str:
        """The name in the letters that people read, where these are others; empty where they are not."""
        name = readable_name(self.domain.name)
        return name if name != self.domain.name else ""


@allow(Action.SEE_CUSTOMERS)
@require_safe
@with_users
def domains(request: StaffRequest, customer: Customer) -> HttpResponse:
    counts = users_by_domain(customer)
    lines = [
        Line(domain, users := counts.get(domain.name, NOBODY), why_kept(domain, users))
        for domain in domains_of(customer)
    ]
    context = customer_context(request, customer) | {
        "lines": lines,
        "waiting": [line for line in lines if line.domain.verified_at is None],
        "manage_denied": why_not(request, Action.MANAGE_USERS),
    }
    return render(request, "customers/domains.html", context)


@allow(Action.MANAGE_USERS)
@throttled("add-domain", per_minute=30, method="POST")
@looks_and_acts
@with_users
def add(request: StaffRequest, customer: Customer) -> HttpResponse:
    """Add a domain; the list then says how it is proved."""
    data, _files = posted(request)
    form = DomainForm(data, initial=None if data else typed_before(request))
    if form.is_valid():
        try:
            domain = services.add_domain(customer, form.cleaned_data["name"], actor=request.user)
        except Refused as refused:
            form.add_error("name", str(refused))
        else:
            sentence = _("%(name)s was added. Prove now that it belongs to this customer: the record is below.")
            messages.success(request, sentence % {"name": domain})
            return redirect(_address(customer))
    context = customer_context(request, customer) | {"form": form}
    return render(request, "customers/add_domain.html", context, status=422 if form.is_bound else 200)


@allow(Action.MANAGE_USERS)
@throttled("verify-domain", per_minute=10, method="POST")
@require_POST
@with_users
def verify(request: StaffRequest, customer: Customer, domain_name: str) -> HttpResponse:
    domain = _found(customer, domain_name)
    return act(
        request,
        lambda: services.verify_domain(customer, domain, actor=request.user),
        done=_("%(name)s is verified: users can have their names in it.") % {"name": domain},
        then=_address(customer),
    )


@allow(Action.MANAGE_USERS)
@require_POST
@with_users
def make_primary(request: StaffRequest, customer: Customer, domain_name: str) -> HttpResponse:
    domain = _found(customer, domain_name)
    return act(
        request,
        lambda: services.make_primary(customer, domain, actor=request.user),
        done=_("%(name)s is the primary domain now. Users keep their names.") % {"name": domain},
        then=_address(customer),
    )


@allow(Action.MANAGE_USERS)
@looks_and_acts
@with_users
def remove(request: StaffRequest, customer: Customer, domain_name: str) -> HttpResponse:
    """Ask, and remove a domain; or say why it is needed."""
    domain = _found(customer, domain_name)
    if request.method != "POST":
        users = users_by_domain(customer).get(domain.name, NOBODY)
        context = {"line": Line(domain, users, why_needed(customer, domain))}
        return render(request, "customers/remove_domain.html", customer_context(request, customer) | context)
    return act(
        request,
        lambda: services.remove_domain(customer, domain, actor=request.user),
        done=_("%(name)s was removed.") % {"name": domain},
        then=_address(customer),
    )


def _address(customer: Customer) -> str:
    return reverse("customers:domains", args=[customer.tenant_id])


def _found(customer: Customer, name: str) -> Domain:
    """The domain of an address; the database is not asked for the name, which can be any text."""
    found = next((domain for domain in domains_of(customer) if domain.name == name), None)
    if found is None:
        raise Http404
    return found
