"""Signing in: by which name, who may, and what has to be done first."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.utils import timezone

from partnercenter.directory.models import User
from partnercenter.directory.passwords import hash_temporary_password, new_temporary_password
from tests.conftest import PASSWORD

MISMATCH = "The name or the password is not right. Check both and try again."
OWN = "an own and long enough secret"


@pytest.fixture
def sign_in(client):
    """Post the sign-in form."""

    def post(login, password=PASSWORD, **more):
        return client.post("/accounts/login/", {"login": login, "password": password} | more)

    return post


def signed_in(client):
    """The principal name of who is signed in with this browser; None for nobody."""
    pk = client.session.get("_auth_user_id")
    return User.objects.get(pk=pk).principal_name if pk else None


@pytest.fixture
def newcomer(tailspin):
    """A user of Tailspin Toys with a temporary password: user and password."""
    password = new_temporary_password()
    user = User.objects.create(
        principal_name="kim@tailspintoys.com",
        email="kim@tailspintoys.com",
        display_name="Kim",
        tenant=tailspin.tenant,
        password=hash_temporary_password(password),
        must_change_password=True,
        password_ends_at=timezone.now() + timedelta(days=90),
    )
    return user, password


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.mark.parametrize(
    "login", ["ana@contoso.onmicrosoft.com", "Ana@Contoso.OnMicrosoft.com", "ana@mail.example", "ANA@mail.example"]
)
def test_people_sign_in_by_principal_name_or_mail_address(sign_in, client, ana, login):
    User.objects.filter(pk=ana.user_id).update(email="ana@mail.example")

    answer = sign_in(login)

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert signed_in(client) == "ana@contoso.onmicrosoft.com"


def test_of_two_people_with_one_mail_address_the_password_tells_who_it_is(sign_in, client, ana, hugo):
    User.objects.filter(pk__in=(ana.user_id, hugo.user_id)).update(email="shared@mail.example")
    hugo.user.set_password(OWN)
    hugo.user.save(update_fields=["password"])

    sign_in("shared@mail.example", OWN)

    assert signed_in(client) == "hugo@contoso.onmicrosoft.com"


@pytest.mark.parametrize(
    ("login", "password"),
    [("ana@contoso.onmicrosoft.com", "wrong"), ("nobody@contoso.onmicrosoft.com", PASSWORD), ("ana", PASSWORD)],
)
def test_the_answer_is_the_same_for_known_and_unknown_names(sign_in, client, ana, login, password):
    answer = sign_in(login, password)

    assert (answer.status_code, answer.context["form"].non_field_errors()) == (200, [MISMATCH])
    assert signed_in(client) is None


def test_after_signing_in_people_get_the_page_they_wanted(sign_in, ana):
    answer = sign_in("ana@contoso.onmicrosoft.com", next="/jobs/")

    assert answer["Location"] == "/jobs/"


def test_nobody_is_sent_to_another_site_after_signing_in(sign_in, ana):
    answer = sign_in("ana@contoso.onmicrosoft.com", next="https://elsewhere.example/")

    assert answer["Location"] == "/"


@pytest.mark.parametrize("change", [{"blocked_at": timezone.now()}, {"deleted_at": timezone.now()}])
def test_blocked_and_deleted_people_cannot_sign_in(sign_in, client, ana, change):
    User.objects.filter(pk=ana.user_id).update(**change)

    sign_in("ana@contoso.onmicrosoft.com")

    assert signed_in(client) is None


@pytest.mark.parametrize("change", [{"blocked_at": timezone.now()}, {"deleted_at": timezone.now()}])
def test_blocked_and_deleted_people_are_signed_out_at_the_next_click(ana, browse, change):
    visitor = browse(ana)
    before = visitor.get("/jobs/").status_code
    User.objects.filter(pk=ana.user_id).update(**change)

    assert (before, visitor.get("/jobs/").status_code) == (200, 302)


def test_a_person_without_a_password_cannot_sign_in(sign_in, client, newcomer):
    User.objects.update(password="")

    sign_in("kim@tailspintoys.com", "")
    sign_in("kim@tailspintoys.com", "!")

    assert signed_in(client) is None


def test_a_temporary_password_opens_the_door_and_is_stored_anew(sign_in, client, newcomer):
    user, password = newcomer

    sign_in("kim@tailspintoys.com", password)

    user.refresh_from_db()
    assert (signed_in(client), user.password.split("$")[0]) == ("kim@tailspintoys.com", "md5")


def test_a_temporary_password_ends(sign_in, client, newcomer):
    user, password = newcomer
    User.objects.filter(pk=user.pk).update(password_ends_at=timezone.now() - timedelta(seconds=1))

    answer = sign_in("kim@tailspintoys.com", password)

    page = client.get(answer["Location"])
    assert (answer["Location"], signed_in(client)) == ("/accounts/login/", None)
    assert [str(message) for message in page.context["messages"]] == [
        "Your temporary password has ended. Ask an administrator of your organization for a new one."
    ]


@pytest.mark.parametrize("address", ["/my/", "/", "/notifications/", "/accounts/2fa/", "/accounts/sessions/"])
def test_with_a_temporary_password_every_page_leads_to_an_own_one(sign_in, client, newcomer, address):
    sign_in("kim@tailspintoys.com", newcomer[1])

    answer = client.get(address)

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/change/")


def test_with_a_temporary_password_one_can_sign_out(sign_in, client, newcomer):
    sign_in("kim@tailspintoys.com", newcomer[1])

    client.post("/accounts/logout/")

    assert signed_in(client) is None


def test_an_own_password_opens_the_portal_and_lasts(sign_in, client, newcomer):
    user, password = newcomer
    sign_in("kim@tailspintoys.com", password)

    client.post("/accounts/password/change/", {"oldpassword": password, "password1": OWN, "password2": OWN})

    user.refresh_from_db()
    assert (user.must_change_password, user.password_ends_at, user.check_password(OWN)) == (False, None, True)
    assert client.get("/my/").status_code == 200


@pytest.mark.parametrize("weak", ["short", "password1234", "kim@tailspintoys.com"])
def test_an_own_password_is_not_an_easy_one(sign_in, client, newcomer, weak):
    user, password = newcomer
    sign_in("kim@tailspintoys.com", password)

    client.post("/accounts/password/change/", {"oldpassword": password, "password1": weak, "password2": weak})

    user.refresh_from_db()
    assert (user.must_change_password, user.check_password(password)) == (True, True)


def test_an_own_password_is_not_the_temporary_one(sign_in, client, newcomer):
    user, password = newcomer
    sign_in("kim@tailspintoys.com", password)

    answer = client.post(
        "/accounts/password/change/", {"oldpassword": password, "password1": password, "password2": password}
    )

    user.refresh_from_db()
    assert (answer.status_code, user.must_change_password) == (200, True)


def test_nobody_can_sign_up(client, db):
    answer = client.post(
        "/accounts/signup/", {"username": "me@here.example", "email": "me@here.example", "password1": OWN}
    )

    assert (answer.status_code, User.objects.count()) == (200, 0)


@pytest.mark.parametrize("address", ["/", "/customers/", "/jobs/", "/notifications/", "/my/"])
def test_staff_without_a_second_factor_set_one_up_first(settings, ana, browse, address):
    settings.SECOND_FACTOR_REQUIRED = True

    answer = browse(ana).get(address)

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/")


def test_people_of_a_customer_need_no_second_factor(settings, carla, browse):
    settings.SECOND_FACTOR_REQUIRED = True

    assert browse(carla).get("/my/").status_code == 200


def test_staff_with_a_second_factor_are_asked_for_it(settings, sign_in, client, ana):
    settings.SECOND_FACTOR_REQUIRED = True
    secret = generate_totp_secret()
    TOTP.activate(ana.user, secret)

    answer = sign_in("ana@contoso.onmicrosoft.com")
    between = signed_in(client)
    client.post(answer["Location"], {"code": code_of(secret)})

    assert (answer["Location"], between) == ("/accounts/2fa/authenticate/", None)
    assert (signed_in(client), client.get("/jobs/").status_code) == ("ana@contoso.onmicrosoft.com", 200)


def test_the_secret_of_a_second_factor_is_not_stored_as_it_is(ana):
    secret = generate_totp_secret()

    TOTP.activate(ana.user, secret)

    stored = Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]
    assert (stored == secret, TOTP(Authenticator.objects.get()).validate_code(code_of(secret))) == (False, True)
