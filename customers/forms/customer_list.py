"""Search and filters of the customer list, as they stand in its address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Tag
from customers.selectors.criteria import Criteria, SearchBy
from customers.selectors.customers import customers_of
from customers.selectors.finding import CustomersFound
from customers.selectors.list_query import DAY_FORMATS, as_guid
from partnercenter.partners.models import Partner

SEARCH_BY = [
    (SearchBy.EVERYTHING, _("Everything")),
    (SearchBy.COMPANY, _("Company name")),
    (SearchBy.DOMAIN, _("Domain name")),
    (SearchBy.MICROSOFT_ID, _("Microsoft ID")),
]
ANY_OR_ALL = [("any", _("Any of them")), ("all", _("All of them"))]
GONE = _("A tag or reseller in this address does not exist any more. Remove the filter to see customers again.")
NO_DAY = _("A day to filter by is not a date. Choose another one, or remove the filter.")
TOO_LONG = _("No name, domain or Microsoft ID is as long as this search. Use fewer words.")
BACKWARDS = _("The last day is before the first one: no customer can have been added between them.")


class Day(forms.DateInput):
    """A day; browsers show it as their reader writes days, and send it as addresses write them."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "size-s"}, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day of an address, which means the same in every language."""

    def __init__(self, *, label: Any) -> None:
        super().__init__(
            label=label, required=False, widget=Day, input_formats=DAY_FORMATS, error_messages={"invalid": NO_DAY}
        )


class Guids(forms.MultipleChoiceField):
    """Some of the choices, which are GUIDs, in any spelling and each once."""

    def __init__(self, label: Any) -> None:
        super().__init__(label=label, required=False, error_messages={"invalid_choice": GONE})

    def to_python(self, value: Any) -> list[str]:
        return list(dict.fromkeys(str(as_guid(text) or text) for text in super().to_python(value)))


class ListForm(forms.Form):
    """What to look for: `q by tag tags without reseller relationship added_from added_to` of the address.

    An address that nobody could have got from the portal looks for nothing in particular; one that names what is
    gone, or a day that is none, finds nothing and says so.
    """

    q = forms.CharField(
        label=_("Search customers"),
        max_length=200,
        required=False,
        error_messages={"max_length": TOO_LONG},
    )
    by = forms.ChoiceField(label=_("Search by"), choices=SEARCH_BY, required=False)
    tag = Guids(_("With tags"))
    tags = forms.ChoiceField(label=_("Which of these tags"), choices=ANY_OR_ALL, required=False)
    without = Guids(_("Without tags"))
    reseller = Guids(_("Indirect reseller"))
    relationship = forms.MultipleChoiceField(
        label=_("Relationship"), choices=Customer.Relationship.choices, required=False
    )
    added_from = DayField(label=_("Added from"))
    added_to = DayField(label=_("Added to"))

    def __init__(self, data: Any, *, tags: Iterable[Tag], resellers: Iterable[Partner] = ()) -> None:
        super().__init__(data, auto_id="search_%s")
        self.vocabulary = {str(tag.guid): tag for tag in tags}
        self.resellers = {str(reseller.tenant_id): reseller for reseller in resellers}
        names = [(guid, tag.name) for guid, tag in self.vocabulary.items()]
        self._choose_from("tag", names)
        self._choose_from("without", names)
        self._choose_from("reseller", [(guid, one.tenant.name) for guid, one in self.resellers.items()])

    def _choose_from(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_added_to(self) -> date | None:
        first, last = self.cleaned_data.get("added_from"), self.cleaned_data.get("added_to")
        if first and last and last < first:
            raise forms.ValidationError(BACKWARDS)
        return last

    @property
    def days(self) -> list[forms.BoundField]:
        """The fields of the first and the last day."""
        return [self["added_from"], self["added_to"]]

    @property
    def senseless(self) -> bool:
        """Whether the address asks for what no customer can have: nothing is found then."""
        return bool(self.problems)

    @property
    def problems(self) -> dict[str, str]:
        """Why nothing is found, for each parameter of the address at which that lies."""
        telling = ("q", "tag", "without", "reseller", "added_from", "added_to")
        return {name: str(self.errors[name][0]) for name in telling if name in self.errors}

    @property
    def criteria(self) -> Criteria:
        """What was asked for."""
        self.is_valid()
        said = self.cleaned_data
        tags, without = ([self.vocabulary[guid].pk for guid in said.get(name, ())] for name in ("tag", "without"))
        return Criteria(
            text=said.get("q", ""),
            by=SearchBy(said.get("by") or SearchBy.EVERYTHING),
            tags=tuple(tags),
            all_tags=said.get("tags") == "all",
            without=tuple(without),
            resellers=tuple(self.resellers[guid].pk for guid in said.get("reseller", ())),
            relationships=tuple(said.get("relationship", ())),
            added_from=_begin_of(said.get("added_from")),
            added_before=_begin_of(said.get("added_to"), days_later=1),
        )


def found_by(form: ListForm, partner: Partner) -> CustomersFound:
    """The customers of a partner that a list asks for."""
    customers = customers_of(partner)
    return CustomersFound(customers.none() if form.senseless else customers, form.criteria, partner_id=partner.pk)


def _begin_of(day: date | None, *, days_later: int = 0) -> datetime | None:
    """Midnight, where the reader is, in UTC; None for days at the ends of the calendar, which UTC may not have."""
    try:
        midnight = timezone.make_aware(datetime.combine(day + timedelta(days_later), time.min)) if day else None
        return midnight.astimezone(UTC) if midnight else None
    except OverflowError:
        return None
