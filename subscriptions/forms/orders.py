"""The lines of an order that is about to be placed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.selectors.list_query import as_guid
from partnercenter.web.templatetags.web import grouped
from subscriptions.catalog import Kind, add_ons_of
from subscriptions.catalog.regions import REGIONS
from subscriptions.models import Order, OrderLine, Reservation
from subscriptions.selectors.eligibility import Base, Eligibility, why_not_quantity
from subscriptions.selectors.orders import lines_of
from subscriptions.selectors.subscriptions import active_azure_of

# Azure subscriptions are chosen from a list up to here; of more, somebody types the ID.
LISTED: Final = 200


class AzureChoices:
    """The customer's active Azure subscriptions, asked for once for all lines of an order.

    A few are chosen from a list; of very many, somebody types the ID: `typed` are the texts for all lines.
    """

    def __init__(self, customer: Customer, typed: Iterable[str]) -> None:
        self._active = active_azure_of(customer)
        self._typed = typed

    @cached_property
    def _listed(self) -> list[tuple[UUID, str]]:
        return list(self._active.order_by("name_key", "pk").values_list("pk", "name")[: LISTED + 1])

    @cached_property
    def _known(self) -> set[UUID]:
        """The IDs that somebody can have meant."""
        if len(self._listed) <= LISTED:
            return {pk for pk, _name in self._listed}
        ids = {pk for text in self._typed if (pk := as_guid(text))}
        return {*self._active.filter(pk__in=ids).values_list("pk", flat=True)}

    def field(self) -> forms.CharField:
        """A field for one of them, or for its Subscription ID."""
        label = _("Azure subscription")
        if len(self._listed) > LISTED:
            hint = _("For the scope “Single subscription”: copy the Subscription ID, as there are very many of them.")
            return forms.CharField(label=label, required=False, help_text=hint, max_length=100)
        choices = [("", _("Choose")), *((str(pk), name) for pk, name in self._listed)]
        hint = _("For the scope “Single subscription”.") if self._listed else _("This customer has no active one yet.")
        return forms.CharField(label=label, required=False, help_text=hint, widget=forms.Select(choices=choices))

    def chosen(self, text: str) -> UUID | None:
        """The ID of the one that a text means; None for no text. Raises `ValidationError` for anything else."""
        pk = as_guid(text)
        if text and pk not in self._known:
            raise forms.ValidationError(_("This is no active Azure subscription of this customer."))
        return pk


class LineForm(forms.Form):
    """What somebody chooses for one line: only what its offer leaves open has a field.

    `typed` is what they had typed before they had to sign in again.
    """

    quantity = forms.IntegerField(
        label=gettext_lazy("Quantity"),
        min_value=1,
        max_value=2_000_000_000,
        error_messages={
            "required": gettext_lazy("Type how many."),
            "invalid": gettext_lazy("Type the quantity as a whole number."),
            "min_value": gettext_lazy("Type a quantity of at least %(limit_value)s."),
            "max_value": gettext_lazy("This is more than anybody can buy."),
        },
    )
    billing_cycle = forms.ChoiceField(label=gettext_lazy("Billing"))
    belongs_to = forms.ChoiceField(
        label=gettext_lazy("Belongs to"),
        error_messages={
            "required": gettext_lazy("Choose what this belongs to."),
            "invalid_choice": gettext_lazy("It cannot belong to that. Choose something from the list."),
        },
    )
    region = forms.ChoiceField(label=gettext_lazy("Region"))
    scope = forms.ChoiceField(label=gettext_lazy("Scope"), choices=Reservation.Scope.choices)
    azure = forms.CharField(label=gettext_lazy("Azure subscription"), required=False)

    def __init__(
        self,
        data: Any,
        *,
        line: OrderLine,
        lines: Sequence[OrderLine],
        eligibility: Eligibility,
        azure: AzureChoices,
        typed: Mapping[str, Any] | None = None,
    ) -> None:
        self.line, self.offer, self._lines = line, line.offer, lines
        self._eligibility, self._azure = eligibility, azure
        kept = {one.pk: one.base_id for one in lines}
        apart = [one for one in lines if line.pk not in chain_of(one.pk, kept)]
        self.bases = {base.key: base for base in eligibility.bases_of(line.offer, apart)}
        super().__init__(data, prefix=f"line-{line.pk}", auto_id="id_%s", initial=self._initial())
        for name in (*self.fields,):
            if name not in self._open():
                del self.fields[name]
            elif typed and (key := self.add_prefix(name)) in typed:
                self.initial[name] = typed[key]
        self._offer_choices(eligibility.customer)

    @cached_property
    def why_not(self) -> str:
        """Why the line cannot be bought as it is kept; empty if it can. Asked when the page is made: after saving."""
        return self._eligibility.why_not_line(self.line, self._lines)

    @property
    def base_id(self) -> int | None:
        """The line of the same order that somebody chose for this one to belong to."""
        base = self.bases.get(self.cleaned_data.get("belongs_to", ""))
        return base.line.pk if base and base.line else None

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
            self.fields["quantity"].widget.attrs |= {"min": self.offer.minimum, "max": self.offer.maximum}
            self.fields["quantity"].help_text = _("From %(minimum)s to %(maximum)s.") % words
        if "azure" in self.fields:
            self.fields["azure"] = self._azure.field()

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

    def clean_azure(self) -> UUID | None:
        return self._azure.chosen(self.cleaned_data["azure"])

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
            values["parent_id"] = cleaned["azure"] if cleaned["scope"] == Reservation.Scope.SINGLE else None
        return values


class OrderForm:
    """A draft as a person sees it: a form for each line. `is_as_seen` says whether its lines are still those.

    Posted are `order`, its id, and `line` for each line that the person saw. `typed` is what was posted before the
    person had to sign in again.
    """

    def __init__(
        self, data: Any, *, order: Order, eligibility: Eligibility, typed: Mapping[str, Any] | None = None
    ) -> None:
        self.order, self.data, self.eligibility = order, data, eligibility
        self.lines = lines_of(order)
        azure = AzureChoices(
            eligibility.customer, [data.get(f"line-{line.pk}-azure", "") for line in self.lines] if data else []
        )
        self.forms = [
            LineForm(data, line=line, lines=self.lines, eligibility=eligibility, azure=azure, typed=typed)
            for line in self.lines
        ]
        self.add_on = typed.get("add_on", "") if typed else ""

    @cached_property
    def is_as_seen(self) -> bool:
        """Whether the draft has the lines that the person who sends it has seen."""
        return self.data is None or {*self.data.getlist("line")} == {str(line.pk) for line in self.lines}

    def is_valid(self) -> bool:
        # Each of them says what is wrong, not only the first.
        for form in self.forms:
            form.full_clean()
        self._refuse_circles()
        return not self.errors

    def _refuse_circles(self) -> None:
        chosen = {form.line.pk: form.base_id for form in self.forms}
        for form in self.forms:
            if form.line.pk in chain_of(form.base_id, chosen):
                form.add_error(
                    "belongs_to", _("Two offers cannot belong to each other. Choose something else for one.")
                )

    def chosen(self) -> dict[OrderLine, Mapping[str, Any]]:
        """What is to be kept: each line that has nothing wrong, with its new values."""
        return {form.line: form.values() for form in self.forms if form.fields and not form.errors}

    def together_with(self, pk: str) -> list[OrderLine]:
        """A line with all that belongs to it; nothing for what is none of the lines."""
        kept = {line.pk: line.base_id for line in self.lines}
        return [line for line in self.lines if pk in map(str, chain_of(line.pk, kept))]

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


def chain_of(pk: int | None, bases: Mapping[int, int | None]) -> list[int]:
    """A line, what it belongs to, what that belongs to, and so on; it ends where it would go round in a circle."""
    found: list[int] = []
    while pk is not None and pk not in found:
        found.append(pk)
        pk = bases.get(pk)
    return found
