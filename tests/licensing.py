"""Licenses of users, as tests look at them."""

from django.urls import reverse

from subscriptions.models import License, LicenseResult, Subscription

E3 = "Office 365 Enterprise E3"
E5 = "Office 365 Enterprise E5"


def address(customer, name="licenses", *parts):
    return reverse(f"subscriptions:{name}", args=[customer.tenant_id, *parts])


def holders(subscription):
    """The users who have a license of a subscription."""
    return set(License.objects.filter(subscription=subscription, freed_at=None).values_list("user_id", flat=True))


def assigned(subscription):
    """How many licenses are assigned, as the subscription has counted them."""
    return Subscription.objects.get(pk=subscription.pk).assigned


def results(change):
    """What came of each license of a change, by user and outcome."""
    rows = LicenseResult.objects.filter(change=change).order_by("id")
    return list(rows.values_list("user_id", "outcome"))


def outcomes(found):
    return [outcome for _user, outcome in found]
