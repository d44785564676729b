"""What customers have bought, without the way through an order."""

from django.utils import timezone

from subscriptions.catalog import AZURE_PLAN, AZURE_SUBSCRIPTION, CATALOG
from subscriptions.catalog.terms import end_of_term
from subscriptions.models import License, Reservation, SoftwarePurchase, Subscription
from subscriptions.selectors.limits import Limits
from subscriptions.services.orders import add_line, draft_for, place_order
from subscriptions.services.subscriptions import change_subscription, new_subscription, note_seats
from tests.users import make_many_users

# Some names are those of several offers; of these the first one that is sold to everybody is meant.
OFFERS = {}
for offer in CATALOG.values():
    if offer.name not in OFFERS or OFFERS[offer.name].qualification:
        OFFERS[offer.name] = offer


def subscribe(customer, offer, *, quantity=None, parent=None, now=None, **fields):
    """A subscription of a customer to an offer, by its name, bought `now`; `fields` are what else is set in its row."""
    found = OFFERS[offer]
    now = now or timezone.now()
    subscription = new_subscription(customer, found, parent=parent, name=fields.pop("name", ""), now=now)
    subscription.quantity = quantity or found.minimum
    for name, value in fields.items():
        setattr(subscription, name, value)
    subscription.save(force_insert=True)
    note_seats(subscription, now)
    return subscription


def azure_plan(customer, **fields):
    """The Azure plan of a customer."""
    return _azure(customer, AZURE_PLAN, **fields)


def azure_subscription(plan, name="Web shop", **fields):
    """An Azure subscription under a plan, in which nobody has a role."""
    return _azure(plan.customer, AZURE_SUBSCRIPTION, parent=plan, name=name, **fields)


def _azure(customer, offer_id, *, parent=None, name="", **fields):
    now = timezone.now()
    subscription = new_subscription(customer, CATALOG[offer_id], parent=parent, name=name, now=now)
    for field, value in fields.items():
        setattr(subscription, field, value)
    subscription.save(force_insert=True)
    return subscription


def reserve(customer, azure=None, *, offer_id="RI-VM-B2S-P1Y", **fields):
    """A reservation of a customer: shared, or for one Azure subscription."""
    offer, begun_at = CATALOG[offer_id], fields.pop("begun_at", timezone.now())
    values = {
        "name": offer.name,
        "region": "West Europe",
        "quantity": 2,
        "scope": "single" if azure else "shared",
        "azure": azure,
        "billing_cycle": "monthly",
        "term": offer.term,
        "ends_at": end_of_term(begun_at, offer.term),
    }
    return Reservation.objects.create(customer=customer, offer_id=offer_id, begun_at=begun_at, **values | fields)


def buy_software(customer, offer_id="SW-WINSRV-2019-CAL-USER", **fields):
    """Software that a customer has bought."""
    return SoftwarePurchase.objects.create(customer=customer, offer_id=offer_id, **{"quantity": 5} | fields)


def order(customer, staff, *offers):
    """An order of one of each of some offers, by their names, placed by a staff member."""
    for offer in offers:
        add_line(customer, OFFERS[offer], actor=staff.user)
    return place_order(draft_for(customer, actor=staff.user), actor=staff.user)


def subscribe_many(customer, count, offer="Office 365 Enterprise E3", *, name="Office", **fields):
    """Very many subscriptions of a customer to an offer, called Office 00001 and so on; their ids."""
    found, now = OFFERS[offer], timezone.now()
    rows = [new_subscription(customer, found, name=f"{name} {number:05}", now=now) for number in range(1, count + 1)]
    for row in rows:
        row.quantity = found.minimum
        for field, value in {**Subscription.keys(row.name, found.id), **fields}.items():
            setattr(row, field, value)
    return [row.pk for row in Subscription.objects.bulk_create(rows, batch_size=2_000)]


def change(subscription, staff, **values):
    subscription.refresh_from_db()
    return change_subscription(
        subscription, values, customer=subscription.customer, seen=str(subscription.version), actor=staff.user
    )


def act(service, subscription, staff):
    return service(subscription, customer=subscription.customer, actor=staff.user)


def limits(subscription, customer=None, now=None):
    subscription.refresh_from_db()
    return Limits(subscription, customer or subscription.customer, now or timezone.now())


def give(subscription, count):
    users = make_many_users(subscription.customer, count)
    License.objects.bulk_create(License(subscription=subscription, user_id=user) for user in users)
