"""What the page of the customer list shows: columns, counts, boxes, and how fast it may be asked."""

import random
import re
import time
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import caches
from django.urls import reverse
from django.utils import timezone

from customers.models import Tag
from partnercenter.partners.models import Staff
from partnercenter.partners.roles import Role
from partnercenter.web import keyset, tables
from partnercenter.web.assets import SCRIPTS, STYLES, bundled_script, bundled_style
from relationships.demo.names import demo_companies

LIST = reverse("customers:list")
COUNT = reverse("customers:count")
PIECE = {"HX-Request": "true"}


@pytest.fixture
def three(contoso, make_customer):
    return [make_customer(contoso, name) for name in ("Adventure Works", "Bellows College", "City Power")]


@pytest.fixture
def _counts_to_two(monkeypatch):
    """Lists are counted to two, as if that were 10,000, and a page has one row."""
    monkeypatch.setattr(tables, "COUNT_LIMIT", 2)
    monkeypatch.setattr(keyset, "SIZES", (1,))


@pytest.fixture
def _clock(monkeypatch):
    """No minute ends within a test."""
    monkeypatch.setattr(time, "time", lambda: 1_800_000_000.0)


def head_of(response):
    return [header.name for header in response.context["table"].headers]


def cells_of(response):
    """How many cells each row has."""
    body = re.search(r"(?s)<tbody>(.*?)</tbody>", response.content.decode()).group(1)
    return {len(re.findall("<t[dh]", row)) for row in body.split("</tr>") if "<tr" in row}


def query_of(url):
    return parse_qs(urlsplit(unescape(url)).query)


def test_all_columns_are_shown_unless_the_address_chooses_some(browse, ana, three):
    client = browse(ana)

    every, some, none = (
        client.get(LIST, asked) for asked in ({}, {"columns": "tags,domain,name"}, {"columns": "name"})
    )

    assert head_of(every) == ["select", "name", "microsoft_id", "domain", "relationship", "tags", "added"]
    assert head_of(some) == ["select", "name", "domain", "tags"]
    assert head_of(none) == ["select", "name"]
    assert [cells_of(response) for response in (every, some, none)] == [{7}, {4}, {2}]


def test_of_columns_that_nobody_knows_only_the_name_is_shown(browse, ana, three):
    assert head_of(browse(ana).get(LIST, {"columns": "nonsense"})) == ["select", "name"]


def test_a_provider_may_hide_the_column_of_resellers(browse, northwind, adatum, make_staff, make_customer):
    make_customer(northwind, "Through Adatum", reseller=adatum)
    client = browse(make_staff(northwind, "Nora", Role.GLOBAL_ADMIN))

    pages = [client.get(LIST, asked) for asked in ({}, {"columns": "name,domain"})]

    assert [">Adatum</td>" in page.content.decode() for page in pages] == [True, False]


@pytest.mark.parametrize(
    ("chosen", "columns"),
    [
        (["name", "domain", "tags"], ["domain,name,tags"]),
        (["name"], ["name"]),
        (["name", "microsoft_id", "domain", "relationship", "tags", "added"], None),
    ],
)
def test_chosen_columns_are_written_into_the_address_unless_they_are_all(browse, ana, three, chosen, columns):
    response = browse(ana).get(reverse("customers:filters"), {"apply": "1", "q": "o", "columns": chosen})

    said = query_of(response.url)
    assert (said.get("columns"), said["q"]) == (columns, ["o"])


def test_boxes_are_there_for_those_who_may_change_tags(browse, ana, bill, three):
    pages = [browse(person).get(LIST).content.decode() for person in (ana, bill)]

    assert [page.count('name="ids"') for page in pages] == [3, 0]
    assert ['id="selection"' in page for page in pages] == [True, False]


def test_names_of_customers_cannot_break_out_of_the_page(browse, ana, contoso, make_customer):
    tag = Tag.objects.create(partner=contoso, name="<b>&\"'")
    make_customer(contoso, "<script>\"%s{{ x }}' & Co", domain="script.onmicrosoft.com", tag_ids=[tag.pk])

    page = browse(ana).get(LIST).content.decode()

    assert '/">&lt;script&gt;&quot;%s{{ x }}&#x27; &amp; Co</a>' in page
    assert "&lt;b&gt;&amp;&quot;&#x27;</span>" in page
    assert "<script>" not in page.lower()


def test_the_first_two_tags_stand_in_a_row_and_the_number_of_others(browse, ana, contoso, make_customer):
    tags = [Tag.objects.create(partner=contoso, name=name) for name in ("West", "East", "North", "South")]
    make_customer(contoso, "Adventure Works", tag_ids=[tag.pk for tag in tags])

    page = browse(ana).get(LIST).content.decode()

    assert re.findall(r'<span class="chip[^>]*>([^<]*)</span>', page) == ["East", "North", "+2"]
    assert 'title="South, West"' in page


def test_days_are_written_as_their_reader_writes_them_with_the_moment_in_the_tooltip(
    browse, ana, contoso, make_customer
):
    begun = datetime(2025, 3, 9, 23, 30, 15, tzinfo=UTC)
    make_customer(contoso, "Adventure Works", begun_at=begun)
    client = browse(ana)
    client.cookies["timezone"] = "Asia/Shanghai"

    written = []
    for language in ("en", "de", "zh-hans"):
        ana.user.language = language
        ana.user.save()
        written.append(re.search(r'<span title="([^"]*UTC)">([^<]*)', client.get(LIST).content.decode()).groups())

    assert written == [
        ("03/09/2025 23:30 UTC", "03/10/2025"),
        ("09.03.2025 23:30 UTC", "10.03.2025"),
        ("2025年3月9日 23:30 UTC", "2025年3月10日"),
    ]


@pytest.mark.usefixtures("_counts_to_two")
def test_a_long_list_is_counted_exactly_when_it_is_asked_for(browse, ana, three):
    client = browse(ana)

    rounded = client.get(LIST, {"size": "1"}).content.decode()
    piece = client.get(COUNT, {"q": ""}, headers=PIECE).content.decode()
    page = client.get(LIST, {"size": "1", "count": "exact"}).content.decode()

    assert '<span id="total">2+</span>' in rounded
    assert 'data-announce="3 customers">3</span>' in piece
    assert '<span id="total">3</span>' in page
    assert ["Count exactly" in text for text in (rounded, page)] == [True, False]


def test_without_script_counting_leads_to_the_list_itself(browse, ana, three):
    response = browse(ana).get(COUNT, {"q": "college", "size": "25", "at": "x"})

    assert response.status_code == 302
    assert query_of(response.url) == {"q": ["college"], "size": ["25"], "count": ["exact"]}


def test_the_next_page_is_not_counted_again(browse, ana, contoso, make_customer):
    for number in range(26):
        make_customer(contoso, f"Customer {number:02}")

    page = browse(ana).get(LIST, {"size": "25", "count": "exact"}).content.decode()

    following = re.search(r'rel="next" href="([^"]*)"', page).group(1)
    assert {"at", "size"} == {*query_of(following)}


@pytest.mark.usefixtures("_clock")
def test_exact_counts_are_throttled(browse, ana, three):
    client = browse(ana)

    answers = [client.get(COUNT, headers=PIECE).status_code for _time in range(31)]

    assert answers == [*[200] * 30, 429]
    assert client.get(LIST, {"count": "exact"}).status_code == 429
    assert client.get(LIST).status_code == 200


@pytest.mark.usefixtures("_clock")
def test_searching_is_throttled_with_a_sentence_and_pages_are_not(browse, ana, three):
    client = browse(ana)
    caches["process"].set(f"throttle:search:{ana.user_id}:{1_800_000_000 // 60}", 239)

    answers = [client.get(LIST, {"q": "o"}, headers=PIECE) for _time in range(2)]
    page = client.get(LIST, {"q": "o"})

    assert [answer.status_code for answer in (*answers, page)] == [200, 429, 200]
    assert "Wait a minute, then try again." in answers[1].content.decode()


def test_the_list_weighs_at_most_40_kb_with_all_it_needs(browse, ana, contoso, make_customer):
    names = ["VIP", "Retail", "Premium support", "Healthcare", "Education", "Azure first", "Renewal due", "East"]
    tags = {name: Tag.objects.create(partner=contoso, name=name).pk for name in names}
    chance = random.Random(2017)
    for company in demo_companies(50, seed=2017, country="US", first=0, tags=names):
        make_customer(
            contoso,
            company.name,
            domain=f"{company.prefix}.onmicrosoft.com",
            tag_ids=[tags[name] for name in company.tags],
            begun_at=timezone.now() - timedelta(days=chance.expovariate(1 / 400), seconds=chance.randrange(86_400)),
        )

    page = browse(ana).get(LIST, headers={"Accept-Encoding": "gzip"}).content

    sources = Path(settings.BASE_DIR, "static")
    bundles = [
        bundled_style([(sources / name).read_text() for name in STYLES]),
        bundled_script([(sources / name).read_text() for name in SCRIPTS]),
    ]
    others = ("django_htmx/htmx-2.min.js", "img/icons.svg", "img/mark.svg")
    files = [*bundles, *(Path(finders.find(name)).read_text() for name in others)]
    assert len(page) + sum(len(brotli.compress(file.encode())) for file in files) < 40_000


def test_the_answer_to_htmx_brings_the_commands_of_the_same_address(browse, ana, three):
    piece = browse(ana).get(LIST, {"q": "college"}, headers=PIECE).content.decode()

    assert 'id="commands" hx-swap-oob="true"' in piece
    assert re.findall(r'hx-get="(/customers/filters/[^"]*)"', piece) == ["/customers/filters/?q=college"]
    assert re.findall(r'href="(/customers/export/[^"]*)"', piece)[0] == "/customers/export/?q=college"


def test_who_loses_the_role_loses_the_boxes(browse, ana, three):
    client = browse(ana)
    Staff.objects.filter(pk=ana.pk).update(roles=[Role.BILLING_ADMIN])

    assert 'name="ids"' not in client.get(LIST).content.decode()


def test_who_may_not_manage_users_is_offered_no_upload_in_the_list(browse, ana, three):
    offered = ["users/upload/" in browse(ana).get(LIST).content.decode()]
    Staff.objects.filter(pk=ana.pk).update(roles=[Role.HELPDESK_AGENT])
    offered.append("users/upload/" in browse(ana).get(LIST).content.decode())

    assert offered == [True, False]


def test_the_domain_of_a_mail_address_is_looked_for(browse, ana, three):
    domain = three[0].domain

    found = [
        {row.name for row in browse(ana).get(LIST, {"q": text}).context["table"].records}
        for text in (domain, f"anna@{domain}", f"@{domain}")
    ]

    assert found == [{three[0].name}] * 3
