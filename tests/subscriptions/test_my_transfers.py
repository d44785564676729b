"""Transfers as the customer's own people see them: plain words, the signature, and asking from their own side."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import formats, timezone

from partnercenter.directory.models import TenantRole, User
from partnercenter.jobs.services import run_job
from subscriptions.models import Party, Subscription, Transfer
from subscriptions.selectors.transfer_money import next_bill
from subscriptions.services.transfers import cancel_transfer
from tests.subscribing import azure_plan, azure_subscription, reserve, subscribe
from tests.transferring import accept, agree, ask

State = Transfer.Status


def page(transfer, name="transfer"):
    return reverse(f"my_transfers:{name}", args=[transfer.pk])


def text(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def carlas(browse, carla):
    return browse(carla)


@pytest.fixture
def kim(carla):
    """Somebody of Litware without a role."""
    return User.objects.create_user("kim@litware.onmicrosoft.com", display_name="Kim", tenant=carla.tenant)


class TestTheCard:
    def test_what_waits_is_counted_on_the_own_page(self, asked, carlas):
        shown = text(carlas.get("/my/"))

        assert "1 transfer waits for your signature" in shown
        assert 'class="banner warning"' in shown

    def test_what_waits_for_others_is_not(self, agreed, carlas):
        shown = text(carlas.get("/my/"))

        assert "No transfer waits for your signature." in shown
        assert 'class="banner warning"' not in shown

    def test_the_list_says_who_has_to_answer(self, agreed, carlas):
        shown = text(carlas.get(reverse("my_transfers:list")))

        assert "Contoso → Fabrikam" in shown
        assert "Awaiting review" in shown

    def test_the_list_costs_the_same_however_long_it_is(
        self, asked, source, target, finn, carla, carlas, django_assert_max_num_queries
    ):
        for number in range(5):
            cancel_transfer(Transfer.objects.get(status=State.AWAITING_CONSENT), actor=finn.user)
            ask(source, target, finn, token=f"again {number}")

        with django_assert_max_num_queries(12):
            carlas.get(reverse("my_transfers:list"))


class TestReading:
    def test_what_moves_and_what_does_not_is_said_by_name(self, asked, azure, source, carlas):
        reserve(source, azure["Test"], name="Two servers")
        subscribe(source, "Office 365 Enterprise E3")

        shown = text(carlas.get(page(asked)))

        for words in (
            "Finn of Fabrikam asks you to agree",
            "3 Azure subscriptions",
            "Web shop",
            "1 reservation",
            "for Test",
            "Contoso until it accepts, Fabrikam from then on.",
            "Fabrikam sets its own",
            "1 subscription to Office 365, Dynamics or the like stays with Contoso.",
            "roles that Contoso has in your Azure stay",
        ):
            assert words in shown

    def test_what_the_customer_has_elsewhere_is_not_named(self, asked, azure, target, carlas):
        azure_subscription(Subscription.objects.get(customer=target, kind="plan"), "With Fabrikam already")

        assert "With Fabrikam already" not in text(carlas.get(page(asked)))

    def test_currencies_that_differ_are_said(self, asked, fabrikam, carlas):
        fabrikam.currency = "EUR"
        fabrikam.save()

        assert "Contoso bills in USD, Fabrikam in EUR." in text(carlas.get(page(asked)))

    def test_reservations_that_end_early_are_named_with_the_day(self, asked, azure, source, fabrikam, carlas):
        begun = timezone.now() - timedelta(days=40)
        monthly = reserve(source, azure["Test"], name="Two servers", begun_at=begun)
        reserve(source, name="Upfront servers", billing_cycle="upfront")
        same = carlas.get(page(asked))
        fabrikam.currency = "EUR"
        fabrikam.save()

        other = carlas.get(page(asked))

        assert same.context["ending"] == []
        [bill] = other.context["ending"]
        assert (bill.reservation, bill.due_at) == (monthly, next_bill(monthly, timezone.now()))
        assert "Reservations that you lose" not in text(same)
        planned = formats.date_format(monthly.ends_at, "DATE_FORMAT")
        due = formats.date_format(bill.due_at, "DATE_FORMAT")
        assert f"{due} instead of {planned}" in text(other)

    def test_the_answer_stands_above_the_list_and_the_note_above_the_signature(
        self, source, target, finn, azure, carlas
    ):
        shown = text(carlas.get(page(ask(source, target, finn, note="As we said."))))

        places = [
            shown.index(words) for words in ("What it means", "Finn writes:", 'name="typed_name"', "What may move<")
        ]
        assert places == sorted(places)

    def test_somebody_without_the_role_reads_it_and_why_they_cannot_answer(self, asked, browse, kim):
        client = browse(kim)
        shown = text(client.get(page(asked)))

        assert "Only a Global admin of the customer can do this." in shown
        assert "typed_name" not in shown
        assert client.post(page(asked, "sign"), {"typed_name": "Kim"}).status_code == 403

    def test_people_of_others_find_nothing(self, asked, browse, tara, ana):
        assert browse(tara).get(page(asked)).status_code == 404
        assert browse(ana).get(page(asked)).status_code == 404

    def test_progress_is_there_for_the_customer_too(self, agreed, azure, ana, carlas):
        accept(agreed, ana, [azure["Test"]])

        shown = text(carlas.get(page(agreed)))

        assert "0 of 1" in shown
        assert "what was chosen moves now" in shown


class TestAnswering:
    def test_the_typed_name_is_the_signature(self, asked, azure, carlas):
        carlas.post(page(asked, "sign"), {"typed_name": "carla"}, headers={"User-Agent": "Her browser"})

        signature = asked.signatures.get(party=Party.CUSTOMER)
        assert (signature.typed_name, signature.browser, signature.address) == ("carla", "Her browser", "127.0.0.1")
        assert Transfer.objects.get().status == State.AWAITING_REVIEW

    @pytest.mark.parametrize(("act", "field"), [("sign", "typed_name"), ("decline", "reason")])
    def test_what_was_typed_when_the_session_had_ended_comes_back(self, act, field, asked, azure, client, carla):
        client.post(page(asked, act), {field: "What I typed"})
        client.force_login(carla)

        back = client.get(page(asked, act))

        assert "What I typed" in back.content.decode()
        assert Transfer.objects.get().status == State.AWAITING_CONSENT

    def test_that_it_was_signed_is_said_once(self, asked, azure, carlas):
        after = text(carlas.post(page(asked, "sign"), {"typed_name": "Carla"}, follow=True))
        later = text(carlas.get(page(asked)))

        assert "You signed. Contoso reviews the transfer now." in after
        assert "This was signed already." not in after
        assert "This was signed already." in later

    def test_what_was_canceled_meanwhile_is_not_signed_and_says_so(self, asked, azure, finn, carlas):
        cancel_transfer(asked, actor=finn.user)

        late = text(carlas.post(page(asked, "sign"), {"typed_name": "Carla"}, follow=True))

        assert "Your signature did not count." in late
        assert late.count("Finn (Fabrikam) canceled this transfer") == 1

    def test_another_name_is_none(self, asked, azure, carlas):
        response = carlas.post(page(asked, "sign"), {"typed_name": "Somebody"})

        assert response.status_code == 422
        assert "Type your own name to sign: Carla." in text(response)
        assert Transfer.objects.get().status == State.AWAITING_CONSENT

    def test_signing_twice_is_said(self, asked, carlas):
        for _count in range(2):
            response = carlas.post(page(asked, "sign"), {"typed_name": "Carla"}, follow=True)

        assert "You signed this before." in text(response)

    def test_declining_keeps_the_reason(self, asked, carlas):
        response = carlas.post(page(asked, "decline"), {"reason": "We stay."}, follow=True)

        assert "You declined the transfer: nothing moves." in text(response)
        assert "We stay." in text(response)

    @pytest.mark.parametrize(
        ("how", "words"),
        [
            (lambda asked, finn: cancel_transfer(asked, actor=finn.user), "Finn (Fabrikam) canceled this transfer"),
            (lambda asked, finn: Transfer.objects.update(expires_at=timezone.now()), "it has expired"),
        ],
        ids=["canceled", "expired"],
    )
    def test_what_has_ended_is_explained_and_offers_no_answer(self, asked, finn, carlas, how, words):
        how(asked, finn)

        shown = text(carlas.get(page(asked)))

        assert words in shown
        assert "typed_name" not in shown


class TestAsking:
    @pytest.fixture
    def form(self, source, target):
        return {
            "source": source.partner_id,
            "target": target.partner_id,
            "note": "In spring.",
            "typed_name": "Carla",
            "wish": "one",
        }

    def test_the_customer_asks_and_signs_in_one(self, form, azure, carlas, contoso, fabrikam):
        response = carlas.post(reverse("my_transfers:new"), form, follow=True)

        transfer = Transfer.objects.get()
        assert (transfer.asked_as, transfer.source_partner, transfer.target_partner) == ("customer", contoso, fabrikam)
        assert "You asked for the transfer and signed. Fabrikam has to agree now." in text(response)

    def test_sending_it_twice_asks_once(self, form, carlas):
        for _count in range(2):
            assert carlas.post(reverse("my_transfers:new"), form).status_code == 302

        assert Transfer.objects.count() == 1

    def test_a_second_wish_waits_for_the_end_of_the_first(self, form, carlas):
        carlas.post(reverse("my_transfers:new"), form)

        response = carlas.post(reverse("my_transfers:new"), form | {"wish": "two"})

        assert response.status_code == 422
        assert "There is an open transfer between these two partners" in text(response)
        assert "To your transfers</a>" in text(response)

    def test_what_is_missing_is_said_with_its_remedy(self, form, target, carlas):
        Subscription.objects.filter(customer=target).delete()

        response = carlas.post(reverse("my_transfers:new"), form)

        assert "The customer has no Azure plan with the new partner." in text(response)
        assert "900133" in text(response)

    def test_the_same_partner_twice_is_no_transfer(self, form, carlas):
        response = carlas.post(reverse("my_transfers:new"), form | {"target": form["source"]})

        assert "The current and the new partner are the same." in text(response)

    def test_a_partner_that_does_not_serve_it_cannot_be_chosen(self, form, carlas, make_partner):
        response = carlas.post(reverse("my_transfers:new"), form | {"target": make_partner("Trey").pk})

        assert response.status_code == 422
        assert not Transfer.objects.exists()

    def test_it_takes_back_what_it_asked_for(self, form, carlas):
        carlas.post(reverse("my_transfers:new"), form)
        transfer = Transfer.objects.get()

        before = text(carlas.get(page(transfer)))
        too_long = carlas.post(page(transfer, "cancel"), {"reason": "x" * 1_000_000})
        carlas.post(page(transfer, "cancel"), {"reason": "We stay."})

        assert "Nobody can sign or accept it any more." in before
        assert too_long.status_code == 422
        transfer = Transfer.objects.get()
        assert (transfer.status, transfer.reason) == (State.CANCELED, "We stay.")

    def test_with_one_partner_it_reads_what_to_do_first(self, source, carlas):
        assert "two partners have to sell to your organization" in text(carlas.get(reverse("my_transfers:new")))

    def test_somebody_without_the_role_asks_for_nothing(self, form, browse, kim):
        client = browse(kim)

        assert "Only a Global admin" in text(client.get(reverse("my_transfers:new")))
        assert client.post(reverse("my_transfers:new"), form).status_code == 403

    def test_what_it_means_stands_above_the_signature(self, form, carlas):
        shown = text(carlas.get(reverse("my_transfers:new")))

        means = shown.index("the current partner until it accepts, the new partner from then on.")
        assert means < shown.index('name="typed_name"')

    def test_a_link_brings_the_partners_along(self, form, carlas):
        shown = text(carlas.get(reverse("my_transfers:new"), {"target": form["target"]}))

        assert f'<option value="{form["target"]}" selected>' in shown


@pytest.mark.django_db(transaction=True)
class TestTheRecord:
    @pytest.fixture
    def moved(self, agreed, azure, ana):
        accept(agreed, ana, [azure["Test"], azure["Production"]])
        Subscription.objects.filter(pk=azure["Production"].pk).update(status="suspended")
        run_job(Transfer.objects.get().job_id)
        return Transfer.objects.get()

    def lines(self, response):
        return b"".join(response.streaming_content).decode("utf-8-sig").splitlines()

    def test_all_three_read_steps_signatures_and_things(self, moved, browse, ana, finn, carla):
        pages = {ana: "transfers:record", finn: "transfers:record", carla: "my_transfers:record"}

        for person, name in pages.items():
            shown = text(browse(person).get(reverse(name, args=[moved.pk])))
            for words in ("Every step", "203.0.113.7", "A browser", "Test", "Production", "900105"):
                assert words in shown

    def test_the_file_has_a_line_for_each(self, moved, azure, browse, finn, carla):
        names = {finn: "transfers:record_file", carla: "my_transfers:record_file"}

        for person, name in names.items():
            lines = self.lines(browse(person).get(reverse(name, args=[moved.pk])))
            signed = [line for line in lines if line.startswith("Signature")]
            [item] = [line for line in lines if line.startswith(f"Azure subscription,Test,{azure['Test'].pk}")]
            assert [line.split(",")[1] for line in signed] == [
                "Fabrikam (New partner)",
                "Litware (Customer)",
                "Contoso (Current partner)",
            ]
            assert ",Contoso,Fabrikam,Moved," in item
            assert any("900105" in line for line in lines)

    def test_who_decides_nothing_reads_not_from_where_it_was_signed(self, moved, browse, kim):
        client = browse(kim)

        assert "203.0.113.7" not in text(client.get(page(moved, "record")))
        assert "203.0.113.7" not in "".join(self.lines(client.get(page(moved, "record_file"))))

    def test_before_it_is_accepted_the_new_partner_reads_no_names(self, agreed, azure, browse, finn):
        lines = self.lines(browse(finn).get(reverse("transfers:record_file", args=[agreed.pk])))

        assert not any("Production" in line for line in lines)

    def test_the_current_partner_has_none_before_the_customer_agrees(self, asked, browse, ana):
        assert browse(ana).get(reverse("transfers:record", args=[asked.pk])).status_code == 404


def test_a_role_that_was_taken_away_meanwhile_signs_nothing(asked, browse, carla):
    client = browse(carla)
    User.objects.filter(pk=carla.pk).update(role=TenantRole.USER)

    assert client.post(page(asked, "sign"), {"typed_name": "Carla"}).status_code == 403


def test_the_customers_own_request_is_agreed_to_by_the_new_partner(source, target, carla, finn, browse):
    transfer = ask(source, target, carla, as_=Party.CUSTOMER)
    agree(transfer, finn)

    shown = text(browse(carla).get(page(transfer)))

    assert "The current partner reviews it now." in shown
    assert "Cancel the transfer" in shown


def test_a_plan_of_another_customer_is_none(source, fabrikam, make_customer, carla, browse):
    azure_plan(make_customer(fabrikam, "Wingtip"))
    make_customer(fabrikam, "Litware", domain=source.domain, tenant=source.tenant)
    form = {"source": source.partner_id, "target": fabrikam.pk, "typed_name": "Carla", "wish": "one"}

    assert "900133" in text(browse(carla).post(reverse("my_transfers:new"), form))
