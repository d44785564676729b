"""Finding subscriptions: of one customer with the kinds apart, and across customers; along indexes, however many."""

import json
import os
from datetime import timedelta
from itertools import islice, product

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from partnercenter.partners.roles import Role
from partnercenter.web.keyset import COUNT_LIMIT, keyset_page
from subscriptions.catalog import AZURE_SUBSCRIPTION
from subscriptions.forms.subscription_list import SubscriptionSearchForm
from subscriptions.models import Subscription
from subscriptions.selectors.subscription_list import BY_END
from subscriptions.selectors.subscriptions import ORDERS
from subscriptions.tables.subscriptions import EndingTable, SubscriptionTable
from tests.crowd import crowd
from tests.subscribing import azure_plan, subscribe, subscribe_many

SUBSCRIPTIONS = int(os.environ.get("SUBSCRIPTIONS", "20000"))
E3 = "Office 365 Enterprise E3"
DAY = timedelta(days=1)


@pytest.fixture
def found(browse, ana, tailspin):
    """The names that the list of Tailspin Toys shows for an address, one kind after the other."""

    def names(**query):
        answer = browse(ana).get(reverse("subscriptions:subscriptions", args=[tailspin.tenant_id]), query)
        return [one.name for part in answer.context["lists"] for one in part["table"].records]

    return names


@pytest.fixture
def found_across(browse, ana):
    """The names that the list of all customers shows for an address."""

    def names(person=ana, **query):
        answer = browse(person).get(reverse("subscriptions:list"), query)
        return [one.name for one in answer.context["table"].records]

    return names


@pytest.fixture
def wingtip(contoso, make_customer):
    return make_customer(contoso, "Wingtip Toys")


def test_kinds_are_apart_and_each_is_in_the_order_of_names(found, tailspin):
    plan = subscribe(tailspin, "Azure plan")
    subscribe(tailspin, "Azure subscription", parent=plan, name="Zürich")
    subscribe(tailspin, "Azure subscription", parent=plan, name="aachen")
    subscribe(tailspin, E3, name="émile")
    subscribe(tailspin, E3, name="Fay")

    assert found() == ["émile", "Fay", "aachen", "Azure plan", "Zürich"]
    assert found(kind="usage") == ["aachen", "Azure plan", "Zürich"]
    assert found(kind="usage", sort="-name") == ["Zürich", "Azure plan", "aachen"]
    assert found(kind="license") == ["émile", "Fay"]


@pytest.mark.parametrize("text", ["muller", "ENTERPRISE e3", "offi mül"])
def test_they_are_found_by_name_and_product(text, found, found_across, tailspin):
    subscribe(tailspin, E3, name="Büro Müller")
    subscribe(tailspin, "Azure plan")

    assert (found(q=text), found_across(q=text)) == (["Büro Müller"], ["Büro Müller"])


def test_they_are_found_by_their_ids(found, found_across, tailspin):
    subscription = subscribe(tailspin, E3)
    subscribe(tailspin, E3, name="Other")

    assert found(q=str(subscription.pk)) == found_across(q=str(subscription.pk)[:13]) == [E3]


def test_the_state_filters_and_what_has_ended_is_left_out_unless_asked_for(found, found_across, tailspin):
    for status in Subscription.Status:
        subscribe(tailspin, E3, name=status, status=status)

    for names in (found, found_across):
        assert names() == ["active", "disabled", "expired", "suspended"]
        assert names(state="expired") == ["expired"]
        assert names(state="canceled") == ["canceled"]
        assert names(state="all") == sorted(Subscription.Status)
        assert names(state="asleep") == ["active", "disabled", "expired", "suspended"]


@pytest.mark.parametrize("few", [0, 100])
def test_a_search_and_filters_find_what_meets_all(few, monkeypatch, found, found_across, tailspin):
    monkeypatch.setattr("partnercenter.web.searching.FEW", few)
    subscribe(tailspin, E3, name="Berlin", status="suspended")
    subscribe(tailspin, E3, name="Berlin 2")
    subscribe(tailspin, "Azure plan", name="Berlin 3", status="suspended")

    assert found(q="berlin", state="suspended", kind="license") == ["Berlin"]
    assert found_across(q="berlin", state="suspended", kind="usage") == ["Berlin 3"]
    assert found_across(q="zebra", state="suspended") == []


def test_across_customers_kind_and_product_filter(found_across, tailspin, wingtip):
    subscribe(tailspin, E3)
    plan = subscribe(wingtip, "Azure plan")
    subscribe(wingtip, "Azure subscription", parent=plan)

    assert found_across() == ["Azure plan", "Azure subscription", E3]
    assert found_across(kind="usage", sort="-name") == ["Azure subscription", "Azure plan"]
    assert found_across(kind="license") == [E3]
    assert found_across(offer=AZURE_SUBSCRIPTION) == ["Azure subscription"]
    assert found_across(offer="nonsense") == ["Azure plan", "Azure subscription", E3]


def test_across_customers_the_end_of_the_term_filters_and_orders(found_across, tailspin):
    now = timezone.now()
    for name, days in (("Tomorrow", 1), ("Soon", 10), ("Later", 100)):
        subscribe(tailspin, E3, name=name, term_ends_at=now + days * DAY)
    subscribe(tailspin, E3, name="Ended", status="canceled", term_ends_at=now + 5 * DAY)
    ends_to = (now + 20 * DAY).date().isoformat()

    assert found_across(ends_to=ends_to) == ["Tomorrow", "Soon"]
    assert found_across(ends_to=ends_to, sort="-term") == ["Soon", "Tomorrow"]
    assert found_across(ends_from=ends_to) == ["Later"]


def test_what_was_bought_from_another_partner_is_nowhere(found, found_across, fabrikam, make_customer, tailspin):
    subscribe(make_customer(fabrikam, "Tailspin of Fabrikam", tenant=tailspin.tenant), E3)

    assert (found(), found_across()) == ([], [])


def test_accounts_that_have_ended_are_left_out_across_customers(found_across, wingtip):
    subscribe(wingtip, E3)
    type(wingtip).objects.filter(pk=wingtip.pk).update(ended_at=timezone.now())

    assert found_across() == []


@pytest.fixture
def resold(northwind, adatum, make_customer, make_staff):
    """What Northwind sold with Adatum as the reseller, and Adatum's admin; one more that Adatum may not see."""
    theirs = make_customer(northwind, "Proseware", reseller=adatum)
    own = make_customer(adatum, "Proseware of Adatum", tenant=theirs.tenant, provider=northwind)
    subscribe(theirs, E3, name="Through Adatum")
    subscribe(theirs, E3, name="Not through Adatum", reseller=None)
    return theirs, own, make_staff(adatum, "Adam", Role.GLOBAL_ADMIN), make_staff(northwind, "Nora", Role.GLOBAL_ADMIN)


def test_a_reseller_sees_what_its_provider_sold_and_selects_nothing_of_it(resold, browse, found_across):
    _theirs, own, adam, _nora = resold
    subscribe(own, E3, name="By Adatum")

    answer = browse(adam).get(reverse("subscriptions:subscriptions", args=[own.tenant_id]))

    [part] = answer.context["lists"]
    assert [one.name for one in part["table"].records] == ["By Adatum", "Through Adatum"]
    assert [text["pick"] != "" for text in map(part["table"].texts_of, part["table"].records)] == [True, False]
    assert found_across(adam) == ["By Adatum", "Through Adatum"]


def test_a_provider_filters_by_reseller(resold, adatum, found_across):
    *_, nora = resold

    assert found_across(nora, reseller=str(adatum.pk)) == ["Through Adatum"]
    assert found_across(nora, reseller="nonsense") == ["Not through Adatum", "Through Adatum"]


def test_pages_follow_one_another_and_lead_back_from_the_last(browse, ana, tailspin):
    plan = subscribe(tailspin, "Azure plan", name="A plan")
    for number in range(60):
        subscribe(tailspin, "Azure subscription", parent=plan, name=f"Azure {number:02}", status=STATES[number % 4])
    names = ["A plan", *(f"Azure {number:02}" for number in range(60))]

    for address in (reverse("subscriptions:subscriptions", args=[tailspin.tenant_id]), reverse("subscriptions:list")):
        client, pages, at = browse(ana), [], ""
        query = {"kind": "usage", "size": 25}
        while at is not None:
            page = client.get(address, query | {"at": at}).context["table"].page
            pages.append(page)
            at = str(page.next) if page.next else None
        last = client.get(address, query | {"at": "last"}).context["table"].page
        before = client.get(address, query | {"at": str(last.previous)}).context["table"].page

        assert [one.name for page in pages for one in page.rows] == names
        assert [one.name for one in [*before.rows, *last.rows]] == names[-50:]


STATES = ("active", "suspended", "expired", "disabled")


def asked_for(client, page, **query):
    """How many queries a page asks, and how many rows it shows, or lines a file has."""
    client.get(reverse("jobs:list"))  # notes that somebody is at work
    caches["default"].clear()  # what counts downloads for the throttle
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(page, query)
        if answer.streaming:
            return len(asked), len(b"".join(answer.streaming_content).splitlines()) - 1
    tables = [part["table"] for part in answer.context.get("lists", [])] or [answer.context["table"]]
    return len(asked), sum(len(table.records) for table in tables)


@pytest.fixture
def sell(resold):
    """Sell in many ways, so many times each: with a reseller or without, add-ons, Azure subscriptions under a plan."""
    customer, *_ = resold
    plan = azure_plan(customer)

    def sell_each(count):
        for number in range(count):
            office = subscribe(customer, E3, name=f"Office {number:03}", reseller=None)
            subscribe(customer, "Audio Conferencing", parent=office)
            subscribe(customer, "Azure subscription", parent=plan, name=f"Azure office {number:03}")

    return sell_each


@pytest.mark.parametrize("query", [{}, {"q": "o"}, {"state": "active"}, {"kind": "license"}, {"ends_to": "2099-01-01"}])
def test_a_list_asks_the_database_as_often_for_many_rows_as_for_few(query, sell, resold, browse):
    customer, *_, nora = resold
    sell(101)
    client = browse(nora)
    pages = [reverse("subscriptions:list"), reverse("subscriptions:subscriptions", args=[customer.tenant_id])]

    few = [asked_for(client, page, size=25, **query) for page in pages]
    many = [asked_for(client, page, size=100, **query) for page in pages]

    assert [number for number, _rows in many] == [number for number, _rows in few]
    assert all(number <= 20 for number, _rows in many)
    assert [rows in (25, 50) for _number, rows in few] == [rows in (100, 200) for _number, rows in many] == [True, True]


def test_an_export_asks_the_database_as_often_for_many_lines_as_for_one(sell, resold, browse):
    customer, *_, nora = resold
    client = browse(nora)
    files = [reverse("subscriptions:export_all"), reverse("subscriptions:export", args=[customer.tenant_id])]

    few = [asked_for(client, file) for file in files]
    sell(30)
    many = [asked_for(client, file) for file in files]

    assert [number for number, _lines in many] == [number for number, _lines in few]
    assert ([lines for _number, lines in few], [lines for _number, lines in many]) == ([3, 3], [93, 93])


def sought(reseller, texts=("", "office", "ab1f", "zebra", "office zebra", "公司")):
    states = ({}, {"state": "suspended"}, {"state": "all"}, {"state": "deleted"})
    kinds = ({}, {"kind": "license"}, {"kind": "usage"})
    through, ending = {"reseller": str(reseller.pk)}, {"ends_to": "2099-01-01"}
    more = ({}, {"offer": AZURE_SUBSCRIPTION}, through, ending, through | ending)
    for text, state, kind, other in product(texts, states, kinds, more):
        yield {"q": text, **state, **kind, **other}


def assert_in_order(source, order, everything):
    """The pages of a source, and their number, are those of what one query of all would give."""
    expected = list(order.sort(everything))
    middle = tuple(getattr(expected[len(expected) // 2], name) for name in order.columns) if expected else None
    rest = list(order.sort(order.beyond(everything, middle)))
    assert source.take(order, None, 10_000) == expected
    assert source.take(order, middle, 10_000) == rest
    assert source.take(order, None, 7) == expected[:7]
    assert [source.count(limit) for limit in (3, 10_000)] == [min(len(expected), 4), len(expected)]


@pytest.mark.parametrize("few", [0, 2_000])
def test_what_is_read_along_indexes_is_what_one_query_of_all_finds(few, monkeypatch, northwind, adatum, make_customer):
    for place in ("partnercenter.web.searching", "subscriptions.selectors.finding"):
        monkeypatch.setattr(f"{place}.FEW", few)
    customers = [make_customer(northwind, f"Customer {number}", reseller=adatum) for number in range(4)]
    own = [make_customer(adatum, one.name, tenant=one.tenant, provider=northwind) for one in customers]
    crowd(northwind, customers, adatum, 400)
    crowd(adatum, own, northwind, 100)
    for one in (customers[0], own[1]):
        type(one).objects.filter(pk=one.pk).update(ended_at=timezone.now())
    some_id = str(Subscription.objects.filter(partner=northwind).order_by("pk")[7].pk)

    texts = ("", "office", "shop a", "shop", "e", "zebra", some_id.upper(), some_id[:4])
    # Of 480 questions each seventh has all there is to ask for, in all kinds of company.
    for query in islice(sought(adatum, texts), few % 7, None, 7):
        for partner, customer in ((northwind, None), (adatum, None), (northwind, customers[1]), (adatum, own[0])):
            form = SubscriptionSearchForm(query, partner=partner, customer=customer)
            order = BY_END if form.wanted.by_end and not customer else ORDERS["name"]
            assert_in_order(form.found, order, form.found.rows)
            assert_in_order(form.found, order.reversed(), form.found.rows)


def test_what_was_more_than_a_list_tells_is_not_counted_again_for_a_minute(
    contoso, tailspin, django_assert_num_queries
):
    subscribe_many(tailspin, 5)
    many, all_states, few = (
        SubscriptionSearchForm(query, partner=contoso) for query in ({}, {"state": "all"}, {"q": "o"})
    )

    counted = [form.found.count(3) for form in (many, all_states, few)]
    with django_assert_num_queries(0):
        again = [many.found.count(3), all_states.found.count(3)]

    assert (counted, again, many.found.count(10)) == ([4, 4, 4], [4, 4], 5)


@pytest.mark.django_db(transaction=True)
def test_no_search_filter_or_order_reads_the_whole_table(northwind, adatum, contoso, make_customer):
    customers = [make_customer(northwind, f"Customer {number}", reseller=adatum) for number in range(5)]
    for one in customers:
        make_customer(adatum, one.name, tenant=one.tenant, provider=northwind)
    other = [make_customer(contoso, "Wingtip Toys")]
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO on")  # otherwise the rows are too young for the index alone
        crowd(northwind, customers, adatum, SUBSCRIPTIONS)
        crowd(contoso, other, adatum, SUBSCRIPTIONS)
        cursor.execute("VACUUM ANALYZE subscriptions_subscription")
    asked = []

    def note(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        for partner, query in product((northwind, adatum), islice(sought(adatum), 0, None, 3)):
            form = SubscriptionSearchForm(query, partner=partner)
            order = BY_END if form.wanted.by_end else ORDERS["name"]
            keyset_page(form.found, order)
            form.found.count(COUNT_LIMIT)
        for query in islice(sought(adatum), 0, None, 3):
            form = SubscriptionSearchForm(query, partner=northwind, customer=customers[0])
            keyset_page(form.found, ORDERS["name"])
            form.found.count(COUNT_LIMIT)

    plans = [(explained(sql, params), sql) for sql, params in asked]
    assert [sql for plan, sql in plans if any(map(reads_all, nodes(plan["Plan"])))] == []


def nodes(plan):
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def reads_all(node):
    return node["Node Type"] == "Seq Scan" and node["Relation Name"] == "subscriptions_subscription"


def explained(sql, params):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        (plan,) = cursor.fetchone()
    return (json.loads(plan) if isinstance(plan, str) else plan)[0]


def test_every_table_has_an_order_that_is_an_index():
    indexes = [tuple(index.fields) for index in Subscription._meta.indexes]

    for table in (SubscriptionTable, EndingTable):
        for order in table.orders.values():
            assert any(index[-len(order.columns) :] == order.columns for index in indexes)
