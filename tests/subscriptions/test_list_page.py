"""The pages of subscriptions: what they show, whom they let act, and what they say where nothing is there."""

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Agreement
from partnercenter.partners.roles import Action, Role, denial
from subscriptions.models import Subscription
from tests.subscribing import subscribe, subscribe_many

E3 = "Office 365 Enterprise E3"
ACROSS = "/subscriptions/"


def list_of(customer, query=""):
    return reverse("subscriptions:subscriptions", args=[customer.tenant_id]) + query


def rows(response):
    """What the rows of the first list show, by the name of each subscription."""
    table = response.context["table"]
    return {one.name: table.texts_of(one) for one in table.records}


def test_a_customer_leads_to_its_subscriptions(browse, ana, tailspin):
    answer = browse(ana).get(reverse("customers:customer", args=[tailspin.tenant_id]))

    assert answer.url == f"/customers/{tailspin.tenant_id}/subscriptions/" == list_of(tailspin)


def test_kinds_have_a_heading_and_a_number_and_lead_to_the_rest(browse, ana, tailspin):
    for number in range(51):
        subscribe(tailspin, E3, name=f"Office {number}")
    subscribe(tailspin, "Azure plan")

    page = browse(ana).get(list_of(tailspin)).content.decode()

    assert 'License-based <span class="muted">51</span>' in page
    assert 'Usage-based <span class="muted">1</span>' in page
    assert "?kind=license" in page
    assert "Show all 51" in page
    assert "?kind=usage" not in page


def test_a_row_tells_what_there_is_to_know(browse, ana, tailspin):
    office = subscribe(tailspin, E3, name="Head office", quantity=1_200, term_ends_at="2027-03-05T12:00Z")
    Subscription.objects.filter(pk=office.pk).update(assigned=25)
    subscribe(tailspin, "Advanced eDiscovery Storage", parent=office)

    shown = rows(browse(ana).get(list_of(tailspin)))

    head, add_on = shown["Head office"], shown["Advanced eDiscovery Storage"]
    assert E3 in head["more"]
    assert head["quantity"] == '1,200<div class="caption muted">25 assigned</div>'
    assert (head["billing"], head["term"]) == ("Annual", "Renews on 03/05/2027")
    assert "Active" in head["state"]
    assert (add_on["quantity"], "Add-on of Head office" in add_on["more"]) == ("1", True)


@pytest.mark.parametrize(
    ("status", "due_at", "words", "term"),
    [
        ("suspended", "2027-03-05T12:00Z", "since 01/02/2026, disabled on 03/05/2027", "Ends on 03/05/2027"),
        ("suspended", None, "since 01/02/2026", "Ends on 03/05/2027"),
        ("expired", "2027-04-04T12:00Z", "disabled on 04/04/2027", "Ended on 03/05/2027"),
        ("disabled", "2027-06-05T12:00Z", "deleted on 06/05/2027", "Ended on 03/05/2027"),
        ("canceled", None, "since 01/02/2026", ""),
    ],
)
def test_a_state_is_told_with_since_when_and_what_comes_next(status, due_at, words, term, browse, ana, tailspin):
    moments = {"status_at": "2026-01-02T12:00Z", "due_at": due_at, "term_ends_at": "2027-03-05T12:00Z"}
    subscribe(tailspin, E3, status=status, **moments)

    row = rows(browse(ana).get(list_of(tailspin, "?state=all")))[E3]

    assert (words in row["state"], row["term"]) == (True, term)


def test_across_customers_each_row_names_and_links_its_customer(browse, ana, tailspin):
    subscription = subscribe(tailspin, E3)

    answer = browse(ana).get(ACROSS)

    row = rows(answer)[E3]
    assert (row["customer"], row["customer_url"]) == (tailspin.name, f"/customers/{tailspin.tenant_id}/")
    assert row["url"] == reverse("subscriptions:subscription", args=[tailspin.tenant_id, subscription.pk])
    assert f'href="{row["customer_url"]}"' in answer.content.decode()


def test_only_providers_see_resellers(browse, ana, tailspin, northwind, adatum, make_customer, make_staff):
    subscribe(tailspin, E3)
    subscribe(make_customer(northwind, "Proseware", reseller=adatum), E3)
    nora = make_staff(northwind, "Nora", Role.GLOBAL_ADMIN)

    direct, provider = (browse(person).get(ACROSS).content.decode() for person in (ana, nora))

    assert ['class="of-reseller"' in page for page in (direct, provider)] == [False, True]
    assert ["Change reseller" in page for page in (direct, provider)] == [False, True]
    assert '<td data-label="Reseller">Adatum</td>' in provider


def test_names_of_people_are_no_markup(browse, ana, tailspin):
    subscribe(tailspin, E3, name="<b>Bold</b>")

    for page in (list_of(tailspin), ACROSS):
        content = browse(ana).get(page).content.decode()
        assert "&lt;b&gt;Bold" in content
        assert "<b>Bold" not in content


def test_products_to_choose_are_those_that_somebody_has(browse, ana, tailspin):
    subscribe(tailspin, E3)
    subscribe(tailspin, "Azure plan")

    form = browse(ana).get(ACROSS).context["form"]

    assert [label for _value, label in form.fields["offer"].widget.choices] == ["All products", "Azure plan", E3]


def test_empty_because_nothing_is_there_and_because_nothing_matches_read_differently(browse, ana, tailspin):
    client = browse(ana)
    pages = [client.get(url).content.decode() for url in (list_of(tailspin), list_of(tailspin, "?q=x"))]
    subscribe(tailspin, E3, status="canceled")
    pages.append(client.get(list_of(tailspin)).content.decode())

    assert ["Nothing bought yet" in page for page in pages] == [True, False, False]
    assert ["No subscription matches" in page for page in pages] == [False, True, False]
    assert "Every subscription has ended" in pages[2]
    assert f"{list_of(tailspin)}?state=all" in pages[2]


def test_across_customers_as_well(browse, ana, tailspin):
    pages = [browse(ana).get(ACROSS + query).content.decode() for query in ("", "?q=x")]

    assert ["No subscriptions yet" in page for page in pages] == [True, False]
    assert ["No subscription matches" in page for page in pages] == [False, True]


def test_who_may_not_act_reads_why_and_selects_nothing(browse, ana, hugo, tailspin):
    subscribe(tailspin, E3)

    for address in (list_of(tailspin), ACROSS):
        pages = [browse(person).get(address).content.decode() for person in (ana, hugo)]
        assert ['name="ids"' in page for page in pages] == [True, False]
        assert [denial(Action.EXPORT) in page for page in pages] == [False, True]
    assert denial(Action.MANAGE_SUBSCRIPTIONS) in browse(hugo).get(list_of(tailspin)).content.decode()


def test_without_the_customer_agreement_nothing_can_be_added_and_it_is_said(browse, ana, tailspin):
    Agreement.objects.filter(customer=tailspin).delete()

    page = browse(ana).get(list_of(tailspin)).content.decode()

    assert "The customer has not accepted the customer agreement yet." in page
    assert reverse("subscriptions:new", args=[tailspin.tenant_id]) not in page


def test_while_somebody_types_the_lists_come_alone_with_the_export_that_fits(browse, ana, tailspin):
    subscribe(tailspin, E3)

    for address, export in (
        (list_of(tailspin), reverse("subscriptions:export", args=[tailspin.tenant_id])),
        (ACROSS, reverse("subscriptions:export_all")),
    ):
        piece = browse(ana).get(address + "?q=office", headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in piece
        assert 'id="export-subscriptions" hx-swap-oob="true"' in piece
        assert f"{export}?q=office" in piece


def test_a_strangers_customer_is_not_there(browse, finn, tailspin):
    subscribe(tailspin, E3)

    answers = [browse(finn).get(list_of(tailspin)), browse(finn).get(ACROSS)]

    assert [answer.status_code for answer in answers] == [404, 200]
    assert answers[1].context["table"].records == []


def test_the_list_of_a_removed_customer_is_gone(browse, ana, tailspin):
    type(tailspin).objects.filter(pk=tailspin.pk).update(ended_at=timezone.now())

    assert browse(ana).get(list_of(tailspin)).status_code == 404


def test_where_all_are_of_one_kind_they_go_on_and_all_can_be_selected(browse, ana, tailspin):
    subscribe_many(tailspin, 60)
    client = browse(ana)

    alone = client.get(list_of(tailspin))
    [then] = client.get(list_of(tailspin, f"?at={alone.context['table'].page.next}")).context["lists"]
    subscribe(tailspin, "Azure plan", name="A plan of long ago")
    both = [client.get(list_of(tailspin, query)).content.decode() for query in ("", "?at=last")]

    assert "Select all <span" in alone.content.decode()
    assert len(then["table"].records) == 10
    assert ["Select all <span" in page for page in both] == [False, False]
