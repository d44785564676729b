"""Which partnerships a list shows, and the invitation of a reseller."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.crypto import get_random_string
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from partnercenter.directory.characters import invisible_in
from partnercenter.directory.names import check_contact_email
from partnercenter.partners.models import Partner
from partnercenter.web.forms import SearchForm, search_field
from relationships.models import Partnership
from relationships.selectors.partnerships import CURRENT, found_among

State = Partnership.Status
LONGEST_NOTE: Final = 500
LONGEST_WISH: Final = 100
STATES: Final = {
    "": (gettext_lazy("All that have not ended"), Q(status__in=CURRENT)),
    "active": (pgettext_lazy("partnerships", "Active"), Q(status=State.ACTIVE)),
    "invited": (pgettext_lazy("partnerships", "Invited"), Q(status=State.INVITED)),
    "ended": (pgettext_lazy("partnerships", "Ended"), ~Q(status__in=CURRENT)),
}


class PartnershipSearchForm(SearchForm):
    """What to look for: `q state` of the address."""

    q = search_field(gettext_lazy("Search partnerships"), gettext_lazy("Name, partner ID or email"))
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[(word, label) for word, (label, _condition) in STATES.items()],
        required=False,
    )

    def narrow(self, partnerships: QuerySet[Partnership]) -> QuerySet[Partnership]:
        """Those of the partnerships that were asked for."""
        _label, condition = STATES[self.cleaned_data.get("state", "")]
        return found_among(partnerships.filter(condition), self.text)


class InvitationForm(forms.Form):
    """To whom an invitation goes, in which language, and with what note.

    `again` appears where one to the same address waits, or its organization works with the provider already: then one
    is made only when somebody says so. `wish` is another one on every page: a form that is sent twice is one wish.
    `before` is an invitation that has ended, whose values are proposed; `typed` is what somebody had typed before they
    had to sign in again.
    """

    email = forms.CharField(
        label=gettext_lazy("Email of the reseller"),
        max_length=254,
        help_text=gettext_lazy("The link is for a Global admin there; whoever gets it can pass it on to one."),
        error_messages={"required": gettext_lazy("Enter the mail address to which the invitation goes.")},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("The language in which the letter is written."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=LONGEST_NOTE,
        required=False,
        help_text=gettext_lazy("A paragraph of your own, which stands in the letter and beside the invitation."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    again = forms.BooleanField(label=gettext_lazy("Invite all the same"), required=False)
    wish = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any,
        *,
        partner: Partner,
        before: Partnership | None = None,
        typed: QueryDict | None = None,
    ) -> None:
        proposed = {name: getattr(before, name) for name in ("email", "language", "note")} if before else {}
        initial = {"wish": get_random_string(22), "language": get_language()} | proposed
        super().__init__(data, initial=initial | (typed.dict() if typed else {}))
        self.partner = partner
        self.asks_again = bool(data and data.get("again"))

    def ask_again(self, sentence: str) -> None:
        """Say why none may be needed, and let the person say that one is meant all the same."""
        self.asks_again = True
        self.add_error("email", sentence)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        domains = self.partner.tenant.domains.filter(verified_at__isnull=False).values_list("name", flat=True)
        problem = check_contact_email(email, domains)
        if problem and problem.code == "own_domain":
            raise ValidationError(_("This is an address of your own organization. Enter one of the reseller."))
        if problem and problem.code == "invalid":
            raise ValidationError(problem.sentence)
        return email

    def clean_note(self) -> str:
        """The note as one paragraph."""
        note = " ".join(self.cleaned_data["note"].split())
        if invisible_in(note):
            raise ValidationError(
                _("The note contains characters that cannot be seen. Type it again instead of pasting it.")
            )
        return note

    def clean_wish(self) -> str:
        """The wish. Where there is none, a new one for the next time: without it two clicks would be two wishes."""
        wish: str = self.cleaned_data["wish"]
        if not wish or len(wish) > LONGEST_WISH:
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["wish"] = get_random_string(22)  # type: ignore[index]
            raise ValidationError(_("The page was not sent as a whole. Nobody was invited yet: send it once more."))
        return wish

    @property
    def values(self) -> dict[str, str]:
        """What an invitation is made of."""
        return {name: self.cleaned_data[name] for name in ("email", "language", "note")}
