"""The page on which a new partner asks for a transfer, and what it does about one afterwards."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Agreement, Customer
from partnercenter.partners.roles import Role
from subscriptions.models import Party, Subscription, Transfer
from tests.subscribing import azure_plan, reserve
from tests.transferring import ask

WISH = str(uuid.uuid4())


@pytest.fixture
def as_finn(browse, finn):
    return browse(finn)


def new_page(target):
    return reverse("subscriptions:new_transfer", args=[target.tenant_id])


def send(client, target, source, **fields):
    given = {"partner": str(source.partner_id), "note": "As agreed.", "wish": WISH, "typed_name": "Finn", "send": "1"}
    return client.post(new_page(target), given | fields, headers={"User-Agent": "A browser"}, REMOTE_ADDR="203.0.113.9")


def codes(response):
    return {one.code: one.level.value for one in response.context["preconditions"]}


class TestTheDryRun:
    def test_what_is_known_of_the_own_account_is_told_before_the_partner_is(self, as_finn, target):
        Agreement.objects.filter(customer=target).delete()

        response = as_finn.get(new_page(target))

        assert codes(response) == {"relationship": "ok", "agreement": "blocked", "900132": "ok"}
        assert response.context["source"] is None

    def test_every_precondition_is_told_one_by_one_also_those_that_are_met(self, as_finn, source, target, azure, ana):
        response = as_finn.post(new_page(target), {"partner": str(source.partner_id), "wish": WISH, "check": "1"})

        assert response.status_code == 200
        assert codes(response) == {
            "900150": "ok",
            "relationship": "ok",
            "cloud": "ok",
            "market": "ok",
            "agreement": "ok",
            "900132": "ok",
            "open": "ok",
            "currency": "ok",
        }
        assert not Transfer.objects.exists()

    def test_different_currencies_are_a_warning_that_stops_nothing(self, as_finn, source, target, azure):
        target.partner.currency = "EUR"
        target.partner.save()

        response = as_finn.post(new_page(target), {"partner": str(source.partner_id), "wish": WISH, "check": "1"})

        assert codes(response)["currency"] == "warning"
        assert response.context["is_blocked"] is False

    def test_a_plan_that_is_suspended_or_missing_is_told_by_its_code(self, as_finn, source, target):
        Subscription.objects.filter(customer=target).update(status="suspended")
        suspended = codes(as_finn.get(new_page(target)))
        Subscription.objects.filter(customer=target).update(status="deleted")
        missing = codes(as_finn.get(new_page(target)))

        assert (suspended["900132"], missing["900133"]) == ("blocked", "blocked")

    def test_of_what_the_customer_has_only_numbers_are_told(self, as_finn, source, target, azure):
        Subscription.objects.filter(pk=azure["Test"].pk).update(status="suspended")
        reserve(source, azure["Production"])
        reserve(source, azure["Test"])

        response = as_finn.post(new_page(target), {"partner": str(source.partner_id), "wish": WISH, "check": "1"})

        assert [row[1:] for row in response.context["numbers"]] == [("", 2, 1), ("900105", 1, 0), ("900145", 0, 1)]
        assert "Production" not in response.content.decode()

    def test_a_partner_that_does_not_exist_and_one_that_sells_no_azure_here_look_the_same(
        self, as_finn, target, northwind, make_customer, source
    ):
        make_customer(northwind, "Litware", tenant=target.tenant, domain=target.domain)
        answers = set()

        for partner_id in (uuid.uuid4(), northwind.pk, source.partner_id):  # Contoso has no Azure of it here
            response = as_finn.post(new_page(target), {"partner": str(partner_id), "wish": WISH, "check": "1"})
            answers.add((response.status_code, *response.context["form"].errors["partner"]))

        assert answers == {
            (422, "No partner with this Microsoft ID has Azure of Litware. Look at it once more."),
        }

    def test_the_own_microsoft_id_is_refused_with_its_code(self, as_finn, target, fabrikam):
        response = as_finn.post(new_page(target), {"partner": str(fabrikam.pk), "wish": WISH, "check": "1"})

        [error] = response.context["form"].errors["partner"]
        assert error.endswith("(900148)")

    def test_the_partner_that_was_found_is_named_above_what_the_checks_say(self, as_finn, source, target, azure):
        response = as_finn.post(new_page(target), {"partner": str(source.partner_id), "wish": WISH, "check": "1"})

        shown = response.content.decode()
        assert "<strong>Contoso</strong>" in shown
        assert ">What could move</h3>" in shown
        # Enter presses the first button of a form.
        assert shown.index('name="send"') < shown.index('name="check"')

    def test_an_open_transfer_is_a_link_away(self, as_finn, asked, source, target, azure):
        response = as_finn.post(new_page(target), {"partner": str(source.partner_id), "wish": WISH, "check": "1"})

        shown = response.content.decode()
        assert codes(response)["open"] == "blocked"
        assert "To the transfers</a>" in shown
        assert shown.index('name="check"') < shown.index('name="send"')

    def test_nobody_tries_out_partners_by_the_hundred(self, as_finn, target):
        statuses = {
            as_finn.post(new_page(target), {"partner": str(uuid.uuid4()), "check": "1"}).status_code for _ in range(21)
        }

        assert statuses == {422, 429}


class TestSending:
    def test_the_request_keeps_the_note_and_from_where_it_was_signed(self, as_finn, source, target, azure, finn):
        response = send(as_finn, target, source)

        transfer = Transfer.objects.get()
        [signature] = transfer.signatures.all()
        assert response.url == reverse("transfers:transfer", args=[transfer.pk])
        assert (transfer.note, transfer.status, transfer.asked_as) == ("As agreed.", "awaiting_consent", "target")
        assert (signature.typed_name, signature.address, signature.browser) == ("Finn", "203.0.113.9", "A browser")

    def test_sending_twice_makes_one_transfer(self, as_finn, source, target, azure):
        first, second = send(as_finn, target, source), send(as_finn, target, source)

        assert first.url == second.url
        assert Transfer.objects.count() == 1

    @pytest.mark.parametrize(("typed", "error"), [("", "Type your own name to sign."), ("Fred", "Type your own name")])
    def test_nothing_is_sent_without_the_own_name(self, typed, error, as_finn, source, target, azure):
        response = send(as_finn, target, source, typed_name=typed)

        assert response.status_code == 422
        assert response.context["form"].errors["typed_name"][0].startswith(error)
        assert not Transfer.objects.exists()

    def test_what_the_checks_say_of_a_partner_is_seen_before_it_is_signed(self, as_finn, source, target, azure):
        before = send(as_finn, target, source, checked=str(uuid.uuid4()))
        count = Transfer.objects.count()
        send(as_finn, target, source, checked=str(source.partner_id).upper())

        assert (before.status_code, before.context["source"], count) == (200, source, 0)
        assert Transfer.objects.count() == 1

    def test_what_is_blocked_is_not_sent_and_says_why(self, as_finn, source, target, azure):
        Agreement.objects.filter(customer=target).delete()

        response = send(as_finn, target, source)

        assert response.status_code == 422
        assert "customer agreement" in response.context["form"].non_field_errors()[0]
        assert not Transfer.objects.exists()

    def test_a_reseller_is_sent_to_its_provider(self, adam, adatum, northwind, browse, make_customer):
        served = make_customer(adatum, "Proseware", provider=northwind, relationships=["indirect_reseller"])

        shown = browse(adam).get(reverse("subscriptions:new_transfer", args=[served.tenant_id]))

        assert shown.context["why_not"].startswith("Azure comes to your customers through your provider.")

    def test_a_provider_names_one_of_its_resellers(
        self, browse, source, azure, northwind, adatum, make_customer, make_staff
    ):
        account = make_customer(northwind, "Litware", tenant=source.tenant, domain=source.domain)
        make_customer(northwind, "Proseware", reseller=adatum)
        azure_plan(account)
        nora = make_staff(northwind, "Nora", Role.GLOBAL_ADMIN)
        client = browse(nora)

        response = send(client, account, source, typed_name="Nora", reseller=str(adatum.pk))

        if response.status_code == 422:
            pytest.fail(str(response.context["form"].errors))
        assert Transfer.objects.get().reseller == adatum

    def test_ask_again_begins_with_the_same_data(self, as_finn, asked, finn):
        Transfer.objects.filter(pk=asked.pk).update(status="canceled", ended_at=timezone.now(), note="Please.")

        page = as_finn.get(reverse("transfers:transfer", args=[asked.pk]))
        again = page.context["again"]
        form = as_finn.get(again.url).context["form"]

        assert (form.initial["partner"], form.initial["note"]) == (asked.source_partner_id, "Please.")

    def test_who_may_not_ask_is_told_who_may(self, browse, fabrikam, make_staff, target):
        sam = make_staff(fabrikam, "Sam", Role.SALES_AGENT)
        client = browse(sam)

        listed = client.get(reverse("subscriptions:transfers", args=[target.tenant_id]))

        assert "Global admin" in listed.context["ask_denied"]
        assert client.get(new_page(target)).status_code == 403

    def test_in_the_government_cloud_privileges_are_needed_and_the_page_says_so(
        self, browse, make_partner, make_customer, make_staff
    ):
        federal = make_partner("Federal", cloud="usgov")
        account = make_customer(federal, "Agency", admin_privileges_at=None)
        uma = make_staff(federal, "Uma", Role.GLOBAL_ADMIN)

        response = browse(uma).get(new_page(account))

        assert "delegated admin privileges" in response.context["why_not"]
        assert "form" not in response.context


class TestWhatTheNewPartnerDoesAboutIt:
    @pytest.fixture
    def begun_by_customer(self, source, target, carla, azure):
        return ask(source, target, carla, as_=Party.CUSTOMER, note="Our contract ends.")

    def test_it_signs_what_the_customer_has_begun(self, as_finn, begun_by_customer):
        page = reverse("transfers:agree", args=[begun_by_customer.pk])

        shown = as_finn.get(page)
        response = as_finn.post(page, {"typed_name": "finn"})

        begun_by_customer.refresh_from_db()
        assert codes(shown)["open"] == "ok"
        assert shown.context["numbers"] == [(None, "", 3, 0)]
        assert "Our contract ends." in shown.content.decode()
        assert "Production" not in shown.content.decode()
        assert response.url == reverse("transfers:transfer", args=[begun_by_customer.pk])
        assert begun_by_customer.status == "awaiting_review"

    def test_a_provider_says_through_which_reseller_it_is_going_to_sell(
        self, begun_by_customer, target, northwind, nora, adatum, adam, partnership, browse
    ):
        Customer.objects.filter(pk=target.pk).update(partner=northwind, reseller=adatum)
        Transfer.objects.update(target_partner=northwind, reseller=adatum)
        page, client = reverse("transfers:agree", args=[begun_by_customer.pk]), browse(nora)

        shown = client.get(page)
        strange = client.post(page, {"typed_name": "Nora", "reseller": str(begun_by_customer.source_partner_id)})
        client.post(page, {"typed_name": "Nora", "reseller": ""})

        begun_by_customer.refresh_from_db()
        assert shown.context["form"]["reseller"].value() == adatum.pk
        assert "Choose one of your resellers." in strange.content.decode()
        assert (begun_by_customer.status, begun_by_customer.reseller) == ("awaiting_review", None)

    @pytest.mark.parametrize("name", ["review", "dry_run"])
    def test_until_it_has_agreed_the_others_read_that_it_has_not(self, name, begun_by_customer, browse, ana, finn):
        client = browse(ana if name == "review" else finn)

        response = client.get(reverse(f"transfers:{name}", args=[begun_by_customer.pk]), follow=True)

        [message] = response.context["messages"]
        assert str(message) == "Fabrikam has not agreed to this transfer yet."

    def test_it_declines_that_with_a_reason(self, as_finn, begun_by_customer):
        page = reverse("transfers:decline", args=[begun_by_customer.pk])

        without = as_finn.post(page, {"reason": ""})
        as_finn.post(page, {"reason": "We are full."})

        begun_by_customer.refresh_from_db()
        assert without.status_code == 422
        assert (begun_by_customer.status, begun_by_customer.reason) == ("declined", "We are full.")

    def test_it_takes_back_what_it_has_asked_for_once(self, as_finn, asked):
        page = reverse("transfers:cancel", args=[asked.pk])

        as_finn.post(page, {"reason": ""})
        again = as_finn.post(page, {"reason": ""}, follow=True)
        late = as_finn.get(page)

        asked.refresh_from_db()
        assert asked.status == "canceled"
        assert [str(message) for message in again.context["messages"]] == [
            "The transfer is canceled. The others were told.",
            "The transfer was canceled before.",
        ]
        assert late.context["too_late"].startswith("Finn (Fabrikam) canceled this transfer")

    @pytest.mark.parametrize("act", ["agree", "decline"])
    def test_what_it_asked_for_itself_the_customer_answers(self, act, as_finn, asked):
        assert as_finn.get(reverse(f"transfers:{act}", args=[asked.pk])).status_code == 404

    @pytest.mark.parametrize("act", ["agree", "decline", "cancel"])
    def test_the_current_partner_has_none_of_this(self, act, browse, ana, agreed):
        assert browse(ana).get(reverse(f"transfers:{act}", args=[agreed.pk])).status_code == 404

    def test_a_colleague_without_the_role_sees_the_buttons_with_the_reason(self, browse, fabrikam, make_staff, asked):
        sam = make_staff(fabrikam, "Sam", Role.SALES_AGENT)

        response = browse(sam).get(reverse("transfers:transfer", args=[asked.pk]))

        assert [act.label for act in response.context["acts"]] == ["Cancel the transfer"]
        assert "Only a Global admin" in response.context["act_denied"]
