"""The file of a campaign: what can be read, and what is said of what cannot."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from partnercenter.errors import Refused
from subscriptions.models import TransferCampaign
from subscriptions.services.campaign_files import MAX_BYTES, TITLES, FileLine, read_campaign
from tests.campaigning import HEADER, content_of, file_of, rows_for

NEW = "/transfers/campaigns/new/"


def test_each_row_says_its_customer_its_partner_and_a_note():
    assert read_campaign(content_of("a,b,c", "", "d,e")) == [FileLine(2, "a", "b", "c"), FileLine(4, "d", "e", "")]


def test_columns_may_stand_in_any_order_and_others_are_passed_over():
    lines = read_campaign(content_of("x,b,a", header="State,Current partner,microsoft id of the CUSTOMER"))

    assert lines == [FileLine(2, "a", "b")]


@pytest.mark.parametrize("language", ["de", "zh-hans"])
def test_the_header_may_be_written_in_any_language_of_the_portal(language):
    with translation.override(language):
        header = ";".join(str(title) for title in TITLES.values())

    assert read_campaign(content_of("a;b;c", header=header)) == [FileLine(2, "a", "b", "c")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (content_of(), "The file has the names of the columns, but no rows below them."),
        (
            content_of("1,2", header="Customer,Note"),
            "The file lacks these columns: Microsoft ID of the customer, Current partner.",
        ),
        (content_of(*["1,2,3"] * 10_001), "10,000"),
        (content_of("1,2," + "x" * MAX_BYTES), "2"),
        (b"", "empty"),
    ],
)
def test_a_file_that_is_none_is_refused_with_what_to_do(content, sentence):
    with pytest.raises(Refused) as refused:
        read_campaign(content)

    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("", "Choose the file with the customers."),
        (file_of(), "The file has the names of the columns, but no rows below them."),
    ],
)
def test_what_is_wrong_with_the_file_is_said_at_its_field_and_nothing_is_kept(file, sentence, browse, finn):
    response = browse(finn).post(NEW, {"file": file, "wish": "one"})

    assert (response.status_code, response.context["form"].errors) == (422, {"file": [sentence]})
    assert not TransferCampaign.objects.exists()


def test_the_template_has_the_columns_and_is_read(browse, finn, targets, contoso):
    client = browse(finn)
    template = b"".join(client.get(reverse("transfers:campaign_template")).streaming_content)

    response = client.post(
        NEW, {"file": SimpleUploadedFile("c.csv", template + rows_for(targets, contoso)[0].encode()), "wish": "one"}
    )

    assert response.status_code == 302
    assert HEADER in template.decode("utf-8-sig")
    assert TransferCampaign.objects.get().rows.get().code == ""
