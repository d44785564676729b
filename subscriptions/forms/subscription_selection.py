"""Subscriptions that somebody selected in a list, as its form `selection` sends them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.selection import guids_of
from partnercenter.errors import Refused
from partnercenter.partners.models import Partner
from partnercenter.web.keyset import count_up_to
from partnercenter.web.templatetags.web import grouped
from subscriptions.forms.subscription_list import SubscriptionSearchForm
from subscriptions.models import Subscription
from subscriptions.selectors.subscription_list import sold_by
from subscriptions.selectors.subscriptions import resellers_for
from subscriptions.services.subscription_changes import MOST, NOTHING, TOO_MANY


@dataclass(frozen=True)
class SubscriptionSelection:
    """Some subscriptions that a partner sold: those with certain `ids`, or all that a search and filters find."""

    rows: QuerySet[Subscription]
    count: int
    ids: tuple[UUID, ...] = ()

    @property
    def is_all(self) -> bool:
        return not self.ids

    @property
    def fields(self) -> dict[str, str]:
        """Hidden fields that select the same again, and say how many they were."""
        return {"all": "1", "count": str(self.count)} if self.is_all else {"ids": " ".join(map(str, self.ids))}


def subscriptions_selected(data: Any, form: SubscriptionSearchForm) -> SubscriptionSelection:
    """What was selected: `ids`, each with one or more ids, or with `all=1` what the list's form finds.

    What this account did not sell is not there. Raises `Refused` where nothing is selected, for all that a senseless
    address finds, and for more than can be changed in one go.
    """
    is_all = data.get("all") == "1"
    if is_all and form.senseless:
        raise Refused(_("The address of this list is not in order, so nothing was done. Search and select anew."))
    ids = () if is_all else tuple(sorted({*guids_of(data)}))
    if not (is_all or ids):
        raise Refused(NOTHING)
    sold = sold_by(form.partner, form.customer)
    rows = form.found.rows.filter(sold) if is_all else by_ids(ids).filter(sold)
    count = count_up_to(rows, MOST)
    if not count:
        raise Refused(NOTHING)
    if count > MOST:
        raise Refused(TOO_MANY % {"limit": grouped(MOST)})
    return SubscriptionSelection(rows, count, ids)


def by_ids(ids: tuple[UUID, ...]) -> QuerySet[Subscription]:
    """Subscriptions by their ids alone, however many: they go to the database as one value."""
    return Subscription.objects.filter(pk__in=RawSQL("SELECT unnest(%s::uuid[])", [[*ids]]))


class NewResellerForm(forms.Form):
    """Who becomes the reseller of record of all of them; nobody is a choice as well."""

    reseller = forms.ChoiceField(
        label=gettext_lazy("New reseller"),
        help_text=gettext_lazy("Who is paid for what was sold. The customers' own resellers stay as they are."),
        error_messages={"required": gettext_lazy("Choose a reseller, or that there is none.")},
    )

    NOBODY = "none"

    def __init__(self, *args: Any, partner: Partner, **options: Any) -> None:
        super().__init__(*args, **options)
        self.resellers = {str(reseller.pk): reseller for reseller in resellers_for(partner)}
        names = [(guid, str(one)) for guid, one in self.resellers.items()]
        choices = [("", _("Choose a reseller")), *names, (self.NOBODY, _("No reseller"))]
        self.fields["reseller"].choices = choices  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Partner | None:
        return self.resellers.get(self.cleaned_data["reseller"])
