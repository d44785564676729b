"""Subscriptions as a CSV file."""

import pytest
from django.urls import reverse

from partnercenter.partners.roles import Role
from tests.subscribing import subscribe
from tests.uploads import cells

E3 = "Office 365 Enterprise E3"
HEADER = ["Subscription ID", "Subscription", "Quantity", "Status", "Reseller"]


def of_customer(client, customer, query=""):
    return client.get(reverse("subscriptions:export", args=[customer.tenant_id]) + query)


def test_the_file_of_a_customer_has_the_columns_of_the_rules(browse, ana, tailspin):
    one = subscribe(tailspin, E3, name='Büro "Nord", Kiel', quantity=25, status="suspended")
    other = subscribe(tailspin, "Azure plan")

    answer = of_customer(browse(ana), tailspin)

    assert answer.headers["Content-Disposition"].startswith('attachment; filename="subscriptions-tailspin-toys-')
    assert cells(answer) == [
        HEADER,
        [str(other.pk), "Azure plan", "1", "Active", ""],
        [str(one.pk), 'Büro "Nord", Kiel', "25", "Suspended", ""],
    ]


def test_across_customers_each_line_begins_with_whose_it_is(browse, northwind, adatum, make_customer, make_staff):
    customer = make_customer(northwind, "Proseware", reseller=adatum)
    one = subscribe(customer, E3)
    nora = make_staff(northwind, "Nora", Role.GLOBAL_ADMIN)

    rows = cells(browse(nora).get(reverse("subscriptions:export_all")))

    assert rows == [
        ["Microsoft ID", "Company name", *HEADER],
        [str(customer.tenant_id), "Proseware", str(one.pk), E3, "1", "Active", "Adatum"],
    ]


@pytest.mark.parametrize("name", ["=1+1", "+49", "-x", "@sum", "\tx"])
def test_no_cell_is_a_formula_and_nothing_else_is_altered(name, browse, ana, contoso, make_customer):
    customer = make_customer(contoso, "=Evil", domain="evil.onmicrosoft.com")
    subscribe(customer, E3, name=name)
    subscribe(customer, E3, name="a=b")

    rows = cells(browse(ana).get(reverse("subscriptions:export_all")))

    assert sorted(row[3] for row in rows[1:]) == sorted([f"'{name}", "a=b"])
    assert {row[1] for row in rows[1:]} == {"'=Evil"}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Azure plan", "Fay", "Zoe"]),
        ("?sort=-name", ["Zoe", "Fay", "Azure plan"]),
        ("?q=zo", ["Zoe"]),
        ("?kind=license", ["Fay", "Zoe"]),
        ("?state=all", ["Azure plan", "Ended", "Fay", "Zoe"]),
        ("?state=suspended", ["Fay"]),
        ("?q=nothing", []),
        ("?state=asleep", []),
        ("?kind=x", []),
    ],
)
def test_the_file_has_what_the_list_shows_in_its_order(query, names, browse, ana, tailspin):
    subscribe(tailspin, "Azure plan")
    subscribe(tailspin, E3, name="Zoe")
    subscribe(tailspin, E3, name="Fay", status="suspended")
    subscribe(tailspin, E3, name="Ended", status="canceled")

    of_one = cells(of_customer(browse(ana), tailspin, query))
    of_all = cells(browse(ana).get(reverse("subscriptions:export_all") + query))

    assert [row[1] for row in of_one[1:]] == [row[3] for row in of_all[1:]] == names


def test_headers_and_states_are_in_the_language_of_the_reader(browse, ana, tailspin):
    subscribe(tailspin, E3)
    client = browse(ana)
    client.cookies["django_language"] = "de"

    header, row = cells(of_customer(client, tailspin))

    assert (len(header), row[1:3]) == (5, [E3, "1"])


def test_who_may_not_export_gets_no_file(browse, hugo, tailspin):
    client = browse(hugo)

    answers = [of_customer(client, tailspin), client.get(reverse("subscriptions:export_all"))]

    assert [answer.status_code for answer in answers] == [403, 403]
