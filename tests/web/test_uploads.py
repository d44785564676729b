"""What is far too large is not read at all."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from tests.uploads import people, send

SENTENCE = "What was sent is far larger than the portal takes. Nothing of it was read."


@pytest.fixture
def post(settings):
    """Post a file of so many bytes; the answer, and how many of all bytes were read."""

    def send_to(client, address, size):
        body = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("users.csv", b"x" * size)})
        wire = io.BytesIO(body)
        told = {"CONTENT_TYPE": MULTIPART_CONTENT, "CONTENT_LENGTH": str(len(body)), "wsgi.input": wire}
        answer = client.generic("POST", address, **told)
        return answer, wire.tell()

    settings.UPLOAD_LIMIT_BYTES = 100_000
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000
    return send_to


def test_an_upload_far_beyond_the_limit_is_not_read(post, browse, ana, tailspin):
    answer, taken = post(browse(ana), reverse("customers:upload", args=[tailspin.tenant_id]), 250_000)

    assert (answer.status_code, taken, SENTENCE in answer.content.decode()) == (413, 0, True)


def test_an_upload_a_little_beyond_the_limit_gets_its_sentence_at_the_field(post, browse, ana, tailspin):
    answer, taken = post(browse(ana), reverse("customers:upload", args=[tailspin.tenant_id]), 150_000)

    assert (answer.status_code, list(answer.context["form"].errors), taken > 150_000) == (422, ["file"], True)


def test_of_people_who_are_not_signed_in_nothing_larger_than_a_form_is_read(post, db):
    client = Client(enforce_csrf_checks=True)
    client.get("/accounts/login/")

    answer, taken = post(client, "/accounts/login/", 20_000)

    assert (answer.status_code, taken) == (413, 0)


def test_an_upload_within_the_limit_is_read(post, browse, ana, tailspin):
    assert send(browse(ana), tailspin, people(1)).status_code == 302
