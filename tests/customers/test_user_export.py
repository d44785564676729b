"""The users of a customer as a CSV file."""

import pytest
from django.urls import reverse
from django.utils import timezone

from partnercenter.directory.models import User
from partnercenter.partners.roles import Action, denial
from tests.conftest import PASSWORD
from tests.uploads import cells
from tests.users import make_many_users


@pytest.fixture
def adele(tailspin):
    return User.objects.create_user(
        "adele@tailspintoys.com",
        PASSWORD,
        display_name="=Adele",
        first_name="Adele",
        last_name="Vance",
        location="DE",
        role="helpdesk",
        tenant=tailspin.tenant,
        created_at="2026-05-01T08:00Z",
    )


def export(client, customer, query=""):
    return client.get(reverse("customers:export_users", args=[customer.tenant_id]) + query)


def test_the_file_tells_all_that_the_list_knows(browse, ana, tailspin, adele):
    User.objects.filter(pk=adele.pk).update(last_login="2026-05-02T09:30:15Z")

    answer = export(browse(ana), tailspin)

    assert answer.headers["Content-Disposition"].startswith('attachment; filename="users-tailspin-toys-')
    assert cells(answer) == [
        [
            "Display name",
            "First name",
            "Last name",
            "User name",
            "Location",
            "Role",
            "Sign-in",
            "Last sign-in (UTC)",
            "Created (UTC)",
        ],
        [
            "'=Adele",
            "Adele",
            "Vance",
            "adele@tailspintoys.com",
            "Germany",
            "Helpdesk",
            "Active",
            "2026-05-02 09:30:15",
            "2026-05-01 08:00:00",
        ],
    ]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["'=Adele", "Kim 0", "Kim 1"]),
        ("?sort=-name", ["Kim 1", "Kim 0", "'=Adele"]),
        ("?q=kim", ["Kim 0", "Kim 1"]),
        ("?role=helpdesk", ["'=Adele"]),
        ("?deleted=1", ["Gone"]),
        ("?q=nobody", []),
        ("?role=king", []),
    ],
)
def test_the_file_has_the_users_of_the_list_in_its_order(query, names, browse, ana, tailspin, adele):
    make_many_users(tailspin, 2)
    User.objects.create_user(
        "gone@tailspintoys.com", display_name="Gone", tenant=tailspin.tenant, deleted_at=timezone.now()
    )

    rows = cells(export(browse(ana), tailspin, query))

    assert [row[0] for row in rows[1:]] == names


def test_the_button_follows_the_search(browse, ana, tailspin, adele):
    address = reverse("customers:users", args=[tailspin.tenant_id]) + "?q=adele"

    piece = browse(ana).get(address, HTTP_HX_REQUEST="true").content.decode()

    assert 'id="export-users" hx-swap-oob="true"' in piece
    assert reverse("customers:export_users", args=[tailspin.tenant_id]) + "?q=adele" in piece


def test_who_may_not_export_reads_why(browse, hugo, tailspin):
    client = browse(hugo)

    page = client.get(reverse("customers:users", args=[tailspin.tenant_id])).content.decode()

    assert denial(Action.EXPORT) in page
    assert export(client, tailspin).status_code == 403
