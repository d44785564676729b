"""Files of users: their faulty rows, and the columns of what is downloaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import django_tables2
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import UserImportRow
from customers.userfiles import Column, column_title, problem_sentence
from partnercenter.web.keyset import Order
from partnercenter.web.tables import Table

PASSWORD_HEADER: Final = (gettext_lazy("Display name"), gettext_lazy("Email"), gettext_lazy("Temporary password"))


@dataclass(frozen=True)
class Fault:
    """One problem of a row: where it is, what was found there, and what to do."""

    column: str
    value: str
    remedy: str


class FaultyRowTable(Table):
    """The rows of a file that have problems, each with all of them."""

    row_template = "customers/_faulty_row.html"
    orders: ClassVar = {"number": Order(("number",))}
    default_order = "number"
    caption: ClassVar = gettext_lazy("Rows with problems")
    css_class: ClassVar = "top wrap as-cards"

    row = django_tables2.Column(verbose_name=gettext_lazy("Row"))
    line = django_tables2.Column(verbose_name=gettext_lazy("Line"))
    column = django_tables2.Column(verbose_name=gettext_lazy("Column"))
    value = django_tables2.Column(verbose_name=gettext_lazy("Value"))
    remedy = django_tables2.Column(verbose_name=gettext_lazy("What to do"))
    actions = django_tables2.Column(verbose_name=gettext_lazy("Correct"), empty_values=())

    def __init__(self, rows: QuerySet[UserImportRow], request: HttpRequest, *, correctable: bool) -> None:
        super().__init__(rows, request, exclude=() if correctable else ("actions",))
        for row in self.records:
            row.faults = list(_faults(row.problems))
            row.correctable = correctable


class UserImportTable(Table):
    """The files of users of a customer, the newest one first."""

    row_template = "customers/_upload_row.html"
    orders: ClassVar = {"uploaded": Order(("uploaded_at", "id"))}
    default_order = "-uploaded"
    caption: ClassVar = gettext_lazy("Uploads")
    css_class: ClassVar = "wrap as-cards"

    file = django_tables2.Column(verbose_name=gettext_lazy("File"))
    rows = django_tables2.Column(verbose_name=gettext_lazy("Rows"))
    faulty = django_tables2.Column(verbose_name=gettext_lazy("With problems"))
    status = django_tables2.Column(verbose_name=gettext_lazy("State"))
    uploaded_by = django_tables2.Column(verbose_name=gettext_lazy("Uploaded by"))
    uploaded = django_tables2.Column(verbose_name=gettext_lazy("Uploaded"))


def _faults(problems: list[Mapping[str, Any]]) -> Iterator[Fault]:
    for problem in problems:
        column = column_title(Column(problem["column"])) if problem["column"] else _("whole row")
        yield Fault(column, problem["value"], problem_sentence(problem["code"], problem["column"], problem["detail"]))
