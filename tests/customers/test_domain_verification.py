"""A domain is verified by a record of the domain name system."""

import dns.rcode
import pytest
from django.db import connection

from customers.services.domains import verify_domain
from partnercenter.activity.models import Deed
from partnercenter.directory.models import Domain, new_proof
from partnercenter.errors import Refused
from tests.domains import ELSEWHERE, at_once, found_by, lines, names, page, told, waiting_for


def test_a_domain_with_the_proof_is_verified(browse, ana, tailspin, unproved, name_servers):
    name_servers.zone[unproved.name] = ["v=spf1 -all", unproved.proof]

    response = browse(ana).post(page(tailspin, unproved, "verify_domain"), follow=True)

    assert told(response) == ["tailspin.example is verified: users can have their names in it."]
    assert (names(tailspin)[unproved.name], name_servers.asked) == ("verified", [unproved.name])
    assert lines(Deed.DOMAIN_VERIFIED) == [("domain_verified", ana.partner, ana.user, {"Domain": unproved.name})]
    assert found_by(browse(ana), "tailspin.example") == ["Tailspin Toys"]


def test_a_proof_in_several_strings_counts(browse, ana, tailspin, unproved, name_servers):
    name_servers.zone[unproved.name] = [(unproved.proof[:10], unproved.proof[10:])]

    browse(ana).post(page(tailspin, unproved, "verify_domain"))

    assert names(tailspin)[unproved.name] == "verified"


NOWHERE = (
    "The Internet knows no domain tailspin.example. Check its spelling; a domain that was registered or changed a short "
    "while ago can take up to 72 hours to be seen."
)
NO_RECORD = (
    "tailspin.example has no TXT record. Add the one below where the domain is managed; it can take up to 72 hours to "
    "be seen."
)
ANOTHER_RECORD = (
    "tailspin.example has 1 TXT record, but not the one below. Add it where the domain is managed, and leave the other "
    "one; a change can take up to 72 hours to be seen."
)
OTHER_RECORDS = (
    "tailspin.example has 3 TXT records, but not the one below. Add it where the domain is managed, and leave the "
    "others; a change can take up to 72 hours to be seen."
)
SILENT = "The name servers of tailspin.example do not answer. Nothing has changed: try again in a few minutes."


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (dns.rcode.NXDOMAIN, NOWHERE),
        ([], NO_RECORD),
        (["v=spf1 -all"], ANOTHER_RECORD),
        (["v=spf1 -all", new_proof(), ""], OTHER_RECORDS),
        (dns.rcode.SERVFAIL, SILENT),
    ],
)
def test_without_the_proof_a_sentence_says_what_was_found(
    browse, ana, tailspin, unproved, name_servers, answer, sentence
):
    name_servers.zone[unproved.name] = answer

    response = browse(ana).post(page(tailspin, unproved, "verify_domain"), follow=True)

    assert told(response) == [sentence]
    assert names(tailspin)[unproved.name] == "waiting"
    assert lines(Deed.DOMAIN_VERIFIED) == []


def test_the_proof_of_one_organization_does_not_count_for_another(
    browse, ana, tailspin, wingtip, unproved, name_servers
):
    name_servers.zone[unproved.name] = [waiting_for(wingtip, unproved.name).proof]

    browse(ana).post(page(tailspin, unproved, "verify_domain"))

    assert names(tailspin)[unproved.name] == "waiting"


def test_verifying_twice_asks_once_and_writes_one_line(browse, ana, tailspin, unproved, name_servers):
    name_servers.zone[unproved.name] = [unproved.proof]
    client = browse(ana)

    answers = [client.post(page(tailspin, unproved, "verify_domain"), follow=True) for _click in range(2)]

    assert told(answers[0]) == told(answers[1])
    assert (len(name_servers.asked), len(lines(Deed.DOMAIN_VERIFIED))) == (1, 1)


def test_nobody_verifies_more_than_ten_times_in_a_minute(browse, ana, tailspin, second_domain):
    client = browse(ana)

    answers = [client.post(page(tailspin, second_domain, "verify_domain")).status_code for _click in range(22)]

    assert answers[:10] == [302] * 10
    assert 429 in answers


def test_a_domain_that_was_verified_elsewhere_in_the_meantime_is_refused(
    browse, ana, tailspin, wingtip, unproved, name_servers
):
    Domain.objects.create(tenant=wingtip.tenant, name=unproved.name)
    name_servers.zone[unproved.name] = [unproved.proof]

    response = browse(ana).post(page(tailspin, unproved, "verify_domain"), follow=True)

    assert told(response) == [ELSEWHERE % unproved.name]
    assert names(tailspin)[unproved.name] == "waiting"


def test_a_domain_that_was_removed_while_it_was_asked_for_is_not_verified(ana, tailspin, unproved, name_servers):
    name_servers.zone[unproved.name] = [unproved.proof]
    Domain.objects.filter(pk=unproved.pk).delete()
    again = waiting_for(tailspin)

    with pytest.raises(Refused, match="was removed a moment ago"):
        verify_domain(tailspin, unproved, actor=ana.user)

    assert (again.proof != unproved.proof, names(tailspin)[unproved.name]) == (True, "waiting")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_held_while_the_name_servers_are_asked(ana, tailspin, unproved, name_servers):
    name_servers.zone[unproved.name] = [unproved.proof]
    seen = []

    def look():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT state FROM pg_stat_activity "
                "WHERE datname = current_database() AND backend_type = 'client backend' "
                "AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
            )
            seen.append(cursor.fetchall())
        connection.close()

    name_servers.on_question = look
    verify_domain(tailspin, unproved, actor=ana.user)

    assert (seen, names(tailspin)[unproved.name]) == ([[]], "verified")


@pytest.mark.django_db(transaction=True)
def test_of_two_organizations_that_verify_a_domain_at_once_one_gets_it(
    ana, finn, tailspin, wingtip, unproved, name_servers
):
    other = waiting_for(wingtip, unproved.name)
    name_servers.zone[unproved.name] = [unproved.proof, other.proof]

    refused = at_once(
        lambda: verify_domain(tailspin, unproved, actor=ana.user),
        lambda: verify_domain(wingtip, other, actor=finn.user),
    )

    assert refused == [ELSEWHERE % unproved.name]
    assert sorted([names(tailspin)[unproved.name], names(wingtip)[unproved.name]]) == ["verified", "waiting"]
    assert len(lines(Deed.DOMAIN_VERIFIED)) == 1
