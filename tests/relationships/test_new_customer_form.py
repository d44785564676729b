"""The account step: what is asked, how it is checked, in every country."""

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from partnercenter.directory.addresses import address_rules, check_address
from partnercenter.directory.clouds import market_countries
from partnercenter.directory.countries import COUNTRIES, REGISTRATION_ID_REQUIRED, default_culture
from partnercenter.directory.phones import example_phone
from partnercenter.partners.models import Partner
from partnercenter.partners.roles import Role
from relationships.forms.new_customer import NewCustomerForm, form_of_answers
from tests.relationships.new_customers import ACCEPTED, ANSWERS


def form_for(staff, **answers):
    return form_of_answers(ANSWERS | answers, staff=staff)


def errors_of(staff, **answers):
    return {name: list(errors) for name, errors in form_for(staff, **answers).errors.items()}


def test_good_answers_are_good(ana):
    form = form_for(ana)

    assert form.is_valid(), form.errors
    assert form.company.bill_to["state"] == "WA"
    assert form.company.agreement == {}


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"country": "DE", "drawn": "DE"}, "country"),
        ({"country": "XX"}, "country"),
        ({"country": ""}, "country"),
        ({"company_name": ""}, "company_name"),
        ({"company_name": "X"}, "company_name"),
        ({"company_name": "999"}, "company_name"),
        ({"company_name": "Pty Ltd"}, "company_name"),
        ({"company_name": "1 2 3"}, "company_name"),
        ({"company_name": "&&&"}, "company_name"),
        ({"company_name": "x" * 256}, "company_name"),
        ({"company_name": "Wide World.com"}, "company_name"),
        ({"domain_prefix": ""}, "domain_prefix"),
        ({"domain_prefix": "-wide"}, "domain_prefix"),
        ({"domain_prefix": "wide-"}, "domain_prefix"),
        ({"domain_prefix": "wide world"}, "domain_prefix"),
        ({"domain_prefix": "wide_world"}, "domain_prefix"),
        ({"domain_prefix": "wide.world"}, "domain_prefix"),
        ({"domain_prefix": "größe"}, "domain_prefix"),
        ({"domain_prefix": "w" * 28}, "domain_prefix"),
        ({"domain_prefix": "xn--wide"}, "domain_prefix"),
        ({"domain_prefix": "contoso"}, "domain_prefix"),
        ({"line1": ""}, "line1"),
        ({"line1": "x" * 201}, "line1"),
        ({"line2": "x" * 201}, "line2"),
        ({"city": ""}, "city"),
        ({"state": ""}, "state"),
        ({"state": "BY"}, "state"),
        ({"postal_code": "9805"}, "postal_code"),
        ({"postal_code": "10001"}, "postal_code"),
        ({"first_name": ""}, "first_name"),
        ({"first_name": "x" * 51}, "first_name"),
        ({"last_name": ""}, "last_name"),
        ({"last_name": "\u200b"}, "last_name"),
        ({"email": ""}, "email"),
        ({"email": "kim"}, "email"),
        ({"email": "kim@microsoft.com"}, "email"),
        ({"email": "kim@contoso.onmicrosoft.com"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"culture": "xx-XX"}, "culture"),
        ({"culture": ""}, "culture"),
        ({"qualification": "wizard"}, "qualification"),
        ({"qualification": "education", "website": "https://school.example"}, "segment"),
        ({"qualification": "education", "segment": "k12"}, "website"),
        ({"qualification": "education", "segment": "k12", "website": "no site"}, "website"),
        ({"qualification": "government"}, "validation_code"),
        ({"reseller": "somebody"}, "reseller"),
        ({"tags": ["somewhere"]}, "tags"),
        ({"agreement": ""}, "agreement"),
        ({"agreement": "perhaps"}, "agreement"),
        (ACCEPTED | {"agreement_first_name": ""}, "agreement_first_name"),
        (ACCEPTED | {"agreement_last_name": ""}, "agreement_last_name"),
        (ACCEPTED | {"agreement_email": ""}, "agreement_email"),
        (ACCEPTED | {"agreement_email": "kim@contoso.onmicrosoft.com"}, "agreement_email"),
        (ACCEPTED | {"agreement_phone": "12"}, "agreement_phone"),
        (ACCEPTED | {"accepted_on": ""}, "accepted_on"),
        (ACCEPTED | {"accepted_on": "yesterday"}, "accepted_on"),
    ],
)
def test_each_wrong_answer_has_its_sentence_at_its_field(ana, answers, field):
    errors = errors_of(ana, **answers)

    assert [*errors] == [field]
    assert all(" " in sentence for sentence in errors[field])


@pytest.mark.parametrize(
    ("answers", "name", "value"),
    [
        ({"domain_prefix": "WideWorld"}, "domain_prefix", "wideworld"),
        ({"domain_prefix": " wide-world.onmicrosoft.com "}, "domain_prefix", "wide-world"),
        ({"domain_prefix": "7"}, "domain_prefix", "7"),
        ({"domain_prefix": "w" * 27}, "domain_prefix", "w" * 27),
        ({"phone": "(425) 555-0100"}, "phone", "+14255550100"),
        ({"state": "Washington"}, "state", "WA"),
        ({"postal_code": " 98052 "}, "postal_code", "98052"),
        ({"website": "no site", "segment": "nothing"}, "qualification", ""),
        ({"agreement_email": "nobody", "accepted_on": "never"}, "agreement", "themselves"),
    ],
)
def test_answers_are_kept_in_one_spelling(ana, answers, name, value):
    if name == "state":
        answers = {}
    form = form_for(ana, **answers)

    assert form.is_valid(), form.errors
    assert form.answers.get(name, "") == value


def test_what_was_checked_once_is_right_the_next_time_as_well(ana):
    first = form_for(
        ana, phone="(425) 555-0100", qualification="education", segment="k12", website="a.example", **ACCEPTED
    )
    assert first.is_valid(), first.errors

    again = form_of_answers(first.answers, staff=ana)

    assert again.is_valid(), again.errors
    assert again.company == first.company


def test_nobody_accepts_tomorrow(ana):
    tomorrow = timezone.localdate() + timedelta(days=1)

    assert "has not come yet" in errors_of(ana, **ACCEPTED | {"accepted_on": tomorrow.isoformat()})["accepted_on"][0]
    assert errors_of(ana, **ACCEPTED | {"accepted_on": timezone.localdate().isoformat()}) == {}


def test_a_name_like_a_web_address_is_saved_after_a_second_look(ana):
    form = form_for(ana, company_name="Wide World.com")
    assert not form.is_valid()

    assert form_for(ana, company_name="Wide World.com", second_look=form["second_look"].value()).is_valid()


def test_who_may_not_attest_can_only_leave_it_to_the_customer(uri):
    assert errors_of(uri, **ACCEPTED).keys() == {"agreement"}
    assert errors_of(uri) == {}


@pytest.mark.parametrize(("cloud", "country"), [("usgov", "US"), ("germany", "DE")])
def test_other_clouds_ask_neither_for_qualifications_nor_for_resellers(make_partner, make_staff, cloud, country):
    partner = make_partner("Federal", cloud=cloud, country=country, kind=Partner.Kind.PROVIDER)

    form = NewCustomerForm(staff=make_staff(partner, "Uma", Role.GLOBAL_ADMIN))

    assert not {"qualification", "segment", "website", "validation_code", "reseller"} & {*form.fields}


def of_market(make_partner, make_staff, country):
    """A global admin of a partner that may serve this country."""
    european = country in market_countries("global", "DE")
    partner = make_partner("Local", country="DE" if european else country)
    return make_staff(partner, "Lou", Role.GLOBAL_ADMIN)


# Where the rules know how codes begin in each state, but have no example of one.
MOSCOW = "101000"


def good_address(country, asked):
    """An address made of the examples that the rules of a country have."""
    rules = address_rules(country)
    for state, code in product(rules.states or (None,), (rules.postal_example, MOSCOW)):
        made = {
            "line1": "1 Main Street",
            "line2": "",
            "city": "Main City",
            "state": state.code if state else "Some State",
            "postal_code": (state and state.postal_example) or code,
        }
        address = {name: value if name in asked else "" for name, value in made.items()}
        if not check_address(country, address):
            return address
    raise AssertionError(f"no example of {country} is a good one")


@pytest.mark.parametrize("country", sorted(COUNTRIES))
def test_every_country_asks_for_what_it_needs_and_takes_a_good_address(make_partner, make_staff, country):
    lou, rules = of_market(make_partner, make_staff, country), address_rules(country)
    drawn = NewCustomerForm(staff=lou, initial={"country": country})
    asked = {name for name in ("line1", "line2", "city", "state", "postal_code") if name in drawn.fields}
    required = {name for name in asked if drawn.fields[name].required}
    assert asked == {field.name for field in rules.fields}
    assert required == {field.name for field in rules.fields if field.required}
    assert str(drawn)
    assert drawn.initial["culture"] == default_culture(country)

    empty = form_of_answers({"country": country, "drawn": country}, staff=lou)
    assert required <= {*empty.errors}
    assert ("registration_id" in empty.errors) == (country in REGISTRATION_ID_REQUIRED) == ("phone" in empty.errors)

    address = good_address(country, asked)
    number = {"phone": example_phone(country), "registration_id": "12345"} if "phone" in empty.errors else {}
    good = ANSWERS | address | number | {"country": country, "drawn": country, "culture": default_culture(country)}
    form = form_of_answers(good, staff=lou)

    assert form.is_valid(), form.errors
    assert form.company.bill_to["country"] == country
