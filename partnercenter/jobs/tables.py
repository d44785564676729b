"""The list of jobs."""

from __future__ import annotations

import django_tables2
from django.utils.translation import gettext_lazy as _

from partnercenter.web.keyset import Order
from partnercenter.web.tables import Table


class JobTable(Table):
    """Jobs of a partner, the newest one first."""

    row_template = "jobs/_row.html"
    orders = {"created": Order(("created_at", "id"))}
    default_order = "-created"
    caption = _("Jobs")
    css_class = "wrap as-cards"

    job = django_tables2.Column(verbose_name=_("Job"))
    customer = django_tables2.Column(verbose_name=_("Customer"))
    status = django_tables2.Column(verbose_name=_("State"))
    progress = django_tables2.Column(verbose_name=_("Progress"))
    requested_by = django_tables2.Column(verbose_name=_("Requested by"))
    created = django_tables2.Column(verbose_name=_("Requested"))

    @property
    def is_live(self) -> bool:
        """Whether a job on this page still waits or runs, so that the page keeps itself up to date."""
        return any(job.is_open for job in self.records)
