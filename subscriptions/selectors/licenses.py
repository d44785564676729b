"""Questions about seats and who has them. Each begins with a customer that a partner already got, or with a user."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from customers.models import Customer
from customers.selectors.users import by_keys, present
from partnercenter.directory.models import User
from partnercenter.web.keyset import Order
from subscriptions.catalog import CATALOG
from subscriptions.models import License, LicenseChange, LicenseResult, Subscription
from subscriptions.selectors.subscriptions import not_ended, subscriptions_of

# Whose seats are given to users; what else is bought by number serves the whole organization.
ASSIGNED_OFFERS: Final = tuple(offer.id for offer in CATALOG.values() if offer.is_assigned)

# The order of the results of a change: as the users were selected.
RESULT_ORDER: Final = Order(("id",))


class Headcount(NamedTuple):
    """How many of some users there are, and of how many of them nobody said where they are: they get no license."""

    users: int
    nowhere: int


def products_of(customer: Customer) -> QuerySet[Subscription]:
    """The subscriptions of this account whose seats are given to users, and that have not ended.

    What a provider sold to the customer with a reseller on record is the reseller's to assign as well.
    """
    return subscriptions_of(customer).filter(not_ended(), offer_id__in=ASSIGNED_OFFERS)


def held_now() -> QuerySet[License]:
    """The licenses that users have; what a deleted user had is free for others."""
    return License.objects.filter(freed_at=None)


def holders_of(users: QuerySet[User], subscription_id: UUID) -> QuerySet[User]:
    """Those of the users who have a license of a subscription."""
    return users.filter(pk__in=held_now().filter(subscription=subscription_id).values("user_id"))


def without_license(users: QuerySet[User], subscription_ids: Collection[UUID]) -> QuerySet[User]:
    """Those of the users who have a license of none of some subscriptions.

    These are named one by one: as a query inside the query they would be looked up again for each user.
    """
    through_one = held_now().filter(user=OuterRef("pk"), subscription__in=subscription_ids)
    return users.filter(~Exists(through_one))


def license_counts(subscriptions: Collection[Subscription], user_ids: Collection[UUID]) -> dict[UUID, Headcount]:
    """How many of these users have a license, by the subscription; those of which nobody has one are left out."""
    users = RawSQL("SELECT unnest(%s::uuid[])", [[*user_ids]])
    found = held_now().filter(subscription__in=[one.pk for one in subscriptions], user_id__in=users)
    counts = found.values_list("subscription").annotate(
        having=Count("pk"), nowhere=Count("pk", filter=Q(user__location=""))
    )
    return {pk: Headcount(having, nowhere) for pk, having, nowhere in counts.order_by()}


def headcount(customer: Customer, user_ids: Collection[UUID]) -> Headcount:
    """How many of these users are there, as users of a customer."""
    there = present(customer)
    counts = by_keys(user_ids).aggregate(
        users=Count("pk", filter=there), nowhere=Count("pk", filter=there & Q(location=""))
    )
    return Headcount(**counts)


def in_order_of_names(user_ids: Collection[UUID]) -> list[UUID]:
    """The same users in the order in which the list shows them; whoever is not there any more comes last."""
    named = by_keys(user_ids).order_by("name_key", "pk").values_list("pk", flat=True)
    return [*dict.fromkeys([*named, *user_ids])]


def licenses_of(customer: Customer, user: User) -> QuerySet[License]:
    """The licenses of a user through this account; of a deleted one those that a restored user gets back."""
    licenses = License.objects.filter(user=user, freed_at__isnull=user.deleted_at is None)
    return _in_order(licenses.filter(subscription__in=products_of(customer)))


def own_licenses(user: User) -> QuerySet[License]:
    """The licenses that somebody has, through whatever partner."""
    return _in_order(held_now().filter(user=user))


def _in_order(licenses: QuerySet[License]) -> QuerySet[License]:
    return licenses.select_related("subscription").order_by("subscription__name_key", "subscription")


def license_changes_of(customer: Customer) -> QuerySet[LicenseChange]:
    """What was done with licenses of users through this account; who was chosen may be many and is not read."""
    changes = LicenseChange.objects.filter(customer=customer).defer("user_ids")
    return changes.select_related("customer", "requested_by", "job")


def latest_changes_of(customer: Customer, count: int) -> QuerySet[LicenseChange]:
    """The last changes, the newest one first."""
    return license_changes_of(customer).order_by("-requested_at")[:count]


def products_in(changes: Iterable[LicenseChange]) -> dict[UUID, str]:
    """The names of the products that are assigned or revoked by some changes, in their order."""
    ids = {pk for change in changes for pk in (*change.assign, *change.revoke)}
    return dict(Subscription.objects.filter(pk__in=ids).order_by("name_key", "pk").values_list("pk", "name"))


def outcome_counts(change: LicenseChange) -> dict[str, int]:
    """How many results of a change there are of each outcome."""
    return dict(change.results.order_by().values_list("outcome").annotate(count=Count("pk")))


def short_products(change: LicenseChange) -> QuerySet[Subscription]:
    """The products of which somebody got no seat in a change, as far as they can still be assigned."""
    without = change.results.filter(outcome=LicenseResult.Outcome.NO_SEAT)
    return products_of(change.customer).filter(pk__in=without.values("subscription")).order_by("name_key", "pk")


def results_of(change: LicenseChange, *, only_left: bool = False) -> QuerySet[LicenseResult]:
    """What came of each license, with the names of the user and the product.

    Only people of the customer are named: whoever asked for somebody else learns nothing of them.
    """
    users = User.objects.filter(pk=OuterRef("user_id"), tenant_id=change.customer.tenant_id)
    results = change.results.filter(outcome__in=LicenseResult.LEFT) if only_left else change.results.all()
    return results.select_related("subscription").annotate(
        display_name=Subquery(users.values("display_name")),
        principal_name=Subquery(users.values("principal_name")),
        is_known=Exists(users),
    )
