"""The users of a customer: the list and the page of one."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.selectors.users import SignIn, sign_in_of
from customers.services.user_imports import start_creation
from partnercenter.directory.models import User
from partnercenter.jobs.services import run_job
from partnercenter.partners.roles import Action, denial
from tests.uploads import page_of, people, uploaded


@pytest.fixture
def make_user(tailspin):
    def make(name, **fields):
        address = f"{name.lower().replace(' ', '.')}@tailspintoys.com"
        fields = {"display_name": name, "email": address, "tenant": tailspin.tenant, **fields}
        return User.objects.create_user(address, **fields)

    return make


def list_of(customer):
    return reverse("customers:users", args=[customer.tenant_id])


def shown(answer):
    return [user.display_name for user in answer.context["table"].records]


def test_the_list_shows_the_users_of_the_customer_by_name(browse, ana, tailspin, make_user, carla):
    for name in ("Zoe", "Adele", "Mika"):
        make_user(name)

    answer = browse(ana).get(list_of(tailspin))

    assert shown(answer) == ["Adele", "Mika", "Zoe"]


def test_deleted_users_are_not_in_the_list(browse, ana, tailspin, make_user):
    make_user("Adele", deleted_at=timezone.now())

    answer = browse(ana).get(list_of(tailspin))

    assert shown(answer) == []
    assert "No users yet" in answer.content.decode()


@pytest.mark.parametrize("text", ["del", "ADELE", "vance@", "vance tailspin", "  adele  "])
def test_every_word_of_a_search_occurs_in_the_name_or_the_address(text, browse, ana, tailspin, make_user):
    make_user("Adele Vance")
    make_user("Mika")

    answer = browse(ana).get(list_of(tailspin), {"q": text})

    assert shown(answer) == ["Adele Vance"]


def test_a_search_that_finds_nobody_says_how_to_see_everybody(browse, ana, tailspin, make_user):
    make_user("Adele")

    answer = browse(ana).get(list_of(tailspin), {"q": "zebra"})

    assert "No user matches" in answer.content.decode()
    assert "No users yet" not in answer.content.decode()


def test_the_list_can_show_the_users_of_one_upload_only(browse, ana, tailspin, make_user):
    make_user("Adele")
    user_import = uploaded(browse(ana), tailspin, people(2))
    run_job(start_creation(user_import, location="DE", skip_faulty=False, actor=ana.user).job_id)

    answer = browse(ana).get(list_of(tailspin), {"upload": user_import.pk})

    assert shown(answer) == ["Kim 1", "Kim 2"]
    assert "Only users of the file users.csv are shown." in answer.content.decode()


@pytest.mark.parametrize("upload", ["nonsense", str(uuid.UUID(int=0))])
def test_an_upload_that_does_not_exist_filters_nothing(upload, browse, ana, tailspin, make_user):
    make_user("Adele")

    answer = browse(ana).get(list_of(tailspin), {"upload": upload})

    assert shown(answer) == ["Adele"]


def test_while_a_person_types_only_the_results_are_sent(browse, ana, tailspin, make_user):
    make_user("Adele")

    answer = browse(ana).get(list_of(tailspin), {"q": "ade"}, headers={"HX-Request": "true"})

    assert "Adele" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_the_next_page_begins_where_the_first_one_ends(browse, ana, tailspin, make_user):
    for number in range(30):
        make_user(f"Kim {number:02}")
    client = browse(ana)

    first = client.get(list_of(tailspin), {"size": 25})
    second = client.get(list_of(tailspin), {"size": 25, "at": str(first.context["table"].page.next)})

    assert shown(first) + shown(second) == [f"Kim {number:02}" for number in range(30)]


def test_the_list_asks_the_database_as_often_for_fifty_users_as_for_one(
    browse, ana, tailspin, make_user, django_assert_num_queries
):
    client = browse(ana)
    client.get(list_of(tailspin))
    make_user("Adele")
    uploaded(client, tailspin, people(1))
    with django_assert_num_queries(8):
        client.get(list_of(tailspin))

    for number in range(50):
        make_user(f"Kim {number}")
        if number % 10 == 0:
            uploaded(client, tailspin, people(1))

    with django_assert_num_queries(9):  # beyond one page, all are counted
        client.get(list_of(tailspin))


def test_the_list_names_the_latest_uploads(browse, ana, tailspin):
    user_import = uploaded(browse(ana), tailspin, people(3))

    page = browse(ana).get(list_of(tailspin)).content.decode()

    assert f'<a href="{page_of(user_import)}">users.csv</a>' in page
    assert "3 rows, uploaded by Ana" in page
    assert "Waits for a decision" in page


def test_who_may_not_upload_users_reads_why(browse, hugo, tailspin):
    page = browse(hugo).get(list_of(tailspin)).content.decode()

    assert denial(Action.MANAGE_USERS) in page
    assert reverse("customers:upload", args=[tailspin.tenant_id]) not in page


def test_the_page_of_a_user_tells_who_it_is(browse, hugo, tailspin, make_user):
    user = make_user("Adele Vance", first_name="Adele", last_name="Vance", location="DE")

    answer = browse(hugo).get(reverse("customers:user", args=[tailspin.tenant_id, user.pk]))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert [word for word in ("Adele Vance", "adele.vance@tailspintoys.com", "Germany") if word not in page] == []


def test_a_user_of_another_customer_does_not_exist_here(browse, ana, tailspin, carla):
    answer = browse(ana).get(reverse("customers:user", args=[tailspin.tenant_id, carla.pk]))

    assert answer.status_code == 404


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, SignIn.NO_PASSWORD),
        ({"password": "temporary$x$y"}, SignIn.NEVER),
        ({"password": "temporary$x$y", "ends": -DAY}, SignIn.PASSWORD_ENDED),
        ({"password": "temporary$x$y", "ends": DAY, "seen": True, "must": True}, SignIn.PASSWORD_PENDING),
        ({"password": "argon2$x$y", "seen": True}, SignIn.ACTIVE),
        ({"password": "argon2$x$y", "seen": True, "blocked": True}, SignIn.BLOCKED),
    ],
)
def test_the_first_thing_that_keeps_a_user_from_working_is_told(fields, state):
    now = timezone.now()
    user = User(
        password=fields.get("password", "!none"),
        password_ends_at=now + fields["ends"] if "ends" in fields else None,
        last_login=now if "seen" in fields else None,
        must_change_password="must" in fields,
        blocked_at=now if "blocked" in fields else None,
    )

    assert sign_in_of(user) == state


PAGES = ["users", "upload", "upload_template"]


@pytest.mark.parametrize(("cloud", "portal"), [("usgov", "portal.azure.us"), ("germany", "portal.microsoftazure.de")])
@pytest.mark.parametrize("name", PAGES)
def test_a_cloud_without_users_says_where_they_are_managed(
    name, cloud, portal, browse, make_partner, make_staff, make_customer
):
    partner = make_partner("Federal", cloud=cloud)
    customer = make_customer(partner, "Agency")
    client = browse(make_staff(partner, "Uma", "global_admin"))

    answer = client.get(reverse(f"customers:{name}", args=[customer.tenant_id]))

    assert answer.status_code == 403
    assert f'<a href="https://{portal}/"' in answer.content.decode()


def test_a_cloud_without_users_takes_no_file(browse, make_partner, make_staff, make_customer):
    partner = make_partner("Federal", cloud="usgov")
    customer = make_customer(partner, "Agency")
    client = browse(make_staff(partner, "Uma", "global_admin"))

    answer = client.post(reverse("customers:upload", args=[customer.tenant_id]), {"file": "x"})

    assert answer.status_code == 403
    assert customer.user_imports.count() == 0
