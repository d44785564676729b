import re

import pytest
from django.urls import reverse

from customers.models import BillTo, Customer
from partnercenter.activity.models import Activity, Deed


def edit_url(customer):
    return reverse("customers:edit_account", args=[customer.tenant_id])


@pytest.fixture
def type_in(browse):
    """Open the form as somebody, and send it with some fields changed."""

    def send(person, customer, client=None, opened=None, **changes):
        client = client or browse(person)
        form = opened or client.get(edit_url(customer)).context["form"]
        data = {}
        for field in form:
            data[field.html_name] = data[field.html_initial_name] = field.value() or ""
        return client.post(edit_url(customer), data | changes)

    return send


def saved(customer):
    return BillTo.objects.get(customer=customer)


def problems(response):
    return {name: errors[0] for name, errors in response.context["form"].errors.items()}


def test_the_account_page_shows_what_is_known_of_a_customer(browse, ana, tailspin):
    page = browse(ana).get(reverse("customers:account", args=[tailspin.tenant_id])).content.decode()

    for text in (
        "Tailspin Toys",
        str(tailspin.tenant_id),
        "tailspintoys.com",
        "1 Main Street",
        "Redmond, WA 98052",
        "Casey Jensen",
        "Cloud Reseller",
    ):
        assert text in page


def test_the_address_of_a_customer_leads_to_its_subscriptions(browse, ana, tailspin):
    response = browse(ana).get(reverse("customers:customer", args=[tailspin.tenant_id]))

    assert response.url == reverse("subscriptions:subscriptions", args=[tailspin.tenant_id])


def test_a_new_address_is_saved_and_stands_in_the_log_with_old_and_new_value(ana, tailspin, type_in):
    response = type_in(ana, tailspin, line1="2 Pine Street", city="Seattle", postal_code="98101")

    assert response.status_code == 302
    assert saved(tailspin).city == "Seattle"
    line = Activity.objects.get(deed=Deed.ACCOUNT_CHANGED)
    assert line.details == {
        "Address line 1": ["1 Main Street", "2 Pine Street"],
        "City": ["Redmond", "Seattle"],
        "Postal code": ["98052", "98101"],
    }
    assert (line.actor, line.customer_name) == (ana.user, "Tailspin Toys")


def test_a_new_company_name_changes_the_list_and_leaves_the_customers_own_name_alone(browse, ana, tailspin, type_in):
    type_in(ana, tailspin, company_name="Tailspin Games")

    customer = Customer.objects.select_related("tenant").get(pk=tailspin.pk)
    assert (customer.name, customer.name_key) == ("Tailspin Games", "tailspin games")
    assert customer.tenant.name == "Tailspin Toys"
    found = browse(ana).get("/customers/", {"q": "games"}).context["table"].records
    assert [record.name for record in found] == ["Tailspin Games"]


def test_saving_without_a_change_leaves_no_line_in_the_log(ana, tailspin, type_in):
    response = type_in(ana, tailspin)

    assert response.status_code == 302
    assert not Activity.objects.filter(deed=Deed.ACCOUNT_CHANGED).exists()
    assert Customer.objects.get(pk=tailspin.pk).version == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("company_name", "", "Enter the name of the company."),
        ("company_name", "GmbH", "legal form"),
        ("company_name", "999", "repeat"),
        ("postal_code", "9805", "Enter one such as 95014."),
        ("postal_code", "10001", "Washington"),
        ("state", "", "state"),
        ("city", "", "city"),
        ("email", "casey@microsoft.com", "microsoft.com"),
        ("email", "casey@contoso.onmicrosoft.com", "your own organization"),
        ("email", "casey", "valid email address"),
        ("email", "casey@a。。b.com", "valid email address"),
        ("phone", "12", "phone number"),
        ("first_name", "x" * 51, "50"),
    ],
)
def test_a_wrong_value_is_explained_at_its_field_and_nothing_is_saved(ana, tailspin, type_in, field, value, sentence):
    response = type_in(ana, tailspin, **{field: value})

    assert response.status_code == 422
    assert set(problems(response)) == {field}
    assert sentence.lower() in problems(response)[field].lower()
    assert f'href="#id_{field}"' in response.content.decode()
    assert saved(tailspin).company_name == "Tailspin Toys"


def test_all_wrong_fields_are_named_at_once_and_what_was_typed_stays(ana, tailspin, type_in):
    response = type_in(ana, tailspin, postal_code="x", email="y", city="Springfield")

    assert set(problems(response)) == {"postal_code", "email"}
    assert 'value="Springfield"' in response.content.decode()


def test_a_name_like_a_web_address_is_saved_after_a_second_look(browse, ana, tailspin, type_in):
    client = browse(ana)
    first = type_in(ana, tailspin, client=client, company_name="Tailspin.com", city="Seattle")
    shown = {field.html_name: field.value() for field in first.context["form"]}
    second = client.post(edit_url(tailspin), shown)

    assert set(problems(first)) == {"company_name"}
    assert "web address" in problems(first)["company_name"]
    assert second.status_code == 302
    assert (saved(tailspin).company_name, saved(tailspin).city) == ("Tailspin.com", "Seattle")


def test_the_form_speaks_the_language_of_the_country(browse, ana, tailspin):
    BillTo.objects.filter(customer=tailspin).update(country="JP", state="13", postal_code="100-0001")

    form = browse(ana).get(edit_url(tailspin)).context["form"]

    assert str(form.fields["state"].label) == "Prefecture"


def test_a_country_that_asks_for_a_registration_id_gets_it_with_the_phone(ana, tailspin, type_in):
    BillTo.objects.filter(customer=tailspin).update(country="IN", state="29", city="Bengaluru", postal_code="560001")

    response = type_in(ana, tailspin, state="Karnataka", phone="", registration_id="")

    assert set(problems(response)) == {"phone", "registration_id"}


def test_who_saves_second_sees_both_versions_and_picks_field_by_field(browse, ana, hugo, tailspin, type_in):
    client = browse(hugo)
    opened = client.get(edit_url(tailspin)).context["form"]
    type_in(ana, tailspin, city="Seattle", line1="2 Pine Street")

    conflict = type_in(hugo, tailspin, client=client, opened=opened, city="Tacoma", first_name="Kim")
    differences = {difference.name: difference for difference in conflict.context["differences"]}
    hidden = {field.html_name: field.value() for field in conflict.context["form"]}
    picks = {"pick_city": "mine", "pick_line1": "theirs", "pick_first_name": "mine"}
    resolved = client.post(edit_url(tailspin), hidden | {"version": conflict.context["customer"].version} | picks)

    assert conflict.status_code == 409
    assert set(differences) == {"city", "line1", "first_name"}
    assert (differences["city"].mine, differences["city"].theirs) == ("Tacoma", "Seattle")
    assert [differences[name].mine_first for name in ("city", "line1", "first_name")] == [True, False, True]
    assert "Ana".lower() in conflict.content.decode().lower()
    assert resolved.status_code == 302
    bill_to = saved(tailspin)
    assert (bill_to.city, bill_to.line1, bill_to.first_name) == ("Tacoma", "2 Pine Street", "Kim")


def test_the_page_names_who_saved_last(ana, hugo, uri, tailspin, type_in, browse):
    client = browse(ana)
    opened = client.get(edit_url(tailspin)).context["form"]
    type_in(ana, tailspin, city="Seattle")
    type_in(hugo, tailspin, city="Spokane")

    conflict = type_in(ana, tailspin, client=client, opened=opened, city="Tacoma")

    assert conflict.context["saved"].actor == hugo.user


def test_a_second_conflict_again_tells_whose_change_is_whose(ana, hugo, tailspin, type_in, browse):
    client = browse(hugo)
    opened = client.get(edit_url(tailspin)).context["form"]
    type_in(ana, tailspin, line1="2 Pine Street")
    first = type_in(hugo, tailspin, client=client, opened=opened, first_name="Kim")
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', first.content.decode()))
    type_in(ana, tailspin, city="Seattle")

    second = client.post(edit_url(tailspin), hidden | {"pick_first_name": "mine", "pick_line1": "theirs"})

    mine_first = {difference.name: difference.mine_first for difference in second.context["differences"]}
    assert second.status_code == 409
    assert mine_first == {"city": False, "first_name": True}


def test_nothing_is_overwritten_while_two_versions_stand_against_each_other(browse, ana, hugo, tailspin, type_in):
    client = browse(hugo)
    opened = client.get(edit_url(tailspin)).context["form"]
    type_in(ana, tailspin, city="Seattle")

    type_in(hugo, tailspin, client=client, opened=opened, city="Tacoma")

    assert saved(tailspin).city == "Seattle"


def test_the_name_that_a_customer_gave_itself_can_be_taken_over(browse, ana, tailspin):
    tailspin.tenant.name = "Tailspin Global"
    tailspin.tenant.save()
    client = browse(ana)

    before = client.get(reverse("customers:account", args=[tailspin.tenant_id])).content.decode()
    client.post(reverse("customers:take_name", args=[tailspin.tenant_id]))
    after = client.get(reverse("customers:account", args=[tailspin.tenant_id])).content.decode()

    assert "This customer now calls itself Tailspin Global" in before
    assert "now calls itself" not in after
    assert Customer.objects.get(pk=tailspin.pk).name == "Tailspin Global"
    assert saved(tailspin).company_name == "Tailspin Global"


def test_what_was_typed_is_there_again_after_signing_in_again(client, browse, ana, tailspin, type_in):
    opened = browse(ana).get(edit_url(tailspin)).context["form"]

    answer = type_in(None, tailspin, client=client, opened=opened, city="Seattle")
    client.force_login(ana.user)
    form_again = client.get(edit_url(tailspin))
    untouched = saved(tailspin).city
    shown = {field.html_name: field.value() for field in form_again.context["form"]}
    client.post(edit_url(tailspin), shown)

    assert answer.url.startswith("/accounts/login/")
    assert "This is what you typed" in form_again.content.decode()
    assert (untouched, saved(tailspin).city) == ("Redmond", "Seattle")


def test_a_bill_to_name_of_ones_own_is_no_new_name_of_the_customer(browse, ana, tailspin, type_in):
    type_in(ana, tailspin, company_name="Tailspin Accounts Payable")

    page = browse(ana).get(reverse("customers:account", args=[tailspin.tenant_id])).content.decode()

    assert "now calls itself" not in page


def test_a_billing_admin_sees_the_account_and_why_it_cannot_be_edited(browse, bill, tailspin):
    client = browse(bill)

    page = client.get(reverse("customers:account", args=[tailspin.tenant_id])).content.decode()
    refused = client.post(edit_url(tailspin))

    sentence = "Only a Global admin, Admin agent, Sales agent, or Helpdesk agent can change account information."
    assert sentence in page
    assert refused.status_code == 403
    assert sentence in refused.content.decode()


def test_another_partner_finds_no_such_account(browse, finn, tailspin):
    client = browse(finn)

    answers = {
        client.get(reverse("customers:account", args=[tailspin.tenant_id])).status_code,
        client.post(edit_url(tailspin), {"company_name": "Mine"}).status_code,
    }

    assert answers == {404}


def test_the_account_page_asks_few_questions(browse, ana, tailspin, django_assert_max_num_queries):
    client = browse(ana)
    client.get(reverse("customers:account", args=[tailspin.tenant_id]))

    with django_assert_max_num_queries(8):
        client.get(reverse("customers:account", args=[tailspin.tenant_id]))
