"""A role is taken away while an upload waits for its decision: the open page decides nothing any more."""

import pytest
from django.urls import reverse

from customers.models import UserImportRow
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import User
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import run_job
from partnercenter.partners.models import Staff
from partnercenter.partners.roles import Role
from tests.conftest import PASSWORD
from tests.uploads import FAULTY, GOOD, content_of, page_of, people, uploaded

pytestmark = pytest.mark.faults

SENTENCE = (
    "Only a Global admin, User admin, or Admin agent can manage users. "
    "Ask a Global admin of your organization for the role."
)
CORRECT = {"first_name": "", "last_name": "", "display_name": "Noa", "email": "noa@tailspintoys.com"}


@pytest.fixture
def window(browse, uri):
    """Uri's browser, in which she has just confirmed that it is her."""
    client = browse(uri)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def take_the_role_away(person):
    Staff.objects.filter(pk=person.pk).update(roles=[Role.HELPDESK_AGENT])


def what_is_there(user_import):
    """The file, its rows, its jobs and its users, as they stand."""
    user_import.refresh_from_db()
    return (
        user_import.status,
        user_import.good,
        bytes(user_import.content),
        list(UserImportRow.objects.order_by("number").values()),
        list(Job.objects.values()),
        list(User.objects.filter(tenant=user_import.customer.tenant).order_by("pk").values()),
    )


ACTS = {
    "start": ("start/", {"location": "DE", "skip_faulty": "on"}),
    "discard": ("discard/", {}),
    "correct a row": ("rows/2/", CORRECT),
    "read it again": ("reading/", {"encoding": "windows", "delimiter": ";"}),
    "hand out passwords": ("passwords/", {"seen": ""}),
}


@pytest.mark.parametrize("act", ACTS)
def test_who_lost_the_role_while_a_file_waits_decides_nothing_about_it(window, uri, tailspin, act):
    user_import = uploaded(window, tailspin, content_of(GOOD, FAULTY))
    opened = window.get(page_of(user_import)).status_code
    before = what_is_there(user_import)

    take_the_role_away(uri)
    address, fields = ACTS[act]
    answer = window.post(page_of(user_import) + address, fields)

    assert (opened, answer.status_code, answer.context["exception"]) == (200, 403, SENTENCE)
    assert what_is_there(user_import) == before
    assert list(Activity.objects.order_by("pk").values_list("deed", flat=True)) == [Deed.USERS_UPLOADED, Deed.REFUSED]


def test_who_lost_the_role_after_the_users_were_created_gets_no_passwords(window, uri, tailspin):
    user_import = uploaded(window, tailspin, people(3))
    window.post(page_of(user_import, "import_start"), {"location": "DE"})
    run_job(Job.objects.get().pk)
    opened = window.get(page_of(user_import)).status_code
    before = what_is_there(user_import)

    take_the_role_away(uri)
    answer = window.post(page_of(user_import, "import_passwords"), {"seen": ""})

    assert (opened, answer.status_code, answer.context["exception"]) == (200, 403, SENTENCE)
    assert what_is_there(user_import) == before
    assert not Activity.objects.filter(deed=Deed.PASSWORDS_HANDED_OUT).exists()
