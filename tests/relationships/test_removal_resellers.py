"""A provider ends a relationship, and with it what its reseller is to the customer; a reseller ends its own."""

import pytest
from django.urls import reverse

from customers.models import Customer
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.jobs.services import run_job
from partnercenter.notifications.models import Notification
from relationships.models import PastRelationship
from subscriptions.models import Subscription
from subscriptions.services.subscription_changes import start_subscription_change
from subscriptions.services.subscriptions import reactivate_subscription
from tests.removing import now_of, remove
from tests.subscribing import (
    subscribe,
)

E3 = "Office 365 Enterprise E3"


class TestProvidersAndResellers:
    def test_the_reseller_of_a_customer_loses_it_too(self, shared, nora, adam, northwind):
        account, served = shared

        remove(account, nora)

        assert now_of(served).ended_at == now_of(account).ended_at
        past = PastRelationship.objects.get(customer=served)
        assert (past.relationships, past.between, past.ended_by, past.reason) == (
            ["indirect_reseller"],
            northwind,
            None,
            "",
        )
        line = Activity.objects.get(partner=served.partner)
        assert (line.deed, line.actor, line.details) == (
            Deed.RELATIONSHIP_ENDED,
            None,
            {"Indirect provider": "Northwind"},
        )
        told = Notification.objects.get(user=adam.user)
        assert str(told) == "Northwind ended its relationship with Proseware, which you served through it."
        assert told.url == reverse("former:customer", args=[served.tenant_id])

    def test_a_reseller_keeps_what_it_sells_itself(self, shared, nora, adam):
        account, served = shared
        Customer.objects.filter(pk=served.pk).update(relationships=["cloud_reseller", "indirect_reseller"])
        subscribe(served, E3)

        remove(account, nora)

        kept = now_of(served)
        assert (kept.ended_at, kept.relationships, kept.provider) == (None, ["cloud_reseller"], None)
        assert kept.has_admin_privileges
        assert PastRelationship.objects.get(customer=served).relationships == ["indirect_reseller"]
        assert Notification.objects.get(user=adam.user).url == reverse("customers:account", args=[served.tenant_id])

    def test_a_reseller_cannot_remove_what_its_provider_has(self, shared, adam):
        _account, served = shared

        with pytest.raises(Refused, match="Northwind sells to this customer"):
            remove(served, adam)

    def test_a_reseller_removes_its_own_relationship_and_goes_on_through_the_provider(self, shared, adam, northwind):
        _account, served = shared
        pia = User.objects.create_user(
            "pia@proseware.onmicrosoft.com", display_name="Pia", tenant=served.tenant, role="global_admin"
        )
        Customer.objects.filter(pk=served.pk).update(relationships=["cloud_reseller", "indirect_reseller"])
        own = subscribe(served, E3, status="suspended")

        assert remove(now_of(served), adam)

        kept = now_of(served)
        assert (kept.ended_at, kept.relationships, kept.provider) == (None, ["indirect_reseller"], northwind)
        assert kept.has_admin_privileges
        assert (
            str(Notification.objects.get(user=pia))
            == "Adatum no longer sells to Proseware. It still serves it through Northwind."
        )
        with pytest.raises(Refused, match="You do not sell to this customer any more"):
            reactivate_subscription(own, customer=now_of(served), actor=adam.user)
        chosen = Subscription.objects.filter(pk=own.pk)
        change = start_subscription_change(served.partner, chosen, "reactivate", actor=adam.user)
        run_job(change.job_id)
        own.refresh_from_db()
        assert own.status == "suspended"
