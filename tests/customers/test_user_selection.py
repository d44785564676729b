"""Changing selected users of a customer: sign-in, deletion, role."""

from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.services.user_changes import Changed, change_users
from partnercenter.activity.models import Activity
from partnercenter.directory.models import User
from tests.conftest import PASSWORD
from tests.users import make_many_users

NOW = timezone.now()


@pytest.fixture
def make_user(tailspin):
    def make(name, **fields):
        fields = {"tenant": tailspin.tenant, "display_name": name, **fields}
        return User.objects.create_user(f"{name.lower()}@tailspintoys.com", PASSWORD, **fields)

    return make


@pytest.fixture
def send(browse, ana, tailspin):
    """Press a button of the selection and confirm what it will do; the answer."""

    def press(act, *users, query="", **sent):
        ids = [str(user.pk) for user in users]
        url = reverse(f"customers:{act}", args=[tailspin.tenant_id]) + query
        return browse(ana).post(url, {"ids": ids, "step": "apply", **sent}, follow=True)

    return press


def told():
    """What the log tells, but for the names."""
    lines = Activity.objects.order_by("id").values_list("deed", "details")
    return [(deed, {name: value for name, value in details.items() if name != "Selected"}) for deed, details in lines]


def fresh(*users):
    return [User.objects.get(pk=user.pk) for user in users]


def test_selected_users_are_blocked_and_allowed_again(send, make_user):
    users = [make_user("Adele"), make_user("Mika")]
    other = make_user("Zoe")

    answer = send("block_users", *users)
    blocked = [user.is_active for user in fresh(*users, other)]
    send("allow_users", *users)

    assert (blocked, [user.is_active for user in fresh(*users)]) == ([False, False, True], [True, True])
    assert "2 users cannot sign in any more, and were signed out everywhere." in answer.content.decode()
    assert told() == [("users_blocked", {"Users": 2}), ("users_allowed", {"Users": 2})]


def test_the_log_names_a_few_and_nobody_of_another_customer(send, make_user, carla):
    adele, mika = make_user("Adele"), make_user("Mika")

    send("block_users", mika, adele, carla)

    names = [details["Selected"] for details in Activity.objects.values_list("details", flat=True)]
    assert names == ["adele@tailspintoys.com, mika@tailspintoys.com"]


def test_the_log_counts_many(send, make_user):
    users = [make_user(f"Kim{number}") for number in range(11)]

    send("block_users", *users)

    assert Activity.objects.get().details == {"Users": 11}


def test_selected_users_are_deleted_and_restored(send, make_user):
    users = [make_user("Adele"), make_user("Mika")]

    send("delete_users", *users)
    deleted = [user.deleted_at is not None for user in fresh(*users)]
    send("restore_users", *users, query="?deleted=1")

    assert (deleted, [user.deleted_at for user in fresh(*users)]) == ([True, True], [None, None])
    assert told() == [("users_deleted", {"Users": 2}), ("users_restored", {"Users": 2})]


def test_selected_users_get_another_role(send, make_user):
    adele, mika = make_user("Adele", role="helpdesk"), make_user("Mika")

    answer = send("change_roles", adele, mika, value="helpdesk")

    assert [user.role for user in fresh(adele, mika)] == ["helpdesk", "helpdesk"]
    assert "1 user has the new role." in answer.content.decode()
    assert "1 was like that already." in answer.content.decode()
    assert told() == [("users_role_changed", {"Users": 1, "Left as they were": 1, "Role": "Helpdesk"})]


def test_a_role_that_does_not_exist_changes_nothing(send, make_user):
    adele = make_user("Adele")

    answer = send("change_roles", adele, value="king")

    assert (answer.status_code, fresh(adele)[0].role, told()) == (422, "user", [])


def test_all_that_match_are_changed_and_nobody_else(send, make_user):
    adele, adam, mika = make_user("Adele"), make_user("Adam"), make_user("Mika")

    send("block_users", query="?q=ad", all="1", count="2")

    assert [user.is_active for user in fresh(adele, adam, mika)] == [False, False, True]


def test_the_page_says_what_will_be_done_before_it_is_done(browse, ana, tailspin, make_user):
    adele, mika = make_user("Adele"), make_user("Mika")
    url = reverse("customers:delete_users", args=[tailspin.tenant_id])

    page = browse(ana).post(url, {"ids": f"{adele.pk} {mika.pk}"}).content.decode()

    assert "Delete 2 users?" in page
    assert "For 30 days they can be restored" in page
    assert [user.deleted_at for user in fresh(adele, mika)] == [None, None]


def test_in_the_panel_the_script_is_told_that_it_is_done(browse, ana, tailspin, make_user):
    url = reverse("customers:block_users", args=[tailspin.tenant_id]) + "?q=ad"
    sent = {"ids": str(make_user("Adele").pk)}
    client, headers = browse(ana), {"HX-Request": "true"}

    question = client.post(url, sent, headers=headers)
    done = client.post(url, sent | {"step": "apply"}, headers=headers)

    assert "<html" not in question.content.decode()
    assert done["HX-Redirect"] == reverse("customers:users", args=[tailspin.tenant_id]) + "?q=ad"
    assert "selectionDone" in done["HX-Trigger"]


def test_the_last_global_admin_is_left_and_named(send, make_user):
    admins = [make_user(name, role="global_admin") for name in ("Root", "Toor")]
    mika = make_user("Mika")

    answer = send("delete_users", *admins, mika)

    assert [user.deleted_at is None for user in fresh(*admins, mika)] == [True, False, False]
    assert "Root was left: the last Global admin of this customer who can sign in." in answer.content.decode()
    assert told() == [("users_deleted", {"Users": 2, "Left as they were": 1})]


def test_all_admins_of_a_selection_go_where_another_one_can_sign_in(send, make_user):
    root, toor = make_user("Root", role="global_admin"), make_user("Toor", role="global_admin")

    send("change_roles", root, value="user")

    assert [user.role for user in fresh(root, toor)] == ["user", "global_admin"]


def test_users_of_others_and_staff_are_not_touched(ana, fabrikam, finn, contoso, make_customer, carla):
    customer = make_customer(contoso, "Fabrikam", tenant=fabrikam.tenant)

    changed = change_users(customer, [carla.pk, finn.user_id], "delete", actor=ana.user)

    assert changed == Changed(changed=0, same=0, staff=1, gone=1, admin="")
    assert [user.deleted_at for user in fresh(carla, finn.user)] == [None, None]
    assert told() == []


def test_selected_users_get_another_location(send, make_user):
    adele, mika = make_user("Adele", location="DE"), make_user("Mika")

    answer = send("change_locations", adele, mika, value="DE")

    assert [user.location for user in fresh(adele, mika)] == ["DE", "DE"]
    assert "1 user has the new location." in answer.content.decode()
    assert told() == [("users_location_changed", {"Users": 1, "Left as they were": 1, "Location": "DE"})]


def test_of_all_that_match_more_than_the_person_agreed_to_are_asked_about_again(send, make_user):
    kim = make_user("Kim")
    new = make_user("Kimba")

    answer = send("delete_users", query="?q=kim", all="1", count="1")

    text = answer.content.decode()
    assert "Delete 2 users?" in text
    assert "Other users match by now: look at the number once more." in text
    assert [user.deleted_at for user in fresh(kim, new)] == [None, None]


@pytest.mark.parametrize(
    "query", ["?q=" + "x" * 201, "?state=activ", "?role=admin", f"?upload={UUID(int=1)}", "?upload=x", "?q=%00kim"]
)
def test_nothing_is_done_with_all_that_an_address_finds_that_is_not_in_order(query, send, make_user):
    kim = make_user("Kim")

    answer = send("delete_users", query=query, all="1", count="1")

    assert "The address of this list is not in order" in answer.content.decode()
    assert [user.deleted_at for user in fresh(kim)] == [None]


@pytest.mark.parametrize("sent", [{}, {"ids": "nonsense"}, {"all": "1"}])
def test_without_a_selection_nothing_is_done_and_it_is_said(sent, browse, ana, tailspin):
    url = reverse("customers:block_users", args=[tailspin.tenant_id])

    answer = browse(ana).post(url, sent | {"step": "apply"}, follow=True)

    assert "No user is selected." in answer.content.decode()


def test_a_thousand_are_changed_with_as_many_questions_to_the_database_as_one(
    ana, tailspin, django_assert_max_num_queries
):
    ids = make_many_users(tailspin, 1_000)

    with django_assert_max_num_queries(14):
        changed = change_users(tailspin, ids, "block", actor=ana.user)

    assert changed.changed == 1_000


def test_boxes_and_buttons_are_for_those_who_may(browse, ana, hugo, bill, tailspin, make_user):
    make_user("Adele")
    address = reverse("customers:users", args=[tailspin.tenant_id])
    acts = [
        reverse(name, args=[tailspin.tenant_id]) for name in ("customers:block_users", "subscriptions:assign_selected")
    ]

    pages = [browse(person).get(address).content.decode() for person in (ana, hugo, bill)]

    # A helpdesk agent assigns licenses and does nothing else with users.
    assert ['name="ids"' in page for page in pages] == [True, True, False]
    assert [[act in page for act in acts] for page in pages] == [[True, True], [False, True], [False, False]]
