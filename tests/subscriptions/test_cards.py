"""What home and the account page tell about subscriptions."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from partnercenter.partners.roles import Role
from subscriptions.models import Subscription
from subscriptions.selectors.overview import ending_soon
from subscriptions.services.states import suspend_held
from tests.subscribing import azure_plan, azure_subscription, subscribe

E3, E5, VISIO = "Office 365 Enterprise E3", "Office 365 Enterprise E5", "Visio Online Plan 2"
DAY = timedelta(days=1)


def home(visitor):
    return visitor.get("/").content.decode()


def account(visitor, customer):
    html = visitor.get(reverse("customers:account", args=[customer.tenant_id])).content.decode()
    return html.split('id="holdings"')[1].split("</section>")[0]


def facts(html):
    """The lines of a card: words and what stands beside them."""
    pairs = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", html, re.DOTALL)
    return {label: re.sub("<[^>]+>", "", value).strip() for label, value in pairs}


def ends_in(days, customer, offer=E3, **fields):
    """A subscription whose term ends in so many days, and is not renewed."""
    end = timezone.now() + days * DAY
    return subscribe(
        customer, offer, now=end - 365 * DAY, **{"auto_renew": False, "term_ends_at": end, "due_at": end} | fields
    )


def expired(customer, days_ago, offer=VISIO):
    """A subscription that expired some days ago and will be disabled 30 days after that."""
    at = timezone.now() - days_ago * DAY
    return ends_in(-days_ago, customer, offer, status="expired", status_at=at, due_at=at + 30 * DAY)


def test_the_account_page_counts_what_is_active_by_list_and_the_rest_by_state(browse, ana, tailspin):
    subscribe(tailspin, E3)
    subscribe(tailspin, E5)
    plan = azure_plan(tailspin)
    azure_subscription(plan)
    expired(tailspin, 3)
    subscribe(tailspin, VISIO, status="canceled")

    card = account(browse(ana), tailspin)

    shown = facts(card)
    end = shown.pop("Next end of a term")
    assert shown == {"License-based": "2 active", "Usage-based": "2 active", "Expired": "1"}
    assert str(Subscription.objects.get(name=E3).term_ends_at.year) in end
    address = reverse("subscriptions:subscriptions", args=[tailspin.tenant_id])
    assert re.findall(r'href="([^"]+)"', card) == [address, f"{address}?state=expired"]


def test_the_account_page_of_a_customer_without_subscriptions_says_so(browse, ana, bill, tailspin):
    new = reverse("subscriptions:new", args=[tailspin.tenant_id])

    cards = [account(browse(person), tailspin) for person in (ana, bill)]

    assert [card.count("The customer has no subscriptions.") for card in cards] == [1, 1]
    assert [card.count(f'href="{new}"') for card in cards] == [1, 0]


def test_the_account_page_asks_as_much_for_many_subscriptions_as_for_one(browse, ana, tailspin):
    visitor = browse(ana)
    subscribe(tailspin, E3)
    account(visitor, tailspin)

    with CaptureQueriesContext(connection) as few:
        account(visitor, tailspin)
    for number in range(10):
        subscribe(tailspin, E3, name=f"Team {number}")
    with CaptureQueriesContext(connection) as many:
        account(visitor, tailspin)

    assert len(many) == len(few)
    assert sum("subscriptions_subscription" in query["sql"] for query in many) == 1


def test_home_without_subscriptions_shows_nothing_of_them(browse, ana, tailspin):
    html = home(browse(ana))

    # What the navigation says stands there in any case.
    assert html.count("/subscriptions/overview/") == html.count("Ending soon") == 0
    assert html.count('href="/subscriptions/?state=active"') == 0


def test_home_counts_the_active_ones(browse, ana, tailspin, contoso, fabrikam, make_customer):
    subscribe(tailspin, E3)
    azure_plan(tailspin)
    subscribe(tailspin, E5, status="suspended")
    subscribe(make_customer(fabrikam, "Woodgrove"), E3)

    html = home(browse(ana))

    tile = html.split('href="/subscriptions/?state=active"')[1].split("</a>")[0]
    assert re.findall(r'tile-value">(.*?)<', tile) == ["2"]


def test_home_counts_so_far_and_no_further(browse, ana, tailspin, monkeypatch):
    for number in range(4):
        subscribe(tailspin, E3, name=f"Team {number}")
    for module in ("subscriptions.selectors.overview", "subscriptions.templatetags.subscription_cards"):
        monkeypatch.setattr(f"{module}.COUNT_LIMIT", 3)

    html = home(browse(ana))

    assert re.findall(r'tile-value">(3\+)<', html) == ["3+"]


def test_home_asks_for_the_overview_when_the_page_is_there_and_links_to_it_without_script(browse, ana, tailspin):
    subscribe(tailspin, E3)

    html = home(browse(ana))

    assert re.findall(r'hx-get="(/subscriptions/[^"]+)" hx-trigger="load"', html) == ["/subscriptions/overview/"]
    assert html.count('href="/subscriptions/overview/"') == 1


def test_what_ends_soon_is_listed_the_first_one_to_end_first(tailspin, contoso):
    now = timezone.now()
    second = ends_in(9, tailspin)
    first = ends_in(2, tailspin, E5, status="suspended", auto_renew=True)
    third = expired(tailspin, 10)
    ends_in(31, tailspin, name="Later")
    ends_in(5, tailspin, auto_renew=True, name="Renewed")
    ends_in(5, tailspin, status="disabled", name="Over")

    assert ending_soon(contoso, now, 5) == [first, second, third]
    assert ending_soon(contoso, now, 2) == [first, second]


def test_what_ends_with_its_parent_is_not_listed_apart(ana, tailspin, contoso):
    base = ends_in(5, tailspin)
    subscribe(tailspin, "Audio Conferencing", parent=base)
    suspend_held([base.pk], now=timezone.now(), actor=ana.user)

    assert ending_soon(contoso, timezone.now(), 5) == [base]


def test_home_names_what_ends_soon_with_its_customer_and_leads_there(browse, ana, tailspin):
    one = ends_in(4, tailspin)

    html = home(browse(ana)).split('id="ending-soon"')[1].split("</section>")[0]

    today = timezone.localdate()
    period = f"ends_from={today}&amp;ends_to={today + 30 * DAY}"
    assert re.findall(r'<a [^>]*href="([^"]+)"', html) == [
        f"/subscriptions/?{period}",
        "/subscriptions/?state=expired",
        reverse("subscriptions:subscription", args=[tailspin.tenant_id, one.pk]),
    ]
    assert html.count("Tailspin Toys") == 1


def test_home_says_that_nothing_ends_where_that_is_so(browse, ana, tailspin):
    subscribe(tailspin, E3)

    assert home(browse(ana)).count("Nothing ends in the next 30 days") == 1


@pytest.mark.parametrize(("headers", "pages"), [({}, 1), ({"HX-Request": "true"}, 0)])
def test_the_overview_shows_states_and_products_with_the_way_to_each(browse, ana, tailspin, headers, pages):
    for number in range(3):
        subscribe(tailspin, E3, name=f"Team {number}")
    subscribe(tailspin, E5, status="suspended")
    subscribe(tailspin, VISIO, status="deleted")

    html = browse(ana).get("/subscriptions/overview/", headers=headers).content.decode()

    e3, e5 = (Subscription.objects.filter(search_text__contains=name.lower())[0].offer_id for name in (E3, E5))
    assert bars(html) == [
        ("/subscriptions/?state=active", "Active", "240", "3"),
        ("/subscriptions/?state=suspended", "Suspended", "80", "1"),
        ("/subscriptions/?state=expired", "Expired", "0", "0"),
        ("/subscriptions/?state=disabled", "Disabled", "0", "0"),
        (f"/subscriptions/?offer={e3}", E3, "240", "3"),
        (f"/subscriptions/?offer={e5}", E5, "80", "1"),
    ]
    assert html.count("<html") == pages


def bars(html):
    """Where each line of the chart leads, its words, the length of its bar and its number."""
    return re.findall(
        r'<th scope="row">\s*<a href="([^"]+)">([^<]+)<svg.*?<rect class="rest".*?<rect width="(\d+)".*?<td>([\d,+]+)</td>',
        html,
        re.DOTALL,
    )


def test_a_bar_counts_what_the_list_behind_it_shows(browse, ana, tailspin, contoso, make_customer):
    gone = make_customer(contoso, "Gone")
    subscribe(gone, E3)
    subscribe(tailspin, E3)
    type(gone).objects.filter(pk=gone.pk).update(ended_at=timezone.now())
    visitor = browse(ana)

    found = bars(visitor.get("/subscriptions/overview/").content.decode())

    for address, _label, _length, count in found:
        assert visitor.get(address).context["table"].total == int(count)


def test_a_resellers_overview_counts_what_its_provider_sold_with_it(
    browse, northwind, adatum, make_staff, make_customer
):
    customer = make_customer(northwind, "Coho", reseller=adatum)
    make_customer(adatum, "Coho", tenant=customer.tenant, provider=northwind)
    subscribe(customer, E3)
    subscribe(make_customer(northwind, "Alpine"), E3)
    adam = make_staff(adatum, "Adam", Role.GLOBAL_ADMIN)

    found = bars(browse(adam).get("/subscriptions/overview/").content.decode())

    assert [count for *_rest, count in found] == ["1", "0", "0", "0", "1"]


def test_only_the_most_bought_products_are_shown(browse, ana, tailspin, monkeypatch):
    monkeypatch.setattr("subscriptions.selectors.overview.PRODUCTS", 1)
    for number in range(3):
        subscribe(tailspin, E3, name=f"Team {number}")
    subscribe(tailspin, E5)

    found = bars(browse(ana).get("/subscriptions/overview/").content.decode())

    assert [(label, count) for _address, label, _length, count in found[4:]] == [(E3, "3")]


def test_only_large_numbers_are_kept_for_a_while(browse, ana, tailspin, monkeypatch):
    visitor, counts = browse(ana), []
    for limit in (1, 1, 2):
        monkeypatch.setattr("subscriptions.selectors.overview.COUNT_LIMIT", limit)
        subscribe(tailspin, E3, name=f"Team {limit} {len(counts)}")
        counts.append(bars(visitor.get("/subscriptions/overview/").content.decode())[0][3])
    subscribe(tailspin, E3, name="Team 4")
    counts.append(bars(visitor.get("/subscriptions/overview/").content.decode())[0][3])

    assert counts == ["1", "2", "2", "2"]


@pytest.mark.parametrize("address", ["/", "/subscriptions/overview/"])
def test_subscriptions_are_read_by_index_and_never_sorted_but_for_a_card(browse, ana, tailspin, address):
    ends_in(3, tailspin)
    expired(tailspin, 3)
    visitor = browse(ana)
    visitor.get(address)
    with CaptureQueriesContext(connection) as asked:
        visitor.get(address)

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        plans = [plan_of(cursor, query["sql"]) for query in asked if "subscriptions_subscription" in query["sql"]]

    assert len(plans) == {"/": 4, "/subscriptions/overview/": 1}[address]
    # What expires is read in the order of an index; only what is due at the same moment is put in order.
    assert [plan for plan in plans if re.search(r"Seq Scan|-> +Sort|^Sort", plan)] == []


def plan_of(cursor, sql):
    cursor.execute(f"EXPLAIN {sql}")
    return "\n".join(line for (line,) in cursor.fetchall())


def test_home_costs_the_same_queries_for_many_subscriptions(browse, ana, tailspin):
    visitor = browse(ana)
    ends_in(3, tailspin)
    expired(tailspin, 3)
    home(visitor)

    with CaptureQueriesContext(connection) as few:
        home(visitor)
    for number in range(8):
        ends_in(3 + number, tailspin, name=f"Team {number}")
    with CaptureQueriesContext(connection) as many:
        home(visitor)

    assert len(many) == len(few)
