"""The companies of the demo: plausible, all different, and good by the rules for every customer."""

import re
from itertools import islice

import pytest

from partnercenter.directory.addresses import check_address
from partnercenter.directory.clouds import market_countries
from partnercenter.directory.countries import culture_choices
from partnercenter.directory.names import (
    check_company_name,
    check_contact_email,
    check_person_name,
    company_name_warning,
)
from partnercenter.directory.phones import parse_phone
from relationships.demo.names import demo_companies, demo_people


@pytest.fixture(scope="module", params=["US", "DE"])
def market(request):
    return request.param


@pytest.fixture(scope="module")
def companies(market):
    return list(demo_companies(2_000, seed=1, country=market, tags=("Retail", "Pilot", "West")))


def test_the_first_companies_are_litware_and_tailspin_toys():
    first, second = islice(demo_companies(2_000, seed=7), 2)

    assert (first.name, first.prefix) == ("Litware", "litware")
    assert (second.name, second.prefix) == ("Tailspin Toys", "tailspintoys")


def test_the_same_seed_makes_the_same_companies_and_another_one_other_addresses():
    once, again, other = (list(demo_companies(50, seed=seed)) for seed in (1, 1, 2))

    assert once == again
    assert [company.name for company in once] == [company.name for company in other]
    assert [company.line1 for company in once] != [company.line1 for company in other]


def test_a_later_start_continues_the_same_sequence_of_names():
    names = [company.name for company in demo_companies(100, seed=1)]

    later = [company.name for company in demo_companies(60, seed=2, first=40)]

    assert later == names[40:]


def test_no_two_companies_share_a_name_or_a_domain(companies):
    assert len({company.name for company in companies}) == 2_000
    assert len({company.prefix for company in companies}) == 2_000


def test_names_and_domains_stay_different_when_all_pairs_of_words_are_used_up():
    many = list(demo_companies(30_000, seed=1))

    assert len({company.name for company in many}) == 30_000
    assert len({company.prefix for company in many}) == 30_000


def test_a_domain_prefix_is_short_and_plain(companies):
    strange = [company.prefix for company in companies if not re.fullmatch("[a-z0-9]{2,27}", company.prefix)]

    assert strange == []


def test_every_name_passes_the_rules_for_names(companies):
    problems = [
        problem
        for company in companies
        for problem in (
            check_company_name(company.name),
            company_name_warning(company.name),
            check_person_name(company.first_name),
            check_person_name(company.last_name),
            check_contact_email(company.email, {"contoso.com"}),
        )
        if problem
    ]

    assert problems == []


def test_every_address_passes_the_rules_of_its_country(companies):
    problems = [problem for company in companies if (problem := check_address(company.country, company._asdict()))]

    assert problems == []


def test_every_phone_number_is_valid_and_already_in_the_form_in_which_it_is_stored(companies):
    changed = [company.phone for company in companies if parse_phone(company.phone, company.country) != company.phone]

    assert changed == []


def test_every_country_and_culture_is_one_the_partner_could_have_chosen(companies, market):
    countries = {company.country for company in companies}
    cultures = {(company.country, company.culture) for company in companies}

    assert countries <= market_countries("global", market)
    assert [culture for country, culture in cultures if culture not in dict(culture_choices(country))] == []


def test_names_come_in_many_scripts():
    names = "".join(company.name for company in demo_companies(200, seed=1))
    scripts = {
        "Chinese": "[一-鿿]",
        "kana": "[ぁ-ヿ]|製",
        "Korean": "[가-힣]",
        "Cyrillic": "[а-я]",
        "Arabic": "[ا-ي]",
        "accents": "[éñüł]",
    }

    found = {script for script, letters in scripts.items() if re.search(letters, names)}

    assert found == set(scripts)


def test_tags_are_picked_from_those_given_and_none_twice(companies):
    assert {tag for company in companies for tag in company.tags} == {"Retail", "Pilot", "West"}
    assert [company.tags for company in companies if len(set(company.tags)) != len(company.tags)] == []


def test_without_tags_to_pick_from_nobody_has_one():
    assert {company.tags for company in demo_companies(50, seed=1)} == {()}


def test_people_of_a_company_have_different_logins():
    people = list(demo_people(3_000, seed=1))

    logins = {person.login for person in people}

    assert len(logins) == 3_000
    assert [login for login in logins if not re.fullmatch(r"[a-z]+\.[a-z]+\d*", login)] == []
