"""Every page of the portal, from the URLconf itself, and an example of a row for each parameter of their addresses."""

import uuid
from typing import NamedTuple

import pytest
from django.db import connection
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern

from customers.models import SavedView, Tag
from customers.services.passwords import start_handout
from customers.services.user_imports import start_creation, upload_users
from partnercenter.directory.models import User
from partnercenter.jobs.models import Job
from partnercenter.partners.roles import Action
from relationships.models import NewCustomer, Partnership
from subscriptions.models import RoleAssignment, Subscription, Transfer, TransferSignature
from subscriptions.services.license_changes import change_licenses
from subscriptions.services.subscription_changes import start_subscription_change
from tests.asking import ask
from tests.campaigning import upload
from tests.subscribing import azure_plan, azure_subscription, buy_software, order, reserve, subscribe

OURS = ("partnercenter.", "customers.", "subscriptions.", "relationships.")
ACTIONS = {action.value for action in Action}


class Page(NamedTuple):
    access: str
    parameters: tuple[str, ...]


def walk(patterns, namespaces=(), parameters=()):
    """The name of every page of ours, who may use it, and the parameters of its address."""
    for pattern in patterns:
        here = (*parameters, *pattern.pattern.converters)
        if not isinstance(pattern, URLPattern):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from walk(pattern.url_patterns, inner, here)
        elif pattern.callback.__module__.startswith(OURS):
            yield ":".join((*namespaces, pattern.name)), Page(getattr(pattern.callback, "access", ""), here)


PAGES = dict(walk(get_resolver().url_patterns))
GUARDED = [name for name, page in PAGES.items() if page.access in ACTIONS]
NOT_PUBLIC = [name for name, page in PAGES.items() if page.access != "public"]


def with_parameters(count):
    return [name for name in GUARDED if len(PAGES[name].parameters) >= count]


@pytest.fixture
def stranger(make_partner, make_customer, tailspin):
    """The account that another partner, none of the others, has for Tailspin Toys."""
    trey = make_partner("Trey Research")
    return make_customer(trey, "Tailspin Toys", domain=tailspin.domain, tenant=tailspin.tenant)


def transfer_of(source, target):
    """A transfer that the customer has agreed to, without the way to it."""
    admin = User.objects.create_user("tia@tailspintoys.com", display_name="Tia", tenant=source.tenant)
    transfer = Transfer.objects.create(
        source=source,
        target=target,
        source_partner=source.partner,
        target_partner=target.partner,
        asked_by=admin,
        status=Transfer.Status.AWAITING_REVIEW,
    )
    TransferSignature.objects.create(transfer=transfer, party="customer", signed_by=admin, typed_name="Tia")
    return transfer


@pytest.fixture
def example(tailspin, ana, stranger):
    """One row for each parameter that an address can have, all of Contoso's customer Tailspin Toys."""
    user = User.objects.create_user(
        "kim@tailspintoys.com", display_name="Kim", tenant=tailspin.tenant, email="kim@tailspintoys.com"
    )
    content = b"First name,Last name,Display name,Email\nLee,Gu,Lee Gu,lee@tailspintoys.com\n"
    file = upload_users(tailspin, file_name="users.csv", content=content, actor=ana.user)
    start_creation(file, location="US", skip_faulty=False, actor=ana.user)
    job = Job.objects.get()
    view = SavedView.objects.create(partner=ana.partner, owner=ana.user, name="Toys", query="q=toys")
    tag = Tag.objects.create(partner=ana.partner, name="VIP", guid=uuid.uuid4())
    azure = azure_subscription(azure_plan(tailspin))
    e3 = subscribe(tailspin, "Office 365 Enterprise E3")
    chosen = Subscription.objects.filter(pk=e3.pk)
    invitation = Partnership.objects.create(
        provider=ana.partner, email="adam@adatum.com", language="en", invited_by=ana.user
    )
    asked = ask(ana, send=False)
    transfer = transfer_of(tailspin, stranger)
    return {
        "microsoft_id": tailspin.tenant_id,
        "partner_id": ana.partner.pk,
        "user_id": user.pk,
        "import_id": file.pk,
        "handout_id": start_handout(tailspin, [user.pk], actor=ana.user).pk,
        "job_id": job.pk,
        "view_id": view.pk,
        "tag_id": tag.guid,
        "domain_name": "tailspintoys.com",
        "subscription_id": azure.pk,
        "assignment_id": RoleAssignment.objects.create(subscription=azure, user=user, role="reader").pk,
        "reservation_id": reserve(tailspin, azure).pk,
        "purchase_id": buy_software(tailspin).pk,
        "order_id": order(tailspin, ana, "Office 365 Enterprise E3").pk,
        "license_change_id": change_licenses(tailspin, [user.pk], assign=[e3.pk], actor=ana.user).pk,
        "change_id": start_subscription_change(ana.partner, chosen, "suspend", customer=tailspin, actor=ana.user).pk,
        "partnership_id": invitation.pk,
        "invitation_token": invitation.token,
        "request_id": asked.pk,
        "request_token": asked.token,
        "draft_id": NewCustomer.objects.create(partner=ana.partner, made_by=ana.user).pk,
        "transfer_id": transfer.pk,
        "campaign_id": upload(ana, f"{tailspin.tenant_id},{stranger.partner_id},").pk,
        "number": 1,
    }


def address(name, example):
    return reverse(name, kwargs={parameter: example[parameter] for parameter in PAGES[name].parameters})


def fingerprint():
    """What stands in every table but the sessions' and throttles'."""
    with connection.cursor() as cursor:
        tables = [
            table
            for table in connection.introspection.table_names(cursor)
            if table not in ("django_session", "throttle_cache", "usersessions_usersession")
        ]
        rows = {}
        for table in tables:
            cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM \"{table}\" t")
            rows[table] = cursor.fetchone()
    return rows
