"""What a Django developer would pick off the shelf, as pages beside the portal's own: same frame, same sessions."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

import django_tables2
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path

from customers.models import Customer, Tag
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.urls import handler400, handler403, handler404, handler500  # noqa: F401
from partnercenter.urls import urlpatterns as portal

PER_PAGE = 50


def _customers(request: StaffRequest) -> QuerySet[Customer]:
    return Customer.objects.filter(partner=request.partner, ended_at=None).order_by("name_key", "tenant_id")


def _tags(request: StaffRequest) -> dict[int, Tag]:
    return {tag.pk: tag for tag in Tag.objects.filter(partner=request.partner)}


@allow(Action.SEE_CUSTOMERS)
def plain(request: StaffRequest) -> HttpResponse:
    """The first page of the list: one query for its rows, one for the tags, one loop in a template."""
    customers, tags = list(_customers(request)[:PER_PAGE]), _tags(request)
    for customer in customers:
        customer.tags = [tags[pk] for pk in customer.tag_ids]  # type: ignore[attr-defined]
    return render(request, "bench/plain.html", {"customers": customers})


class ShelfTable(django_tables2.Table):
    """A table as the documentation of django-tables2 begins."""

    name = django_tables2.Column(linkify=lambda record: f"{record.tenant_id}/")
    tenant_id = django_tables2.Column(verbose_name="Microsoft ID")
    domain = django_tables2.Column()
    relationship_label = django_tables2.Column(verbose_name="Relationship")
    tag_ids = django_tables2.Column(verbose_name="Tags")
    begun_at = django_tables2.DateColumn(verbose_name="Added")

    class Meta:
        template_name = "django_tables2/table.html"

    def __init__(self, *args: Any, tags: dict[int, Tag], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.vocabulary = tags

    def render_tag_ids(self, value: list[int]) -> str:
        return ", ".join(self.vocabulary[pk].name for pk in value)


@allow(Action.SEE_CUSTOMERS)
def shelf(request: StaffRequest) -> HttpResponse:
    """The list with django-tables2, Django's Paginator and `icontains`."""
    customers, words = _customers(request), request.GET.get("q", "")
    if words:
        customers = customers.filter(
            Q(name__icontains=words) | Q(domain__icontains=words) | Q(tenant__id__icontains=words)
        )
    table = ShelfTable(customers, tags=_tags(request))
    django_tables2.RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    return render(request, "bench/shelf.html", {"table": table})


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, value: str) -> str:
        return value


@allow(Action.EXPORT)
def shelf_export(request: StaffRequest) -> StreamingHttpResponse:
    """The list as Django's documentation streams CSV: a writer that echoes, over `.iterator()`."""
    tags = _tags(request)

    def cells() -> Iterator[list[Any]]:
        yield ["Microsoft ID", "Company name", "Primary domain name", "Relationship", "Tags"]
        columns = _customers(request).values_list("tenant_id", "name", "domain", "relationships", "tag_ids")
        for microsoft_id, name, domain, kinds, tag_ids in columns.iterator():
            yield [microsoft_id, name, domain, "; ".join(kinds), "; ".join(sorted(tags[pk].name for pk in tag_ids))]

    writer = csv.writer(_Echo())
    return StreamingHttpResponse((writer.writerow(row) for row in cells()), content_type="text/csv")


def empty(request: HttpRequest) -> HttpResponse:
    """A page that does nothing but pass the middleware."""
    return HttpResponse("")


urlpatterns = [
    *portal,
    path("bench/plain/", plain),
    path("bench/shelf/", shelf),
    path("bench/shelf/export/", shelf_export),
    path("bench/empty/", empty),
]
