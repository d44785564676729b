"""Names as the domain name system writes them, and what it says of a domain."""

import os
import subprocess
import sys
import time

import dns.rcode
import pytest

from partnercenter.directory.dns import LIFETIME, NoAnswer, NoSuchDomain, ascii_name, readable_name, text_records
from tests.nameserver import SILENCE, TRUNCATED, name_server


@pytest.fixture
def said(settings):
    """What the name server says of each name."""
    with name_server(settings) as server:
        yield server.zone


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("contoso.com", "contoso.com"),
        (" Contoso.COM ", "contoso.com"),
        ("contoso.com.", "contoso.com"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("MÜNCHEN.example", "xn--mnchen-3ya.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("例え。jp", "xn--r8jz45g.jp"),
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        (f"{'a' * 63}.com", f"{'a' * 63}.com"),
    ],
)
def test_a_name_is_written_in_ascii(written, name):
    assert ascii_name(written) == name


@pytest.mark.parametrize(
    "written", ["a..b", ".com", "xn--.com", "xn--aaa.com", "☃.com", f"{'a' * 64}.com", ".".join(["a" * 63] * 4)]
)
def test_what_cannot_be_a_name_is_none(written):
    with pytest.raises(ValueError, match=r"\."):
        ascii_name(written)


@pytest.mark.parametrize(
    ("name", "readable"),
    [
        ("contoso.com", "contoso.com"),
        ("xn--mnchen-3ya.example", "münchen.example"),
        ("xn--strae-oqa.example", "straße.example"),
        ("mail.xn--r8jz45g.jp", "mail.例え.jp"),
    ],
)
def test_people_read_a_name_in_their_letters(name, readable):
    assert readable_name(name) == readable


def test_all_texts_of_a_domain_are_found(said):
    said["contoso.com"] = ["v=spf1 -all", "proof=1"]

    assert sorted(text_records("contoso.com")) == ["proof=1", "v=spf1 -all"]


def test_the_strings_of_one_record_are_one_text(said):
    said["contoso.com"] = [("proof=", "1", "23")]

    assert text_records("contoso.com") == ["proof=123"]


def test_a_domain_without_texts_has_none(said):
    said["contoso.com"] = []

    assert text_records("contoso.com") == []


def test_bytes_that_are_no_text_harm_nobody(said):
    said["contoso.com"] = [r"\255\254"]

    assert text_records("contoso.com") == ["\N{REPLACEMENT CHARACTER}" * 2]


def test_a_name_that_does_not_exist_is_told_from_one_without_texts(said):
    with pytest.raises(NoSuchDomain):
        text_records("contoso.com")


@pytest.mark.parametrize("code", [dns.rcode.SERVFAIL, dns.rcode.REFUSED])
def test_servers_that_do_not_know_are_no_answer(said, code):
    said["contoso.com"] = code

    with pytest.raises(NoAnswer):
        text_records("contoso.com")


def test_silence_is_no_answer_after_five_seconds(said):
    said["contoso.com"] = SILENCE
    begun = time.monotonic()

    with pytest.raises(NoAnswer):
        text_records("contoso.com")

    assert LIFETIME == 5
    assert 4 < time.monotonic() - begun < 7


def test_an_answer_that_is_too_long_for_a_datagram_is_asked_for_again(said):
    texts = [f"{number:03} {'x' * 200}" for number in range(50)]
    said["contoso.com"] = (TRUNCATED, texts)

    assert sorted(text_records("contoso.com")) == texts


@pytest.mark.parametrize(
    ("given", "servers"),
    [
        ("", "[]"),
        ("9.9.9.9", "[('9.9.9.9', 53)]"),
        ("127.0.0.1:5353, [::1]:54,[2620:fe::fe]", "[('127.0.0.1', 5353), ('::1', 54), ('2620:fe::fe', 53)]"),
    ],
)
def test_the_servers_that_are_asked_are_a_setting(given, servers):
    assert dns_servers(given) == servers


@pytest.mark.parametrize("given", ["dns.example", "9.9.9.9:x", "::1"])
def test_a_setting_that_names_no_address_stops_the_start(given):
    assert dns_servers(given).startswith("ValueError: ")


def dns_servers(given):
    """The setting in a process with this variable; or the last line of its refusal."""
    code = "from partnercenter import settings; print(settings.DNS_SERVERS)"
    environment = os.environ | {"DNS_SERVERS": given}
    ended = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    return (ended.stdout or ended.stderr.splitlines()[-1]).strip()
