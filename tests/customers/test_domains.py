"""The domains of a customer: seen, added, verified, made primary, removed."""

import re
from datetime import timedelta
from threading import Barrier, Thread

import dns.rcode
import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, SearchEntry
from customers.selectors.domains import UsersIn, users_by_domain
from customers.services.domains import MOST_DOMAINS, add_domain, make_primary, remove_domain, verify_domain
from customers.services.user_imports import start_creation
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import Domain, User, new_proof
from partnercenter.errors import Refused
from partnercenter.partners.roles import Action, Role, denial
from tests.nameserver import name_server
from tests.uploads import GOOD, content_of, uploaded

ELSEWHERE = (
    "%s belongs to another organization, which has verified it. If it should be this customer&#x27;s, it has to be "
    "removed there first."
)
NO_DOMAIN = (
    "This is not a domain name. Type one such as contoso.com: letters, digits and hyphens, with full stops between "
    "its parts."
)


@pytest.fixture
def toys(tailspin):
    """The second domain of Tailspin Toys, a verified one."""
    return tailspin.tenant.domains.get(name="tailspintoys.com")


@pytest.fixture
def waiting(tailspin):
    """A domain of Tailspin Toys that waits for proof."""
    return waiting_for(tailspin)


@pytest.fixture
def wingtip(fabrikam, make_customer):
    """A customer of another partner."""
    return make_customer(fabrikam, "Wingtip Toys")


@pytest.fixture
def theirs(fabrikam, make_customer, tailspin):
    """The account that another partner has for Tailspin Toys."""
    return make_customer(fabrikam, "Tailspin of Fabrikam", domain=tailspin.domain, tenant=tailspin.tenant)


@pytest.fixture
def said(settings):
    """What the name server says of each name."""
    with name_server(settings) as server:
        yield server


def waiting_for(customer, name="tailspin.example"):
    return Domain.objects.create(tenant=customer.tenant, name=name, verified_at=None, added_at=timezone.now())


def page(customer, domain=None, name="domains"):
    return reverse(f"customers:{name}", args=[customer.tenant_id, *([domain.name] if domain else [])])


def names(customer):
    """The domains of a customer and how it stands with each."""
    states = {}
    for domain in Domain.objects.filter(tenant=customer.tenant):
        states[domain.name] = "primary" if domain.is_primary else "verified" if domain.verified_at else "waiting"
    return states


def lines(*deeds):
    found = Activity.objects.filter(deed__in=deeds).order_by("id")
    return [(line.deed, line.partner, line.actor, line.details) for line in found]


def found_by(partner, text, browse, staff):
    """The customers in a partner's list that a search finds."""
    return [record.name for record in browse(staff).get("/customers/", {"q": text}).context["table"].records]


def told(response):
    """What the page says came of an act, after it led there."""
    return [str(message) for message in response.context["messages"]]


# ------------------------------------------------------------------------------------------ the list


def test_the_primary_domain_comes_first_and_then_the_names(browse, ana, tailspin, waiting):
    Domain.objects.create(tenant=tailspin.tenant, name="a.example")

    listed = browse(ana).get(page(tailspin)).context["lines"]

    assert [line.domain.name for line in listed] == [
        "tailspintoys.onmicrosoft.com",
        "a.example",
        "tailspin.example",
        "tailspintoys.com",
    ]


def test_each_state_is_a_word(browse, ana, tailspin, waiting):
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


def test_users_are_counted_with_deleted_ones_that_can_be_restored(tailspin):
    user_of(tailspin, "adele@tailspintoys.com")
    user_of(tailspin, "mika@tailspintoys.com")
    user_of(tailspin, "gone@tailspintoys.com", deleted_days=29)
    user_of(tailspin, "forgotten@tailspintoys.com", deleted_days=31)
    user_of(tailspin, "root@tailspintoys.onmicrosoft.com", deleted_days=1)

    assert users_by_domain(tailspin) == {
        "tailspintoys.com": UsersIn(2, 1),
        "tailspintoys.onmicrosoft.com": UsersIn(0, 1),
    }


def user_of(customer, principal_name, deleted_days=None):
    moment = None if deleted_days is None else timezone.now() - timedelta(days=deleted_days)
    return User.objects.create_user(
        principal_name, display_name=principal_name, tenant=customer.tenant, deleted_at=moment
    )


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


def test_who_may_not_act_looks_and_reads_why(browse, hugo, tailspin, toys, waiting):
    response = browse(hugo).get(page(tailspin))

    body = response.content.decode()
    assert response.status_code == 200
    assert denial(Action.MANAGE_USERS) in body
    assert waiting.proof in body
    assert body.count('disabled aria-describedby="manage-denied"') == 5  # add, make primary, remove twice, verify
    assert re.findall(f'{page(tailspin)}[^"]+', body) == []


@pytest.mark.parametrize("act", ["add_domain", "verify_domain", "make_domain_primary", "remove_domain"])
def test_who_may_not_act_is_refused(browse, hugo, tailspin, toys, act):
    address = page(tailspin, None if act == "add_domain" else toys, act)

    response = browse(hugo).post(address, {"name": "new.example"})

    assert response.status_code == 403
    assert denial(Action.MANAGE_USERS) in response.content.decode()
    assert names(tailspin) == {"tailspintoys.onmicrosoft.com": "primary", "tailspintoys.com": "verified"}


@pytest.mark.parametrize("act", ["domains", "add_domain", "verify_domain", "make_domain_primary", "remove_domain"])
def test_another_partner_finds_no_such_domain(browse, finn, tailspin, toys, act):
    address = page(tailspin, None if act in ("domains", "add_domain") else toys, act)
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


# ---------------------------------------------------------------------------------------------- adding


def test_an_added_domain_waits_for_proof_and_stands_in_the_log(browse, ana, tailspin):
    response = browse(ana).post(page(tailspin, name="add_domain"), {"name": "new.example"}, follow=True)

    domain = Domain.objects.get(name="new.example")
    assert response.redirect_chain == [(page(tailspin), 302)]
    assert (domain.tenant, domain.verified_at, domain.is_primary) == (tailspin.tenant, None, False)
    assert domain.proof in response.content.decode()
    assert lines(Deed.DOMAIN_ADDED) == [("domain_added", ana.partner, ana.user, {"Domain": "new.example"})]


def test_no_two_domains_have_the_same_proof(tailspin, waiting):
    other = waiting_for(tailspin, "other.example")

    assert waiting.proof != other.proof
    assert [len(domain.proof) for domain in (waiting, other)] == [len("partnercenter-verification=") + 22] * 2


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" New.Example. ", "new.example"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("Straße.example", "xn--strae-oqa.example"),
        ("例え.jp", "xn--r8jz45g.jp"),
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        ("a.b.c.example", "a.b.c.example"),
        ("1-2.example", "1-2.example"),
        (f"{'a' * 63}.example", f"{'a' * 63}.example"),
    ],
)
def test_a_domain_can_be_written_in_many_ways(browse, ana, tailspin, typed, name):
    response = browse(ana).post(page(tailspin, name="add_domain"), {"name": typed})

    assert response.status_code == 302
    assert names(tailspin)[name] == "waiting"


@pytest.mark.parametrize(
    "typed",
    [
        "contoso",
        "-a.example",
        "a-.example",
        "a..example",
        ".example.com",
        "a_b.example",
        "a b.example",
        "kim@new.example",
        "https://new.example",
        "new.example/",
        "*.example.com",
        "192.0.2.1",
        "new.123",
        "new.c",
        "☃.example",
        f"{'a' * 64}.example",
        ".".join(["a" * 60] * 5),
        "x" * 20_000,
        "new\x00.example",
        "new\\.example",
    ],
)
def test_what_is_no_domain_is_refused_and_stays_in_the_field(browse, ana, tailspin, typed):
    response = browse(ana).post(page(tailspin, name="add_domain"), {"name": typed})

    form = response.context["form"]
    assert (response.status_code, form.errors["name"]) == (422, [NO_DOMAIN])
    assert form["name"].value() == typed
    assert len(names(tailspin)) == 2


@pytest.mark.parametrize("typed", ["", "   "])
def test_nothing_typed_is_asked_for(browse, ana, tailspin, typed):
    response = browse(ana).post(page(tailspin, name="add_domain"), {"name": typed})

    assert response.context["form"].errors["name"] == ["Type the domain that this customer has."]


@pytest.mark.parametrize(
    "name", ["new.onmicrosoft.com", "new.mail.onmicrosoft.us", "onmicrosoft.de", "NEW.OnMicrosoft.com"]
)
def test_domains_of_a_cloud_are_not_added(browse, ana, tailspin, name):
    sentence = "Domains of Microsoft's clouds are given to an organization when it is made. Add one of its own."

    assert refusal(browse(ana), tailspin, name) == sentence


def test_a_name_that_only_ends_like_that_of_a_cloud_is_added(browse, ana, tailspin):
    browse(ana).post(page(tailspin, name="add_domain"), {"name": "notonmicrosoft.com"})

    assert names(tailspin)["notonmicrosoft.com"] == "waiting"


def refusal(client, customer, name):
    """The sentence at the field after this domain was to be added, and nothing was."""
    before = Domain.objects.count()
    response = client.post(page(customer, name="add_domain"), {"name": name})
    assert (response.status_code, Domain.objects.count()) == (422, before)
    return response.context["form"].errors["name"][0]


@pytest.mark.parametrize("name", ["tailspintoys.com", "TailspinToys.com", "tailspin.example"])
def test_a_domain_that_the_customer_has_is_not_added_again(browse, ana, tailspin, waiting, name):
    assert refusal(browse(ana), tailspin, name) == f"This customer has the domain {name.lower()} already."


def test_a_domain_that_another_organization_has_verified_is_not_added(browse, ana, tailspin, wingtip):
    Domain.objects.create(tenant=wingtip.tenant, name="wingtip.example")

    sentence = refusal(browse(ana), tailspin, "wingtip.example")

    assert sentence == ELSEWHERE.replace("&#x27;", "'") % "wingtip.example"


def test_a_domain_that_waits_elsewhere_can_be_added(browse, ana, tailspin, wingtip):
    waiting_for(wingtip, "toys.example")

    browse(ana).post(page(tailspin, name="add_domain"), {"name": "toys.example"})

    assert (names(tailspin)["toys.example"], names(wingtip)["toys.example"]) == ("waiting", "waiting")


def test_a_customer_has_a_hundred_domains_at_most(browse, ana, tailspin):
    Domain.objects.bulk_create(
        Domain(tenant=tailspin.tenant, name=f"d{number}.example", verified_at=None) for number in range(97)
    )
    client = browse(ana)

    response = client.post(page(tailspin, name="add_domain"), {"name": "last.example"})
    sentence = refusal(client, tailspin, "more.example")

    assert (response.status_code, MOST_DOMAINS, len(names(tailspin))) == (302, 100, 100)
    assert sentence == "This customer has 100 domains, and more are not possible. Remove one that is not needed."


def test_what_was_typed_is_there_again_after_signing_in_again(client, ana, tailspin):
    client.post(page(tailspin, name="add_domain"), {"name": "new.example"})
    client.force_login(ana.user)

    form = client.get(page(tailspin, name="add_domain")).context["form"]

    assert form["name"].value() == "new.example"
    assert len(names(tailspin)) == 2


def test_a_domain_that_waits_is_nobodys_yet(browse, ana, carla, make_customer, contoso, waiting, tailspin):
    Domain.objects.create(tenant=contoso.tenant, name="mail.example", verified_at=None)
    client = browse(ana)

    account = client.get(reverse("customers:account", args=[tailspin.tenant_id]))
    new_user = client.get(reverse("customers:add_user", args=[tailspin.tenant_id])).context["form"]
    edit = reverse("customers:edit_account", args=[tailspin.tenant_id])
    data = {field.html_name: field.value() or "" for field in client.get(edit).context["form"]}
    saved = client.post(edit, data | {"company_name": "Tailspin Games", "email": "casey@mail.example"})

    assert [domain.name for domain in account.context["domains"]] == [
        "tailspintoys.onmicrosoft.com",
        "tailspintoys.com",
    ]
    assert [name for name, _label in new_user.fields["domain"].choices] == [
        "tailspintoys.onmicrosoft.com",
        "tailspintoys.com",
    ]
    assert saved.status_code == 302
    assert found_by(contoso, "tailspintoys.com", browse, ana) == ["Tailspin Games"]
    assert found_by(contoso, "tailspin.example", browse, ana) == []


# ------------------------------------------------------------------------------------------- verifying


def test_a_domain_with_the_proof_is_verified(browse, ana, tailspin, waiting, said):
    said.zone[waiting.name] = ["v=spf1 -all", waiting.proof]

    response = browse(ana).post(page(tailspin, waiting, "verify_domain"), follow=True)

    assert told(response) == ["tailspin.example is verified: users can have their names in it."]
    assert (names(tailspin)[waiting.name], said.asked) == ("verified", [waiting.name])
    assert lines(Deed.DOMAIN_VERIFIED) == [("domain_verified", ana.partner, ana.user, {"Domain": waiting.name})]
    assert found_by(ana.partner, "tailspin.example", browse, ana) == ["Tailspin Toys"]


def test_a_proof_in_several_strings_counts(browse, ana, tailspin, waiting, said):
    said.zone[waiting.name] = [(waiting.proof[:10], waiting.proof[10:])]

    browse(ana).post(page(tailspin, waiting, "verify_domain"))

    assert names(tailspin)[waiting.name] == "verified"


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
def test_without_the_proof_a_sentence_says_what_was_found(browse, ana, tailspin, waiting, said, answer, sentence):
    said.zone[waiting.name] = answer

    response = browse(ana).post(page(tailspin, waiting, "verify_domain"), follow=True)

    assert told(response) == [sentence]
    assert names(tailspin)[waiting.name] == "waiting"
    assert lines(Deed.DOMAIN_VERIFIED) == []


def test_the_proof_of_one_organization_does_not_count_for_another(browse, ana, tailspin, wingtip, waiting, said):
    said.zone[waiting.name] = [waiting_for(wingtip, waiting.name).proof]

    browse(ana).post(page(tailspin, waiting, "verify_domain"))

    assert names(tailspin)[waiting.name] == "waiting"


def test_verifying_twice_asks_once_and_writes_one_line(browse, ana, tailspin, waiting, said):
    said.zone[waiting.name] = [waiting.proof]
    client = browse(ana)

    answers = [client.post(page(tailspin, waiting, "verify_domain"), follow=True) for _click in range(2)]

    assert told(answers[0]) == told(answers[1])
    assert (len(said.asked), len(lines(Deed.DOMAIN_VERIFIED))) == (1, 1)


def test_nobody_verifies_more_than_ten_times_in_a_minute(browse, ana, tailspin, toys):
    client = browse(ana)

    answers = [client.post(page(tailspin, toys, "verify_domain")).status_code for _click in range(22)]

    assert answers[:10] == [302] * 10
    assert 429 in answers


def test_a_domain_that_was_verified_elsewhere_in_the_meantime_is_refused(browse, ana, tailspin, wingtip, waiting, said):
    Domain.objects.create(tenant=wingtip.tenant, name=waiting.name)
    said.zone[waiting.name] = [waiting.proof]

    response = browse(ana).post(page(tailspin, waiting, "verify_domain"), follow=True)

    assert ELSEWHERE % waiting.name in response.content.decode()
    assert names(tailspin)[waiting.name] == "waiting"


def test_a_domain_that_was_removed_while_it_was_asked_for_is_not_verified(ana, tailspin, waiting, said):
    said.zone[waiting.name] = [waiting.proof]
    Domain.objects.filter(pk=waiting.pk).delete()
    again = waiting_for(tailspin)

    with pytest.raises(Refused, match="was removed a moment ago"):
        verify_domain(tailspin, waiting, actor=ana.user)

    assert (again.proof != waiting.proof, names(tailspin)[waiting.name]) == (True, "waiting")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_held_while_the_name_servers_are_asked(ana, tailspin, waiting, said):
    said.zone[waiting.name] = [waiting.proof]
    seen = []

    def look():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT state FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
            )
            seen.append(cursor.fetchall())
        connection.close()

    said.on_question = look
    verify_domain(tailspin, waiting, actor=ana.user)

    assert (seen, names(tailspin)[waiting.name]) == ([[]], "verified")


def at_once(*acts):
    """Do things at the same time, each in a connection of its own; the sentences of those that were refused."""
    barrier, refused = Barrier(len(acts)), []

    def go(act):
        try:
            barrier.wait()
            act()
        except Refused as sentence:
            refused.append(str(sentence))
        finally:
            connection.close()

    threads = [Thread(target=go, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


@pytest.mark.django_db(transaction=True)
def test_of_two_organizations_that_verify_a_domain_at_once_one_gets_it(ana, finn, tailspin, wingtip, waiting, said):
    other = waiting_for(wingtip, waiting.name)
    said.zone[waiting.name] = [waiting.proof, other.proof]

    refused = at_once(
        lambda: verify_domain(tailspin, waiting, actor=ana.user),
        lambda: verify_domain(wingtip, other, actor=finn.user),
    )

    assert refused == [ELSEWHERE.replace("&#x27;", "'") % waiting.name]
    assert sorted([names(tailspin)[waiting.name], names(wingtip)[waiting.name]]) == ["verified", "waiting"]
    assert len(lines(Deed.DOMAIN_VERIFIED)) == 1


# --------------------------------------------------------------------------------------- the primary one


def test_another_domain_becomes_the_primary_one_in_the_lists_of_all_partners(browse, ana, finn, tailspin, theirs, toys):
    user = user_of(tailspin, f"adele@{tailspin.domain}")

    response = browse(ana).post(page(tailspin, toys, "make_domain_primary"), follow=True)

    assert told(response) == ["tailspintoys.com is the primary domain now. Users keep their names."]
    assert names(tailspin) == {"tailspintoys.onmicrosoft.com": "verified", "tailspintoys.com": "primary"}
    accounts = Customer.objects.filter(tenant=tailspin.tenant)
    assert set(accounts.values_list("domain", flat=True)) == {"tailspintoys.com"}
    assert set(SearchEntry.objects.values_list("domain", flat=True)) == {"tailspintoys.com"}
    for staff, name in ((ana, "Tailspin Toys"), (finn, "Tailspin of Fabrikam")):
        for domain in ("tailspintoys.com", "tailspintoys.onmicrosoft.com"):
            assert found_by(staff.partner, domain, browse, staff) == [name]
    user.refresh_from_db()
    assert user.principal_name == "adele@tailspintoys.onmicrosoft.com"


def test_every_partner_reads_of_it_and_none_reads_a_strangers_name(browse, ana, finn, tailspin, theirs, toys):
    browse(ana).post(page(tailspin, toys, "make_domain_primary"))

    details = {"Primary domain": ["tailspintoys.onmicrosoft.com", "tailspintoys.com"]}
    assert lines(Deed.DOMAIN_MADE_PRIMARY) == [
        ("domain_made_primary", ana.partner, ana.user, details),
        ("domain_made_primary", finn.partner, None, details),
    ]
    assert set(Activity.objects.values_list("actor_name", flat=True)) == {ana.user.principal_name, ""}


def test_a_partner_who_serves_the_customer_no_more_reads_nothing(browse, ana, tailspin, theirs, toys):
    Customer.objects.filter(pk=theirs.pk).update(ended_at=timezone.now())

    browse(ana).post(page(tailspin, toys, "make_domain_primary"))

    assert [partner for _deed, partner, _actor, _details in lines(Deed.DOMAIN_MADE_PRIMARY)] == [ana.partner]


def test_a_domain_that_waits_for_proof_cannot_be_the_primary_one(browse, ana, tailspin, waiting):
    response = browse(ana).post(page(tailspin, waiting, "make_domain_primary"), follow=True)

    assert told(response) == ["Only a verified domain can be the primary one. Verify tailspin.example first."]
    assert names(tailspin)["tailspintoys.onmicrosoft.com"] == "primary"


def test_the_database_has_no_primary_domain_without_proof(tailspin, waiting):
    tailspin.tenant.domains.update(is_primary=False)

    with pytest.raises(IntegrityError, match="a_primary_domain_is_verified"), transaction.atomic():
        Domain.objects.filter(pk=waiting.pk).update(is_primary=True)


def test_making_a_domain_primary_twice_writes_one_line(browse, ana, tailspin, toys):
    client = browse(ana)

    for _click in range(2):
        client.post(page(tailspin, toys, "make_domain_primary"))

    assert len(lines(Deed.DOMAIN_MADE_PRIMARY)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_domains_that_are_made_primary_at_once_one_is_and_every_list_says_so(ana, finn, tailspin, theirs, toys):
    other = Domain.objects.create(tenant=tailspin.tenant, name="other.example")

    refused = at_once(
        lambda: make_primary(tailspin, toys, actor=ana.user),
        lambda: make_primary(theirs, other, actor=finn.user),
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
def test_a_customer_that_somebody_holds_is_not_waited_for_long(ana, tailspin, toys):
    with transaction.atomic():
        Customer.objects.select_for_update().get(pk=tailspin.pk)
        refused = at_once(lambda: make_primary(tailspin, toys, actor=ana.user))

    assert refused == ["Somebody else is changing this customer right now. Try again in a moment."]
    assert names(tailspin)["tailspintoys.com"] == "verified"


# ------------------------------------------------------------------------------------------- removing


def test_a_domain_is_removed_after_a_question_and_free_for_others(browse, ana, tailspin, wingtip, toys, said):
    client = browse(ana)
    asked = client.get(page(tailspin, toys, "remove_domain"))
    before = names(tailspin)

    response = client.post(page(tailspin, toys, "remove_domain"), follow=True)
    domain = add_domain(wingtip, "tailspintoys.com", actor=ana.user)
    said.zone[domain.name] = [domain.proof]
    verify_domain(wingtip, domain, actor=ana.user)

    assert "Remove tailspintoys.com?" in asked.content.decode()
    assert (before["tailspintoys.com"], told(response)) == ("verified", ["tailspintoys.com was removed."])
    assert names(tailspin) == {"tailspintoys.onmicrosoft.com": "primary"}
    assert names(wingtip)["tailspintoys.com"] == "verified"
    assert lines(Deed.DOMAIN_REMOVED) == [("domain_removed", ana.partner, ana.user, {"Domain": "tailspintoys.com"})]


def test_nobody_finds_the_customer_by_a_domain_that_was_removed(browse, ana, tailspin, toys):
    make_primary(tailspin, toys, actor=ana.user)
    make_primary(tailspin, tailspin.tenant.domains.get(name="tailspintoys.onmicrosoft.com"), actor=ana.user)
    before = found_by(ana.partner, "tailspintoys.com", browse, ana)

    browse(ana).post(page(tailspin, toys, "remove_domain"))

    assert (before, found_by(ana.partner, "tailspintoys.com", browse, ana)) == (["Tailspin Toys"], [])


PRIMARY = "The primary domain stays. Make another one primary first."
GIVEN = "This domain came with the organization and stays."
ONE_USER = "1 user has a name in this domain. Names of deleted users count until they are gone for good."
TWO_USERS = "2 users have names in this domain. Names of deleted users count until they are gone for good."


def test_the_primary_domain_stays(browse, ana, tailspin, toys):
    make_primary(tailspin, toys, actor=ana.user)

    assert stays(browse(ana), tailspin, toys) == PRIMARY


def test_the_domain_that_came_with_the_organization_stays(browse, ana, tailspin, toys):
    make_primary(tailspin, toys, actor=ana.user)

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
def test_a_domain_with_names_of_users_stays(browse, ana, tailspin, toys, deleted_days, sentence):
    for number, days in enumerate(deleted_days):
        user_of(tailspin, f"user{number}@tailspintoys.com", deleted_days=days)

    assert stays(browse(ana), tailspin, toys) == sentence


def test_names_in_a_domain_below_do_not_keep_the_domain_above(browse, ana, tailspin, toys):
    user_of(tailspin, "adele@eu.tailspintoys.com")
    user_of(tailspin, "adele@mytailspintoys.com")

    browse(ana).post(page(tailspin, toys, "remove_domain"))

    assert "tailspintoys.com" not in names(tailspin)


@pytest.mark.parametrize("started", [False, True])
def test_a_domain_in_which_users_are_about_to_be_created_stays(browse, ana, tailspin, toys, started):
    client = browse(ana)
    user_import = uploaded(client, tailspin, content_of(GOOD))
    if started:
        start_creation(user_import, location="US", skip_faulty=False, actor=ana.user)

    response = client.post(page(tailspin, toys, "remove_domain"), follow=True)

    assert told(response) == [
        "An uploaded file is about to create users with names in this domain. Let it finish, or discard the file."
    ]
    assert names(tailspin)["tailspintoys.com"] == "verified"


def test_a_domain_that_waits_for_proof_is_removed(browse, ana, tailspin, waiting):
    browse(ana).post(page(tailspin, waiting, "remove_domain"))

    assert waiting.name not in names(tailspin)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_remove_a_domain_at_once_one_is_told_that_it_is_gone(ana, tailspin, toys):
    refused = at_once(*[lambda: remove_domain(tailspin, toys, actor=ana.user)] * 2)

    assert refused == ["tailspintoys.com was removed a moment ago."]
    assert len(lines(Deed.DOMAIN_REMOVED)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_domain_does_not_become_primary_and_go_at_once(ana, tailspin, toys):
    at_once(
        lambda: make_primary(tailspin, toys, actor=ana.user),
        lambda: remove_domain(tailspin, toys, actor=ana.user),
    )

    primary = Domain.objects.get(tenant=tailspin.tenant, is_primary=True)
    assert Customer.objects.get(pk=tailspin.pk).domain == primary.name


# ------------------------------------------------------------------------- what the database guards


def test_two_organizations_cannot_both_have_a_verified_domain(wingtip, toys):
    with pytest.raises(IntegrityError, match="a_verified_domain_belongs_to_one_tenant"), transaction.atomic():
        Domain.objects.create(tenant=wingtip.tenant, name=toys.name)


def test_an_organization_has_a_domain_once(tailspin, toys):
    with pytest.raises(IntegrityError, match="a_tenant_has_a_domain_once"), transaction.atomic():
        waiting_for(tailspin, toys.name)


def test_what_waits_for_proof_can_be_proved(tailspin):
    with pytest.raises(IntegrityError, match="what_waits_for_proof_can_be_proved"), transaction.atomic():
        Domain.objects.create(tenant=tailspin.tenant, name="new.example", verified_at=None, proof="")
