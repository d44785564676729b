"""How the domain of a new organization begins."""

import pytest

from partnercenter.directory.mail_domains import domain_of, is_free_mail
from partnercenter.directory.prefixes import check_prefix, given_domain, normalize_prefix, prefix_ideas


@pytest.mark.parametrize("prefix", ["a", "7", "a-b", "a--b", "a" * 27, "1-2-3"])
def test_letters_digits_and_hyphens_inside_are_a_prefix(prefix):
    assert check_prefix(prefix) is None


@pytest.mark.parametrize(
    ("prefix", "code"),
    [
        ("", "characters"),
        ("A", "characters"),
        ("a.b", "characters"),
        ("a b", "characters"),
        ("ä", "characters"),
        ("٣", "characters"),
        ("-a", "hyphen"),
        ("a-", "hyphen"),
        ("-", "hyphen"),
        ("xn--80ak6aa92e", "hyphen"),
        ("a" * 28, "too_long"),
    ],
)
def test_nothing_else_is_one(prefix, code):
    assert check_prefix(prefix).code == code


@pytest.mark.parametrize(
    ("cloud", "suffix"), [("global", ".onmicrosoft.com"), ("usgov", ".onmicrosoft.us"), ("germany", ".onmicrosoft.de")]
)
def test_each_cloud_has_its_suffix_which_nobody_needs_to_type(cloud, suffix):
    assert given_domain("wide", cloud) == f"wide{suffix}"
    assert normalize_prefix(f" Wide{suffix.upper()} ", cloud) == "wide"


@pytest.mark.parametrize(
    ("name", "prefix", "first"),
    [
        ("Adventure Works Ltd", "", "adventureworks"),
        ("Adventure Works Ltd", "My Shop!", "my-shop"),
        ("Müller & Söhne AG", "", "mullersohne"),
        ("", "contoso", "contoso"),
    ],
)
def test_ideas_begin_with_what_was_typed_and_the_name(name, prefix, first):
    assert prefix_ideas(name, prefix, "DE")[0] == first


@pytest.mark.parametrize("name", ["Adventure Works", "阿里巴巴有限公司", "", "x" * 255, "A B C D E F G"])
def test_there_are_ideas_for_everybody_and_all_of_them_can_be_had(name):
    ideas = prefix_ideas(name, "", "CN")

    assert len(ideas) >= 3
    assert len({*ideas}) == len(ideas)
    assert [idea for idea in ideas if check_prefix(idea)] == []


@pytest.mark.parametrize(
    ("address", "domain", "free"),
    [("kim@GMAIL.com", "gmail.com", True), ("kim@qq.com", "qq.com", True), ("kim@contoso.com", "contoso.com", False)],
)
def test_free_mail_says_nothing_of_an_organization(address, domain, free):
    assert (domain_of(address), is_free_mail(domain)) == (domain, free)


def test_what_is_no_address_has_no_domain():
    assert domain_of("kim") == domain_of("") == ""
