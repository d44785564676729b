"""What is worth doing next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from allauth.mfa.utils import is_mfa_enabled
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnercenter.dashboard.selectors import failed_lately
from partnercenter.partners.models import Staff


@dataclass(frozen=True)
class Suggestion:
    """An icon, a sentence, and the page where it is done with the words of its link."""

    icon: str
    sentence: str
    url: str
    link: str


def suggestions_for(staff: Staff) -> Iterator[Suggestion]:
    """What this person could do now; nothing is fine as well."""
    if not is_mfa_enabled(staff.user):
        sentence = _("Only a password protects your account. With a second factor a stolen password is not enough.")
        yield Suggestion("shield", sentence, reverse("mfa_index"), _("Add a second factor"))
    if count := failed_lately(staff.partner).count():
        sentence = ngettext("%(count)d job of the last week failed.", "%(count)d jobs of the last week failed.", count)
        yield Suggestion("warning", sentence % {"count": count}, reverse("jobs:list"), _("Show the jobs"))
