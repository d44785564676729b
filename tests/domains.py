"""The domains of a customer, as tests make them and look at them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from partnercenter.activity.models import Activity
from partnercenter.directory.models import Domain, Tenant, User
from partnercenter.errors import Refused
from tests.faults.waiting import row_is_waited_for, wait_until

ELSEWHERE = (
    "%s belongs to another organization, which has verified it. If it should be this customer's, it has to be removed "
    "there first."
)


def waiting_for(customer, name="tailspin.example"):
    return Domain.objects.create(tenant=customer.tenant, name=name, verified_at=None, added_at=timezone.now())


def user_of(customer, principal_name, deleted_days=None):
    moment = None if deleted_days is None else timezone.now() - timedelta(days=deleted_days)
    return User.objects.create_user(
        principal_name, display_name=principal_name, tenant=customer.tenant, deleted_at=moment
    )


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


def found_by(client, text):
    """The customers in a partner's list that a search finds."""
    return [record.name for record in client.get("/customers/", {"q": text}).context["table"].records]


def told(response):
    """What the page says came of an act, after it led there."""
    return [str(message) for message in response.context["messages"]]


def at_once(*acts, behind=None):
    """Do things at the same time, each in a connection of its own; the sentences of those that were refused.

    Anything else that is raised is raised here. `behind` is an organization that is held until all of them wait.
    """
    barrier = Barrier(len(acts))

    def go(act):
        try:
            barrier.wait()
            act()
        except Refused as sentence:
            return str(sentence)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads, transaction.atomic():
        if behind:
            Tenant.objects.select_for_update(no_key=True).get(pk=behind.pk)
        done = threads.map(go, acts)
        if behind:
            wait_until(row_is_waited_for(by=len(acts)), seconds=10)
    return [sentence for sentence in done if sentence]
