"""Azure on its way from Contoso to Fabrikam, as the tests of transfers begin."""

import pytest
from django.urls import reverse

from customers.models import Customer
from subscriptions.models import Party, Subscription, Transfer
from subscriptions.selectors.transfer_tree import Chosen, proposed_for
from subscriptions.services.transfer_review import accept_transfer, confirm_transfer
from subscriptions.services.transfers import Signature, Wish, agree_to_transfer, ask_for_transfer
from tests.conftest import PASSWORD
from tests.subscribing import azure_plan, azure_subscription


def signed(person):
    """The signature of a person, as a page makes it."""
    return Signature(getattr(person, "user", person).display_name, "203.0.113.7", "A browser")


def ask(source, target, person, *, as_=Party.TARGET, token="one", **fields):
    return ask_for_transfer(
        Wish(source, target, as_, token, **fields), signed(person), actor=getattr(person, "user", person)
    )


def agree(transfer, person):
    return agree_to_transfer(transfer, signed(person), actor=getattr(person, "user", person))


def accept(transfer, person, subscriptions=(), reservations=()):
    chosen = Chosen([one.pk for one in subscriptions], [one.pk for one in reservations])
    return accept_transfer(transfer, chosen, signed(person), actor=person.user)


def confirm(transfer, person, *, seen=None):
    """Agree as the second person, to what is chosen now unless something else was `seen`."""
    return confirm_transfer(transfer, seen or proposed_for(transfer), signed(person), actor=person.user)


@pytest.fixture
def source(carla, contoso):
    """Contoso's account for Litware: the one that Azure leaves."""
    return Customer.objects.select_related("partner__tenant", "tenant").get(partner=contoso, tenant=carla.tenant)


@pytest.fixture
def target(source, fabrikam, make_customer):
    """Fabrikam's account for Litware, with an active plan."""
    account = make_customer(fabrikam, "Litware", domain=source.domain, tenant=source.tenant)
    azure_plan(account)
    return account


@pytest.fixture
def azure(source):
    """Three Azure subscriptions of Litware at Contoso, by name."""
    plan = azure_plan(source)
    return {name: azure_subscription(plan, name) for name in ("Production", "Test", "Web shop")}


@pytest.fixture
def asked(source, target, finn):
    """Fabrikam has asked."""
    return ask(source, target, finn)


@pytest.fixture
def agreed(asked, carla):
    """Litware has agreed."""
    agree(asked, carla)
    asked.refresh_from_db()
    return asked


@pytest.fixture
def held(agreed):
    """The transfer that Litware has agreed to, as the review reads it."""
    return Transfer.objects.select_related("source__partner__tenant", "target__partner__tenant").get(pk=agreed.pk)


@pytest.fixture
def anas(browse, ana):
    """Ana's browser, in which she has typed her password again a moment ago."""
    client = browse(ana)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def signing(client, transfer, *, typed_name="Ana", **choice):
    """The form that accepts a choice, as the sheet hands it out."""
    sheet = client.post(reverse("transfers:review", args=[transfer.pk]), {"step": "check", **choice})
    return {"step": "accept", "typed_name": typed_name, "seen": sheet.context["seen"], **choice}


def owner_of(subscription):
    return Subscription.objects.get(pk=subscription.pk).customer
