"""The lines of an order that is about to be placed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from partnercenter.web.templatetags.web import grouped
from subscriptions.catalog import Kind, add_ons_of
from subscriptions.catalog.regions import REGIONS
from subscriptions.models import Order, OrderLine, Reservation
from subscriptions.selectors.eligibility import Base, Eligibility, why_not_quantity
from subscriptions.selectors.orders import lines_of
from subscriptions.selectors.subscriptions import active_azure_of

# Azure subscriptions are chosen from a list up to here; of more, somebody types the ID.
LISTED: Final = 200


class LineForm(forms.Form):
    """What somebody chooses for one line: only what its offer leaves open has a field."""

    quantity = forms.IntegerField(
        label=gettext_lazy("Quantity"),
        min_value=1,
        max_value=2_000_000_000,
        error_messages={
            "required": gettext_lazy("Type how many."),
            "invalid": gettext_lazy("Type the quantity as a whole number."),
        },
    )
    billing_cycle = forms.ChoiceField(label=gettext_lazy("Billing"))
    belongs_to = forms.ChoiceField(
        label=gettext_lazy("Belongs to"), error_messages={"required": gettext_lazy("Choose what this belongs to.")}
    )
    region = forms.ChoiceField(label=gettext_lazy("Region"))
    scope = forms.ChoiceField(label=gettext_lazy("Scope"), choices=Reservation.Scope.choices)
    azure = forms.ChoiceField(label=gettext_lazy("Azure subscription"), required=False)

    def __init__(self, data: Any, *, line: OrderLine, lines: Sequence[OrderLine], eligibility: Eligibility) -> None:
        self.line, self.offer = line, line.offer
        self.bases = {base.key: base for base in eligibility.bases_of(line.offer, lines)}
        super().__init__(data, prefix=f"line-{line.pk}", auto_id="id_%s", initial=self._initial())
        self.why_not = eligibility.why_not_line(line, lines)
        for name in (*self.fields,):
            if name not in self._open():
                del self.fields[name]
        self._offer_choices(eligibility.customer)

    def _open(self) -> set[str]:
        """The fields of what the offer leaves open."""
        names = {"quantity"} if self.offer.has_quantity else set()
        if len(self.offer.cycles) > 1:
            names.add("billing_cycle")
        if self.offer.kind == Kind.RESERVATION:
            names |= {"region", "scope", "azure"}
        elif self.bases:
            names.add("belongs_to")
        return names

    def _offer_choices(self, customer: Customer) -> None:
        choices: dict[str, list[tuple[str, Any]]] = {
            "billing_cycle": [(cycle.value, cycle.label) for cycle in self.offer.cycles],
            "belongs_to": [("", _("Choose")), *((key, base.label) for key, base in self.bases.items())],
            "region": [(region, region) for region in REGIONS[customer.partner.cloud]],
        }
        for name, values in choices.items():
            if name in self.fields:
                self.fields[name].choices = values  # type: ignore[attr-defined]
        if "quantity" in self.fields:
            words = {"minimum": grouped(self.offer.minimum), "maximum": grouped(self.offer.maximum)}
            self.fields["quantity"].help_text = _("From %(minimum)s to %(maximum)s.") % words
        if "azure" in self.fields:
            self.fields["azure"] = azure_field(customer)

    def _initial(self) -> dict[str, Any]:
        line = self.line
        return {
            "quantity": line.quantity,
            "billing_cycle": line.billing_cycle,
            "belongs_to": f"line-{line.base_id}" if line.base_id else f"subscription-{line.parent_id}",
            "region": line.region,
            "scope": line.scope,
            "azure": str(line.parent_id or ""),
        }

    def clean_quantity(self) -> int:
        quantity: int = self.cleaned_data["quantity"]
        if why_not := why_not_quantity(self.offer, quantity):
            raise forms.ValidationError(why_not)
        return quantity

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        if cleaned.get("scope") == Reservation.Scope.SINGLE and not cleaned.get("azure") and "azure" not in self.errors:
            self.add_error("azure", _("Choose the Azure subscription that this reservation is for."))
        return cleaned

    def values(self) -> Mapping[str, Any]:
        """The columns of the line as they were chosen."""
        cleaned = self.cleaned_data
        values: dict[str, Any] = {
            name: cleaned[name] for name in ("quantity", "billing_cycle", "region", "scope") if name in cleaned
        }
        if "belongs_to" in cleaned:
            base: Base = self.bases[cleaned["belongs_to"]]
            values |= {"parent": base.subscription, "base": base.line}
        if "scope" in cleaned:
            single = cleaned["scope"] == Reservation.Scope.SINGLE
            azure = cleaned["azure"]
            values["parent_id"] = getattr(azure, "pk", azure) if single else None
        return values


class OrderForm:
    """A draft as a person sees it: a form for each line. `is_as_seen` says whether its lines are still those.

    Posted are `order`, its id, and `line` for each line that the person saw.
    """

    def __init__(self, data: Any, *, order: Order, eligibility: Eligibility) -> None:
        self.order, self.data = order, data
        self.lines = lines_of(order)
        self.forms = [LineForm(data, line=line, lines=self.lines, eligibility=eligibility) for line in self.lines]
        self.eligibility = eligibility

    @cached_property
    def is_as_seen(self) -> bool:
        """Whether the draft has the lines that the person who sends it has seen."""
        return self.data is None or {*self.data.getlist("line")} == {str(line.pk) for line in self.lines}

    def is_valid(self) -> bool:
        # Each of them says what is wrong, not only the first.
        return not [form for form in self.forms if not form.is_valid()]

    @property
    def errors(self) -> bool:
        return any(form.errors for form in self.forms)

    @property
    def why_not(self) -> str:
        """Why the draft cannot be placed as it stands; empty if it can."""
        return next((form.why_not for form in self.forms if form.why_not), "")

    @cached_property
    def add_ons(self) -> list[tuple[str, str]]:
        """Add-ons of what is ordered that can be bought with it, and are not in the order yet."""
        chosen = [line.offer_id for line in self.lines]
        found = {add_on.id: add_on for line in self.lines for add_on in add_ons_of(line.offer)}
        sold = (offer for offer in found.values() if offer.id not in chosen)
        fitting = (offer for offer in sold if not self.eligibility.why_not(offer, chosen))
        return [(offer.id, offer.name) for offer in sorted(fitting, key=lambda offer: offer.search_text)]


def azure_field(customer: Customer) -> forms.Field:
    """A field for one of the customer's active Azure subscriptions; its value is a Subscription ID."""
    active = active_azure_of(customer)
    found = list(active.order_by("name_key", "pk").values_list("pk", "name")[: LISTED + 1])
    label, wrong = _("Azure subscription"), _("This is no active Azure subscription of this customer.")
    if len(found) > LISTED:
        return forms.ModelChoiceField(
            active, label=label, required=False, widget=forms.TextInput, error_messages={"invalid_choice": wrong},
            help_text=_("There are very many: copy the Subscription ID from the list of subscriptions."),
        )  # fmt: skip
    choices = [("", _("Choose")), *((str(pk), name) for pk, name in found)]
    return forms.ChoiceField(label=label, required=False, choices=choices, error_messages={"invalid_choice": wrong})
