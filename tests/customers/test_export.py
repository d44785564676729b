"""The customer list as a file: what is in it, cell by cell."""

import csv
import io

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import translation

from customers.models import Customer, Tag
from customers.tables.customer_export import EXPORT_HEADER, export_columns, export_line
from partnercenter.csvfiles import csv_lines

pytestmark = pytest.mark.django_db

EXPORT = reverse("customers:export")
STRANGE_NAMES = [
    "=1+1", "+1", "-1", "@home", "\tTab", "\rReturn", "Comma, Inc.", 'Quote " Ltd', "Line\nBreak", "'Apostrophe",
    "Gärtnerei Müller", "上海 有限公司", "شركة النور", "a,{1|2}", "x|y", " space", "\\.", "50 % off", "\\N", "NULL",
]  # fmt: skip


def exported(client, **params):
    return b"".join(client.get(EXPORT, params).streaming_content)


def rows_of(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.fixture
def strange(contoso, make_customer):
    """Customers with names that ask for care, and with all kinds of relationships and tags."""
    tags = [Tag.objects.create(partner=contoso, name=name) for name in ("Retail", "=Azure", "a, b", "Ärger", "大客户")]
    for number, name in enumerate(STRANGE_NAMES):
        make_customer(
            contoso,
            name,
            domain=f"n{number}.onmicrosoft.com",
            tag_ids=[tag.pk for place, tag in enumerate(tags) if number >> place & 1],
            relationships=[["cloud_reseller"], ["advisor"], ["cloud_reseller", "indirect_reseller"]][number % 3],
        )
    return tags


def test_the_file_is_byte_for_byte_what_is_written_row_by_row(browse, ana, strange):
    names = {tag.pk: tag.name for tag in sorted(strange, key=lambda tag: tag.name.lower())}
    labels = dict(Customer.Relationship.choices)
    header = ["Microsoft ID", "Company name", "Primary domain name", "Relationship", "Tags"]
    cells = [
        [
            customer.tenant_id,
            customer.name,
            customer.domain,
            "; ".join(str(labels[kind]) for kind in customer.relationships),
            "; ".join(name for pk, name in names.items() if pk in customer.tag_ids),
        ]
        for customer in Customer.objects.order_by("name_key", "tenant_id")
    ]

    content = exported(browse(ana))

    assert content == b"".join(csv_lines(header, cells))


def test_a_spreadsheet_gets_the_names_that_were_stored_and_no_formula(browse, ana, strange):
    rows = rows_of(exported(browse(ana)))

    assert {row[1] for row in rows[1:]} == {f"'{name}" if name[0] in "=+-@\t\r" else name for name in STRANGE_NAMES}
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []


def test_a_tag_on_its_way_out_is_not_in_the_file(browse, ana, contoso, strange):
    Tag.objects.filter(pk=strange[0].pk).update(retired_at="2026-01-01T00:00Z")

    cells = {row[4] for row in rows_of(exported(browse(ana)))[1:]}

    assert [cell for cell in cells if "Retail" in cell] == []


def test_header_and_relationships_are_in_the_language_of_the_reader(browse, ana, strange):
    ana.user.language = "de"
    ana.user.save()

    rows = rows_of(exported(browse(ana)))

    with translation.override("de"):
        header = [str(words) for words in EXPORT_HEADER]
        labels = {str(label) for label in Customer.Relationship.labels}
    assert rows[0] == header
    assert header[1] != "Company name"
    assert {label for row in rows[1:] for label in row[3].split("; ")} == labels


def test_search_filters_and_order_of_the_address_are_those_of_the_file(browse, ana, strange, contoso):
    content = exported(browse(ana), q="n1", by="domain", relationship="advisor", sort="-domain")

    expected = Customer.objects.filter(domain__contains="n1", relationships__contains=["advisor"]).order_by("-domain")
    assert [row[2] for row in rows_of(content)[1:]] == list(expected.values_list("domain", flat=True))
    assert expected.count() == 5


def test_an_address_that_finds_nothing_gives_the_header_alone(browse, ana, strange):
    rows = rows_of(exported(browse(ana), tag="no such tag"))

    assert len(rows) == 1


def test_another_partner_s_customers_are_in_no_file(browse, finn, strange):
    assert len(rows_of(exported(browse(finn), all="1"))) == 1


def test_the_last_column_is_read_as_it_is_written(contoso, make_customer):
    tag = Tag.objects.create(partner=contoso, name="Retail")
    make_customer(contoso, "One, two|three", tag_ids=[tag.pk])
    sql, params = export_columns(Customer.objects.all()).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        ((*_, codes),) = cursor.fetchall()

    assert codes == f"cloud_reseller|{tag.pk}"
    assert export_line([tag])(f'id,"One, two|three",domain,{codes}\n'.encode()) == (
        b'id,"One, two|three",domain,Cloud Reseller,Retail\r\n'
    )
