"""What the list of former customers is searched for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partnercenter.web.forms import SearchForm, search_field


class FormerSearchForm(SearchForm):
    """The search above the list: `q` of the address."""

    q = search_field(_("Search former customers"), _("Name, domain or Microsoft ID"))
