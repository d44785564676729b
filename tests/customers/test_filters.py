"""Filters of the customer list: what can be chosen, what it finds, and how it is taken away again."""

import re
from html import unescape
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers.models import Tag
from partnercenter.partners.roles import Role

LIST = reverse("customers:list")
FILTERS = reverse("customers:filters")
PIECE = {"HX-Request": "true"}


@pytest.fixture
def tags(contoso):
    return SimpleNamespace(
        retail=Tag.objects.create(partner=contoso, name="Retail", color="green"),
        vip=Tag.objects.create(partner=contoso, name="VIP", color="red"),
        test=Tag.objects.create(partner=contoso, name="Test"),
    )


@pytest.fixture
def four(contoso, tags, make_customer):
    """Customers with tags, relationships and days of their own."""

    def add(name, *tagged, kinds=("cloud_reseller",), day=1):
        begun = timezone.now().replace(year=2025, month=3, day=day, hour=12)
        ids = [tag.pk for tag in tagged]
        return make_customer(contoso, name, tag_ids=ids, relationships=[*kinds], begun_at=begun)

    return [
        add("Adventure Works", tags.retail, day=1),
        add("Bellows College", tags.retail, tags.vip, day=2),
        add("City Power", tags.vip, tags.test, kinds=("cloud_reseller", "advisor"), day=3),
        add("Datum Institute", kinds=("advisor",), day=4),
    ]


def names_on(response):
    return [customer.name for customer in response.context["table"].records]


def query_of(url):
    return parse_qs(urlsplit(url).query)


def links_of(page):
    """The links of a page by their words, or by what screen readers say."""
    links = re.findall(r"(?s)<a ([^>]*)>(.*?)</a>", page)
    said = {}
    for attributes, content in links:
        label = re.search(r'aria-label="([^"]*)"', attributes)
        words = label.group(1) if label else re.sub("<[^>]+>", "", content).strip()
        said[unescape(words)] = unescape(re.search(r'href="([^"]*)"', attributes).group(1))
    return said


def hidden_of(page):
    """The hidden fields of the search form."""
    form = re.search(r"(?s)<form[^>]*data-live.*?</form>", page).group()
    return {name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"tag": ["retail"]}, ["Adventure Works", "Bellows College"]),
        ({"tag": ["retail", "vip"]}, ["Adventure Works", "Bellows College", "City Power"]),
        ({"tag": ["retail", "vip"], "tags": "all"}, ["Bellows College"]),
        ({"without": ["vip"]}, ["Adventure Works", "Datum Institute"]),
        ({"tag": ["vip"], "without": ["test"]}, ["Bellows College"]),
        ({"relationship": ["advisor"]}, ["City Power", "Datum Institute"]),
        ({"relationship": ["advisor"], "tag": ["vip"]}, ["City Power"]),
        ({"added_from": "2025-03-02", "added_to": "2025-03-03"}, ["Bellows College", "City Power"]),
        ({"added_to": "2025-03-01"}, ["Adventure Works"]),
        ({"q": "college", "tag": ["vip", "retail"]}, ["Bellows College"]),
        ({"q": "college", "added_from": "2025-03-03"}, []),
    ],
)
def test_each_filter_narrows_the_list_and_all_of_them_together(browse, ana, tags, four, asked, expected):
    named = {
        name: [str(getattr(tags, tag).guid) for tag in values] if name in ("tag", "without") else values
        for name, values in asked.items()
    }

    response = browse(ana).get(LIST, named)

    assert names_on(response) == expected


def test_a_provider_filters_by_reseller(browse, northwind, adatum, make_staff, make_customer):
    make_customer(northwind, "Through Adatum", reseller=adatum)
    make_customer(northwind, "Directly")
    client = browse(make_staff(northwind, "Nora", Role.GLOBAL_ADMIN))

    response = client.get(LIST, {"reseller": str(adatum.tenant_id)})

    assert names_on(response) == ["Through Adatum"]
    assert "Adatum: remove this filter" in links_of(response.content.decode())


def test_the_choices_are_those_that_make_sense_for_the_partner(
    browse, ana, northwind, adatum, make_partner, make_staff, make_customer, four
):
    make_customer(northwind, "Through Adatum", reseller=adatum)
    federal = make_partner("Federal", cloud="usgov", suffix="onmicrosoft.us")
    people = [ana, make_staff(northwind, "Nora", Role.GLOBAL_ADMIN), make_staff(federal, "Uma", Role.GLOBAL_ADMIN)]

    offered = [browse(person).get(FILTERS).context["lists"] for person in people]

    assert [[choice.label for choice in lists.relationships.choices] for lists in offered] == [
        ["Cloud Reseller", "Indirect reseller", "Advisor"],
        ["Cloud Reseller", "Advisor"],
        ["Cloud Reseller", "Advisor"],
    ]
    assert [[choice.label for choice in lists.resellers.choices] for lists in offered] == [[], ["Adatum"], []]
    assert [[choice.label for choice in lists.tags.choices] for lists in offered] == [["Retail", "Test", "VIP"], [], []]


def test_each_choice_says_how_many_customers_it_has(browse, ana, four):
    lists = browse(ana).get(FILTERS).context["lists"]

    assert {choice.label: choice.count for choice in lists.tags.choices} == {"Retail": 2, "VIP": 2, "Test": 1}
    assert {choice.label: choice.count for choice in lists.relationships.choices} == {
        "Cloud Reseller": 3,
        "Indirect reseller": 0,
        "Advisor": 2,
    }


def test_nobody_waits_for_counts_that_take_long(browse, ana, four, monkeypatch):
    monkeypatch.setattr("customers.selectors.filter_choices.COUNT_LIMIT", 3)

    lists = browse(ana).get(FILTERS).context["lists"]

    assert [choice.count for choice in lists.tags.choices] == [None, None, None]


def test_choices_are_counted_in_two_questions(browse, ana, contoso, four, django_assert_num_queries):
    client = browse(ana)
    client.get(FILTERS, headers=PIECE)
    for number in range(30):
        Tag.objects.create(partner=contoso, name=f"Tag {number}")

    # Session, user, staff, vocabulary, whether there are few customers, and the two.
    with django_assert_num_queries(7):
        client.get(FILTERS, headers=PIECE)


def test_what_is_chosen_stands_first_and_is_ticked(browse, ana, tags, four):
    lists = browse(ana).get(FILTERS, {"tag": str(tags.vip.guid)}).context["lists"]

    assert [(choice.label, choice.chosen) for choice in lists.tags.choices] == [
        ("VIP", True),
        ("Retail", False),
        ("Test", False),
    ]


def test_the_filters_are_a_piece_for_the_panel_and_a_page_without_script(browse, ana, four):
    client = browse(ana)

    piece, page = client.get(FILTERS, headers=PIECE).content.decode(), client.get(FILTERS).content.decode()

    assert ("<html" in piece, "<html" in page) == (False, True)
    boxes = re.compile(r'type="checkbox" name="(?:tag|without|relationship)"')
    assert len(boxes.findall(piece)) == len(boxes.findall(page)) == 9


def test_applying_leads_to_a_clean_address_that_keeps_search_and_looks(browse, ana, tags, four):
    sent = {
        "apply": "1",
        "q": "works",
        "by": "company",
        "tag": str(tags.retail.guid),
        "tags": "any",
        "added_from": "",
        "added_to": "2025-03-04",
        "sort": "-name",
        "size": "25",
        "columns": "name,tags",
        "at": "x",
    }

    response = browse(ana).get(FILTERS, sent)

    assert response.status_code == 302
    assert urlsplit(response.url).path == LIST
    assert query_of(response.url) == {
        "q": ["works"],
        "by": ["company"],
        "tag": [str(tags.retail.guid)],
        "added_to": ["2025-03-04"],
        "sort": ["-name"],
        "size": ["25"],
        "columns": ["name,tags"],
    }


def test_htmx_is_led_to_the_list_as_well(browse, ana, four):
    response = browse(ana).get(FILTERS, {"apply": "1", "relationship": "advisor"}, headers=PIECE)

    assert response.headers["HX-Redirect"] == f"{LIST}?relationship=advisor"


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ({"added_from": "2025-02-30"}, "A day to filter by is not a date."),
        ({"added_from": "2025-03-02", "added_to": "2025-03-01"}, "The last day is before the first one"),
    ],
)
def test_wrong_days_are_explained_where_they_were_chosen_and_in_the_list(browse, ana, four, days, sentence):
    client = browse(ana)

    chosen = client.get(FILTERS, {"apply": "1", **days})
    listed = client.get(LIST, days)

    assert (chosen.status_code, listed.status_code) == (200, 200)
    assert sentence in chosen.content.decode()
    assert sentence in listed.content.decode()
    assert names_on(listed) == []
    assert "Remove this filter" in links_of(listed.content.decode())


def test_a_tag_that_is_gone_is_explained_with_the_way_out(browse, ana, tags, four):
    gone = str(tags.vip.guid)
    tags.vip.delete()

    response = browse(ana).get(LIST, {"tag": [gone, str(tags.retail.guid)], "q": "works"})

    links = links_of(response.content.decode())
    assert names_on(response) == []
    assert "A tag or reseller in this address does not exist any more." in response.content.decode()
    assert query_of(links["Remove this filter"]) == {"q": ["works"], "tag": [str(tags.retail.guid)]}


def test_another_partners_tag_is_one_that_does_not_exist(browse, ana, fabrikam, four):
    foreign = Tag.objects.create(partner=fabrikam, name="Secret")

    page = browse(ana).get(LIST, {"tag": str(foreign.guid)}).content.decode()

    assert "does not exist any more" in page
    assert "Secret" not in page


def test_each_filter_has_a_chip_that_removes_it_alone(browse, ana, tags, four):
    retail, vip, test = (str(tag.guid) for tag in (tags.retail, tags.vip, tags.test))
    asked = {"q": "o", "tag": [retail, vip], "tags": "all", "without": test, "relationship": "cloud_reseller"}

    response = browse(ana).get(LIST, asked | {"added_from": "2025-01-31", "sort": "-name"})

    links = links_of(response.content.decode())
    rest = {"q": ["o"], "sort": ["-name"]}
    kind, day = {"relationship": ["cloud_reseller"]}, {"added_from": ["2025-01-31"]}
    both, not_test = {"tag": sorted([retail, vip]), "tags": ["all"]}, {"without": [test]}
    assert query_of(links["VIP: remove this filter"]) == rest | kind | day | not_test | {"tag": [retail]}
    assert query_of(links["Test: remove this filter"]) == rest | kind | day | both
    assert query_of(links["Cloud Reseller: remove this filter"]) == rest | day | both | not_test
    assert query_of(links["01/31/2025: remove this filter"]) == rest | kind | both | not_test
    assert query_of(links["Remove all filters"]) == rest


def test_chips_say_whether_any_or_all_of_the_tags_are_meant(browse, ana, tags, four):
    both = [str(tags.retail.guid), str(tags.vip.guid)]
    client = browse(ana)

    words = [
        [str(group.label) for group in client.get(LIST, asked).context["active"].groups]
        for asked in ({"tag": both[:1]}, {"tag": both}, {"tag": both, "tags": "all"})
    ]

    assert words == [["With the tag"], ["With any of the tags"], ["With all of the tags"]]


def test_the_search_form_keeps_the_filters_and_the_filter_form_the_search(browse, ana, tags, four):
    asked = {"q": "works", "tag": str(tags.retail.guid), "sort": "-added", "size": "25", "columns": "name,tags"}
    client = browse(ana)

    searching = hidden_of(client.get(LIST, asked | {"at": "x"}).content.decode())
    filtering = dict(client.get(FILTERS, asked).context["kept"])

    assert searching == {name: value for name, value in asked.items() if name != "q"}
    assert filtering == {name: value for name, value in asked.items() if name != "tag"}


def test_nothing_found_by_filters_reads_differently_and_offers_to_remove_them(browse, ana, tags, four):
    client = browse(ana)

    filtered = client.get(LIST, {"without": str(tags.retail.guid), "relationship": "advisor", "q": "x"})
    nobody = client.get(LIST, {"relationship": "indirect_reseller"})

    assert "all words of the search and what the filters ask for" in filtered.content.decode()
    assert "No customer has what the filters ask for." in nobody.content.decode()
    assert links_of(nobody.content.decode())["Remove all filters"] == f"{LIST}?view=all"


def test_the_list_asks_as_many_questions_at_any_number_of_customers(browse, ana, contoso, tags, four, make_customer):
    asked = {"q": "o", "tag": str(tags.retail.guid), "relationship": "cloud_reseller", "sort": "-added", "size": "25"}
    client = browse(ana)
    client.get(LIST, asked)

    with CaptureQueriesContext(connection) as before:
        few = names_on(client.get(LIST, asked))
    for number in range(40):
        make_customer(contoso, f"Company {number}", tag_ids=[tags.retail.pk, tags.vip.pk])
    with CaptureQueriesContext(connection) as after:
        many = names_on(client.get(LIST, asked))

    assert (len(few), len(many)) == (2, 25)
    # A list longer than a page is counted, and nobody asks where the customers end that were looked at.
    assert len(after) == len(before)


@pytest.mark.parametrize("sort", ["name", "-name", "domain", "tags", "-added"])
@pytest.mark.parametrize(
    "asked",
    [
        {"q": "works"},
        {"q": "works", "by": "domain"},
        {"relationship": "advisor"},
        {"added_from": "2025-03-02"},
        {"q": "o", "relationship": "advisor", "added_from": "2025-03-02", "added_to": "2025-03-04"},
    ],
)
def test_whatever_is_searched_filtered_and_ordered_takes_the_same_number_of_questions(
    browse, ana, four, asked, sort, django_assert_num_queries
):
    client = browse(ana)
    client.get(LIST)

    # Session, user, staff, the end of the walk, what matches there, its rows, their tags, views, the bell.
    with django_assert_num_queries(9):
        client.get(LIST, asked | {"sort": sort})
