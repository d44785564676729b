import pytest
from django.core.management import CommandError, call_command

from customers.models import Customer
from partnercenter.directory.models import Domain, User
from partnercenter.notifications.models import Notification
from partnercenter.partners.models import Partner, Staff
from relationships.demo import cast
from relationships.demo.load import load_demo
from relationships.models import NewCustomer, Partnership, PastRelationship, RelationshipRequest
from subscriptions.models import Transfer

pytestmark = pytest.mark.django_db


@pytest.fixture
def few(monkeypatch, settings):
    """A demo of a few customers each, which takes a second less."""
    settings.DEMO = True
    monkeypatch.setenv("DEMO_PASSWORD", "a demo password")
    partners = tuple(type(demo)(**{**vars(demo), "customers": min(demo.customers, 40)}) for demo in cast.PARTNERS)
    monkeypatch.setattr("relationships.demo.load.PARTNERS", partners)


def test_the_demo_has_the_partners_and_people_of_the_product_rules(few):
    call_command("demo")

    people = {staff.user.principal_name: staff.roles for staff in Staff.objects.select_related("user")}
    assert people == {
        "ana@contoso.onmicrosoft.com": ["global_admin"],
        "agnes@contoso.onmicrosoft.com": ["admin_agent"],
        "sam@contoso.onmicrosoft.com": ["sales_agent"],
        "hugo@contoso.onmicrosoft.com": ["helpdesk_agent"],
        "bill@contoso.onmicrosoft.com": ["billing_admin"],
        "uri@contoso.onmicrosoft.com": ["user_admin"],
        "nora@northwind.onmicrosoft.com": ["global_admin"],
        "adam@adatum.onmicrosoft.com": ["global_admin"],
        "finn@fabrikam.onmicrosoft.com": ["global_admin"],
        "uma@federal.onmicrosoft.us": ["global_admin"],
        "greta@wolke.onmicrosoft.de": ["global_admin"],
    }
    assert cast.PARTNERS[0].customers == 2000


def test_litware_is_a_customer_of_two_partners_and_tailspin_waits_for_an_upload(few):
    load_demo("a demo password")

    partners = Customer.objects.filter(domain="litware.onmicrosoft.com").values_list("partner__tenant__name", flat=True)
    tailspin = Customer.objects.get(domain="tailspintoys.onmicrosoft.com")
    assert set(partners) == {"Contoso Cloud", "Fabrikam Azure"}
    assert set(Domain.objects.filter(tenant=tailspin.tenant).values_list("name", flat=True)) == {
        "tailspintoys.onmicrosoft.com",
        "tailspintoys.com",
    }
    assert not User.objects.filter(tenant=tailspin.tenant).exists()


def test_fabrikam_asked_for_litware_in_vain_and_can_ask_again(few):
    load_demo("a demo password")

    [transfer] = Transfer.objects.all()

    assert transfer.status == "declined"
    assert (str(transfer.source_partner), str(transfer.target_partner)) == ("Contoso Cloud", "Fabrikam Azure")
    assert sorted(Notification.objects.values_list("user__principal_name", "kind")) == [
        ("carla@litware.onmicrosoft.com", "transfer_asked"),
        ("carla@litware.onmicrosoft.com", "transfer_declined"),
        ("finn@fabrikam.onmicrosoft.com", "transfer_declined"),
        ("finn@fabrikam.onmicrosoft.com", "transfer_sent"),
    ]


def test_one_customer_of_contoso_took_the_delegated_privileges_back(few):
    load_demo("a demo password")

    [closed] = Customer.objects.filter(admin_privileges_ended_at__isnull=False, ended_at=None)

    assert (closed.name, str(closed.partner), closed.has_admin_privileges) == ("Relecloud", "Contoso Cloud", False)


def test_the_reseller_has_an_account_for_each_customer_it_serves_through_the_provider(few):
    load_demo("a demo password")

    theirs = Customer.objects.filter(partner__tenant__name="Northwind Distribution", reseller__isnull=False)
    ours = Customer.objects.filter(partner__tenant__name="Adatum Resellers")
    assert theirs.count() == 20
    assert set(ours.values_list("tenant", "reseller", "provider__tenant__name", "bill_to__company_name")) == {
        (tenant, None, "Northwind Distribution", name) for tenant, name in theirs.values_list("tenant", "name")
    }
    assert sorted(ours.values_list("relationships", flat=True)) == [
        *[["cloud_reseller", "indirect_reseller"]] * 2,
        *[["indirect_reseller"]] * 18,
    ]
    assert ours.filter(agreement__isnull=True).count() == 0


def test_partners_have_asked_parted_and_work_together(few):
    load_demo("a demo password")

    asked = RelationshipRequest.objects.values_list("partner__tenant__name", "status")
    [past] = PastRelationship.objects.all()
    active = Partnership.objects.get(status="active")
    assert sorted(asked) == [
        ("Contoso Cloud", "declined"),
        ("Contoso Cloud", "expired"),
        ("Contoso Cloud", "waiting"),
        ("Contoso Cloud", "waiting"),
        ("Fabrikam Azure", "accepted"),
        ("Northwind Distribution", "waiting"),
    ]
    assert (str(past.customer), past.customer.ended_at) == ("Fincher Architects", past.ended_at)
    assert (str(active.provider), str(active.reseller)) == ("Northwind Distribution", "Adatum Resellers")
    assert str(NewCustomer.objects.get()) == "Boulder Innovations"


def test_every_letter_of_the_demo_opens_its_request(few, browse):
    load_demo("a demo password")
    blake = browse(User.objects.get(principal_name="blake@blueyonderairlines.onmicrosoft.com"))

    for asked in RelationshipRequest.objects.filter(tenant__name="Blue Yonder Airlines"):
        page = blake.get(f"/my/requests/{asked.token}/")
        assert asked.letter.count(f"/my/requests/{asked.token}/") == 1
        assert "Accept" in page.content.decode()


def test_everybody_of_the_demo_signs_in_with_the_printed_password(few, client, capsys):
    call_command("demo")

    assert "a demo password" in capsys.readouterr().out
    for name in ("ana@contoso.onmicrosoft.com", "carla@litware.onmicrosoft.com", "greta@wolke.onmicrosoft.de"):
        answer = client.post("/accounts/login/", {"login": name, "password": "a demo password"})
        assert answer.status_code == 302
        client.logout()


def test_data_that_is_there_is_kept_and_gets_a_new_password_when_one_is_given(few, monkeypatch):
    call_command("demo")
    Customer.objects.filter(domain="tailspintoys.onmicrosoft.com").update(name="Renamed")
    monkeypatch.setenv("DEMO_PASSWORD", "another password")

    call_command("demo", if_empty=True)

    assert Customer.objects.filter(name="Renamed").exists()
    assert User.objects.get(principal_name="ana@contoso.onmicrosoft.com").check_password("another password")


def test_the_demo_is_not_made_where_real_partners_work(few, make_partner):
    make_partner("Real Company")

    with pytest.raises(CommandError, match="Real Company"):
        call_command("demo")

    assert Partner.objects.count() == 1


def test_the_demo_is_not_made_again_on_an_installation_that_is_none(few, settings):
    call_command("demo")
    settings.DEMO = False

    with pytest.raises(CommandError, match="This is no demo"):
        call_command("demo")
