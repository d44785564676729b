"""The list of partnerships: a provider's resellers, a reseller's providers, and who has none."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from partnercenter.partners.models import Partner
from partnercenter.partners.roles import Action, Role, denial
from relationships.models import Partnership
from relationships.selectors.partnerships import active_resellers_of
from tests.partnering import invite
from tests.test_access import STRANGE_IN_A_LIST

LIST = "/relationships/partnerships/"


@pytest.fixture
def work_together(nora, adam):
    def make(provider, reseller, **fields):
        fields = {"status": "active", "accepted_at": timezone.now(), "accepted_by": adam.user} | fields
        return Partnership.objects.create(
            provider=provider, reseller=reseller, email="x@y.com", language="en", invited_by=nora.user, **fields
        )

    return make


@pytest.fixture
def make_reseller(make_partner):
    def make(name, **options):
        return make_partner(name, kind=Partner.Kind.RESELLER, **options)

    return make


@pytest.fixture
def served(northwind, adatum, make_customer):
    """Two customers of the provider that Adatum serves, and one of each that the other knows nothing of."""
    for name in ("Wingtip Toys", "Fourth Coffee"):
        own = make_customer(northwind, name, reseller=adatum)
        make_customer(
            adatum,
            name,
            tenant=own.tenant,
            domain=own.domain,
            provider=northwind,
            relationships=["indirect_reseller"],
        )
    make_customer(northwind, "Own Customer")
    make_customer(adatum, "Direct Customer")


def rows(response):
    return [(str(row.other or row.email), row.status, row.served) for row in response.context["table"].records]


def test_a_provider_sees_its_resellers_and_invitations_the_newest_first(browse, nora, northwind, partnership, served):
    invite(northwind, nora, email="new@reseller.com")

    answer = browse(nora).get(LIST)

    assert rows(answer) == [("new@reseller.com", "invited", 0), ("Adatum", "active", 2)]
    assert f"{reverse('customers:list')}?reseller={partnership.reseller_id}" in answer.content.decode()


def test_a_reseller_sees_its_providers_and_no_invitation(browse, nora, adam, northwind, partnership, served):
    invite(northwind, nora, email=adam.user.email)

    answer = browse(adam).get(LIST)

    assert rows(answer) == [("Northwind", "active", 2)]
    assert f"{reverse('customers:list')}?relationship=indirect_reseller" in answer.content.decode()
    assert reverse("partnerships:invite") not in answer.content.decode()


def test_another_provider_sees_nothing_of_it(browse, make_partner, make_staff, partnership):
    stranger = browse(make_staff(make_partner("Trey", kind=Partner.Kind.PROVIDER), "Tom", Role.GLOBAL_ADMIN))
    page = reverse("partnerships:partnership", args=[partnership.pk])

    answers = [stranger.get(page), stranger.post(page + "remove/"), stranger.post(page + "withdraw/")]

    assert rows(stranger.get(LIST)) == []
    assert [answer.status_code for answer in answers] == [404] * 3


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=cafe", ["Café Résell"]),
        ("q=ADATUM", ["Adatum"]),
        ("q=adatum+cafe", []),
        ("q=waits@", ["waits@reseller.com"]),
        ("state=active", ["Café Résell", "Adatum"]),
        ("state=invited", ["waits@reseller.com"]),
        ("state=ended", ["Old Reseller"]),
        ("state=ended&q=cafe", []),
        ("state=nonsense", ["waits@reseller.com", "Café Résell", "Adatum"]),
    ],
)
def test_the_list_is_searched_and_filtered(browse, nora, northwind, adatum, work_together, make_reseller, query, names):
    now = timezone.now()
    work_together(northwind, adatum, invited_at=now - timedelta(days=3))
    work_together(northwind, make_reseller("Café Résell"), invited_at=now - timedelta(days=2))
    work_together(northwind, make_reseller("Old Reseller"), status="removed", ended_at=now)
    invite(northwind, nora, email="waits@reseller.com")

    answer = browse(nora).get(f"{LIST}?{query}")

    assert [name for name, _status, _served in rows(answer)] == names


def test_a_partner_id_is_found(browse, nora, partnership, adatum):
    assert rows(browse(nora).get(LIST, {"q": adatum.partner_id})) == [("Adatum", "active", 0)]


def test_while_somebody_types_only_the_results_come(browse, nora, partnership):
    answer = browse(nora).get(LIST, {"q": "ada"}, headers={"HX-Request": "true"}).content.decode()

    assert ("Adatum" in answer, "<html" in answer) == (True, False)


def test_the_list_asks_as_much_for_a_hundred_as_for_one(
    browse, nora, northwind, work_together, make_reseller, django_assert_num_queries
):
    client = browse(nora)
    work_together(northwind, make_reseller("One"))
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST, {"size": 100})
    for number in range(99):
        work_together(northwind, make_reseller(f"Reseller {number}"))

    with django_assert_num_queries(len(few)):
        answer = client.get(LIST, {"size": 100})

    assert len(rows(answer)) == 100


def test_empty_lists_say_what_to_do(browse, nora, adam):
    provider, reseller = browse(nora).get(LIST).content.decode(), browse(adam).get(LIST).content.decode()

    assert ("No reseller yet" in provider, "No provider yet" in reseller) == (True, True)
    assert reverse("partnerships:invite") in provider
    assert "No partnership matches" in browse(nora).get(LIST, {"q": "x"}).content.decode()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "Trey sells directly. Partnerships are between indirect providers and their resellers."),
        ({"cloud": "usgov"}, "In the US Government cloud partners sell directly"),
        ({"cloud": "germany", "country": "DE"}, "In the Germany cloud partners sell directly"),
        ({"cloud": "usgov", "kind": Partner.Kind.PROVIDER}, "In the US Government cloud partners sell directly"),
    ],
)
@pytest.mark.parametrize("page", ["list", "invite"])
def test_who_has_no_partnerships_reads_why_and_is_not_led_there(
    browse, make_partner, make_staff, options, sentence, page
):
    client = browse(make_staff(make_partner("Trey", **options), "Tom", Role.GLOBAL_ADMIN))

    answer = client.get(reverse(f"partnerships:{page}"))

    assert answer.status_code == 403
    assert sentence in answer.content.decode()
    assert LIST not in client.get("/customers/").content.decode()


@pytest.mark.parametrize("person", ["nora", "adam"])
def test_providers_and_resellers_are_led_there(browse, request, person):
    answer = browse(request.getfixturevalue(person)).get(LIST)

    assert [link.url for link in answer.context["navigation"] if link.current] == [LIST]


def test_a_reseller_invites_nobody(browse, adam):
    answer = browse(adam).get(reverse("partnerships:invite"))

    assert answer.status_code == 403
    assert "Only an indirect provider invites resellers." in answer.content.decode()


def test_who_may_not_act_reads_why_beside_each_act(browse, northwind, make_staff, partnership):
    bill = browse(make_staff(northwind, "Bill", Role.BILLING_ADMIN))

    pages = [bill.get(address).content.decode() for address in (LIST, f"{LIST}{partnership.pk}/")]

    assert [denial(Action.MANAGE_PARTNERSHIPS) in page for page in pages] == [True, True]
    assert [f"{partnership.pk}/remove/" in page for page in pages] == [False, False]


def test_the_page_of_a_partnership_tells_who_and_what_happened(browse, nora, adam, partnership, served):
    answers = [browse(person).get(f"{LIST}{partnership.pk}/") for person in (nora, adam)]

    assert [(str(answer.context["other"]), answer.context["served"]) for answer in answers] == [
        ("Adatum", 2),
        ("Northwind", 2),
    ]
    assert "Your log has nothing of it." in answers[0].content.decode()


def test_strange_values_in_the_address_are_no_error_of_the_server(browse, nora, partnership):
    client = browse(nora)

    answers = {
        client.get(LIST, dict.fromkeys(("q", "state", "sort", "size", "at", "of"), value)).status_code
        for value in STRANGE_IN_A_LIST
    }
    invited = {client.get(f"{LIST}invite/", {"of": value}).status_code for value in STRANGE_IN_A_LIST}

    assert (answers, invited) == ({200}, {200})


def test_the_resellers_a_provider_can_choose_are_those_it_works_with_now(
    northwind, adatum, work_together, make_reseller, make_partner
):
    zulu = make_reseller("Zulu")
    work_together(northwind, zulu)
    work_together(northwind, adatum)
    work_together(northwind, make_reseller("Gone"), status="removed", ended_at=timezone.now())
    work_together(make_partner("Trey", kind=Partner.Kind.PROVIDER), make_reseller("Foreign"))

    assert list(active_resellers_of(northwind)) == [adatum, zulu]
