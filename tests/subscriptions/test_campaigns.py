"""A campaign: one file, a transfer for each row of it, and a result for each row."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from partnercenter.partners.roles import Role
from subscriptions.models import Transfer
from tests.subscribing import azure_plan

PAGE = "/transfers/campaigns/"
HEADER = "Microsoft ID of the customer,Current partner,Note"


@pytest.fixture
def targets(source, target, contoso, fabrikam, make_customer, azure):
    """Fabrikam's accounts of two customers whose Azure Contoso has."""
    account = make_customer(contoso, "Proseware")
    azure_plan(account)
    second = make_customer(fabrikam, "Proseware", tenant=account.tenant, domain=account.domain)
    azure_plan(second)
    return [target, second]


def file(*rows, header=HEADER):
    return SimpleUploadedFile("campaign.csv", "\n".join([header, *rows]).encode())


def send(client, *rows, **fields):
    given = {"file": file(*rows), "wish": "one", "typed_name": "Finn", "send": "1"}
    return client.post(PAGE, given | fields)


def rows_of(targets, contoso):
    return [f"{one.tenant_id},{contoso.pk},Hello {number}" for number, one in enumerate(targets)]


def test_each_row_becomes_a_transfer_with_its_note(browse, finn, targets, contoso):
    response = send(browse(finn), *rows_of(targets, contoso))

    made = Transfer.objects.order_by("asked_at")
    assert [(one.target, one.note, one.status) for one in made] == [
        (targets[0], "Hello 0", "awaiting_consent"),
        (targets[1], "Hello 1", "awaiting_consent"),
    ]
    assert [(one.transfer, one.problem) for one in response.context["outcomes"]] == [(one, "") for one in made]


def test_a_file_that_is_sent_twice_asks_once(browse, finn, targets, contoso):
    client, rows = browse(finn), rows_of(targets, contoso)

    first, second = send(client, *rows), send(client, *rows)

    assert [one.transfer for one in first.context["outcomes"]] == [one.transfer for one in second.context["outcomes"]]
    assert Transfer.objects.count() == 2


def test_every_row_that_cannot_be_sent_says_why_and_the_others_go(browse, finn, targets, contoso, northwind):
    good = rows_of(targets, contoso)[0]
    unknown, elsewhere = f"{uuid.uuid4()},{contoso.pk},", f"{targets[1].tenant_id},{northwind.pk},"

    response = send(
        browse(finn), unknown, good, elsewhere, "nonsense,,", f"{targets[1].tenant_id},{contoso.pk},{'x' * 1001}"
    )

    assert [(one.line.number, one.problem) for one in response.context["outcomes"]] == [
        (2, "None of your customers has this Microsoft ID."),
        (3, ""),
        (4, "No partner with this Microsoft ID has Azure of Proseware."),
        (5, "None of your customers has this Microsoft ID."),
        (6, "The note is longer than 1000 characters."),
    ]
    assert Transfer.objects.count() == 1


def test_a_check_sends_nothing_and_needs_no_name(browse, finn, targets, contoso):
    response = browse(finn).post(PAGE, {"file": file(*rows_of(targets, contoso)), "wish": "one", "check": "1"})

    assert (response.status_code, response.context["good"], response.context["bad"]) == (200, 2, 0)
    assert not Transfer.objects.exists()


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"typed_name": "Fred"}, "typed_name", "Type your own name to sign: Finn."),
        ({"file": ""}, "file", "Choose the file with the customers."),
        (
            {"file": file(header="Customer,Note")},
            "file",
            "The file has the names of the columns, but no rows below them.",
        ),
        (
            {"file": file("1,2", header="Customer,Note")},
            "file",
            "The file lacks these columns: Microsoft ID of the customer, Current partner.",
        ),
    ],
)
def test_what_is_wrong_with_the_whole_is_said_at_its_field(given, field, sentence, browse, finn, targets, contoso):
    response = send(browse(finn), *rows_of(targets, contoso), **given)

    assert response.status_code == 422
    assert response.context["form"].errors[field] == [sentence]
    assert not Transfer.objects.exists()


def test_the_template_has_the_columns_and_is_read(browse, finn, targets, contoso):
    client = browse(finn)
    template = b"".join(client.get(reverse("transfers:campaign_template")).streaming_content)

    content = template + rows_of(targets, contoso)[0].encode()
    response = send(client, file=SimpleUploadedFile("c.csv", content))

    assert response.context["good"] == 1


def test_more_rows_than_somebody_waits_for_are_refused(browse, finn, targets):
    response = send(browse(finn), *["1,2,3"] * 201)

    assert "200" in response.context["form"].errors["file"][0]


def test_who_asks_for_no_transfers_sends_no_campaign(browse, fabrikam, make_staff):
    assert browse(make_staff(fabrikam, "Sam", Role.SALES_AGENT)).get(PAGE).status_code == 403
