"""Handing out temporary passwords."""

from datetime import timedelta

import pytest
from allauth.account.adapter import get_adapter
from django.contrib.auth import authenticate
from django.urls import reverse
from django.utils import timezone

from customers.services import passwords as services
from customers.services.passwords import hand_out_passwords
from customers.services.user_imports import start_creation
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.jobs.services import run_job
from partnercenter.partners.models import Staff
from tests.conftest import PASSWORD
from tests.factors import code_of, with_app
from tests.uploads import cells, page_of, people, uploaded


@pytest.fixture
def created(browse, ana, tailspin):
    """A file whose three users exist."""
    user_import = uploaded(browse(ana), tailspin, people(3))
    start_creation(user_import, location="DE", skip_faulty=False, actor=ana.user)
    user_import.refresh_from_db()
    run_job(user_import.job_id)
    user_import.refresh_from_db()
    return user_import


@pytest.fixture
def confirmed(browse, ana):
    """A browser of Ana in which she has just typed her password again."""
    client = browse(ana)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def signs_in(line):
    return authenticate(None, username=line.principal_name, password=line.password)


def test_everybody_gets_a_password_that_works_and_must_be_changed(created, ana):
    lines = list(hand_out_passwords(created, seen=None, actor=ana.user))

    users = [signs_in(line) for line in lines]
    assert [line.principal_name for line in lines] == [f"kim{number}@tailspintoys.com" for number in (1, 2, 3)]
    assert [line.display_name for line in lines] == ["Kim 1", "Kim 2", "Kim 3"]
    assert [user.display_name for user in users] == ["Kim 1", "Kim 2", "Kim 3"]
    assert {user.must_change_password for user in users} == {True}


def test_a_temporary_password_ends_after_90_days(created, ana):
    [line, *_others] = hand_out_passwords(created, seen=None, actor=ana.user)

    user = User.objects.get(principal_name=line.principal_name)
    assert abs(user.password_ends_at - timezone.now() - timedelta(days=90)) < timedelta(minutes=1)


def test_only_the_hash_of_a_password_is_stored(created, ana):
    [line, *_others] = hand_out_passwords(created, seen=None, actor=ana.user)

    stored = User.objects.get(principal_name=line.principal_name).password
    assert stored.split("$")[0] == "temporary"
    assert line.password not in stored


def test_each_hand_out_is_in_the_log_before_the_first_password_exists(created, ana):
    hand_out_passwords(created, seen=None, actor=ana.user)

    line = Activity.objects.get(deed=Deed.PASSWORDS_HANDED_OUT)
    assert (line.actor, line.details) == (ana.user, {"File": "users.csv", "Users": 3})
    assert User.objects.filter(password__startswith="temporary").count() == 0


def test_issuing_again_ends_what_was_handed_out_before(created, ana):
    [first, *_others] = hand_out_passwords(created, seen=None, actor=ana.user)
    created.refresh_from_db()

    [again, *_others] = hand_out_passwords(created, seen=created.passwords_handed_out_at, actor=ana.user)

    assert signs_in(first) is None
    assert signs_in(again).principal_name == first.principal_name


def test_who_has_signed_in_keeps_the_password(created, ana):
    User.objects.filter(principal_name="kim2@tailspintoys.com").update(last_login=timezone.now())

    lines = list(hand_out_passwords(created, seen=None, actor=ana.user))

    assert [line.display_name for line in lines] == ["Kim 1", "Kim 3"]
    assert not User.objects.get(principal_name="kim2@tailspintoys.com").has_usable_password()


def test_who_chose_an_own_password_by_mail_keeps_it(created, ana):
    [first, *_others] = hand_out_passwords(created, seen=None, actor=ana.user)
    user = User.objects.get(principal_name=first.principal_name)
    get_adapter().set_password(user, PASSWORD)
    created.refresh_from_db()

    lines = list(hand_out_passwords(created, seen=created.passwords_handed_out_at, actor=ana.user))

    assert [line.display_name for line in lines] == ["Kim 2", "Kim 3"]
    assert authenticate(None, username=user.principal_name, password=PASSWORD) == user


def test_who_works_for_a_partner_by_now_gets_none(created, ana, fabrikam):
    kim = User.objects.get(principal_name="kim1@tailspintoys.com")
    Staff.objects.create(partner=fabrikam, user=kim, roles=["global_admin"])

    lines = list(hand_out_passwords(created, seen=None, actor=ana.user))

    assert [line.display_name for line in lines] == ["Kim 2", "Kim 3"]


def test_of_two_downloads_that_overlap_the_second_one_holds_what_works(created, ana, monkeypatch):
    monkeypatch.setattr(services, "CHUNK", 2)
    first = hand_out_passwords(created, seen=None, actor=ana.user)
    begun = [next(first), next(first)]
    created.refresh_from_db()

    second = list(hand_out_passwords(created, seen=created.passwords_handed_out_at, actor=ana.user))
    with pytest.raises(Refused, match="being handed out anew"):
        next(first)

    assert [bool(signs_in(line)) for line in begun] == [False, False]
    assert [bool(signs_in(line)) for line in second] == [True] * 3


def test_a_second_click_does_not_end_the_passwords_of_the_first(created, ana):
    [line, *_others] = hand_out_passwords(created, seen=None, actor=ana.user)

    with pytest.raises(Refused, match="downloaded a moment ago"):
        hand_out_passwords(created, seen=None, actor=ana.user)

    assert signs_in(line) is not None


def test_nobody_is_left_to_give_a_password_to(created, ana):
    User.objects.filter(tenant=created.customer.tenant).update(last_login=timezone.now())

    with pytest.raises(Refused, match="Nobody waits for a password"):
        hand_out_passwords(created, seen=None, actor=ana.user)


def test_a_file_that_is_not_created_has_no_passwords(browse, ana, tailspin):
    user_import = uploaded(browse(ana), tailspin, people(1))

    with pytest.raises(Refused, match="not created yet"):
        hand_out_passwords(user_import, seen=None, actor=ana.user)


def test_the_download_asks_for_the_own_password_first_and_then_goes_on(created, browse, ana):
    client = browse(ana)

    asked = client.post(page_of(created, "import_passwords"), {"seen": ""})
    confirmed = client.post(asked.url, {"password": PASSWORD, "next": page_of(created, "import_passwords")})
    page = client.get(confirmed.url).content.decode()
    answer = client.post(page_of(created, "import_passwords"), {"seen": ""})

    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert confirmed.url == page_of(created)
    assert 'value="csv" data-renews data-submits-now>' in page
    assert [row[:2] for row in cells(answer)] == [
        ["Display name", "Email"],
        ["Kim 1", "kim1@tailspintoys.com"],
        ["Kim 2", "kim2@tailspintoys.com"],
        ["Kim 3", "kim3@tailspintoys.com"],
    ]


def test_a_confirmation_by_second_factor_leads_to_the_page_of_the_upload_too(created, browse, ana):
    client, secret = browse(ana), with_app(ana)
    client.post(page_of(created, "import_passwords"), {"seen": ""})

    confirmed = client.post(
        reverse("mfa_reauthenticate"), {"code": code_of(secret), "next": page_of(created, "import_passwords")}
    )
    page = client.get(confirmed.url).content.decode()

    assert (confirmed.status_code, confirmed.url) == (302, page_of(created))
    assert "data-submits-now" in page
    assert User.objects.filter(password__startswith="temporary").count() == 0


def test_a_download_goes_on_by_itself_only_once(created, browse, ana):
    client = browse(ana)
    asked = client.post(page_of(created, "import_passwords"), {"seen": ""})
    client.post(asked.url, {"password": PASSWORD, "next": page_of(created, "import_passwords")})

    pages = [client.get(page_of(created)).content.decode() for _look in range(2)]

    assert ["data-submits-now" in page for page in pages] == [True, False]


def test_a_wrong_own_password_hands_out_nothing(created, browse, ana):
    client = browse(ana)

    asked = client.post(page_of(created, "import_passwords"), {"seen": ""})
    answer = client.post(asked.url, {"password": "wrong", "next": page_of(created, "import_passwords")})

    assert answer.status_code == 200
    assert User.objects.filter(password__startswith="temporary").count() == 0


def test_who_confirmed_a_moment_ago_is_not_asked_again(created, confirmed):
    answer = confirmed.post(page_of(created, "import_passwords"), {"seen": ""})

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(cells(answer)) == 4


def test_looking_at_the_address_of_the_download_leads_to_the_page_of_the_upload(created, confirmed):
    answer = confirmed.get(page_of(created, "import_passwords"))

    assert (answer.status_code, answer.url) == (302, page_of(created))


def test_the_page_offers_to_issue_again_and_says_what_that_ends(created, confirmed):
    b"".join(confirmed.post(page_of(created, "import_passwords"), {"seen": ""}).streaming_content)

    page = confirmed.get(page_of(created)).content.decode()

    assert "Issue again" in page
    assert "Those handed out before stop working." in page


def test_the_second_download_from_an_old_page_is_refused_with_a_sentence(created, confirmed):
    b"".join(confirmed.post(page_of(created, "import_passwords"), {"seen": ""}).streaming_content)

    answer = confirmed.post(page_of(created, "import_passwords"), {"seen": ""}, follow=True)

    assert "These passwords were downloaded a moment ago." in answer.content.decode()
    assert Activity.objects.filter(deed=Deed.PASSWORDS_HANDED_OUT).count() == 1


def test_a_helpdesk_agent_gets_no_passwords(created, browse, hugo):
    answer = browse(hugo).post(page_of(created, "import_passwords"), {"seen": ""})

    assert answer.status_code == 403
