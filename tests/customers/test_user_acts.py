"""What is done with one user: edit, block and allow sign-in, delete and restore, reset the password."""

import re
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY, authenticate
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.selectors.users import KEPT_FOR, is_last_admin
from customers.services.user_changes import change_user
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.partners.roles import Action, Role, denial
from tests.conftest import PASSWORD
from tests.domains import at_once


@pytest.fixture
def adele(tailspin):
    """A user of Tailspin Toys who signs in."""
    return User.objects.create_user(
        "adele@tailspintoys.com", PASSWORD, display_name="Adele", location="US", tenant=tailspin.tenant
    )


@pytest.fixture
def admin(tailspin):
    """The only global admin of Tailspin Toys."""
    return User.objects.create_user(
        "root@tailspintoys.com",
        PASSWORD,
        display_name="Root",
        location="US",
        tenant=tailspin.tenant,
        role="global_admin",
    )


@pytest.fixture
def confirmed(browse, ana):
    """A browser of Ana in which she has just typed her password again."""
    client = browse(ana)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def page(customer, user, name="user"):
    return reverse(f"customers:{name}", args=[customer.tenant_id, user.pk])


def lines(*deeds):
    return [(line.deed, line.details) for line in Activity.objects.filter(deed__in=deeds).order_by("id")]


def form_of(answer, **changes):
    """What the form of a page sends, with changes."""
    form = answer.context["form"]
    return {name: form[name].value() for name in form.fields} | changes


def test_a_changed_user_is_saved_with_old_and_new_values_in_the_log(browse, ana, tailspin, adele):
    client = browse(ana)
    sent = form_of(client.get(page(tailspin, adele, "edit_user")), display_name="Adele V", role="helpdesk")

    answer = client.post(page(tailspin, adele, "edit_user"), sent)

    adele.refresh_from_db()
    assert answer.url == page(tailspin, adele)
    assert (adele.display_name, adele.role, adele.name_key) == ("Adele V", "helpdesk", "adele v")
    told = {"User": adele.principal_name, "Display name": ["Adele", "Adele V"], "Role": ["User", "Helpdesk"]}
    assert lines(Deed.USER_EDITED) == [("user_edited", told)]


def test_saving_what_is_there_already_writes_no_line(browse, ana, tailspin, adele):
    client = browse(ana)

    client.post(page(tailspin, adele, "edit_user"), form_of(client.get(page(tailspin, adele, "edit_user"))))

    assert lines(Deed.USER_EDITED) == []


def test_of_two_people_who_edit_a_user_the_second_is_told(browse, ana, uri, tailspin, adele):
    sent = form_of(browse(ana).get(page(tailspin, adele, "edit_user")), display_name="Of Ana")
    slower = form_of(browse(uri).get(page(tailspin, adele, "edit_user")), display_name="Of Uri")
    browse(ana).post(page(tailspin, adele, "edit_user"), sent)

    answer = browse(uri).post(page(tailspin, adele, "edit_user"), slower)

    adele.refresh_from_db()
    assert (answer.status_code, adele.display_name) == (422, "Of Ana")
    assert "Somebody else changed this user a moment ago" in answer.content.decode()
    assert 'value="Of Uri"' in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"display_name": ""}, "Type the name under which others find this user."),
        ({"display_name": "x" * 51}, "at most 50 characters"),
        ({"first_name": "A\u200bdele"}, "There are invisible characters in it (U+200B). Type it anew."),
        ({"display_name": "\u0301\u0302"}, "Nothing of this name can be seen."),
        ({"location": ""}, "Choose the country or region where this user is."),
        ({"role": "king"}, "king"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_saved(changes, sentence, browse, ana, tailspin, adele):
    client = browse(ana)
    sent = form_of(client.get(page(tailspin, adele, "edit_user")), **changes)

    answer = client.post(page(tailspin, adele, "edit_user"), sent)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert lines(Deed.USER_EDITED) == []


def test_a_blocked_user_is_signed_out_for_good(browse, ana, tailspin, adele):
    person = Client()
    person.post(reverse("account_login"), {"login": adele.principal_name, "password": PASSWORD})
    assert SESSION_KEY in person.session

    browse(ana).post(page(tailspin, adele, "block_user"))
    browse(ana).post(page(tailspin, adele, "allow_user"))

    answer = person.get(reverse("my:home"))
    assert answer.url.startswith(reverse("account_login"))
    assert UserSession.objects.filter(user=adele).count() == 0
    assert [deed for deed, _details in lines(Deed.USER_BLOCKED, Deed.USER_ALLOWED)] == ["user_blocked", "user_allowed"]


def test_a_blocked_user_cannot_sign_in_until_it_is_allowed(browse, ana, tailspin, adele):
    client = browse(ana)

    client.post(page(tailspin, adele, "block_user"))
    blocked = authenticate(None, username=adele.principal_name, password=PASSWORD)
    client.post(page(tailspin, adele, "allow_user"))
    allowed = authenticate(None, username=adele.principal_name, password=PASSWORD)

    assert (blocked, allowed) == (None, adele)


def test_blocking_twice_is_one_line(browse, ana, tailspin, adele):
    client = browse(ana)

    for _click in range(2):
        client.post(page(tailspin, adele, "block_user"))

    assert len(lines(Deed.USER_BLOCKED)) == 1


def test_a_deleted_user_cannot_sign_in_and_is_restored_as_before(browse, ana, tailspin, adele):
    client = browse(ana)

    client.post(page(tailspin, adele, "delete_user"))
    deleted = authenticate(None, username=adele.principal_name, password=PASSWORD)
    shown = client.get(page(tailspin, adele)).content.decode()
    client.post(page(tailspin, adele, "restore_user"))
    restored = authenticate(None, username=adele.principal_name, password=PASSWORD)

    assert (deleted, restored) == (None, adele)
    assert page(tailspin, adele, "restore_user") in shown
    assert [deed for deed, _details in lines(Deed.USER_DELETED, Deed.USER_RESTORED)] == [
        "user_deleted",
        "user_restored",
    ]


def test_nothing_but_restoring_is_done_with_a_deleted_user(browse, ana, tailspin, adele):
    User.objects.filter(pk=adele.pk).update(deleted_at=timezone.now())
    client = browse(ana)

    codes = {
        client.post(page(tailspin, adele, name)).status_code
        for name in ("edit_user", "block_user", "allow_user", "delete_user", "reset_password")
    }

    assert codes == {404}


def test_nobody_is_restored_after_thirty_days(tailspin, adele, ana):
    User.objects.filter(pk=adele.pk).update(deleted_at=timezone.now() - KEPT_FOR - timedelta(seconds=1))

    with pytest.raises(Refused):
        change_user(tailspin, adele, "restore", actor=ana.user)

    adele.refresh_from_db()
    assert adele.deleted_at is not None


LAST = "last Global admin"


@pytest.mark.parametrize("act", ["block_user", "delete_user"])
def test_the_last_global_admin_who_can_sign_in_is_neither_blocked_nor_deleted(act, browse, ana, tailspin, admin):
    answer = browse(ana).post(page(tailspin, admin, act), follow=True)

    admin.refresh_from_db()
    assert (admin.blocked_at, admin.deleted_at) == (None, None)
    assert "Root is the last Global admin of this customer who can sign in." in answer.content.decode()


def test_the_last_global_admin_keeps_the_role(browse, ana, tailspin, admin):
    client = browse(ana)
    sent = form_of(client.get(page(tailspin, admin, "edit_user")), role="user")

    answer = client.post(page(tailspin, admin, "edit_user"), sent)

    admin.refresh_from_db()
    assert (answer.status_code, admin.role) == (422, "global_admin")
    assert LAST in answer.content.decode()


@pytest.mark.parametrize(
    "other",
    [{"blocked_at": timezone.now()}, {"password": "!none"}, {"deleted_at": timezone.now()}, {"role": "user_admin"}],
)
def test_an_admin_who_cannot_sign_in_does_not_count(other, tailspin, admin, adele):
    User.objects.filter(pk=adele.pk).update(**{"role": "global_admin", **other})

    assert is_last_admin(tailspin, admin)


def test_one_of_two_global_admins_can_go(browse, ana, tailspin, admin, adele):
    User.objects.filter(pk=adele.pk).update(role="global_admin")

    browse(ana).post(page(tailspin, admin, "delete_user"))

    admin.refresh_from_db()
    assert admin.deleted_at is not None


@pytest.mark.django_db(transaction=True)
def test_of_two_global_admins_who_go_at_once_one_stays(tailspin, admin, adele, ana):
    User.objects.filter(pk=adele.pk).update(role="global_admin")

    refused = at_once(
        lambda: change_user(tailspin, admin, "block", actor=ana.user),
        lambda: change_user(tailspin, adele, "delete", actor=ana.user),
        behind=tailspin.tenant,
    )

    assert len(refused) == 1
    assert User.objects.filter(tenant=tailspin.tenant, blocked_at=None, deleted_at=None).count() == 1


def test_a_new_password_works_must_be_changed_and_is_nowhere_else(confirmed, tailspin, adele):
    seen = re.search(
        'name="seen" value="([^"]+)"', confirmed.get(page(tailspin, adele, "reset_password")).content.decode()
    )

    answer = confirmed.post(page(tailspin, adele, "reset_password"), {"seen": seen[1]})

    made = answer.context["made"]
    adele.refresh_from_db()
    assert answer["Cache-Control"] == "no-store"
    assert answer.content.decode().count(made) == 2  # to read, and for the copy button
    assert authenticate(None, username=adele.principal_name, password=made) == adele
    assert authenticate(None, username=adele.principal_name, password=PASSWORD) is None
    assert adele.must_change_password
    assert lines(Deed.PASSWORD_RESET) == [("password_reset", {"User": adele.principal_name})]
    assert [session for session in Session.objects.all() if made in str(session.get_decoded())] == []


def test_a_second_click_does_not_end_the_password_of_the_first(confirmed, tailspin, adele):
    seen = confirmed.get(page(tailspin, adele, "reset_password")).context["seen"]
    made = confirmed.post(page(tailspin, adele, "reset_password"), {"seen": seen}).context["made"]

    answer = confirmed.post(page(tailspin, adele, "reset_password"), {"seen": seen}, follow=True)

    assert "was changed a moment ago" in answer.content.decode()
    assert authenticate(None, username=adele.principal_name, password=made) == adele


def test_the_own_password_is_asked_for_first_and_then_it_goes_on(browse, ana, tailspin, adele):
    client, address = browse(ana), page(tailspin, adele, "reset_password")
    seen = client.get(address).context["seen"]

    asked = client.post(address, {"seen": seen})
    back = client.post(asked.url, {"password": PASSWORD, "next": address})
    pages = [client.get(address).content.decode() for _look in range(2)]

    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert back.url == address
    assert ["data-submits-now" in text for text in pages] == [True, False]
    assert lines(Deed.PASSWORD_RESET) == []


@pytest.mark.parametrize("act", ["block_user", "delete_user"])
def test_staff_of_a_partner_are_not_changed_as_users_of_a_customer(
    act, browse, ana, contoso, fabrikam, finn, make_customer
):
    customer = make_customer(contoso, "Fabrikam", tenant=fabrikam.tenant)

    answer = browse(ana).post(page(customer, finn.user, act), follow=True)

    finn.user.refresh_from_db()
    assert "This person works for a partner." in answer.content.decode()
    assert finn.user.is_active


def test_who_may_not_manage_users_reads_why(browse, hugo, tailspin, adele):
    text = browse(hugo).get(page(tailspin, adele)).content.decode()

    assert denial(Action.MANAGE_USERS) in text
    assert page(tailspin, adele, "block_user") not in text


def test_a_cloud_without_users_changes_none(browse, make_partner, make_staff, make_customer):
    partner = make_partner("Federal", cloud="usgov")
    customer = make_customer(partner, "Agency")
    user = User.objects.create_user("kim@agency.onmicrosoft.us", display_name="Kim", tenant=customer.tenant)

    answer = browse(make_staff(partner, "Uma", Role.GLOBAL_ADMIN)).post(page(customer, user, "delete_user"))

    user.refresh_from_db()
    assert (answer.status_code, user.deleted_at) == (403, None)
