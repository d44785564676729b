"""Adding one user in three steps."""

import pytest
from django.contrib.auth import authenticate
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from partnercenter.activity.models import Activity
from partnercenter.directory.models import Domain, User
from tests.conftest import PASSWORD

WHO = {
    "first_name": "Adele",
    "last_name": "Vance",
    "display_name": "Adele Vance",
    "local_part": "Adele",
    "domain": "tailspintoys.com",
}
PERMISSIONS = {"location": "DE", "role": "helpdesk"}


@pytest.fixture
def client(browse, ana):
    """A browser of Ana in which she has just typed her password again."""
    client = browse(ana)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


@pytest.fixture
def at(tailspin):
    """The address of a step."""

    def address(step=""):
        return reverse(f"customers:add_user{step}", args=[tailspin.tenant_id])

    return address


def fill(client, at, **changes):
    """Go through the steps up to the last one; the answer of the first step."""
    answer = client.post(at(), WHO | changes)
    client.post(at("_permissions"), PERMISSIONS)
    return answer


def create(client, at):
    """Press the button of the last step, on the page as it is now."""
    page = client.get(at("_review"))
    return client.post(at("_review"), {"seen": page.context["seen"]} if page.context else {})


def test_three_steps_make_a_user_who_signs_in_with_the_password_that_is_shown_once(client, at, tailspin):
    fill(client, at)

    answer = create(client, at)

    made, user = answer.context["made"], User.objects.get(principal_name="adele@tailspintoys.com")
    assert answer["Cache-Control"] == "no-store"
    assert authenticate(None, username=user.principal_name, password=made) == user
    assert (user.tenant_id, user.display_name, user.location, user.role, user.must_change_password) == (
        tailspin.tenant_id,
        "Adele Vance",
        "DE",
        "helpdesk",
        True,
    )
    assert [session for session in Session.objects.all() if made in str(session.get_decoded())] == []
    assert list(Activity.objects.order_by("id").values_list("deed", "details")) == [
        (
            "user_added",
            {
                "User": "adele@tailspintoys.com",
                "Display name": "Adele Vance",
                "First name": "Adele",
                "Last name": "Vance",
                "Location": "DE",
                "Role": "Helpdesk",
            },
        ),
        ("passwords_handed_out", {"User": "adele@tailspintoys.com"}),
    ]


def test_the_last_step_shows_what_was_typed_and_creates_nothing_by_itself(client, at):
    fill(client, at)

    page = client.get(at("_review")).content.decode()

    assert [text for text in ("Adele Vance", "adele@tailspintoys.com", "Germany", "Helpdesk") if text not in page] == []
    assert User.objects.filter(display_name="Adele Vance").count() == 0


def test_going_back_keeps_what_was_typed_and_comes_back_to_the_answers(client, at):
    fill(client, at)

    form = client.get(at()).context["form"]
    back = client.post(at(), WHO | {"display_name": "A. Vance"})

    assert form["display_name"].value() == "Adele Vance"
    assert back.url == at("_review")
    assert client.get(at("_review")).context["said"]["display_name"] == "A. Vance"


@pytest.mark.parametrize("step", ["_permissions", "_review"])
def test_nobody_begins_in_the_middle(step, client, at):
    answer = client.get(at(step))

    assert answer.url == at()


def test_submitting_twice_makes_one_user(client, at, tailspin):
    fill(client, at)
    sent = {"seen": client.get(at("_review")).context["seen"]}
    client.post(at("_review"), sent)

    answer = client.post(at("_review"), sent)

    assert answer.url == reverse("customers:users", args=[tailspin.tenant_id])
    assert User.objects.filter(tenant=tailspin.tenant).count() == 1


def test_what_is_created_is_what_the_person_looked_at(client, at, tailspin):
    fill(client, at)
    seen = client.get(at("_review")).context["seen"]
    fill(client, at, display_name="Ben", local_part="ben")

    answer = client.post(at("_review"), {"seen": seen}, follow=True)

    assert "What you typed was changed in another window." in answer.content.decode()
    assert User.objects.filter(tenant=tailspin.tenant).count() == 0


def test_a_draft_that_another_window_brought_back_is_forgotten_once_its_user_exists(client, at):
    fill(client, at)
    before = dict(client.session.items())
    create(client, at)
    session = client.session
    session.update(before)
    session.save()

    form = client.get(at()).context["form"]

    assert (form["display_name"].value(), form["local_part"].value()) == (None, None)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"display_name": ""}, "Type the name under which others find this user."),
        ({"local_part": ""}, "Type the name with which this user signs in."),
        ({"local_part": "a b"}, "Only letters, digits and . _ % + &#x27; - can stand in it"),
        ({"local_part": ".a"}, "Only letters, digits and . _ % + &#x27; - can stand in it"),
        ({"local_part": "x" * 65}, "at most 64 characters"),
        ({"local_part": "KIM"}, "Another user has this user name already."),
        ({"local_part": "gone"}, "A deleted user keeps this user name for 30 days."),
        ({"domain": "tailspin.example"}, "tailspin.example"),
    ],
)
def test_what_is_wrong_is_said_at_once_and_the_rest_stays(changes, sentence, client, at, tailspin):
    User.objects.create_user("kim@tailspintoys.com", display_name="Kim", tenant=tailspin.tenant)
    User.objects.create_user(
        "gone@tailspintoys.com", display_name="Gone", tenant=tailspin.tenant, deleted_at=timezone.now()
    )

    answer = client.post(at(), WHO | changes)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert 'value="Vance"' in answer.content.decode()


def test_only_verified_domains_can_be_chosen(client, at, tailspin):
    Domain.objects.create(tenant=tailspin.tenant, name="not-yet.com", verified_at=None)

    choices = client.get(at()).context["form"].fields["domain"].choices

    assert choices == [
        ("tailspintoys.onmicrosoft.com", "@tailspintoys.onmicrosoft.com"),
        ("tailspintoys.com", "@tailspintoys.com"),
    ]


def test_a_name_that_was_taken_meanwhile_is_told_at_the_end(client, at, tailspin):
    fill(client, at)
    User.objects.create_user("adele@tailspintoys.com", display_name="Adele", tenant=tailspin.tenant)

    answer = client.get(create(client, at).url)

    assert "Another user has this user name already." in answer.content.decode()
    assert User.objects.filter(tenant=tailspin.tenant).count() == 1


def test_the_own_password_is_asked_for_first_and_then_it_goes_on(browse, ana, at):
    client = browse(ana)
    fill(client, at)

    asked = create(client, at)
    back = client.post(asked.url, {"password": PASSWORD, "next": at("_review")})
    pages = [client.get(at("_review")).content.decode() for _look in range(2)]

    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert back.url == at("_review")
    assert ["data-submits-now" in text for text in pages] == [True, False]
    assert User.objects.filter(display_name="Adele Vance").count() == 0
