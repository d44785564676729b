"""What the parts of an address are called in different countries, and what is said about them.

Each kind has sentences of its own, because languages bend the words around a name differently.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Words:
    """The label of a part, the sentence when it is missing, and the one when its value cannot be right.

    `missing` and `wrong` may name `%(example)s`, and `wrong` also `%(country)s`.
    """

    label: Promise
    missing: Promise
    wrong: Promise


UNKNOWN_COUNTRY = _("Choose a country or region from the list.")
TOO_LONG = _("At most %(limit)s characters fit here; %(length)s were entered. Shorten the text.")
INVISIBLE = _("There are characters here that cannot be seen. Type the text again instead of pasting it.")
ELSEWHERE = _("%(code)s is not a code of %(state)s. Correct one of the two.")
ELSEWHERE_WITH_EXAMPLE = _("%(code)s is not a code of %(state)s, where %(example)s is one. Correct one of the two.")

LINE1 = Words(
    _("Address line 1"),
    _("The street is missing. Enter street and house number, or a post office box."),
    TOO_LONG,
)
LINE2 = Words(_("Address line 2"), _("The second line of the address is missing. Enter it."), TOO_LONG)

CITIES = {
    "city": Words(_("City"), _("The city is missing. Enter it."), TOO_LONG),
    "district": Words(_("District"), _("The district is missing. Enter it."), TOO_LONG),
    "post_town": Words(_("Town or city"), _("The town is missing. Enter it."), TOO_LONG),
    "suburb": Words(_("Suburb or city"), _("The suburb or city is missing. Enter it."), TOO_LONG),
}

STATES = {
    "area": Words(
        _("Area"),
        _("The area is missing: addresses in this country need it."),
        _("This is not an area of the country (%(country)s). Choose one from the list."),
    ),
    "county": Words(
        _("County"),
        _("The county is missing: addresses in this country need it."),
        _("This is not a county of the country (%(country)s). Choose one from the list."),
    ),
    "department": Words(
        _("Department"),
        _("The department is missing: addresses in this country need it."),
        _("This is not a department of the country (%(country)s). Choose one from the list."),
    ),
    "district": Words(
        _("District"),
        _("The district is missing: addresses in this country need it."),
        _("This is not a district of the country (%(country)s). Choose one from the list."),
    ),
    "do_si": Words(
        _("Province or city"),
        _("The province is missing: addresses in this country need it."),
        _("This is not a province of the country (%(country)s). Choose one from the list."),
    ),
    "emirate": Words(
        _("Emirate"),
        _("The emirate is missing: addresses in this country need it."),
        _("This is not an emirate of the country (%(country)s). Choose one from the list."),
    ),
    "island": Words(
        _("Island"),
        _("The island is missing: addresses in this country need it."),
        _("This is not an island of the country (%(country)s). Choose one from the list."),
    ),
    "oblast": Words(
        _("Oblast"),
        _("The oblast is missing: addresses in this country need it."),
        _("This is not an oblast of the country (%(country)s). Choose one from the list."),
    ),
    "parish": Words(
        _("Parish"),
        _("The parish is missing: addresses in this country need it."),
        _("This is not a parish of the country (%(country)s). Choose one from the list."),
    ),
    "prefecture": Words(
        _("Prefecture"),
        _("The prefecture is missing: addresses in this country need it."),
        _("This is not a prefecture of the country (%(country)s). Choose one from the list."),
    ),
    "province": Words(
        _("Province"),
        _("The province is missing: addresses in this country need it."),
        _("This is not a province of the country (%(country)s). Choose one from the list."),
    ),
    "state": Words(
        pgettext_lazy("part of an address", "State"),
        _("The state is missing: addresses in this country need it."),
        _("This is not a state of the country (%(country)s). Choose one from the list."),
    ),
}

POSTAL_CODES = {
    "postal": Words(
        _("Postal code"),
        _("The postal code is missing. Enter it, for example %(example)s."),
        _("This is not a postal code of the country (%(country)s). Enter one such as %(example)s."),
    ),
    "zip": Words(
        _("ZIP code"),
        _("The ZIP code is missing. Enter it, for example %(example)s."),
        _("This is not a ZIP code of the country (%(country)s). Enter one such as %(example)s."),
    ),
    "pin": Words(
        _("PIN code"),
        _("The PIN code is missing. Enter it, for example %(example)s."),
        _("This is not a PIN code of the country (%(country)s). Enter one such as %(example)s."),
    ),
    "eircode": Words(
        _("Eircode"),
        _("The Eircode is missing. Enter it, for example %(example)s."),
        _("This is not an Eircode (%(country)s). Enter one such as %(example)s."),
    ),
}
