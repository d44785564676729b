"""A role is taken away while an upload or a choice waits to be decided: the open page decides nothing any more."""

import pytest
from django.urls import reverse

from customers.models import UserImportRow
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import User
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import run_job
from partnercenter.partners.models import Staff
from partnercenter.partners.roles import Action, Role, denial
from subscriptions.models import LicenseChange, SubscriptionChange
from tests.conftest import PASSWORD
from tests.licensing import E3, address, assigned
from tests.subscribing import subscribe
from tests.uploads import FAULTY, GOOD, content_of, page_of, people, uploaded
from tests.users import make_many_users

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


def take_the_role_away(person, left=Role.HELPDESK_AGENT):
    Staff.objects.filter(pk=person.pk).update(roles=[left])


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


def test_who_lost_the_role_while_licenses_are_chosen_changes_nobodys(window, uri, tailspin):
    product = subscribe(tailspin, E3, quantity=3)
    users = make_many_users(tailspin, 2, location="US")
    chosen = {"ids": [str(pk) for pk in users], "step": "apply", "change": f"add:{product.pk}"}
    opened = window.post(address(tailspin, "assign_selected"), {"ids": chosen["ids"]}).status_code

    take_the_role_away(uri, Role.BILLING_ADMIN)
    answer = window.post(address(tailspin, "assign_selected"), chosen)

    assert (opened, answer.status_code) == (200, 403)
    assert answer.context["exception"] == denial(Action.ASSIGN_LICENSES)
    assert (LicenseChange.objects.count(), assigned(product)) == (0, 0)
    assert list(Activity.objects.values_list("deed", flat=True)) == [Deed.REFUSED]


@pytest.fixture
def sams(contoso, make_staff, browse):
    """A sales agent of Contoso, and the browser in which subscriptions are selected."""
    sam = make_staff(contoso, "Sam", Role.SALES_AGENT)
    return sam, browse(sam)


def test_who_lost_the_role_while_a_suspension_is_asked_about_suspends_nothing(sams, tailspin):
    (sam, client), sold = sams, subscribe(tailspin, E3)
    chosen = {"ids": str(sold.pk)}
    opened = client.post(address(tailspin, "suspend_selected"), chosen).status_code

    take_the_role_away(sam)
    answer = client.post(address(tailspin, "suspend_selected"), chosen | {"step": "apply"})

    assert (opened, answer.status_code) == (200, 403)
    assert answer.context["exception"] == denial(Action.MANAGE_SUBSCRIPTIONS)
    assert (Job.objects.count(), SubscriptionChange.objects.count()) == (0, 0)
    sold.refresh_from_db()
    assert sold.status == "active"


def test_what_was_asked_for_with_the_role_is_done_and_can_be_looked_at_but_not_stopped_without_it(sams, tailspin):
    (sam, client), sold = sams, subscribe(tailspin, E3)
    result = client.post(address(tailspin, "suspend_selected"), {"ids": str(sold.pk), "step": "apply"}).url
    job = Job.objects.get()

    take_the_role_away(sam)
    page, stopped = client.get(result), client.post(reverse("jobs:cancel", args=[job.pk]))
    run_job(job.pk)

    assert (page.status_code, "Cancel the job" in page.content.decode(), stopped.status_code) == (200, False, 403)
    sold.refresh_from_db()
    assert sold.status == "suspended"
    line = Activity.objects.get(deed=Deed.SUBSCRIPTION_SUSPENDED)
    assert (line.actor_id, line.subject_id) == (sam.user_id, sold.pk)
