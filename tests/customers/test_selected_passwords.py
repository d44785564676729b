"""New passwords for selected users, as a file or as slips to print."""

from datetime import timedelta
from itertools import islice

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth import authenticate
from django.urls import reverse
from django.utils import timezone

from customers.models import PasswordHandout
from customers.services import passwords as services
from customers.services.passwords import hand_out_to_selected, start_handout
from customers.services.user_imports import start_creation
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.jobs.services import run_job
from tests.conftest import PASSWORD
from tests.uploads import cells, page_of, people, uploaded
from tests.users import make_many_users


@pytest.fixture
def kims(tailspin):
    """Three users of Tailspin Toys, of whom nobody ever had a password."""
    ids = make_many_users(tailspin, 3)
    return [User.objects.get(pk=pk) for pk in ids]


@pytest.fixture
def zoe(tailspin):
    """A user of Tailspin Toys with an own password."""
    return User.objects.create_user("zoe@tailspintoys.com", PASSWORD, display_name="Zoe", tenant=tailspin.tenant)


@pytest.fixture
def select(tailspin, ana):
    """Select users for new passwords."""

    def chosen(*users):
        return start_handout(tailspin, [user.pk for user in users], actor=ana.user)

    return chosen


@pytest.fixture
def hand_out(ana):
    """Hand out the passwords of a selection; the lines."""

    def made(handout):
        handout.refresh_from_db()
        return hand_out_to_selected(handout, seen=handout.handed_out_at, actor=ana.user)

    return made


@pytest.fixture
def confirmed(browse, ana):
    """A browser of Ana in which she has just typed her password again."""
    client = browse(ana)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def names(lines):
    return [line.principal_name.partition("@")[0] for line in lines]


def signs_in(line):
    return authenticate(None, username=line.principal_name, password=line.password)


def address(handout, name="hand_out"):
    return reverse(f"customers:{name}", args=[handout.customer.tenant_id, handout.pk])


def test_selected_users_get_passwords_that_work_by_name(select, hand_out, kims, zoe):
    lines = list(hand_out(select(zoe, *reversed(kims))))

    people = [signs_in(line) for line in lines]
    assert names(lines) == ["kim.0", "kim.1", "kim.2", "zoe"]
    assert [person.must_change_password for person in people] == [True] * 4
    assert abs(people[0].password_ends_at - timezone.now() - timedelta(days=90)) < timedelta(minutes=1)


def test_what_they_had_ends_and_they_are_signed_out(select, hand_out, browse, zoe):
    client = browse(zoe)
    client.get(reverse("my:home"))

    list(hand_out(select(zoe)))

    assert authenticate(None, username=zoe.principal_name, password=PASSWORD) is None
    assert UserSession.objects.filter(user=zoe).count() == 0
    assert client.get(reverse("my:home")).status_code == 302


def test_who_gets_no_password_stays_signed_in(select, hand_out, browse, kims, zoe):
    handout = select(*kims, zoe)
    list(hand_out(handout))
    User.objects.filter(pk=zoe.pk).update(must_change_password=False, last_login=timezone.now())
    zoe.refresh_from_db()
    client = browse(zoe)
    client.get(reverse("my:home"))

    list(hand_out(handout))

    assert client.get(reverse("my:home")).status_code == 200


def test_each_hand_out_is_in_the_log_with_its_number(select, hand_out, kims):
    lines = hand_out(select(*kims))

    logged = list(Activity.objects.filter(deed=Deed.PASSWORDS_HANDED_OUT).values_list("details", flat=True))
    assert logged == [{"Users": 3}]
    assert len(list(lines)) == 3


def test_issuing_again_is_for_those_who_have_not_signed_in_since(select, hand_out, kims, zoe):
    handout = select(zoe, *kims)
    list(hand_out(handout))
    User.objects.filter(pk=zoe.pk).update(last_login=timezone.now(), must_change_password=False)
    User.objects.filter(pk=kims[0].pk).update(last_login=timezone.now())

    again = list(hand_out(handout))

    assert names(again) == ["kim.1", "kim.2"]


def test_who_signed_in_long_ago_gets_one_again_too(select, hand_out, zoe):
    User.objects.filter(pk=zoe.pk).update(last_login=timezone.now() - timedelta(days=7))
    handout = select(zoe)
    list(hand_out(handout))

    assert names(hand_out(handout)) == ["zoe"]


def test_whom_a_broken_download_did_not_reach_keeps_the_password_and_gets_one_the_next_time(
    select, hand_out, kims, zoe, monkeypatch
):
    monkeypatch.setattr(services, "CHUNK", 2)
    handout = select(*kims, zoe)

    [first] = islice(hand_out(handout), 1)
    kept = authenticate(None, username=zoe.principal_name, password=PASSWORD)
    again = list(hand_out(handout))

    handout.refresh_from_db()
    assert first.principal_name == kims[0].principal_name
    assert kept == zoe
    assert names(again) == ["kim.0", "kim.1", "kim.2", "zoe"]
    assert handout.reached >= 4


def test_who_signs_in_while_a_download_is_read_loses_no_password_for_good(select, hand_out, kims, zoe, monkeypatch):
    monkeypatch.setattr(services, "CHUNK", 2)
    handout = select(*kims, zoe)

    lines = hand_out(handout)
    next(lines)
    User.objects.filter(pk=zoe.pk).update(last_login=timezone.now())
    rest = list(lines)
    again = list(hand_out(handout))

    assert names(rest) == ["kim.1", "kim.2", "zoe"]
    assert names(again) == ["kim.0", "kim.1", "kim.2", "zoe"]


def test_who_signed_in_and_has_not_chosen_a_password_yet_keeps_the_one_given_however_often_it_is_issued_again(
    select, hand_out, kims
):
    handout = select(*kims)
    list(hand_out(handout))
    User.objects.filter(pk=kims[0].pk).update(last_login=timezone.now())

    assert [names(hand_out(handout)) for _again in range(2)] == [["kim.1", "kim.2"]] * 2


def test_of_two_downloads_that_overlap_the_second_one_holds_what_works(select, hand_out, kims, zoe, monkeypatch):
    monkeypatch.setattr(services, "CHUNK", 2)
    handout = select(*kims, zoe)
    first = hand_out(handout)
    begun = [next(first), next(first)]

    second = list(hand_out(handout))
    with pytest.raises(Refused, match="being handed out anew"):
        next(first)

    assert [bool(signs_in(line)) for line in begun] == [False, False]
    assert [bool(signs_in(line)) for line in second] == [True] * 4


def test_a_selection_of_nobody_is_not_kept(select, carla):
    with pytest.raises(Refused, match="None of the selected users is there any more"):
        select(carla)

    assert PasswordHandout.objects.count() == 0


def test_people_of_partners_and_deleted_users_are_left(select, hand_out, kims, ana, tailspin):
    User.objects.filter(pk=kims[0].pk).update(deleted_at=timezone.now())
    User.objects.filter(pk=kims[1].pk).update(is_superuser=True)

    lines = list(hand_out(select(*kims, ana.user)))

    assert names(lines) == ["kim.2"]
    assert authenticate(None, username=ana.user.principal_name, password=PASSWORD) == ana.user


def test_nobody_left_to_give_one_to_is_a_sentence(select, hand_out, kims):
    handout = select(kims[0])
    User.objects.filter(pk=kims[0].pk).update(deleted_at=timezone.now())

    with pytest.raises(Refused, match="Nobody waits for a password"):
        hand_out(handout)


def test_a_second_click_does_not_end_what_the_first_one_got(select, hand_out, kims, ana):
    handout = select(*kims)
    list(hand_out(handout))

    with pytest.raises(Refused, match="downloaded a moment ago"):
        hand_out_to_selected(handout, seen=None, actor=ana.user)


def test_from_the_list_to_the_file(confirmed, tailspin, kims):
    list_button = reverse("customers:new_passwords", args=[tailspin.tenant_id]) + "?q=kim"

    page = confirmed.post(list_button, {"all": "1"}, follow=True)
    handout = PasswordHandout.objects.get()
    answer = confirmed.post(address(handout), {"seen": "", "format": "csv"})

    text = page.content.decode()
    assert "New passwords for 3 users" in text
    assert "also those that they chose themselves" in text
    assert sorted(row[1] for row in cells(answer)[1:]) == sorted(user.principal_name for user in kims)
    assert "Issue again" in confirmed.get(address(handout, "selected_passwords")).content.decode()


def test_the_page_says_who_they_are_and_whose_sign_in_is_blocked(confirmed, select, kims, zoe):
    User.objects.filter(pk=zoe.pk).update(blocked_at=timezone.now())

    text = confirmed.get(address(select(*kims, zoe), "selected_passwords")).content.decode()

    assert "Kim 0, Kim 1, Kim 2, Zoe" in text
    assert "The sign-in of 1 of them is blocked." in text


def test_slips_have_all_that_a_person_needs_to_sign_in(confirmed, select, kims):
    answer = confirmed.post(address(select(*kims)), {"seen": "", "format": "slips"})

    text = answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    assert text.count('class="slip"') == 3
    assert all(user.principal_name in text for user in kims)
    assert f"http://testserver{reverse('account_login')}" in text
    assert "data-prints" in text


def test_a_file_of_users_gets_slips_as_well(confirmed, browse, ana, tailspin):
    user_import = uploaded(browse(ana), tailspin, people(2))
    run_job(start_creation(user_import, location="DE", skip_faulty=False, actor=ana.user).job.pk)

    answer = confirmed.post(page_of(user_import, "import_passwords"), {"seen": "", "format": "slips"})

    assert answer.content.decode().count('class="slip"') == 2


def test_more_slips_than_a_page_takes_are_refused_before_a_password_ends(confirmed, select, kims, monkeypatch):
    monkeypatch.setattr("customers.views.passwords.MOST_SLIPS", 2)
    handout = select(*kims)

    page = confirmed.get(address(handout, "selected_passwords")).content.decode()
    answer = confirmed.post(address(handout), {"seen": "", "format": "slips"}, follow=True)

    assert "At most 2 at once" in page
    assert "At most 2 slips can be printed at once." in answer.content.decode()
    assert Activity.objects.filter(deed=Deed.PASSWORDS_HANDED_OUT).count() == 0


def test_the_own_password_is_asked_for_and_the_same_button_is_pressed_again(browse, ana, select, kims):
    client, handout = browse(ana), select(*kims)

    asked = client.post(address(handout), {"seen": "", "format": "slips"})
    back = client.post(asked.url, {"password": PASSWORD, "next": address(handout)})
    pages = [client.get(back.url).content.decode() for _look in range(2)]

    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert back.url == address(handout, "selected_passwords")
    assert ['value="slips" data-submits-now' in page for page in pages] == [True, False]
    assert User.objects.filter(password__startswith="temporary").count() == 0


def test_who_may_not_manage_users_gets_no_passwords(browse, hugo, select, kims):
    handout = select(*kims)

    answers = [browse(hugo).get(address(handout, "selected_passwords")), browse(hugo).post(address(handout))]

    assert [answer.status_code for answer in answers] == [403, 403]


def test_a_chunk_asks_the_database_as_often_for_many_as_for_few(
    select, hand_out, tailspin, django_assert_max_num_queries
):
    users = [User(pk=pk) for pk in make_many_users(tailspin, 500)]
    lines = hand_out(select(*users))

    with django_assert_max_num_queries(10):
        assert len(list(lines)) == 500
