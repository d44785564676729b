"""Signing in: by which name, who may, and what has to be done first."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from cryptography.fernet import InvalidToken
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from partnercenter.directory.models import User
from partnercenter.directory.passwords import hash_temporary_password, new_temporary_password
from partnercenter.partners.models import Staff
from tests.conftest import PASSWORD
from tests.factors import code_of, with_app

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


def test_removed_staff_cannot_sign_in_and_read_why(sign_in, client, ana):
    Staff.objects.filter(pk=ana.pk).update(removed_at=timezone.now())

    answer = sign_in("ana@contoso.onmicrosoft.com")

    page = client.get(answer["Location"])
    assert (answer["Location"], signed_in(client)) == ("/accounts/login/", None)
    assert [str(message) for message in page.context["messages"]] == [
        "You are no longer on the staff of Contoso, so you cannot sign in. Ask a Global admin there."
    ]


def test_the_link_to_a_new_password_comes_for_an_address_in_any_case(client, db):
    User.objects.create_user("kim@tailspintoys.com", PASSWORD, email="Kim@Tailspintoys.com", display_name="Kim")

    client.post("/accounts/password/reset/", {"email": "KIM@tailspintoys.com"})

    assert [message.to for message in mail.outbox] == [["kim@tailspintoys.com"]]


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

    assert (answer.status_code, urlsplit(answer["Location"]).path) == (302, "/accounts/password/change/")


def test_after_the_own_password_the_page_opens_that_the_link_of_a_mail_led_to(sign_in, client, newcomer):
    sign_in("kim@tailspintoys.com", newcomer[1])
    asked = client.get(client.get("/my/requests/?q=1")["Location"])
    form = asked.content.decode().partition('action="/accounts/password/change/"')[2].partition("</form>")[0]
    [wanted] = re.findall(r'name="next" value="([^"]+)"', form)

    answer = client.post(
        "/accounts/password/change/",
        {"oldpassword": newcomer[1], "password1": OWN, "password2": OWN, "next": unescape(wanted)},
    )

    assert answer["Location"] == "/my/requests/?q=1"


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
    secret = with_app(ana)

    answer = sign_in("ana@contoso.onmicrosoft.com")
    between = signed_in(client)
    client.post(answer["Location"], {"code": code_of(secret)})

    assert (answer["Location"], between) == ("/accounts/2fa/authenticate/", None)
    assert (signed_in(client), client.get("/jobs/").status_code) == ("ana@contoso.onmicrosoft.com", 200)


def test_the_secret_of_a_second_factor_is_not_stored_as_it_is(ana):
    secret = with_app(ana)

    stored = Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]
    assert (stored == secret, TOTP(Authenticator.objects.get()).validate_code(code_of(secret))) == (False, True)


@pytest.fixture
def behind_a_proxy(settings, client):
    """Sign in through our proxy, which adds the address it was asked from to what the browser claims."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def sign_in(login, password, *, address):
        headers = {"X-Forwarded-For": f"6.6.6.6, {address}"}
        return client.post("/accounts/login/", {"login": login, "password": password}, headers=headers)

    return sign_in


def test_who_guesses_passwords_locks_nobody_else_out(behind_a_proxy, client, ana):
    guesses = [behind_a_proxy(f"nobody{n}@contoso.com", "wrong", address="192.0.2.1") for n in range(12)]

    behind_a_proxy("ana@contoso.onmicrosoft.com", PASSWORD, address="192.0.2.2")

    assert guesses[-1].context["form"].non_field_errors() == ["Too many failed login attempts. Try again later."]
    assert signed_in(client) == "ana@contoso.onmicrosoft.com"


def test_people_see_in_their_sessions_where_they_signed_in_from(behind_a_proxy, ana):
    behind_a_proxy("ana@contoso.onmicrosoft.com", PASSWORD, address="192.0.2.2")

    assert [session.ip for session in UserSession.objects.all()] == ["192.0.2.2"]


def test_without_a_proxy_what_a_browser_claims_of_its_address_does_not_count(client, ana):
    client.post(
        "/accounts/login/",
        {"login": "ana@contoso.onmicrosoft.com", "password": PASSWORD},
        headers={"X-Forwarded-For": "192.0.2.2"},
    )

    assert [session.ip for session in UserSession.objects.all()] == ["127.0.0.1"]


def test_counters_of_throttles_do_not_push_each_other_out(db):
    for number in range(400):
        cache.set(f"counter{number}", 1, timeout=60)

    assert [cache.get(f"counter{number}") for number in range(400)] == [1] * 400


@pytest.fixture
def factors_under_an_old_key(settings, ana):
    """An app and recovery codes of Ana, made before the secret key was changed: secret and codes."""
    secret, codes = with_app(ana), RecoveryCodes.activate(ana.user).generate_codes()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the key from now on"
    return secret, codes


def test_second_factors_outlive_the_old_key_once_they_are_rotated(factors_under_an_old_key, settings, capsys):
    secret, codes = factors_under_an_old_key

    call_command("rotate_secrets")

    settings.SECRET_KEY_FALLBACKS = []
    assert capsys.readouterr().out == "2 second factors are encrypted with the key of today.\n"
    assert TOTP(Authenticator.objects.get(type="totp")).validate_code(code_of(secret))
    assert RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).generate_codes() == codes


def test_second_factors_that_are_not_rotated_end_with_the_old_key(factors_under_an_old_key, settings):
    settings.SECRET_KEY_FALLBACKS = []

    with pytest.raises(InvalidToken):
        TOTP(Authenticator.objects.get(type="totp")).validate_code("123456")


def test_a_stranger_who_asks_for_a_new_password_keeps_nobody_from_a_second_factor(ana, browse):
    Client().post("/accounts/password/reset/", {"email": ana.user.email})
    visitor = browse(ana)

    visitor.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = visitor.get("/accounts/2fa/totp/activate/")

    assert page.status_code == 200
