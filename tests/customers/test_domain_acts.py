"""A domain becomes the primary one, or is removed."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from customers.models import Customer, SearchEntry
from customers.services.domains import add_domain, make_primary, remove_domain, verify_domain
from customers.services.user_imports import start_creation
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import Domain
from tests.domains import at_once, found_by, lines, names, page, told, user_of
from tests.uploads import GOOD, content_of, uploaded


def test_another_domain_becomes_the_primary_one_in_the_lists_of_all_partners(
    browse, ana, finn, tailspin, fabrikams_account, second_domain
):
    user = user_of(tailspin, f"adele@{tailspin.domain}")

    response = browse(ana).post(page(tailspin, second_domain, "make_domain_primary"), follow=True)

    assert told(response) == ["tailspintoys.com is the primary domain now. Users keep their names."]
    assert names(tailspin) == {"tailspintoys.onmicrosoft.com": "verified", "tailspintoys.com": "primary"}
    accounts = Customer.objects.filter(tenant=tailspin.tenant)
    assert set(accounts.values_list("domain", flat=True)) == {"tailspintoys.com"}
    assert set(SearchEntry.objects.values_list("domain", flat=True)) == {"tailspintoys.com"}
    for staff, name in ((ana, "Tailspin Toys"), (finn, "Tailspin of Fabrikam")):
        for domain in ("tailspintoys.com", "tailspintoys.onmicrosoft.com"):
            assert found_by(browse(staff), domain) == [name]
    user.refresh_from_db()
    assert user.principal_name == "adele@tailspintoys.onmicrosoft.com"


def test_every_partner_reads_of_it_and_none_reads_a_strangers_name(
    browse, ana, finn, tailspin, fabrikams_account, second_domain
):
    browse(ana).post(page(tailspin, second_domain, "make_domain_primary"))

    details = {"Primary domain": ["tailspintoys.onmicrosoft.com", "tailspintoys.com"]}
    assert lines(Deed.DOMAIN_MADE_PRIMARY) == [
        ("domain_made_primary", ana.partner, ana.user, details),
        ("domain_made_primary", finn.partner, None, details),
    ]
    assert set(Activity.objects.values_list("actor_name", flat=True)) == {ana.user.principal_name, ""}


def test_a_partner_who_serves_the_customer_no_more_reads_nothing(
    browse, ana, tailspin, fabrikams_account, second_domain
):
    Customer.objects.filter(pk=fabrikams_account.pk).update(ended_at=timezone.now())

    browse(ana).post(page(tailspin, second_domain, "make_domain_primary"))

    assert [partner for _deed, partner, _actor, _details in lines(Deed.DOMAIN_MADE_PRIMARY)] == [ana.partner]


def test_a_domain_that_waits_for_proof_cannot_be_the_primary_one(browse, ana, tailspin, unproved):
    response = browse(ana).post(page(tailspin, unproved, "make_domain_primary"), follow=True)

    assert told(response) == ["Only a verified domain can be the primary one. Verify tailspin.example first."]
    assert names(tailspin)["tailspintoys.onmicrosoft.com"] == "primary"


def test_the_database_has_no_primary_domain_without_proof(tailspin, unproved):
    tailspin.tenant.domains.update(is_primary=False)

    with pytest.raises(IntegrityError, match="a_primary_domain_is_verified"), transaction.atomic():
        Domain.objects.filter(pk=unproved.pk).update(is_primary=True)


def test_making_a_domain_primary_twice_writes_one_line(browse, ana, tailspin, second_domain):
    client = browse(ana)

    for _click in range(2):
        client.post(page(tailspin, second_domain, "make_domain_primary"))

    assert len(lines(Deed.DOMAIN_MADE_PRIMARY)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_domains_that_are_made_primary_at_once_one_is_and_every_list_says_so(
    ana, finn, tailspin, fabrikams_account, second_domain
):
    other = Domain.objects.create(tenant=tailspin.tenant, name="other.example")

    refused = at_once(
        lambda: make_primary(tailspin, second_domain, actor=ana.user),
        lambda: make_primary(fabrikams_account, other, actor=finn.user),
    )

    primary = Domain.objects.get(tenant=tailspin.tenant, is_primary=True)
    assert refused == []
    assert primary.name in ("tailspintoys.com", "other.example")
    assert set(Customer.objects.values_list("domain", flat=True)) == {primary.name}
    changed = [details["Primary domain"] for _deed, partner, _actor, details in lines(Deed.DOMAIN_MADE_PRIMARY)]
    assert (changed[0][0], changed[0][1], changed[2][1]) == (
        "tailspintoys.onmicrosoft.com",
        changed[2][0],
        primary.name,
    )


@pytest.mark.django_db(transaction=True)
def test_a_customer_that_somebody_holds_is_not_waited_for_long(ana, tailspin, second_domain):
    with transaction.atomic():
        Customer.objects.select_for_update().get(pk=tailspin.pk)
        refused = at_once(lambda: make_primary(tailspin, second_domain, actor=ana.user))

    assert refused == ["Somebody else is changing this customer right now. Try again in a moment."]
    assert names(tailspin)["tailspintoys.com"] == "verified"


def test_a_domain_is_removed_after_a_question_and_free_for_others(
    browse, ana, tailspin, wingtip, second_domain, name_servers
):
    client = browse(ana)
    asked = client.get(page(tailspin, second_domain, "remove_domain"))
    before = names(tailspin)

    response = client.post(page(tailspin, second_domain, "remove_domain"), follow=True)
    domain = add_domain(wingtip, "tailspintoys.com", actor=ana.user)
    name_servers.zone[domain.name] = [domain.proof]
    verify_domain(wingtip, domain, actor=ana.user)

    assert "Remove tailspintoys.com?" in asked.content.decode()
    assert (before["tailspintoys.com"], told(response)) == ("verified", ["tailspintoys.com was removed."])
    assert names(tailspin) == {"tailspintoys.onmicrosoft.com": "primary"}
    assert names(wingtip)["tailspintoys.com"] == "verified"
    assert lines(Deed.DOMAIN_REMOVED) == [("domain_removed", ana.partner, ana.user, {"Domain": "tailspintoys.com"})]


def test_nobody_finds_the_customer_by_a_domain_that_was_removed(browse, ana, tailspin, second_domain):
    make_primary(tailspin, second_domain, actor=ana.user)
    make_primary(tailspin, tailspin.tenant.domains.get(name="tailspintoys.onmicrosoft.com"), actor=ana.user)
    before = found_by(browse(ana), "tailspintoys.com")

    browse(ana).post(page(tailspin, second_domain, "remove_domain"))

    assert (before, found_by(browse(ana), "tailspintoys.com")) == (["Tailspin Toys"], [])


PRIMARY = "The primary domain stays. Make another one primary first."
GIVEN = "This domain came with the organization and stays."
ONE_USER = "1 user has a name in this domain. Names of deleted users count until they are gone for good."
TWO_USERS = "2 users have names in this domain. Names of deleted users count until they are gone for good."


def test_the_primary_domain_stays(browse, ana, tailspin, second_domain):
    make_primary(tailspin, second_domain, actor=ana.user)

    assert stays(browse(ana), tailspin, second_domain) == PRIMARY


def test_the_domain_that_came_with_the_organization_stays(browse, ana, tailspin, second_domain):
    make_primary(tailspin, second_domain, actor=ana.user)

    given = tailspin.tenant.domains.get(name="tailspintoys.onmicrosoft.com")
    assert stays(browse(ana), tailspin, given) == GIVEN


def stays(client, customer, domain):
    """The sentence that list, question and answer give for a domain that cannot be removed."""
    listed = {line.domain: line.kept for line in client.get(page(customer)).context["lines"]}[domain]
    asked = client.get(page(customer, domain, "remove_domain"))
    answered = client.post(page(customer, domain, "remove_domain"), follow=True)
    assert 'type="button" disabled aria-describedby="kept"' in asked.content.decode()
    assert [listed, asked.context["line"].kept] == told(answered) * 2
    assert Domain.objects.filter(pk=domain.pk).exists()
    return listed


@pytest.mark.parametrize(("deleted_days", "sentence"), [((None,), ONE_USER), ((2,), ONE_USER), ((None, 29), TWO_USERS)])
def test_a_domain_with_names_of_users_stays(browse, ana, tailspin, second_domain, deleted_days, sentence):
    for number, days in enumerate(deleted_days):
        user_of(tailspin, f"user{number}@tailspintoys.com", deleted_days=days)

    assert stays(browse(ana), tailspin, second_domain) == sentence


def test_names_in_a_domain_below_do_not_keep_the_domain_above(browse, ana, tailspin, second_domain):
    user_of(tailspin, "adele@eu.tailspintoys.com")
    user_of(tailspin, "adele@mytailspintoys.com")

    browse(ana).post(page(tailspin, second_domain, "remove_domain"))

    assert "tailspintoys.com" not in names(tailspin)


@pytest.mark.parametrize("started", [False, True])
def test_a_domain_in_which_users_are_about_to_be_created_stays(browse, ana, tailspin, second_domain, started):
    client = browse(ana)
    user_import = uploaded(client, tailspin, content_of(GOOD))
    if started:
        start_creation(user_import, location="US", skip_faulty=False, actor=ana.user)

    response = client.post(page(tailspin, second_domain, "remove_domain"), follow=True)

    assert told(response) == [
        "An uploaded file is about to create users with names in this domain. Let it finish, or discard the file."
    ]
    assert names(tailspin)["tailspintoys.com"] == "verified"


def test_a_domain_that_waits_for_proof_is_removed(browse, ana, tailspin, unproved):
    browse(ana).post(page(tailspin, unproved, "remove_domain"))

    assert unproved.name not in names(tailspin)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_remove_a_domain_at_once_one_is_told_that_it_is_gone(ana, tailspin, second_domain):
    refused = at_once(*[lambda: remove_domain(tailspin, second_domain, actor=ana.user)] * 2)

    assert refused == ["tailspintoys.com was removed a moment ago."]
    assert len(lines(Deed.DOMAIN_REMOVED)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_domain_does_not_become_primary_and_go_at_once(ana, tailspin, second_domain):
    at_once(
        lambda: make_primary(tailspin, second_domain, actor=ana.user),
        lambda: remove_domain(tailspin, second_domain, actor=ana.user),
    )

    primary = Domain.objects.get(tenant=tailspin.tenant, is_primary=True)
    assert Customer.objects.get(pk=tailspin.pk).domain == primary.name
