"""Filling the draft of an order: choosing offers, and what is chosen of each. Also for who is no customer yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest
from subscriptions.catalog import CATALOG, Offer
from subscriptions.forms.catalog import AddForm, CatalogForm
from subscriptions.forms.orders import OrderForm
from subscriptions.models import Order, OrderLine
from subscriptions.selectors.eligibility import Eligibility
from subscriptions.selectors.orders import drafts_of, lines_of
from subscriptions.services.orders import add_line, change_lines, remove_line

PAGE: Final = 50


@dataclass(frozen=True)
class Ordering:
    """An order that somebody fills: for whom, its draft if there is one, and where its two pages are.

    `add` puts an offer into the draft, in some quantity or in its least; it raises `Refused` where that cannot be.
    """

    eligibility: Eligibility
    draft: Order | None
    add: Callable[[Offer, int | None], OrderLine]
    choose_url: str
    lines_url: str


def ordering_of(request: StaffRequest, customer: Customer) -> Ordering:
    """What this person orders for a customer."""
    return Ordering(
        eligibility=Eligibility(customer),
        draft=drafts_of(customer, request.user).first(),
        add=lambda offer, quantity: add_line(customer, offer, quantity=quantity, actor=request.user),
        choose_url=reverse("subscriptions:new", args=[customer.tenant_id]),
        lines_url=reverse("subscriptions:review", args=[customer.tenant_id]),
    )


def choosing(request: StaffRequest, ordering: Ordering) -> dict[str, Any]:
    """Template context of the page on which offers are chosen, as `subscriptions/_offers.html` needs it, and more."""
    form = CatalogForm(request.GET, cloud=request.partner.cloud)
    lines = lines_of(ordering.draft) if ordering.draft else []
    chosen, eligibility = [line.offer_id for line in lines], ordering.eligibility
    found = form.found
    if form.cleaned_data.get("may"):
        found = [offer for offer in found if not eligibility.why_not(offer, chosen)]
    page = page_of(request, found)
    return {
        "form": form,
        "page": page,
        "list_url": ordering.choose_url,
        "lines_url": ordering.lines_url,
        "bars_all": eligibility.bars_all,
        "has_agreement": eligibility.has_agreement,
        "offers": [(offer, eligibility.why_not(offer, chosen), chosen.count(offer.id)) for offer in page],
        "lines": lines,
    }


def page_of(request: StaffRequest, offers: list[Offer]) -> Any:
    """The page of offers that an address asks for."""
    return Paginator(offers, PAGE).get_page(request.GET.get("page"))


def put(request: StaffRequest, ordering: Ordering) -> HttpResponse:
    """Put the offer that was posted into the order, and go back to where it was chosen."""
    form = AddForm(request.POST)
    offer = CATALOG.get(form.cleaned_data["offer"]) if form.is_valid() else None
    then = ordering.choose_url + _kept(request)
    if offer is None:
        messages.error(request, _("This is no offer of the catalog, or no quantity. Choose one from the list."))
        return redirect(then)
    try:
        line = ordering.add(offer, form.cleaned_data["quantity"] if offer.has_quantity else None)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Added to the order: %(line)s.") % {"line": f"{line.quantity} × {offer}"})
        then += f"#o-{offer.id}"  # back to where the person was
    return redirect(then)


def _kept(request: StaffRequest) -> str:
    query = request.GET.urlencode()
    return f"?{query}" if query else ""


def fill(
    request: StaffRequest, ordering: Ordering, form: OrderForm, **further: Callable[[], HttpResponse]
) -> HttpResponse | None:
    """Keep what was chosen of the lines, and do what the button says; None where something has to be corrected first.

    `further` are buttons of the page by their names: what is done with an order that is as it should be.
    """
    valid = form.is_valid()
    try:
        change_lines(form.order, form.chosen())
        if "remove" in request.POST:
            _take_out(request, form)
        elif not valid:
            return None
        elif "more" in request.POST:
            return redirect(ordering.choose_url)
        elif "add" in request.POST:
            ordering.add(CATALOG[_add_on(request, form)], None)
        elif pressed := [further[name] for name in further if name in request.POST]:
            return pressed[0]()
        else:
            messages.success(request, _("The order was saved."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(ordering.lines_url)


def _take_out(request: StaffRequest, form: OrderForm) -> None:
    wanted = request.POST["remove"]
    together = form.together_with(wanted)
    for line in together:
        if str(line.pk) == wanted:
            remove_line(line)
            names = ", ".join(str(one.offer) for one in together)
            messages.success(request, _("Taken out of the order: %(offer)s.") % {"offer": names})


def _add_on(request: StaffRequest, form: OrderForm) -> str:
    """The add-on that was chosen; raises `Refused` for none."""
    chosen = request.POST.get("add_on", "")
    if chosen not in dict(form.add_ons):
        raise Refused(_("Choose an add-on from the list first."))
    return chosen
