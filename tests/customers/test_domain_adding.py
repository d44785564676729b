"""A domain is added to a customer."""

import pytest
from django.urls import reverse

from customers.services.domains import MOST_DOMAINS
from partnercenter.activity.models import Deed
from partnercenter.directory.models import Domain
from tests.domains import ELSEWHERE, found_by, lines, names, page, waiting_for

NO_DOMAIN = (
    "This is not a domain name. Type one such as contoso.com: letters, digits and hyphens, with full stops between "
    "its parts."
)


def test_an_added_domain_waits_for_proof_and_stands_in_the_log(browse, ana, tailspin):
    response = browse(ana).post(page(tailspin, name="add_domain"), {"name": "new.example"}, follow=True)

    domain = Domain.objects.get(name="new.example")
    assert response.redirect_chain == [(page(tailspin), 302)]
    assert (domain.tenant, domain.verified_at, domain.is_primary) == (tailspin.tenant, None, False)
    assert domain.proof in response.content.decode()
    assert lines(Deed.DOMAIN_ADDED) == [("domain_added", ana.partner, ana.user, {"Domain": "new.example"})]


def test_no_two_domains_have_the_same_proof(tailspin, unproved):
    other = waiting_for(tailspin, "other.example")

    assert unproved.proof != other.proof
    assert [len(domain.proof) for domain in (unproved, other)] == [len("partnercenter-verification=") + 22] * 2


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" New.Example. ", "new.example"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("Straße.example", "xn--strae-oqa.example"),
        ("例え.jp", "xn--r8jz45g.jp"),
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        ("a.b.c.example", "a.b.c.example"),
        (" https://New.example/shop?a=b ", "new.example"),
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
def test_a_domain_that_the_customer_has_is_not_added_again(browse, ana, tailspin, unproved, name):
    assert refusal(browse(ana), tailspin, name) == f"This customer has the domain {name.lower()} already."


def test_a_domain_that_another_organization_has_verified_is_not_added(browse, ana, tailspin, wingtip):
    Domain.objects.create(tenant=wingtip.tenant, name="wingtip.example")

    sentence = refusal(browse(ana), tailspin, "wingtip.example")

    assert sentence == ELSEWHERE % "wingtip.example"


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


def test_a_domain_that_waits_is_nobodys_yet(browse, ana, carla, make_customer, contoso, unproved, tailspin):
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
    assert found_by(browse(ana), "tailspintoys.com") == ["Tailspin Games"]
    assert found_by(browse(ana), "tailspin.example") == []
