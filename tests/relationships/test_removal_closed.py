"""After the end nobody acts through an account any more, from whatever page, and what runs stops and says why."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from customers import tasks as customer_tasks
from customers.models import Customer, UserImport
from customers.services.accounts import bill_to_values, update_account
from customers.services.agreements import ATTESTED, attest_agreement, attested
from customers.services.domains import add_domain
from customers.services.holding import ENDED, RelationshipEnded
from customers.services.passwords import start_handout
from customers.services.privileges import grant_privileges
from customers.services.qualifications import change_qualification, stated
from customers.services.row_corrections import correct_row
from customers.services.tags import change_tags, create_tag
from customers.services.user_adding import add_user
from customers.services.user_changes import change_user, start_user_change
from customers.services.user_imports import read_again, start_creation, upload_users
from customers.services.users import reset_password
from partnercenter.activity.models import Activity
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import run_job
from subscriptions.models import Order, RoleAssignment, Subscription
from subscriptions.services.azure import assign_role, remove_role
from subscriptions.services.license_changes import change_licenses
from subscriptions.services.orders import add_line, place_order
from subscriptions.services.reservations import cancel_all_reservations, cancel_reservation, change_reservation
from subscriptions.services.software import cancel_all_software, cancel_software
from subscriptions.services.subscription_changes import start_subscription_change
from subscriptions.services.subscriptions import change_subscription, reactivate_subscription
from tests.pages import fingerprint
from tests.subscribing import OFFERS, azure_plan, azure_subscription, buy_software, reserve, subscribe
from tests.uploads import people
from tests.users import make_many_users

E3 = "Office 365 Enterprise E3"
FAULTY = b"First name,Last name,Display name,Email\n,,,noa@tailspintoys.com\n,,Ben,ben@tailspintoys.com\n"


@pytest.fixture
def world(tailspin, ana, contoso, tara):
    """What a customer has when the relationship ends, as pages that are open at that moment hold it."""
    plan = azure_plan(tailspin, status="suspended")
    azure = azure_subscription(plan, status="suspended")
    order = Order.objects.create(customer=tailspin, made_by=ana.user)
    found = {
        "customer": tailspin,
        "actor": ana.user,
        "admin": tara,
        "tag": create_tag(contoso, name="VIP", color="blue", actor=ana.user),
        "file": upload_users(tailspin, file_name="a.csv", content=people(2), actor=ana.user),
        "faulty": upload_users(tailspin, file_name="b.csv", content=FAULTY, actor=ana.user),
        "user": User.objects.get(pk=make_many_users(tailspin, 1)[0]),
        "office": subscribe(tailspin, E3, status="suspended"),
        "azure": azure,
        "role": RoleAssignment.objects.create(subscription=azure, partner=contoso, role="owner"),
        "reservation": reserve(tailspin, azure),
        "software": buy_software(tailspin),
        "order": order,
    }
    Customer.objects.filter(pk=tailspin.pk).update(ended_at=timezone.now(), admin_privileges_ended_at=timezone.now())
    return found


def changed_account(w):
    bill_to = bill_to_values(w["customer"].bill_to) | {"city": "Seattle"}
    return update_account(w["customer"], bill_to, version=w["customer"].version, actor=w["actor"])


def attested_anew(w):
    values = dict.fromkeys(ATTESTED, "2026-01-01")
    seen = attested(w["customer"].agreement)
    return attest_agreement(w["customer"], values, seen=seen, actor=w["actor"])


def qualified(w):
    before = stated(w["customer"])
    return change_qualification(w["customer"], before | {"qualification": "education"}, seen=before, actor=w["actor"])


ACTS = {
    "the account": changed_account,
    "the agreement": attested_anew,
    "the qualification": qualified,
    "a domain": lambda w: add_domain(w["customer"], "tailspin.example", actor=w["actor"]),
    "a new user": lambda w: add_user(
        w["customer"],
        {"display_name": "Kim"},
        principal_name="new@tailspintoys.com",
        user_id=uuid.uuid4(),
        actor=w["actor"],
    ),
    "a user": lambda w: change_user(w["customer"], w["user"], "block", actor=w["actor"]),
    "many users": lambda w: start_user_change(w["customer"], [w["user"].pk], "block", url="/", actor=w["actor"]),
    "a password": lambda w: reset_password(w["customer"], w["user"], seen="", actor=w["actor"]),
    "many passwords": lambda w: start_handout(w["customer"], [w["user"].pk], actor=w["actor"]),
    "an upload": lambda w: upload_users(w["customer"], file_name="c.csv", content=people(1), actor=w["actor"]),
    "a file that is read again": lambda w: read_again(w["file"], encoding="utf-8", delimiter=",", actor=w["actor"]),
    "a row that is corrected": lambda w: correct_row(
        w["faulty"], 1, cells={"display_name": "Noa", "email": "noa@tailspintoys.com"}, actor=w["actor"]
    ),
    "a file that is started": lambda w: start_creation(w["file"], location="US", skip_faulty=False, actor=w["actor"]),
    "licenses": lambda w: change_licenses(w["customer"], [w["user"].pk], assign=[w["office"].pk], actor=w["actor"]),
    "a subscription": lambda w: change_subscription(
        w["office"], {"name": "Mail"}, customer=w["customer"], seen="1", actor=w["actor"]
    ),
    "a reactivation": lambda w: reactivate_subscription(w["office"], customer=w["customer"], actor=w["actor"]),
    "many reactivations": lambda w: start_subscription_change(
        w["customer"].partner,
        Subscription.objects.filter(pk=w["office"].pk),
        "reactivate",
        customer=w["customer"],
        actor=w["actor"],
    ),
    "a role": lambda w: assign_role(
        w["azure"], w["customer"].partner, "reader", customer=w["customer"], actor=w["actor"]
    ),
    "a role that is taken away": lambda w: remove_role(w["role"], customer=w["customer"], actor=w["actor"]),
    "a reservation": lambda w: change_reservation(
        w["reservation"], name="New", azure=None, shared=True, seen="", actor=w["actor"]
    ),
    "a reservation that is canceled": lambda w: cancel_reservation(w["reservation"], actor=w["actor"]),
    "all reservations": lambda w: cancel_all_reservations(w["customer"], actor=w["actor"]),
    "software": lambda w: cancel_software(w["software"], actor=w["actor"]),
    "all software": lambda w: cancel_all_software(w["customer"], actor=w["actor"]),
    "an order that is filled": lambda w: add_line(w["customer"], OFFERS[E3], actor=w["actor"]),
    "an order": lambda w: place_order(w["order"], actor=w["actor"]),
    "privileges": lambda w: grant_privileges(w["customer"], actor=w["admin"]),
}


@pytest.mark.parametrize("what", ACTS)
def test_nothing_is_changed_any_more(what, world):
    before = fingerprint()

    with pytest.raises(Refused):
        ACTS[what](world)

    assert fingerprint() == before


def test_tags_are_not_changed_any_more(world):
    customer = world["customer"]

    change_tags(customer.partner, [customer.tenant_id], add=[world["tag"]], remove=[], actor=world["actor"])

    assert Customer.objects.get(pk=customer.pk).tag_ids == []


def test_the_form_of_a_page_that_was_open_says_why(tailspin, browse, ana, monkeypatch):
    """The relationship ends between the moment at which the page finds the customer and the one at which it saves."""
    from customers.views import agreement as page

    def ended_meanwhile(*args, **kwargs):
        Customer.objects.update(ended_at=timezone.now())
        return attest_agreement(*args, **kwargs)

    monkeypatch.setattr(page, "attest_agreement", ended_meanwhile)
    sent = {
        "first_name": "Kim",
        "last_name": "Lee",
        "email": "kim@example.com",
        "accepted_on": "2026-01-02",
        "seen": "",
    }
    sent["seen"] = (
        browse(ana).get(reverse("customers:agreement", args=[tailspin.tenant_id])).context["form"]["seen"].value()
    )

    answer = browse(ana).post(reverse("customers:agreement", args=[tailspin.tenant_id]), sent)

    assert answer.status_code == 422
    assert str(ENDED) in answer.content.decode()


class TestJobs:
    """What runs when a provider ends what its reseller has stops at the next chunk."""

    def test_the_creation_of_users(self, tailspin, ana, monkeypatch, browse):
        file = upload_users(tailspin, file_name="users.csv", content=people(5), actor=ana.user)
        job = start_creation(file, location="US", skip_faulty=False, actor=ana.user).job
        real = customer_tasks.create_next_users

        def then_the_end(subject):
            progress = real(subject, size=2)
            Customer.objects.update(ended_at=timezone.now())
            return progress

        monkeypatch.setattr(customer_tasks, "create_next_users", then_the_end)

        run_job(job.pk)

        job.refresh_from_db()
        assert (job.status, job.error, job.succeeded) == ("failed", Job.Error.RELATIONSHIP_ENDED, 2)
        assert UserImport.objects.get(pk=file.pk).status == "failed"
        words = browse(ana).get(reverse("jobs:job", args=[job.pk])).content.decode()
        assert "The relationship with the customer has ended." in words

    def test_a_change_of_many_users(self, tailspin, ana):
        ids = make_many_users(tailspin, 2)
        job = start_user_change(tailspin, ids, "block", url="/", actor=ana.user)
        Customer.objects.update(ended_at=timezone.now())

        run_job(job.pk)

        job.refresh_from_db()
        assert (job.status, job.error) == ("failed", Job.Error.RELATIONSHIP_ENDED)
        assert not User.objects.filter(pk__in=ids, blocked_at__isnull=False).exists()

    def test_a_change_of_subscriptions_leaves_those_of_the_customer(self, tailspin, ana, contoso):
        office = subscribe(tailspin, E3, status="suspended")
        chosen = Subscription.objects.filter(pk=office.pk)
        change = start_subscription_change(contoso, chosen, "reactivate", customer=tailspin, actor=ana.user)
        Customer.objects.update(ended_at=timezone.now())

        run_job(change.job_id)

        assert change.items.get().outcome == "gone"
        office.refresh_from_db()
        assert office.status == "suspended"


def test_who_was_refused_because_of_the_end_is_told_so(world):
    with pytest.raises(RelationshipEnded, match=r"has ended\. Request a new one"):
        ACTS["a user"](world)
    assert not Activity.objects.filter(deed="user_blocked").exists()
