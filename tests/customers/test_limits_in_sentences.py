"""Sentences tell the limits that are in force, written as their reader writes numbers."""

import re
import uuid

import pytest
from django.urls import reverse
from django.utils import translation

from customers.forms.user_imports import UploadForm
from customers.models import Tag
from customers.services.tag_changes import start_change
from customers.userfiles import MAX_BYTES
from partnercenter.jobs.services import run_job
from partnercenter.notifications.models import Notification

ASSIGN = reverse("customers:assign_tags")


@pytest.fixture
def vip(make_tag):
    return make_tag("VIP")


@pytest.fixture
def limit(monkeypatch):
    """What sentences call the most tags on a customer, which stays 150."""
    monkeypatch.setattr(Tag, "MOST_ON_A_CUSTOMER", 1_500)


@pytest.fixture
def full(contoso, make_customer):
    others = list(range(1_000_000, 1_000_150))
    return [make_customer(contoso, f"Full {number}", tag_ids=others) for number in range(4)]


@pytest.mark.usefixtures("limit")
@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (1, "1 customer would have more than 1,500 tags and was left as it was: Full 0. Take tags off it first."),
        (
            4,
            "4 customers would have more than 1,500 tags and were left as they were, among them Full 0, Full 1, Full 2. Take tags off them first.",
        ),
    ],
)
def test_who_has_as_many_tags_as_a_customer_can_have(browse, ana, full, vip, count, sentence):
    chosen = [str(customer.tenant_id) for customer in full[:count]]

    response = browse(ana).post(ASSIGN, {"step": "apply", "ids": chosen, "add": str(vip.guid)}, follow=True)

    assert [str(message) for message in response.context["messages"]] == [sentence]


@pytest.mark.usefixtures("limit")
def test_whom_a_job_left_out(contoso, ana, full, vip):
    job = start_change(contoso, [full[0].tenant_id], total=1, add=[vip], url="/", actor=ana.user)

    run_job(job.pk)

    sentence = "The tags of 0 customers are as you chose: + VIP. Left out at the limit of 1,500 tags: 1."
    assert Notification.objects.get().sentence == sentence


def test_how_many_customers_can_be_selected_one_by_one(browse, ana, full, vip, monkeypatch):
    monkeypatch.setattr("customers.forms.selection.COUNT_LIMIT", 1_200)
    monkeypatch.setattr("partnercenter.web.tables.COUNT_LIMIT", 1_200)
    many = " ".join(str(uuid.uuid4()) for _number in range(1_201))

    page = browse(ana).get("/customers/").content.decode()
    response = browse(ana).post(ASSIGN, {"ids": many}, follow=True)

    sentence = "At most 1,200 customers can be selected one by one. Filter the list, and select all that match."
    assert re.findall('data-too-many="([^"]*)"', page) == [sentence]
    assert [str(message) for message in response.context["messages"]] == [sentence]


def test_how_long_a_name_in_a_file_can_be(browse, ana, tailspin, monkeypatch):
    monkeypatch.setattr("customers.views.user_imports.MAX_NAME", 1_050)

    page = browse(ana).get(reverse("customers:upload", args=[tailspin.tenant_id])).content.decode()

    assert page.count("At most 1,050 characters.") == 3


def test_how_large_a_file_of_users_can_be(browse, ana, tailspin, monkeypatch):
    monkeypatch.setattr("customers.userfiles.limits.MAX_BYTES", 40 * 1024 * 1024)
    monkeypatch.setattr("customers.userfiles.limits.MAX_ROWS", 250_000)
    client = browse(ana)

    page = client.get(reverse("customers:upload", args=[tailspin.tenant_id])).content.decode()
    empty = client.get(reverse("customers:users", args=[tailspin.tenant_id])).content.decode()
    with translation.override("de"):
        in_german = UploadForm().fields["file"].help_text

    assert "At most 40 MB and 250,000 rows." in page
    assert "The file is larger than 40 MB. Divide it into several files and upload them one by one." in page
    assert "Upload a CSV file to create up to 250,000 of them at once." in empty
    assert re.findall(r"\d[\d.]*", in_german) == ["40", "250.000"]


def test_the_portal_takes_in_what_a_file_of_users_can_have(settings):
    assert settings.UPLOAD_LIMIT_BYTES == MAX_BYTES
