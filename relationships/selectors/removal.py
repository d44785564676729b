"""What the removal of a relationship ends, and what that means in numbers."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from customers.models import Customer
from partnercenter.partners.models import Partner
from subscriptions.models import Order, RoleAssignment, SoftwarePurchase, Subscription
from subscriptions.selectors.software import software_of
from subscriptions.selectors.subscriptions import not_ended, sold_through

Kind = Customer.Relationship
Status = Subscription.Status


def ending_kinds(customer: Customer) -> list[str]:
    """The relationships that the partner itself can end: all but that of a reseller, which its provider ends."""
    return [kind for kind in customer.relationships if kind != Kind.INDIRECT_RESELLER]


def staying_kinds(customer: Customer) -> list[str]:
    """What goes on when the others have ended: that of a reseller, as long as it has a provider."""
    return [Kind.INDIRECT_RESELLER] if customer.provider_id and Kind.INDIRECT_RESELLER in customer.relationships else []


def served_through(customer: Customer) -> QuerySet[Customer]:
    """The accounts of resellers that serve the same organization through the partner of this account."""
    accounts = Customer.objects.filter(provider=customer.partner_id, tenant=customer.tenant_id, ended_at=None)
    return accounts.select_related("partner__tenant").order_by("pk")


@dataclass(frozen=True)
class Consequences:
    """What a removal does and does not do, in numbers.

    `supported` subscriptions have the partner, or a reseller that goes with it, as their support contact; `suspended`
    and `running_out` ones go on to their ends without anybody who could reactivate them, and `endless` ones, which are
    suspended and have no term, stay like that. `roles` in Azure stay, as does `software` that cannot be given back.
    `drafts` of orders are discarded. `resellers` lose the customer too. `staying` says whether the partner goes on to
    serve it through its provider.
    """

    supported: int
    suspended: int
    endless: int
    running_out: int
    roles: int
    software: int
    drafts: int
    resellers: tuple[Partner, ...]
    staying: bool


def consequences_of(customer: Customer) -> Consequences:
    """What the removal of a relationship means as it is now; five questions, however much the customer has."""
    resellers = tuple(account.partner for account in served_through(customer))
    named = Q(support_contact=None) | Q(support_contact__in=[customer.partner_id, *(one.pk for one in resellers)])
    numbers = sold_through(customer).aggregate(
        supported=Count("pk", filter=not_ended() & named),
        suspended=Count("pk", filter=Q(status=Status.SUSPENDED) & ~Q(term="")),
        endless=Count("pk", filter=Q(status=Status.SUSPENDED, term="")),
        running_out=Count("pk", filter=Q(status__in=[Status.EXPIRED, Status.DISABLED])),
    )
    return Consequences(
        **numbers,
        roles=roles_in(customer, [customer.partner, *resellers]).count(),
        software=software_of(customer).filter(status=SoftwarePurchase.Status.PURCHASED).count(),
        drafts=drafts_for(customer).count(),
        resellers=resellers,
        staying=bool(staying_kinds(customer)),
    )


def roles_in(customer: Customer, partners: list[Partner]) -> QuerySet[RoleAssignment]:
    """The roles that partners hold as foreign principals in the Azure subscriptions of an account."""
    living = sold_through(customer).filter(not_ended())
    return RoleAssignment.objects.filter(subscription__in=living, partner__in=partners)


def drafts_for(customer: Customer) -> QuerySet[Order]:
    """What people are about to order for a customer."""
    return Order.objects.filter(customer=customer, status=Order.Status.DRAFT)
