"""Whatever is searched and filtered, in any order: the fast way finds exactly what the criteria mean."""

import base64
import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer, SearchEntry, Tag
from customers.models.terms import PLACES
from customers.selectors.criteria import Criteria, SearchBy
from customers.selectors.customers import ORDERS, customers_of
from customers.selectors.finding import CustomersFound, place_of
from partnercenter.web.keyset import keyset_page

NAMES = [
    "Contoso", "Contoso Ltd", "Çelik Döküm", "北京云科技有限公司", "北京金科技有限公司", "上海有限公司", "ООО Ромашка", "ООО Вектор",
    "شركة النسيم", "شركة الشمس", "주식회사 한빛", "株式会社さくら", "Zeta Group", "Zeta Works", "Alpine Ski House", "Wingtip Toys",
    "Fabrikam.onmicrosoft.com", "O'Neil & Sons", "100% Pure", "Back\\slash", "Under_score", "Soft Micro", "Microsoft Friends", "dead beef", "1234 Cafe",
]  # fmt: skip
WORDS = [
    "co", "con", "contoso", "ltd", "北京", "公司", "科技", "云", "ооо", "ромаш", "شركة", "الن", "한빛", "さくら", "zeta", "works", "o'neil",
    "100%", "%", "_", "\\", "soft", "microsoft", "onmicrosoft", "onmicrosoft.com", ".onmi", "t.com", "com", "a", "z", "zz", "qz",
    "dead", "beef", "cafe", "12", "0a", "abc", "contoso.onmicrosoft.com", "fabrikam.onm", "fabrikam.onmicrosoft.com", "shop.example", "example", "-4", "nothingatall",
]  # fmt: skip
BEGIN = datetime(1999, 11, 1, tzinfo=UTC)


class ShortSighted(CustomersFound):
    """Looks so little around that everything else has to be found by the indexes."""

    NEAR = 3
    SAMPLE = 20
    FAR = 9


@pytest.fixture
def many(contoso, fabrikam, make_customer):
    """Customers, every name several times; and another partner with the same."""
    chance = random.Random(7)
    tags = [Tag.objects.create(partner=contoso, name=f"Tag {number}") for number in range(4)]
    for number in range(120):
        name = chance.choice(NAMES) if number % 3 else f"{chance.choice(NAMES)} {number}"
        customer = make_customer(
            contoso if number % 10 else fabrikam,
            name,
            domain=f"{chance.choice(['contoso', 'soft', 'shop', 'x'])}{number}.onmicrosoft.com",
            begun_at=BEGIN + timedelta(days=chance.randrange(3_000)),
            relationships=chance.choice([["cloud_reseller"], ["advisor"], ["cloud_reseller", "indirect_reseller"]]),
            tag_ids=sorted(tag.pk for tag in chance.sample(tags, chance.choice([0, 0, 1, 2, 4]))),
        )
        if number % 7 == 0:
            Customer.objects.filter(pk=customer.pk).update(
                **Customer.keys(name, customer.tenant_id, customer.domain, f"shop.example{number}.com")
            )
    return [tag.pk for tag in tags]


def all_pages(source, order, size):
    """The primary keys of a list page by page, and those of its last page read backwards."""
    page = keyset_page(source, order, size=size)
    found = [row.pk for row in page.rows]
    while page.next:
        page = keyset_page(source, order, at=str(page.next), size=size)
        found += [row.pk for row in page.rows]
    back = [row.pk for row in page.rows]
    while page.previous:
        page = keyset_page(source, order, at=str(page.previous), size=size)
        back = [row.pk for row in page.rows] + back
    return found, back


moments = st.none() | st.integers(-100, 3_200).map(lambda days: BEGIN + timedelta(days=days, hours=days % 24))


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(st.sampled_from(WORDS), max_size=2),
    by=st.sampled_from(SearchBy),
    tags=st.lists(st.integers(0, 3), max_size=3),
    without=st.lists(st.integers(0, 3), max_size=2, unique=True),
    all_tags=st.booleans(),
    relationships=st.lists(st.sampled_from(Customer.Relationship.values), max_size=2, unique=True),
    added=st.tuples(moments, moments),
    order=st.sampled_from(sorted(ORDERS)),
    descending=st.booleans(),
    size=st.sampled_from([7, 50]),
)
def test_what_is_found_is_what_the_criteria_mean_in_every_order_page_by_page(
    many, contoso, words, by, tags, without, all_tags, relationships, added, order, descending, size
):
    criteria = Criteria(
        text=" ".join(words),
        by=by,
        tags=tuple(many[number] for number in tags),
        all_tags=all_tags,
        without=tuple(many[number] for number in without),
        relationships=tuple(relationships),
        added_from=added[0],
        added_before=added[1],
    )
    order = ORDERS[order].reversed() if descending else ORDERS[order]
    meant = [row.pk for row in order.sort(criteria.apply(customers_of(contoso)))]

    source = ShortSighted(customers_of(contoso), criteria, partner_id=contoso.pk)

    assert all_pages(source, order, size) == (meant, meant)
    assert (source.count(), source.count(5), source.count(None)) == (len(meant), min(len(meant), 6), len(meant))


@pytest.mark.django_db
@pytest.mark.parametrize("by", [SearchBy.EVERYTHING, SearchBy.MICROSOFT_ID])
@pytest.mark.parametrize("cut", [slice(0, 36), slice(0, 9), slice(5, 12), slice(26, 36), slice(14, 18)])
def test_any_part_of_a_microsoft_id_finds_its_customer(many, contoso, by, cut):
    customer = customers_of(contoso).order_by("-name_key").first()
    text = str(customer.tenant_id)[cut]

    source = ShortSighted(customers_of(contoso), Criteria(text=text.upper(), by=by), partner_id=contoso.pk)

    assert customer.pk in all_pages(source, ORDERS["name"], 50)[0]


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["{%s}", "%s"])
def test_a_microsoft_id_is_found_in_braces_and_without_hyphens(many, contoso, form):
    customer = customers_of(contoso).order_by("-name_key").first()

    criteria = Criteria(text=form % customer.tenant_id.hex)

    assert [row.pk for row in criteria.apply(customers_of(contoso))] == [customer.pk]


@pytest.mark.django_db
def test_a_customer_is_searchable_as_long_as_it_is_one(contoso, make_customer):
    customer = make_customer(contoso, "Litware")

    before = SearchEntry.objects.filter(customer=customer).count()
    Customer.objects.filter(pk=customer.pk).update(ended_at=BEGIN + timedelta(days=400))
    ended = SearchEntry.objects.filter(customer=customer).count()
    Customer.objects.filter(pk=customer.pk).update(ended_at=None)
    back = SearchEntry.objects.filter(customer=customer).count()

    assert (before, ended, back) == (1, 0, 1)


@pytest.mark.django_db
def test_the_database_and_the_code_agree_on_the_places_of_the_alphabet(many, contoso):
    assert list(PLACES) == sorted(PLACES)
    for customer in customers_of(contoso):
        assert customer.place == place_of((customer.name_key, customer.tenant_id))


@pytest.mark.django_db
def test_a_filter_asks_an_index_that_is_in_order_after_many_tags_were_changed(many, contoso):
    Customer.objects.filter(partner=contoso).update(tag_ids=many[:2])

    with connection.cursor() as cursor:
        cursor.execute("SELECT unnest(reloptions) FROM pg_class WHERE relname = 'customers_by_marks'")
        options = [option for (option,) in cursor.fetchall()]

    # What waits to be put in its place would be read once for each place of the alphabet.
    assert options == ["fastupdate=off"]


@pytest.mark.django_db
@pytest.mark.parametrize("order", sorted(ORDERS))
@pytest.mark.parametrize("sign", ["", "-"])
def test_a_position_that_nobody_was_given_begins_at_the_beginning(browse, ana, contoso, make_customer, order, sign):
    make_customer(contoso, "Litware")
    positions = [["abc"], [{"a": 1}], [1], ["abc", "x"], [None, str(ana.partner.pk)]]

    for position in positions:
        words = json.dumps([1, False, *position]).encode()
        at = base64.urlsafe_b64encode(words).decode()
        response = browse(ana).get("/customers/", {"sort": f"{sign}{order}", "at": at})

        assert [row.name for row in response.context["table"].records] == ["Litware"]


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "UTC"])
@pytest.mark.parametrize(
    "address", ["added_from=0001-01-01", "added_to=9999-12-31", "added_from=9999-12-30", "added_to=0001-01-01"]
)
def test_days_at_the_ends_of_the_calendar_are_days(browse, ana, contoso, make_customer, zone, address):
    make_customer(contoso, "Litware")
    client = browse(ana)
    client.cookies["timezone"] = zone

    response = client.get(f"/customers/?{address}&sort=-added")

    assert response.status_code == 200


@pytest.mark.django_db
def test_a_tag_is_meant_in_every_spelling_and_however_often(browse, ana, contoso, make_customer):
    tag = Tag.objects.create(partner=contoso, name="VIP")
    tag.refresh_from_db()
    make_customer(contoso, "Litware", tag_ids=[tag.pk])
    address = f"tag={str(tag.guid).upper()}&tag={tag.guid.hex}&tags=all"

    for sort in ORDERS:
        response = browse(ana).get(f"/customers/?{address}&sort={sort}")

        assert [row.name for row in response.context["table"].records] == ["Litware"]


@pytest.mark.django_db
def test_a_name_with_control_characters_can_be_searched_as_any_other(contoso, make_customer):
    customer = make_customer(contoso, "ab\x01c \x01\x01 def")

    source = ShortSighted(customers_of(contoso), Criteria(text="def"), partner_id=contoso.pk)

    assert all_pages(source, ORDERS["name"], 50)[0] == [customer.pk]
