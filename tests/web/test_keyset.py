import base64

import pytest

from partnercenter.directory.models import Tenant
from partnercenter.web.keyset import COUNT_LIMIT, Cursor, Order, count_up_to, keyset_page

BY_NAME = Order(("name", "id"))


@pytest.fixture
def tenants(db):
    names = ["a", "b", "b", "b", "c", "d", "e"]
    return [Tenant.objects.create(name=name, cloud="global", country="US") for name in names]


def names_of(page):
    return [tenant.name for tenant in page.rows]


def everything(order, size):
    page = keyset_page(Tenant.objects.all(), order, size=size)
    rows = list(page.rows)
    while page.next:
        page = keyset_page(Tenant.objects.all(), order, at=str(page.next), size=size)
        rows += page.rows
    return rows


@pytest.mark.parametrize("size", [1, 2, 3, 7, 10])
@pytest.mark.parametrize("order", [BY_NAME, BY_NAME.reversed()])
def test_pages_of_any_size_hold_every_row_once_in_order(tenants, order, size):
    assert everything(order, size) == list(order.sort(Tenant.objects.all()))


def test_the_way_back_shows_the_same_pages(tenants):
    rows = Tenant.objects.all()
    first = keyset_page(rows, BY_NAME, size=3)
    second = keyset_page(rows, BY_NAME, at=str(first.next), size=3)
    third = keyset_page(rows, BY_NAME, at=str(second.next), size=3)

    back = keyset_page(rows, BY_NAME, at=str(third.previous), size=3)
    home = keyset_page(rows, BY_NAME, at=str(back.previous), size=3)

    assert (back.rows, back.number) == (second.rows, 4)
    assert (home.rows, home.number, home.previous) == (first.rows, 1, None)


def test_the_last_page_has_no_next_and_the_first_no_previous(tenants):
    page = keyset_page(Tenant.objects.all(), BY_NAME, size=7)

    assert (page.previous, page.next, page.last_number) == (None, None, 7)


def test_a_row_added_before_the_page_does_not_move_it(tenants):
    rows = Tenant.objects.all()
    first = keyset_page(rows, BY_NAME, size=4)
    Tenant.objects.create(name="a", cloud="global", country="US")

    second = keyset_page(rows, BY_NAME, at=str(first.next), size=4)

    assert names_of(second) == ["c", "d", "e"]


@pytest.mark.parametrize(
    "cursor",
    [
        Cursor(1, ("x",)),
        Cursor(1, ("x", "not a guid")),
        Cursor(1, ("x\x00", "0f8fad5b-d9cb-469f-a165-70867728950e")),
        "nonsense",
        "",
        "é",
    ],
)
def test_a_cursor_that_does_not_fit_the_list_gives_the_first_page(tenants, cursor):
    page = keyset_page(Tenant.objects.all(), BY_NAME, at=str(cursor), size=3)

    assert page.number == 1


@pytest.mark.parametrize(
    "words",
    [
        '[1,false,"a",Infinity]',
        '[1,false,1e999,"x"]',
        '[1,false,"\\ud800","x"]',
        "[" * 900,
        f"[{'9' * 1000},false,1,1]",
    ],
)
def test_an_address_that_somebody_made_up_gives_the_first_page(tenants, words):
    at = base64.urlsafe_b64encode(words.encode()).decode()

    page = keyset_page(Tenant.objects.all(), BY_NAME, at=at, size=3)

    assert page.number == 1


def test_a_page_is_one_query_that_an_index_of_the_order_answers(tenants, django_assert_num_queries):
    cursor = str(keyset_page(Tenant.objects.all(), BY_NAME, size=3).next)

    with django_assert_num_queries(1) as asked:
        keyset_page(Tenant.objects.all(), BY_NAME, at=cursor, size=3)

    assert '("directory_tenant"."name", "directory_tenant"."id") > (' in asked.captured_queries[0]["sql"]


def test_a_count_stops_one_beyond_its_limit(tenants):
    assert count_up_to(Tenant.objects.all(), limit=3) == 4
    assert count_up_to(Tenant.objects.all(), limit=COUNT_LIMIT) == 7


def test_the_last_page_ends_with_the_last_row_and_leads_back(tenants):
    rows = list(BY_NAME.sort(Tenant.objects.all()))

    last = keyset_page(Tenant.objects.all(), BY_NAME, at="last", size=3)
    before = keyset_page(Tenant.objects.all(), BY_NAME, at=str(last.previous), size=3)

    assert (last.rows, last.number, last.last_number, last.next) == (rows[-3:], len(rows) - 2, len(rows), None)
    assert (before.rows, before.number) == (rows[-6:-3], len(rows) - 5)


def test_the_last_page_of_a_list_of_one_page_is_the_first(tenants):
    first = keyset_page(Tenant.objects.all(), BY_NAME, size=50)

    assert keyset_page(Tenant.objects.all(), BY_NAME, at="last", size=50) == first
