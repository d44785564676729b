import csv
import io
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, Tag
from customers.services.accounts import update_account
from partnercenter.partners.roles import Role

LIST = "/customers/"


def names_on(response):
    return [customer.name for customer in response.context["table"].records]


def found(client, text, by="all"):
    return names_on(client.get(LIST, {"q": text, "by": by}))


@pytest.fixture
def type_in_name(ana):
    """Rename a customer, which writes anew what the search looks in."""

    def rename(customer):
        update_account(customer, {"company_name": f"{customer.name} Inc"}, version=1, actor=ana.user)

    return rename


@pytest.fixture
def five(contoso, make_customer):
    return [
        make_customer(contoso, "Adventure Works", domain="adventure.onmicrosoft.com"),
        make_customer(contoso, "Çelik Döküm", domain="celik.onmicrosoft.com"),
        make_customer(contoso, "北京云科技有限公司", domain="beijingyun.onmicrosoft.com"),
        make_customer(contoso, "Строймаш Восток", domain="stroymash.onmicrosoft.com"),
        make_customer(contoso, "Wingtip Toys", domain="wingtip.onmicrosoft.com"),
    ]


def test_the_list_shows_the_customers_of_the_partner_in_the_order_of_their_names(browse, ana, five):
    response = browse(ana).get(LIST)

    assert names_on(response) == [
        "Adventure Works",
        "Çelik Döküm",
        "Wingtip Toys",
        "Строймаш Восток",
        "北京云科技有限公司",
    ]


def test_another_partner_sees_none_of_them(browse, finn, five):
    response = browse(finn).get(LIST)

    assert names_on(response) == []
    assert "No customers yet" in response.content.decode()


def test_a_relationship_that_has_ended_leaves_the_list(browse, ana, five):
    Customer.objects.filter(name="Wingtip Toys").update(ended_at=timezone.now())

    response = browse(ana).get(LIST)

    assert "Wingtip Toys" not in names_on(response)


@pytest.mark.parametrize(
    ("text", "by", "expected"),
    [
        ("venture", "all", ["Adventure Works"]),
        ("VENTURE works", "all", ["Adventure Works"]),
        ("works venture", "company", ["Adventure Works"]),
        ("adventure toys", "all", []),
        ("celik", "company", ["Çelik Döküm"]),
        ("DÖK", "all", ["Çelik Döküm"]),
        ("云科", "all", ["北京云科技有限公司"]),
        ("восток", "company", ["Строймаш Восток"]),
        ("beijingyun.on", "domain", ["北京云科技有限公司"]),
        ("beijing", "company", []),
        ("%", "all", []),
        ("_", "all", []),
    ],
)
def test_search_finds_every_word_anywhere_without_regard_to_case_and_accents(browse, ana, five, text, by, expected):
    assert found(browse(ana), text, by) == expected


def test_a_customer_is_found_by_a_piece_of_its_microsoft_id_as_people_paste_it(browse, ana, five):
    pasted = "{" + str(five[4].tenant_id).upper() + "}"

    assert found(browse(ana), pasted, "microsoft_id") == ["Wingtip Toys"]
    assert found(browse(ana), str(five[4].tenant_id)[5:20]) == ["Wingtip Toys"]


def test_a_search_for_more_than_any_name_can_hold_finds_nothing(browse, ana, five):
    assert found(browse(ana), "x" * 300) == []


def test_every_domain_of_a_customer_is_found(browse, ana, type_in_name, tailspin):
    type_in_name(tailspin)

    assert found(browse(ana), "tailspintoys.com") == ["Tailspin Toys Inc"]


def test_nothing_found_reads_differently_from_nothing_there(browse, ana, five):
    page = browse(ana).get(LIST, {"q": "nobody"}).content.decode()

    assert "No customer matches" in page
    assert "No customers yet" not in page


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("name", "Adventure Works"),
        ("-name", "北京云科技有限公司"),
        ("-domain", "Wingtip Toys"),
        ("nonsense", "Adventure Works"),
    ],
)
def test_the_list_can_be_sorted_both_ways(browse, ana, five, sort, first):
    response = browse(ana).get(LIST, {"sort": sort})

    assert names_on(response)[0] == first


def test_pages_forth_and_back_show_every_customer_once(browse, ana, contoso, make_customer):
    everybody = [make_customer(contoso, f"Customer {number:03}").name for number in range(60)]
    client = browse(ana)

    pages = [client.get(LIST, {"size": 25})]
    while pages[-1].context["table"].page.next:
        pages.append(client.get(LIST, {"size": 25, "at": str(pages[-1].context["table"].page.next)}))
    back = client.get(LIST, {"size": 25, "at": str(pages[2].context["table"].page.previous)})

    assert [name for page in pages for name in names_on(page)] == everybody
    assert names_on(back) == names_on(pages[1])
    assert back.context["table"].page.number == 26


def test_equal_names_are_not_lost_between_pages(browse, ana, contoso, make_customer):
    for number in range(30):
        make_customer(contoso, "Same Name", domain=f"same{number}.onmicrosoft.com")
    client = browse(ana)

    first = client.get(LIST, {"size": 25})
    second = client.get(LIST, {"size": 25, "at": str(first.context["table"].page.next)})

    domains = [customer.domain for page in (first, second) for customer in page.context["table"].records]
    assert len(set(domains)) == 30


@pytest.mark.parametrize("at", ["x", "W10", "bm9uc2Vuc2U", "WzEsZmFsc2UsIm5hbWUiLCJ4Il0", "%00", "A" * 3000])
def test_a_position_that_is_none_shows_the_first_page(browse, ana, five, at):
    response = browse(ana).get(LIST, {"at": at})

    assert response.status_code == 200
    assert names_on(response)[0] == "Adventure Works"


def test_the_list_asks_the_same_few_questions_at_any_length(
    browse, ana, contoso, make_customer, django_assert_max_num_queries
):
    for number in range(50):
        make_customer(contoso, f"Customer {number:03}")
    client = browse(ana)
    client.get(LIST)

    with django_assert_max_num_queries(8):
        client.get(LIST)


def test_the_export_has_exactly_what_is_on_screen(browse, ana, contoso, five):
    retail = Tag.objects.create(partner=contoso, name="Retail")
    five[4].tag_ids = [retail.pk]
    five[4].save()

    response = browse(ana).get(reverse("customers:export"), {"q": "t", "sort": "-name", "by": "domain"})

    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["Microsoft ID", "Company name", "Primary domain name", "Relationship", "Tags"]
    assert [row[1] for row in rows[1:]] == names_on(browse(ana).get(LIST, {"q": "t", "sort": "-name", "by": "domain"}))
    assert rows[-1] == [str(five[0].tenant_id), "Adventure Works", "adventure.onmicrosoft.com", "Cloud Reseller", ""]
    assert [row[4] for row in rows if row[1] == "Wingtip Toys"] == ["Retail"]


def test_the_whole_list_can_be_exported_from_a_search(browse, ana, five):
    response = browse(ana).get(reverse("customers:export"), {"q": "wingtip", "all": "1"})

    assert len(b"".join(response.streaming_content).splitlines()) == 6


def test_a_name_that_a_spreadsheet_would_calculate_is_made_harmless_on_the_way_out(browse, ana, contoso, make_customer):
    make_customer(contoso, "=1+1 Ltd", domain="sum.onmicrosoft.com")

    response = browse(ana).get(reverse("customers:export"))

    assert "'=1+1 Ltd" in b"".join(response.streaming_content).decode()


def test_who_may_not_export_sees_why_beside_the_button(browse, uri, five):
    page = browse(uri).get(LIST).content.decode()

    assert "Only a Global admin, Admin agent, Sales agent, or Billing admin can export lists." in page


def test_htmx_gets_the_results_alone_and_a_restored_page_whole(browse, ana, five):
    client = browse(ana)

    piece = client.get(LIST, {"q": "wing"}, headers={"HX-Request": "true"}).content.decode()
    whole = client.get(
        LIST, {"q": "wing"}, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}
    ).content.decode()

    assert "<html" not in piece
    assert "Wingtip Toys" in piece
    assert "<html" in whole


def test_a_column_head_leads_to_the_other_direction_and_keeps_the_search(browse, ana, five):
    response = browse(ana).get(LIST, {"q": "o", "size": "25"})

    header = next(header for header in response.context["table"].headers if header.name == "name")
    page = response.content.decode()
    links = [link.split('"')[0] for link in page.split('href="')[1:] if "sort=-name" in link.split('"')[0]]
    assert header.direction == "ascending"
    assert parse_qs(urlsplit(links[0].replace("&amp;", "&")).query) == {"q": ["o"], "size": ["25"], "sort": ["-name"]}


def test_a_provider_sees_who_serves_each_customer_in_as_few_questions(
    browse, northwind, adatum, make_staff, make_customer, django_assert_max_num_queries
):
    for number in range(30):
        make_customer(northwind, f"Customer {number:02}", reseller=adatum)
    client = browse(make_staff(northwind, "Nora", Role.GLOBAL_ADMIN))
    client.get(LIST)

    with django_assert_max_num_queries(8):
        page = client.get(LIST).content.decode()

    assert page.count(">Adatum</td>") == 30


def test_a_cloud_that_has_no_users_here_shows_no_way_to_them(browse, make_partner, make_staff, make_customer):
    federal = make_partner("Federal", cloud="usgov", suffix="onmicrosoft.us")
    agency = make_customer(federal, "Agency", domain="agency.onmicrosoft.us")
    client = browse(make_staff(federal, "Uma", Role.GLOBAL_ADMIN))

    pages = [client.get(LIST), client.get(reverse("customers:account", args=[agency.tenant_id]))]

    assert ["/users/" in page.content.decode() for page in pages] == [False, False]
