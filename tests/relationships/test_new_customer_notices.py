"""What the account step says of domains and of companies that may be customers already."""

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from customers.models import BillTo
from partnercenter.directory.models import Domain, Tenant
from tests.relationships.new_customers import done_of, fill, review_of, seen, start, subscriptions_of


def text_of(response):
    return response.content.decode()


def form_of(response):
    return response.context["form"]


class TestDomains:
    def ask(self, client, **parameters):
        return client.get(reverse("new_customers:domain"), parameters)

    def test_a_free_prefix_is_free(self, browse, ana):
        assert "wide-world.onmicrosoft.com is free." in text_of(self.ask(browse(ana), prefix="Wide-World"))

    @pytest.mark.parametrize("prefix", ["contoso", "Con toso", "-x", "x" * 28, "名"])
    def test_what_cannot_be_had_comes_with_three_free_ones(self, browse, ana, prefix):
        other = Tenant.objects.create(name="Other", cloud="global", country="US")
        Domain.objects.create(tenant=other, name="wideworldimporters.onmicrosoft.com", is_primary=True)

        answer = self.ask(browse(ana), prefix=prefix, name="Wide World Importers Ltd").context["answer"]

        assert answer.problem
        assert len({*answer.suggestions}) == 3
        assert "wideworldimporters" not in answer.suggestions

    def test_names_of_other_scripts_have_suggestions_too(self, browse, ana):
        assert len(self.ask(browse(ana), prefix="公司", name="阿里巴巴有限公司").context["answer"].suggestions) == 3

    def test_all_suggestions_are_looked_up_at_once(self, browse, ana, django_assert_max_num_queries):
        client = browse(ana)
        self.ask(client, prefix="x")

        with django_assert_max_num_queries(8):
            self.ask(client, prefix="contoso", name="Contoso")

    def test_nothing_is_said_of_nothing(self, browse, ana):
        assert text_of(self.ask(browse(ana))).strip() == ""

    def test_a_known_domain_leads_elsewhere(self, browse, ana, proseware):
        page = text_of(self.ask(browse(ana), prefix="proseware"))

        assert "The organization with the domain proseware.onmicrosoft.com exists already." in page
        assert "Proseware" not in page  # whose it is, nobody learns here

    def test_the_domain_of_an_own_customer_leads_to_it(self, browse, ana, tailspin):
        page = text_of(self.ask(browse(ana), prefix="tailspintoys"))

        assert reverse("customers:account", args=[tailspin.tenant_id]) in page

    @pytest.mark.parametrize(
        ("email", "says"),
        [
            ("kim@proseware.com", True),
            ("kim@PROSEWARE.com", True),
            ("kim@mail.proseware.com", False),
            ("kim@unknown.example", False),
            ("kim@gmail.com", False),
            ("kim", False),
            ("", False),
        ],
    )
    def test_the_mail_domain_of_the_contact_may_be_that_of_an_organization(self, browse, ana, proseware, email, says):
        Domain.objects.create(tenant=proseware, name="gmail.com")

        page = text_of(browse(ana).get(reverse("new_customers:organization"), {"email": email}))

        assert ("exists already" in page) == says

    def test_an_organization_of_another_cloud_is_unknown(self, browse, ana, proseware):
        Tenant.objects.filter(pk=proseware.pk).update(cloud="germany")

        page = text_of(browse(ana).get(reverse("new_customers:organization"), {"email": "kim@proseware.com"}))

        assert page.strip() == ""

    def test_a_known_mail_domain_does_not_stop(self, browse, ana, proseware):
        client = browse(ana)
        draft = start(client)

        assert fill(client, draft, email="kim@proseware.com").url == subscriptions_of(draft)
        assert "exists already" in text_of(client.get(review_of(draft)))


class TestDuplicates:
    @pytest.mark.parametrize(
        ("before", "name"),
        [
            ("Wide World Importers", "Wide World Importers"),
            ("WIDE WORLD IMPORTERS, Inc.", "Wide World Importers"),
            ("Wide-World Importers GmbH & Co. KG", "Wide World Importers"),
            ("Wide World Importer", "Wide World Importers"),
            ("The Wide World Importers", "The Wide World Importers Ltd."),
            ("ООО Ромашка", "Ромашка"),
            ("株式会社山田商事", "山田商事"),
        ],
    )
    def test_a_very_similar_name_is_asked_about_once(self, browse, ana, contoso, make_customer, before, name):
        other = make_customer(contoso, before, domain="other.onmicrosoft.com")
        client = browse(ana)
        draft = start(client)

        page = fill(client, draft, company_name=name)

        assert page.status_code == 422
        assert [one.customer for one in page.context["alike"]] == [other]
        assert "Continue anyway" in text_of(page)
        looked = form_of(page)["looked"].value()
        assert fill(client, draft, company_name=name, looked=looked).url == subscriptions_of(draft)
        assert escape(other.name) in text_of(client.get(review_of(draft)))
        assert client.post(done_of(draft), {"seen": seen(client, draft)}).status_code == 200

    def test_other_values_are_asked_about_again(self, browse, ana, contoso, make_customer):
        make_customer(contoso, "Wide World Importers", domain="other.onmicrosoft.com")
        client = browse(ana)
        draft = start(client)
        looked = form_of(fill(client, draft))["looked"].value()

        page = fill(client, draft, company_name="Wide World Importers Ltd", looked=looked)

        assert page.status_code == 422

    @pytest.mark.parametrize(
        ("before", "name"),
        [
            ("Wide World Store 101 and more", "Wide World Store 102 and more"),
            ("Wide World Exporters", "Narrow World Importers"),
            ("Contoso", "Contosa"),
        ],
    )
    def test_other_names_are_not_asked_about(self, browse, ana, contoso, make_customer, before, name):
        make_customer(contoso, before, domain="other.onmicrosoft.com")
        client = browse(ana)
        draft = start(client)

        assert fill(client, draft, company_name=name).status_code == 302

    def test_the_same_registration_id_is_asked_about(self, browse, ana, tailspin):
        BillTo.objects.filter(customer=tailspin).update(registration_id="12.345-a/6")
        client = browse(ana)

        page = fill(client, start(client), registration_id="12345A6")

        assert [str(one.why) for one in page.context["alike"]] == ["The registration ID is the same."]

    def test_the_same_mail_domain_is_asked_about_unless_anybody_has_it(self, browse, ana, tailspin):
        client = browse(ana)
        draft = start(client)
        for address, asks in (("casey@Fun.example", True), ("casey@gmail.com", False)):
            BillTo.objects.filter(customer=tailspin).update(email=address)
            page = fill(client, draft, email=f"kim@{address.partition('@')[2].lower()}")
            assert (page.status_code == 422) == asks

    def test_customers_of_others_and_former_ones_are_nobodys_business(
        self, browse, ana, contoso, fabrikam, make_customer
    ):
        make_customer(fabrikam, "Wide World Importers", domain="other.onmicrosoft.com")
        make_customer(contoso, "Wide World Importers", domain="former.onmicrosoft.com", ended_at=timezone.now())
        client = browse(ana)
        draft = start(client)

        assert fill(client, draft).url == subscriptions_of(draft)
