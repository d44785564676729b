"""Which reservations a list shows, and what can be changed of one."""

from __future__ import annotations

from typing import Any, Final, TypedDict
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.meanwhile import SeenForm
from customers.forms.names import NameField
from customers.services.meanwhile import Overtaken
from subscriptions.forms.subscription import LONGEST_NAME
from subscriptions.models import Reservation, Subscription
from subscriptions.selectors.azure import azure_found
from subscriptions.selectors.reservations import SCOPE_LABELS, SCOPES, version_of
from subscriptions.selectors.subscriptions import active_azure_of

# So many Azure subscriptions are shown to choose from; a search finds the others.
CHOICES: Final = 100
SHARED: Final = "shared"
NO_SCOPE: Final = gettext_lazy("Choose an active Azure subscription, or “Shared”.")


class ReservationFilter(forms.Form):
    """Which reservations to show: `state scope` of the address. What makes no sense there leaves nothing out."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[("", gettext_lazy("All states")), *Reservation.Status.choices],
        required=False,
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("Scope"),
        choices=[("", gettext_lazy("All scopes")), *SCOPE_LABELS.items()],
        required=False,
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.is_valid()
        for field in self.fields.values():
            field.widget.attrs |= {"data-submits": True, "autocomplete": "off"}

    @property
    def filtering(self) -> bool:
        return any(self.cleaned_data.values())

    def narrow(self, reservations: QuerySet[Reservation]) -> QuerySet[Reservation]:
        """Those of the reservations that were asked for."""
        if state := self.cleaned_data.get("state"):
            reservations = reservations.filter(status=state)
        if scope := self.cleaned_data.get("scope"):
            reservations = reservations.filter(SCOPES[scope])
        return reservations


class NewValues(TypedDict):
    """What a reservation is to be, as `change_reservation` takes it."""

    name: str
    azure: Subscription | None
    shared: bool
    seen: str


class ReservationForm(SeenForm):
    """Name and scope of a reservation: shared, or for one Azure subscription among those that a text finds.

    `more` says whether there are further ones. An orphan can stay one. `typed` is what somebody had typed before they
    had to sign in again.
    """

    name = NameField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_NAME,
        error_messages={"required": gettext_lazy("Type a name, or that of the offer.")},
    )
    scope = forms.CharField(
        label=gettext_lazy("Scope"),
        widget=forms.Select,
        error_messages={"required": NO_SCOPE},
        help_text=gettext_lazy("A shared reservation serves all Azure subscriptions of the customer."),
    )

    def __init__(self, data: Any, *, reservation: Reservation, text: str = "", typed: QueryDict | None = None) -> None:
        self.reservation = reservation
        now = {"name": reservation.name, "scope": _scope_of(reservation), "seen": version_of(reservation)}
        super().__init__(data, initial=now | (typed.dict() if typed else {}))
        found = list(azure_found(reservation.customer, text)[: CHOICES + 1])
        self.more = len(found) > CHOICES
        self.fields["scope"].required = not reservation.is_orphan
        self.fields["scope"].widget.choices = self._choices(found[:CHOICES])

    def _choices(self, found: list[Subscription]) -> list[tuple[str, str]]:
        now = self.reservation.azure
        single = found if now is None or now in found else [now, *found]
        choices = [(SHARED, _label(SHARED, None)), *((str(azure.pk), _label("", azure)) for azure in single)]
        return [("", _label("", None)), *choices] if self.reservation.is_orphan else choices

    def clean_scope(self) -> Subscription | None:
        """The Azure subscription that the reservation is to be for; None if it is shared, or stays an orphan."""
        chosen: str = self.cleaned_data["scope"]
        self.shared = chosen == SHARED
        if self.shared or not chosen:
            return None
        if chosen == str(self.reservation.azure_id):
            return self.reservation.azure
        pk = _uuid(chosen)
        azure = active_azure_of(self.reservation.customer).filter(pk=pk).first() if pk else None
        if azure is None:
            raise ValidationError(NO_SCOPE)
        return azure

    @property
    def values(self) -> NewValues:
        """The checked values."""
        cleaned = self.cleaned_data
        return {"name": cleaned["name"], "azure": cleaned["scope"], "shared": self.shared, "seen": cleaned["seen"]}

    def see_anew(self, overtaken: Overtaken, now: Reservation) -> None:
        """Say what a colleague changed meanwhile, see `SeenForm.tell`."""
        scope, azure = _scope_of(now), self.cleaned_data["scope"]
        mine = SHARED if self.shared else str(azure.pk if azure else "")
        theirs = {"name": now.name} if now.name != self.cleaned_data["name"] else {}
        if scope != mine:
            theirs["scope"] = _label(scope, now.azure)
        self.tell(overtaken, seen=version_of(now), theirs=theirs)


def _scope_of(reservation: Reservation) -> str:
    """The scope as the form has it."""
    return SHARED if reservation.scope == Reservation.Scope.SHARED else str(reservation.azure_id or "")


def _label(scope: str, azure: Subscription | None) -> str:
    """A scope as people read it."""
    if azure is not None:
        return _("Only %(name)s") % {"name": azure}
    return _("Shared") if scope == SHARED else _("No subscription any more")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
