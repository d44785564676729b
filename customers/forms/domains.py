"""Which domain is added to a customer."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from customers.userfiles.addresses import is_domain
from partnercenter.directory.dns import ascii_name

NO_DOMAIN: Final = gettext_lazy(
    "This is not a domain name. Type one such as contoso.com: letters, digits and hyphens, with full stops between "
    "its parts."
)
# The domain name system has names of 253 characters; other letters take fewer before they are ASCII.
_LONGEST: Final = 300


class DomainForm(forms.Form):
    """The name of a domain as a person writes it: capital letters, a full stop at its end, letters of every script."""

    name = forms.CharField(
        label=gettext_lazy("Domain name"),
        help_text=gettext_lazy("For example contoso.com, without “www”."),
        max_length=_LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={
            "required": gettext_lazy("Type the domain that this customer has."),
            "max_length": NO_DOMAIN,
            "null_characters_not_allowed": NO_DOMAIN,
        },
    )

    def clean_name(self) -> str:
        """The name in ASCII; of a pasted address its host."""
        pasted = self.cleaned_data["name"].strip()
        try:
            name = ascii_name(urlsplit(pasted).hostname or "" if "://" in pasted else pasted)
        except ValueError as error:
            raise ValidationError(NO_DOMAIN) from error
        if not is_domain(name):
            raise ValidationError(NO_DOMAIN)
        return name
