"""Attesting that a customer accepted the customer agreement."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Agreement, BillTo
from partnercenter.activity.models import Activity, Deed
from partnercenter.partners.roles import Action, Role, denial


def page(customer):
    return reverse("customers:agreement", args=[customer.tenant_id])


def account(customer):
    return reverse("customers:account", args=[customer.tenant_id])


@pytest.fixture
def unsigned(tailspin):
    """Tailspin Toys before it has accepted the agreement."""
    Agreement.objects.filter(customer=tailspin).delete()
    return tailspin


def typed(client, customer, **changes):
    """The form as it is opened, with some fields changed."""
    form = client.get(page(customer)).context["form"]
    return {field.html_name: field.value() or "" for field in form} | changes


def attest(client, customer, **changes):
    return client.post(page(customer), typed(client, customer, **changes))


def problems(response):
    return {name: errors[0] for name, errors in response.context["form"].errors.items()}


def test_the_contact_for_bills_is_proposed(browse, ana, unsigned):
    form = browse(ana).get(page(unsigned)).context["form"]

    proposed = {field.html_name: field.value() for field in form}
    assert proposed == {
        "first_name": "Casey",
        "last_name": "Jensen",
        "email": "casey@tailspintoys.onmicrosoft.com",
        "phone": "(425) 555-0100",
        "accepted_on": None,
        "seen": "",
    }


def test_what_is_attested_is_kept_and_stands_in_the_log(browse, ana, unsigned):
    response = attest(browse(ana), unsigned, first_name="Kim", accepted_on="2026-03-01")

    kept = Agreement.objects.get(customer=unsigned)
    line = Activity.objects.get(deed=Deed.AGREEMENT_ATTESTED)
    assert response.url == account(unsigned)
    assert (kept.first_name, kept.phone, str(kept.accepted_on)) == ("Kim", "+14255550100", "2026-03-01")
    assert (line.actor, line.customer_id) == (ana.user, unsigned.tenant_id)
    assert line.details == {
        "First name": "Kim",
        "Last name": "Jensen",
        "Email": "casey@tailspintoys.onmicrosoft.com",
        "Phone": "+14255550100",
        "Accepted on": "2026-03-01",
    }


def test_it_can_be_corrected_and_the_log_keeps_both(browse, ana, tailspin):
    attest(browse(ana), tailspin, accepted_on="2026-02-02", last_name="Young")

    line = Activity.objects.get(deed=Deed.AGREEMENT_ATTESTED)
    assert line.details == {"Last name": ["Jensen", "Young"], "Accepted on": ["2026-01-15", "2026-02-02"]}


def test_saving_without_a_change_leaves_no_line_in_the_log(browse, ana, tailspin):
    response = attest(browse(ana), tailspin)

    assert response.status_code == 302
    assert not Activity.objects.filter(deed=Deed.AGREEMENT_ATTESTED).exists()


def test_a_phone_is_optional_even_where_companies_need_one(browse, ana, unsigned):
    BillTo.objects.filter(customer=unsigned).update(country="IN", phone="")

    response = attest(browse(ana), unsigned, phone="", accepted_on="2026-03-01")

    assert response.status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("first_name", "", "first name"),
        ("last_name", "x" * 51, "50"),
        ("email", "casey", "valid email address"),
        ("email", "casey@contoso.onmicrosoft.com", "your own organization"),
        ("phone", "12", "phone number"),
        ("accepted_on", "", "Enter the day on which"),
        ("accepted_on", "yesterday", "This is no date"),
    ],
)
def test_a_wrong_value_is_explained_at_its_field_and_nothing_is_attested(browse, ana, unsigned, field, value, sentence):
    response = attest(browse(ana), unsigned, **{"accepted_on": "2026-03-01", field: value})

    assert response.status_code == 422
    assert set(problems(response)) == {field}
    assert sentence in problems(response)[field]
    assert not Agreement.objects.filter(customer=unsigned).exists()


def test_nobody_accepts_tomorrow(browse, ana, unsigned):
    today = timezone.localdate()
    client = browse(ana)

    tomorrow = attest(client, unsigned, accepted_on=today + timedelta(days=1))
    now = attest(client, unsigned, accepted_on=today)

    assert (tomorrow.status_code, now.status_code) == (422, 302)
    assert "has not come yet" in problems(tomorrow)["accepted_on"]


def test_nobody_overwrites_what_a_colleague_attested_meanwhile(browse, ana, contoso, make_staff, unsigned):
    sam = make_staff(contoso, "Sam", Role.SALES_AGENT)
    client = browse(sam)
    opened = typed(client, unsigned, accepted_on="2026-03-02")
    attest(browse(ana), unsigned, accepted_on="2026-03-01")

    response = client.post(page(unsigned), opened)
    kept = Agreement.objects.get(customer=unsigned).accepted_on
    form = response.context["form"]
    again = client.post(page(unsigned), {field.html_name: field.value() for field in form})

    assert (response.status_code, str(kept), again.status_code) == (422, "2026-03-01", 302)
    sentence = (
        "Somebody else attested the agreement a moment ago. "
        "Now it says: Accepted on: March 1, 2026. Save again to replace it with yours."
    )
    assert form.non_field_errors() == [sentence]
    assert form["accepted_on"].value() == "2026-03-02"
    assert '<button class="button primary">Save</button>' in response.content.decode()
    assert str(Agreement.objects.get(customer=unsigned).accepted_on) == "2026-03-02"


def test_every_field_that_a_colleague_attested_otherwise_is_told(browse, ana, unsigned):
    client = browse(ana)
    opened = typed(client, unsigned, accepted_on="2026-03-01", phone="")
    attest(client, unsigned, accepted_on="2026-03-01", first_name="Kim")

    response = client.post(page(unsigned), opened)

    [sentence] = response.context["form"].non_field_errors()
    assert "Now it says: First name: Kim; Phone: (425) 555-0100. Save again" in sentence


def test_a_second_click_on_attest_is_no_conflict(browse, ana, unsigned):
    client = browse(ana)
    opened = typed(client, unsigned, accepted_on="2026-03-01")

    answers = [client.post(page(unsigned), opened).status_code for _click in range(2)]

    assert answers == [302, 302]
    assert Activity.objects.filter(deed=Deed.AGREEMENT_ATTESTED).count() == 1


def test_what_was_typed_before_signing_in_again_is_there_and_replaces_nothing_unseen(browse, ana, unsigned):
    client = Client()
    opened = typed(browse(ana), unsigned, first_name="Lee", phone="555", accepted_on="2026-03-02")
    client.post(page(unsigned), opened)
    attest(browse(ana), unsigned, accepted_on="2026-03-01")
    client.force_login(ana.user)

    form = client.get(page(unsigned)).context["form"]
    shown = {field.html_name: field.value() for field in form}
    response = client.post(page(unsigned), shown | {"phone": "(425) 555-0100"})

    assert shown == opened
    assert response.status_code == 422
    assert "Now it says: First name: Casey; Accepted on: March 1, 2026." in response.content.decode()


@pytest.mark.parametrize(("agreed", "words"), [(True, "Change"), (False, "Attest")])
def test_the_account_page_leads_there_or_says_who_may(browse, ana, hugo, tailspin, agreed, words):
    if not agreed:
        Agreement.objects.filter(customer=tailspin).delete()

    allowed, denied = (browse(person).get(account(tailspin)).content.decode() for person in (ana, hugo))

    assert re.findall(rf'href="{page(tailspin)}".*</svg>(\w+)</a>', allowed) == [words]
    assert page(tailspin) not in denied
    assert re.findall(r'aria-describedby="attest-denied".*</svg>(\w+)</button>', denied) == [words]
    assert denial(Action.ATTEST_AGREEMENT) in denied
