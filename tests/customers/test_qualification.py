"""The special qualification of a customer."""

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, QualificationDetails
from customers.services.qualifications import change_qualification, stated
from partnercenter.activity.details import details_of
from partnercenter.activity.models import Activity, Deed
from partnercenter.errors import Refused
from partnercenter.partners.roles import Role


def page(customer):
    return reverse("customers:qualification", args=[customer.tenant_id])


def account(browse, person, customer):
    return browse(person).get(reverse("customers:account", args=[customer.tenant_id])).content.decode()


def typed(client, customer, **changes):
    form = client.get(page(customer)).context["form"]
    return {field.html_name: field.value() or "" for field in form} | changes


def choose(client, customer, **changes):
    return client.post(page(customer), typed(client, customer, **changes))


def problems(response):
    return {name: errors[0] for name, errors in response.context["form"].errors.items()}


def kept(customer):
    return stated(Customer.objects.get(pk=customer.pk))


NONE = {"qualification": "", "segment": "", "website": "", "validation_code": ""}


def test_a_school_states_its_segment_and_website(browse, ana, tailspin):
    response = choose(
        browse(ana), tailspin, qualification="education", segment="k12", website="https://tailspin.example"
    )

    assert response.status_code == 302
    assert kept(tailspin) == NONE | {
        "qualification": "education",
        "segment": "k12",
        "website": "https://tailspin.example",
    }
    html = account(browse, ana, tailspin)
    assert [html.count(text) for text in ("Education", "K12", 'href="https://tailspin.example"')] == [1, 1, 1]


def test_a_change_stands_in_the_log_with_old_and_new_value(browse, ana, tailspin):
    client = browse(ana)
    choose(client, tailspin, qualification="education", segment="higher", website="https://tailspin.example")
    choose(client, tailspin, qualification="government", validation_code="GCC-1")

    first, second = Activity.objects.filter(deed=Deed.QUALIFICATION_CHANGED).order_by("pk")
    assert first.details == {
        "Special qualification": ["", "Education"],
        "Segment": ["", "Higher education"],
        "Website": ["", "https://tailspin.example"],
    }
    assert second.details == {
        "Special qualification": ["Education", "Government community"],
        "Segment": ["Higher education", ""],
        "Website": ["https://tailspin.example", ""],
        "Validation code": ["", "GCC-1"],
    }
    assert "Government community" in {detail.new for detail in details_of(second)}


def test_what_belongs_to_another_qualification_is_not_kept(browse, ana, tailspin):
    choose(
        browse(ana), tailspin,
        qualification="nonprofit", segment="k12", website="https://tailspin.example", validation_code="1",
    )  # fmt: skip

    assert kept(tailspin) == NONE | {"qualification": "nonprofit"}
    assert not QualificationDetails.objects.exists()


def test_it_can_be_taken_away_again(browse, ana, tailspin):
    client = browse(ana)
    choose(client, tailspin, qualification="government", validation_code="GCC-1")
    choose(client, tailspin, qualification="")

    assert kept(tailspin) == NONE
    assert not QualificationDetails.objects.exists()


def test_saving_without_a_change_leaves_no_line_in_the_log(browse, ana, tailspin):
    response = choose(browse(ana), tailspin)

    assert response.status_code == 302
    assert not Activity.objects.filter(deed=Deed.QUALIFICATION_CHANGED).exists()


@pytest.mark.parametrize(
    ("typed_in", "wrong"),
    [
        ({"qualification": "education"}, {"segment", "website"}),
        ({"qualification": "education", "segment": "k12", "website": "no address"}, {"website"}),
        ({"qualification": "education", "segment": "k12", "website": "javascript:alert(1)"}, {"website"}),
        ({"qualification": "education", "segment": "kindergarten", "website": "https://a.example"}, {"segment"}),
        ({"qualification": "government"}, {"validation_code"}),
        ({"qualification": "government", "validation_code": "a\u200bb"}, {"validation_code"}),
        ({"qualification": "royal"}, {"qualification"}),
    ],
)
def test_what_is_missing_or_wrong_is_explained_at_its_field(browse, ana, tailspin, typed_in, wrong):
    response = choose(browse(ana), tailspin, **typed_in)

    assert response.status_code == 422
    assert set(problems(response)) == wrong
    assert kept(tailspin) == NONE


def test_nobody_overwrites_what_a_colleague_changed_meanwhile(browse, ana, hugo, tailspin):
    client = browse(hugo)
    opened = typed(client, tailspin, qualification="state_owned")
    choose(browse(ana), tailspin, qualification="nonprofit")

    response = client.post(page(tailspin), opened)
    untouched = kept(tailspin)["qualification"]
    form = response.context["form"]
    again = client.post(page(tailspin), {field.html_name: field.value() for field in form})

    assert (response.status_code, untouched, again.status_code) == (422, "nonprofit", 302)
    sentence = (
        "Somebody else changed the qualification a moment ago. "
        "Now it says: Special qualification: Nonprofit. Save again to replace it with yours."
    )
    assert form.non_field_errors() == [sentence]
    assert form["qualification"].value() == "state_owned"
    assert kept(tailspin)["qualification"] == "state_owned"


def test_everything_that_a_colleague_stated_otherwise_is_told(browse, ana, tailspin):
    client = browse(ana)
    opened = typed(client, tailspin, qualification="government", validation_code="GCC-1")
    choose(client, tailspin, qualification="education", segment="k12", website="https://tailspin.example")

    response = client.post(page(tailspin), opened)

    [sentence] = response.context["form"].non_field_errors()
    assert (
        "Now it says: Special qualification: Education; Segment: K12; Website: https://tailspin.example; "
        "Validation code: –. Save again"
    ) in sentence


def test_a_second_click_on_save_is_no_conflict(browse, ana, tailspin):
    client = browse(ana)
    opened = typed(client, tailspin, qualification="nonprofit")

    answers = [client.post(page(tailspin), opened).status_code for _click in range(2)]

    assert answers == [302, 302]
    assert Activity.objects.filter(deed=Deed.QUALIFICATION_CHANGED).count() == 1


def test_what_was_chosen_before_signing_in_again_is_there_and_replaces_nothing_unseen(browse, ana, tailspin):
    client = Client()
    opened = typed(browse(ana), tailspin, qualification="government", validation_code="GCC-1")
    client.post(page(tailspin), opened)
    choose(browse(ana), tailspin, qualification="nonprofit")
    client.force_login(ana.user)

    form = client.get(page(tailspin)).context["form"]
    shown = {field.html_name: field.value() for field in form}
    response = client.post(page(tailspin), shown)

    assert shown == opened
    assert response.status_code == 422
    assert "Now it says: Special qualification: Nonprofit" in response.content.decode()


def test_the_page_says_what_each_qualification_opens(browse, ana, tailspin):
    html = browse(ana).get(page(tailspin)).content.decode()

    assert [html.count(text) for text in ("Nonprofit: 87 offers", "Education: no offer of its own yet")] == [1, 1]


def test_who_may_not_change_the_account_sees_it_without_the_way_to_change_it(browse, bill, tailspin):
    html = account(browse, bill, tailspin)

    assert html.count("Special qualification") == 1
    assert page(tailspin) not in html


def test_other_clouds_have_no_qualifications(browse, make_partner, make_staff, make_customer):
    federal = make_partner("Federal", cloud="usgov", suffix="onmicrosoft.us")
    uma = make_staff(federal, "Uma", Role.GLOBAL_ADMIN)
    customer = make_customer(federal, "Agency")

    response = browse(uma).get(page(customer))

    assert response.status_code == 403
    assert "has no special qualifications" in response.content.decode()
    assert "Special qualification" not in account(browse, uma, customer)
    with pytest.raises(Refused, match="has no special qualifications"):
        change_qualification(customer, NONE | {"qualification": "nonprofit"}, seen=NONE, actor=uma.user)
