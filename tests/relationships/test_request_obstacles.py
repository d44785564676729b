"""Who cannot answer a request and reads why, and what everybody of the organization sees."""

import re

import pytest
from django.utils import timezone

from partnercenter.directory.models import Domain, Tenant, TenantRole, User
from partnercenter.errors import Refused
from relationships.services.my_requests import accept_request, decline_request
from relationships.services.requests import withdraw_request
from tests.asking import ask, page_of
from tests.conftest import PASSWORD
from tests.domains import told

LIST = "/my/requests/"


@pytest.fixture
def carol(proseware):
    """Somebody at Proseware who decides nothing."""
    return User.objects.create_user(
        "carol@proseware.com", PASSWORD, email="carol@proseware.com", display_name="Carol", tenant=proseware
    )


def admin_of(tenant, name="Amy"):
    return User.objects.create_user(
        f"{name.lower()}@{tenant.pk.hex[:20]}.com", display_name=name, tenant=tenant, role=TenantRole.GLOBAL_ADMIN
    )


def organization(name="Wingtip", cloud="global", country="US"):
    tenant = Tenant.objects.create(name=name, cloud=cloud, country=country)
    Domain.objects.create(tenant=tenant, name=f"{name.lower()}.example", is_primary=True)
    return tenant


def as_operator(ana, paula):
    paula.tenant = None
    return paula


def as_own_staff(ana, paula):
    return ana.user


def as_other_cloud(ana, paula):
    return admin_of(organization(cloud="germany", country="DE"))


def as_other_market(ana, paula):
    return admin_of(organization(country="CN"))


def as_other_organization(ana, paula):
    return admin_of(organization())


STRANGERS = [
    (as_operator, "belong to no organization", None),
    (as_own_staff, "You belong to a partner that asks here.", None),
    (as_other_cloud, "works in the Global cloud, and you are signed in to the Germany cloud", None),
    (as_other_market, "Wingtip is in China, where Contoso cannot serve customers", False),
    (as_other_organization, "This request is for another organization than Wingtip", True),
]


class TestWhoCannotAnswer:
    @pytest.mark.parametrize(("who", "sentence", "bound"), STRANGERS)
    def test_who_is_here_by_mistake_reads_why_and_nothing_more(
        self, ana, proseware, paula, browse, who, sentence, bound
    ):
        asked = ask(ana, proseware if bound else None, opened_at=None)
        person = who(ana, paula)
        person.save()
        client = browse(person)

        answer = client.get(page_of(asked))
        acted = [client.post(page_of(asked, name), follow=True) for name in ("accept", "decline")]

        html = answer.content.decode()
        assert sentence in html
        assert "What it asks for" not in html
        assert "Accept" not in html
        assert all(sentence in told(one)[0] for one in acted)
        asked.refresh_from_db()
        assert (asked.status, asked.opened_at) == ("waiting", None)

    def test_others_of_the_organization_read_who_can(self, ana, proseware, paula, carol, browse):
        for name in ("Zoe", "Amy", "Bob"):
            admin_of(proseware, name)
        User.objects.filter(display_name="Bob").update(blocked_at=timezone.now())
        asked = ask(ana, proseware)
        client = browse(carol)

        html = client.get(page_of(asked)).content.decode()
        answer = client.post(page_of(asked, "accept"))

        sentence = "Only a Global admin of your organization can answer this request, for example Amy, Paula, or Zoe."
        assert sentence in html
        assert "What it asks for" in html
        assert re.search(r"<button[^>]*disabled[^>]*>.*Accept", html)
        assert (answer.status_code, sentence in answer.content.decode()) == (403, True)
        asked.refresh_from_db()
        assert asked.opened_at is None

    def test_who_is_a_customer_with_everything_has_nothing_to_do(self, ana, tailspin, browse):
        asked, tara = ask(ana, email="tara@tailspintoys.com"), admin_of(tailspin.tenant)

        html = browse(tara).get(page_of(asked)).content.decode()

        assert "Tailspin Toys is a customer of Contoso already" in html
        with pytest.raises(Refused, match="already"):
            accept_request(asked, actor=tara)

    def test_what_has_ended_says_how(self, ana, proseware, paula, browse):
        expired = ask(ana, proseware, expires_at=timezone.now())
        withdrawn, accepted = ask(ana, proseware), ask(ana, proseware)
        withdraw_request(withdrawn, actor=ana.user)
        accept_request(accepted, actor=paula)
        client = browse(paula)

        pages = [client.get(page_of(asked)).content.decode() for asked in (expired, withdrawn, accepted)]

        assert "nobody had answered it. Ask Contoso to send you a new one." in pages[0]
        assert "Contoso withdrew this request on" in pages[1]
        assert "Paula accepted this request on" in pages[2]
        for html in pages:
            assert "What it asks for" in html
            assert f"{page_of(accepted)}accept/" not in html

    def test_a_stranger_does_not_learn_what_became_of_it(self, ana, proseware, paula, browse):
        asked = ask(ana)
        accept_request(asked, actor=paula)

        html = browse(admin_of(organization())).get(page_of(asked)).content.decode()

        assert "for another organization" in html
        assert "Paula" not in html
        assert "Proseware" not in html

    def test_no_other_link_leads_anywhere(self, paula, browse):
        client = browse(paula)

        for token in ("x", "x" * 500, "%00", "a%2Fb"):
            assert client.get(f"/my/requests/{token}/").status_code == 404
            assert client.post(f"/my/requests/{token}/accept/").status_code == 404

    def test_signed_out_the_link_leads_to_the_sign_in_and_back(self, ana, proseware, paula, client):
        asked = ask(ana, proseware)

        answer = client.get(page_of(asked))
        back = client.post(answer.url, {"login": paula.principal_name, "password": PASSWORD})

        assert answer.url.startswith("/accounts/login/")
        assert back.url == page_of(asked)


class TestLooking:
    def test_the_first_look_of_a_global_admin_is_noted_and_binds_nobody(self, ana, proseware, paula, browse):
        asked = ask(ana)
        client = browse(paula)

        client.head(page_of(asked))
        asked.refresh_from_db()
        assert asked.opened_at is None
        client.get(page_of(asked))
        asked.refresh_from_db()
        first = asked.opened_at
        client.get(page_of(asked))
        asked.refresh_from_db()

        assert asked.opened_at == first is not None
        assert asked.tenant is None

    def test_everybody_of_the_organization_sees_all_its_requests(self, ana, finn, proseware, paula, carol, browse):
        declined, waiting = ask(ana, proseware), ask(finn, proseware)
        others = ask(finn, organization())
        decline_request(declined, reason="", actor=paula)

        answer = browse(carol).get(LIST)

        html = answer.content.decode()
        assert [one.pk for one in answer.context["table"].records] == [waiting.pk, declined.pk]
        assert page_of(waiting) in html
        assert page_of(others) not in html
        assert "Declined" in html

    def test_the_own_page_says_how_many_wait(self, ana, finn, proseware, carol, browse):
        client = browse(carol)
        before = client.get("/my/").content.decode()
        ask(ana, proseware), ask(finn, proseware), ask(ana, proseware, expires_at=timezone.now())

        html = client.get("/my/").content.decode()

        assert "No request waits for an answer." in before
        assert "2 requests wait for an answer of a Global admin" in html
        assert f'href="{LIST}"' in html

    def test_who_belongs_to_no_organization_reads_so(self, browse, paula):
        User.objects.filter(pk=paula.pk).update(tenant=None)

        assert "belong to no organization" in browse(paula).get(LIST).content.decode()

    def test_the_list_asks_as_often_for_fifty_rows_as_for_one(
        self, ana, proseware, paula, browse, django_assert_max_num_queries
    ):
        client = browse(paula)
        ask(ana, proseware)
        client.get(LIST)
        with django_assert_max_num_queries(20) as one:
            client.get(LIST)
        for _number in range(49):
            ask(ana, proseware)

        with django_assert_max_num_queries(len(one)):
            client.get(LIST)
