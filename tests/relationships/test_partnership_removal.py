"""Either side ends a partnership; what the two have together stays as it is."""

import pytest
from django.urls import reverse

from partnercenter.activity.models import Activity, Deed
from partnercenter.notifications.models import Notification
from relationships.models import Partnership
from tests.pages import fingerprint
from tests.subscribing import subscribe

TOUCHED = {
    "relationships_partnership",
    "activity_activity",
    "notifications_notification",
    "notifications_mail",
}


@pytest.fixture
def wingtip(northwind, adatum, make_customer):
    """A customer of the provider with a subscription, which Adatum serves."""
    own = make_customer(northwind, "Wingtip Toys", reseller=adatum)
    make_customer(
        adatum,
        "Wingtip Toys",
        tenant=own.tenant,
        domain=own.domain,
        provider=northwind,
        relationships=["indirect_reseller"],
    )
    subscribe(own, "Office 365 Enterprise E3", reseller=adatum)
    return own


def removal(partnership):
    return reverse("partnerships:remove", args=[partnership.pk])


def told(response):
    return [str(message) for message in response.context["messages"]]


@pytest.mark.parametrize(
    ("person", "other", "question"),
    [
        ("nora", "adam", "The 1 customer that Adatum serves as your reseller stays with both of you"),
        ("adam", "nora", "The 1 customer that you serve through Northwind stays with both of you"),
    ],
)
def test_either_side_ends_it_after_reading_what_happens(browse, request, partnership, wingtip, person, other, question):
    ends, told_of_it = request.getfixturevalue(person), request.getfixturevalue(other)
    client = browse(ends)

    asked = client.get(removal(partnership)).content.decode()
    answers = [told(client.post(removal(partnership), follow=True)) for _click in range(2)]

    partnership.refresh_from_db()
    lines = Activity.objects.filter(deed=Deed.PARTNERSHIP_REMOVED).values_list("partner__tenant__name", flat=True)
    name = str(told_of_it.partner)
    assert question in asked
    assert "Delegated admin privileges stay as they are." in asked
    assert answers == [
        [f"The partnership with {name} has ended. Customers and delegated admin privileges are as they were."],
        [f"The partnership with {name} had ended before."],
    ]
    assert (partnership.status, partnership.ended_by) == ("removed", ends.user)
    assert sorted(lines) == ["Adatum", "Northwind"]
    [notice] = Notification.objects.all()
    assert notice.user == told_of_it.user
    assert str(notice).startswith(f"{ends.partner} removed the partnership with you. Customers and delegated")


def test_customers_privileges_and_subscriptions_stay_as_they_are(browse, nora, partnership, wingtip):
    client = browse(nora)
    before = fingerprint()

    client.post(removal(partnership))

    after = fingerprint()
    assert {table for table in after if after[table] != before[table]} <= TOUCHED
    assert Partnership.objects.get().status == "removed"


def test_both_still_find_it_among_what_has_ended(browse, nora, adam, partnership, wingtip):
    browse(nora).post(removal(partnership))
    lists = [browse(person).get("/relationships/partnerships/?state=ended") for person in (nora, adam)]

    found = [[(str(row.other), row.served) for row in answer.context["table"].records] for answer in lists]

    assert found == [[("Adatum", 1)], [("Northwind", 1)]]
