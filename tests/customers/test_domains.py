"""The page that shows the domains of a customer, and what the database guards."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.selectors.domains import UsersIn, users_by_domain
from partnercenter.directory.models import Domain
from partnercenter.partners.roles import Action, Role, denial
from tests.domains import names, page, user_of, waiting_for


def test_the_primary_domain_comes_first_and_then_the_names(browse, ana, tailspin, unproved):
    Domain.objects.create(tenant=tailspin.tenant, name="a.example")

    listed = browse(ana).get(page(tailspin)).context["lines"]

    assert [line.domain.name for line in listed] == [
        "tailspintoys.onmicrosoft.com",
        "a.example",
        "tailspin.example",
        "tailspintoys.com",
    ]


def test_each_state_is_a_word(browse, ana, tailspin, unproved):
    body = browse(ana).get(page(tailspin)).content.decode()

    badges = [body.count(f"</svg>{word}</span>") for word in ("Primary", "Verified", "Waiting for proof")]
    assert badges == [1, 1, 1]


def test_a_name_in_other_letters_is_shown_as_people_read_it_too(browse, ana, tailspin):
    waiting_for(tailspin, "xn--mnchen-3ya.example")

    listed = browse(ana).get(page(tailspin)).context["lines"]

    assert [(line.domain.name, line.readable) for line in listed[1:]] == [
        ("tailspintoys.com", ""),
        ("xn--mnchen-3ya.example", "münchen.example"),
    ]


def test_users_are_counted_with_deleted_ones_as_long_as_they_keep_their_names(tailspin):
    user_of(tailspin, "adele@tailspintoys.com")
    user_of(tailspin, "mika@tailspintoys.com")
    user_of(tailspin, "gone@tailspintoys.com", deleted_days=29)
    user_of(tailspin, "forgotten@tailspintoys.com", deleted_days=31)
    user_of(tailspin, "root@tailspintoys.onmicrosoft.com", deleted_days=1)

    assert users_by_domain(tailspin) == {
        "tailspintoys.com": UsersIn(2, 2),
        "tailspintoys.onmicrosoft.com": UsersIn(0, 1),
    }


def test_users_are_counted_by_one_question_that_indexes_answer(tailspin):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # which is what a table of a few users is read by
        with CaptureQueriesContext(connection) as asked:
            users_by_domain(tailspin)
        cursor.execute("EXPLAIN " + asked.captured_queries[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert len(asked.captured_queries) == 1
    assert (plan.count("Index Scan") + plan.count("Index Only Scan"), plan.count("Seq Scan")) == (2, 0)


def test_numbers_of_users_lead_to_them(browse, ana, tailspin):
    user_of(tailspin, "adele@tailspintoys.com")
    user_of(tailspin, "mika@tailspintoys.onmicrosoft.com")
    user_of(tailspin, "gone@tailspintoys.com", deleted_days=1)
    client = browse(ana)
    body = client.get(page(tailspin)).content.decode()
    users = reverse("customers:users", args=[tailspin.tenant_id])

    assert f'<a href="{users}?q=%40tailspintoys.com">1</a>' in body
    assert f'<a href="{users}?deleted=1&amp;q=%40tailspintoys.com">1 deleted</a>' in body
    found = [client.get(f"{users}{more}q=%40tailspintoys.com").context["table"] for more in ("?", "?deleted=1&")]
    assert [[user.principal_name for user in table.records] for table in found] == [
        ["adele@tailspintoys.com"],
        ["gone@tailspintoys.com"],
    ]


def test_the_page_asks_as_few_questions_for_a_hundred_domains(browse, ana, tailspin, django_assert_max_num_queries):
    client = browse(ana)
    Domain.objects.bulk_create(
        Domain(tenant=tailspin.tenant, name=f"d{number}.example", verified_at=None) for number in range(98)
    )
    client.get(page(tailspin))

    with django_assert_max_num_queries(8):
        client.get(page(tailspin))


def test_who_may_not_act_looks_and_reads_why(browse, hugo, tailspin, second_domain, unproved):
    response = browse(hugo).get(page(tailspin))

    body = response.content.decode()
    assert response.status_code == 200
    assert denial(Action.MANAGE_USERS) in body
    assert unproved.proof in body
    assert body.count('disabled aria-describedby="manage-denied"') == 5  # add, make primary, remove twice, verify
    assert re.findall(f'{page(tailspin)}[^"]+', body) == []


@pytest.mark.parametrize("act", ["add_domain", "verify_domain", "make_domain_primary", "remove_domain"])
def test_who_may_not_act_is_refused(browse, hugo, tailspin, second_domain, act):
    address = page(tailspin, None if act == "add_domain" else second_domain, act)

    response = browse(hugo).post(address, {"name": "new.example"})

    assert response.status_code == 403
    assert denial(Action.MANAGE_USERS) in response.content.decode()
    assert names(tailspin) == {"tailspintoys.onmicrosoft.com": "primary", "tailspintoys.com": "verified"}


@pytest.mark.parametrize("act", ["domains", "add_domain", "verify_domain", "make_domain_primary", "remove_domain"])
def test_another_partner_finds_no_such_domain(browse, finn, tailspin, second_domain, act):
    address = page(tailspin, None if act in ("domains", "add_domain") else second_domain, act)
    client = browse(finn)

    answers = {client.get(address).status_code, client.post(address, {"name": "new.example"}).status_code}

    assert answers <= {404, 405}
    assert 404 in answers


@pytest.mark.parametrize("name", ["nowhere.example", "%00", "TAILSPINTOYS.COM", "litware.onmicrosoft.com"])
def test_there_is_no_page_of_a_domain_that_the_customer_does_not_have(browse, ana, carla, tailspin, name):
    address = page(tailspin) + f"{name}/remove/"

    assert browse(ana).get(address).status_code == 404


@pytest.mark.parametrize(
    ("cloud", "country", "suffix"), [("usgov", "US", "onmicrosoft.us"), ("germany", "DE", "onmicrosoft.de")]
)
def test_in_other_clouds_the_page_says_where_domains_are(
    browse, make_partner, make_staff, make_customer, cloud, country, suffix
):
    partner = make_partner("Elsewhere", cloud=cloud, country=country, suffix=suffix)
    customer = make_customer(partner, "City of Example", domain=f"example.{suffix}")
    client = browse(make_staff(partner, "Uma", Role.GLOBAL_ADMIN))

    response = client.get(page(customer))
    account = client.get(reverse("customers:account", args=[customer.tenant_id])).content.decode()

    assert response.status_code == 403
    assert "not managed here" in response.content.decode()
    assert page(customer) not in account


def test_account_and_users_lead_to_the_domains(browse, bill, tailspin):
    client = browse(bill)

    for name in ("account", "users"):
        body = client.get(reverse(f"customers:{name}", args=[tailspin.tenant_id])).content.decode()
        assert f'href="{page(tailspin)}"' in body


def test_two_organizations_cannot_both_have_a_verified_domain(wingtip, second_domain):
    with pytest.raises(IntegrityError, match="a_verified_domain_belongs_to_one_tenant"), transaction.atomic():
        Domain.objects.create(tenant=wingtip.tenant, name=second_domain.name)


def test_an_organization_has_a_domain_once(tailspin, second_domain):
    with pytest.raises(IntegrityError, match="a_tenant_has_a_domain_once"), transaction.atomic():
        waiting_for(tailspin, second_domain.name)


def test_what_waits_for_proof_can_be_proved(tailspin):
    with pytest.raises(IntegrityError, match="what_waits_for_proof_can_be_proved"), transaction.atomic():
        Domain.objects.create(tenant=tailspin.tenant, name="new.example", verified_at=None, proof="")
