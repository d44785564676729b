"""Search and filters of the customer list, as they stand in its address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Tag
from customers.selectors.criteria import Criteria, SearchBy
from partnercenter.partners.models import Partner

SEARCH_BY = [
    (SearchBy.EVERYTHING, _("Everything")),
    (SearchBy.COMPANY, _("Company name")),
    (SearchBy.DOMAIN, _("Domain name")),
    (SearchBy.MICROSOFT_ID, _("Microsoft ID")),
]
ANY_OR_ALL = [("any", _("Any of them")), ("all", _("All of them"))]
GONE = _("A tag or reseller in this address does not exist any more. Remove the filter to see customers again.")


class ListForm(forms.Form):
    """What to look for: `q by tag tags without reseller relationship added_from added_to` of the address.

    An address that nobody could have got from the portal looks for nothing in particular; one that names what is
    gone, or a day that is none, finds nothing and says so.
    """

    q = forms.CharField(
        label=_("Search customers"),
        max_length=200,
        required=False,
        widget=forms.SearchInput(
            attrs={"data-key": "/", "autocomplete": "off", "placeholder": _("Name, domain or Microsoft ID")}
        ),
    )
    by = forms.ChoiceField(label=_("Search by"), choices=SEARCH_BY, required=False)
    tag = forms.MultipleChoiceField(label=_("With tags"), required=False, error_messages={"invalid_choice": GONE})
    tags = forms.ChoiceField(label=_("Which of these tags"), choices=ANY_OR_ALL, required=False)
    without = forms.MultipleChoiceField(
        label=_("Without tags"), required=False, error_messages={"invalid_choice": GONE}
    )
    reseller = forms.MultipleChoiceField(
        label=_("Indirect reseller"), required=False, error_messages={"invalid_choice": GONE}
    )
    relationship = forms.MultipleChoiceField(
        label=_("Relationship"), choices=Customer.Relationship.choices, required=False
    )
    added_from = forms.DateField(label=_("Added from"), required=False)
    added_to = forms.DateField(label=_("Added to"), required=False)

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

    @property
    def senseless(self) -> bool:
        """Whether the address asks for what no customer can have: nothing is found then."""
        return not self.is_valid() and bool(
            {"q", "tag", "without", "reseller", "added_from", "added_to"} & {*self.errors}
        )

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


def _begin_of(day: date | None, *, days_later: int = 0) -> datetime | None:
    """Midnight, where the reader is."""
    try:
        return timezone.make_aware(datetime.combine(day + timedelta(days_later), time.min)) if day else None
    except OverflowError:
        return None
