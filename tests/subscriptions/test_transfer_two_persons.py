"""Where a partner wants two persons to accept what leaves it: the first one chooses, the second one agrees."""

import pytest
from django.urls import reverse
from django.utils import timezone

from partnercenter.activity.models import Activity, Deed
from partnercenter.errors import Refused
from partnercenter.partners.models import Staff
from partnercenter.partners.roles import Role
from subscriptions.models import Party, Subscription, Transfer, TransferItem
from subscriptions.selectors.transfer_tree import proposed_for
from subscriptions.services.transfer_review import let_two_accept, take_choice_back
from tests.conftest import PASSWORD
from tests.transferring import accept, confirm, signing

State = Transfer.Status


def state(transfer):
    return Transfer.objects.get(pk=transfer.pk).status


def page(transfer, name="review"):
    return reverse(f"transfers:{name}", args=[transfer.pk])


def text(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def agnes(contoso, make_staff, ana):
    """A second one who accepts at Contoso, which wants two."""
    let_two_accept(contoso, True, actor=ana.user)
    return make_staff(contoso, "Agnes", Role.ADMIN_AGENT)


class TestAccepting:
    def test_the_second_person_starts_the_move(self, agreed, azure, ana, agnes):
        accept(agreed, ana, azure.values())
        assert state(agreed) == State.AWAITING_REVIEW

        with pytest.raises(Refused, match="Another person"):
            confirm(agreed, ana)
        confirm(agreed, agnes)

        assert state(agreed) == State.IN_PROGRESS
        assert agreed.signatures.filter(party=Party.SOURCE).count() == 2

    def test_what_the_first_one_chose_is_taken_back(self, agreed, azure, ana, agnes):
        accept(agreed, ana, azure.values())

        take_choice_back(agreed, actor=agnes.user)

        assert not TransferItem.objects.exists()
        assert accept(agreed, agnes, [azure["Test"]])

    def test_what_was_suspended_since_the_first_one_chose_is_told_to_the_second_one(self, agreed, azure, ana, agnes):
        accept(agreed, ana, azure.values())
        Subscription.objects.filter(pk=azure["Test"].pk).update(status=Subscription.Status.SUSPENDED)

        with pytest.raises(Refused, match="It is not active"):
            confirm(agreed, agnes)

        assert state(agreed) == State.AWAITING_REVIEW
        assert agreed.signatures.filter(party=Party.SOURCE).count() == 1

    def test_what_was_chosen_anew_is_not_agreed_to_unseen(self, agreed, azure, ana, agnes):
        accept(agreed, ana, [azure["Test"]])
        seen = proposed_for(agreed)
        take_choice_back(agreed, actor=ana.user)
        accept(agreed, ana, azure.values())

        with pytest.raises(Refused, match="has changed since you looked"):
            confirm(agreed, agnes, seen=seen)
        assert state(agreed) == State.AWAITING_REVIEW

    def test_a_choice_is_taken_back_also_when_nothing_can_move_any_more(self, agreed, azure, target, ana, agnes):
        accept(agreed, ana, azure.values())
        Subscription.objects.filter(customer=target).update(status=Subscription.Status.SUSPENDED)

        assert take_choice_back(agreed, actor=agnes.user)


class TestThePages:
    @pytest.fixture
    def proposed(self, held, azure, agnes, ana):
        accept(held, ana, azure.values())
        return held

    def test_the_first_one_waits_and_the_second_one_agrees(self, proposed, anas, browse, agnes):
        first = text(anas.get(page(proposed)))
        client = browse(agnes)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        sheet = client.get(page(proposed))
        second = text(sheet)

        client.post(page(proposed), {"step": "confirm", "typed_name": "Agnes", "seen": sheet.context["seen"]})

        assert "Another Global admin or Admin agent of yours has to agree" in first
        assert 'name="step" value="confirm"' not in first
        assert "Ana chose this and accepted" in second
        assert Transfer.objects.get().status == State.IN_PROGRESS

    def test_what_was_chosen_anew_is_shown_before_it_is_signed(self, proposed, azure, ana, agnes, browse):
        client = browse(agnes)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        seen = client.get(page(proposed)).context["seen"]
        take_choice_back(proposed, actor=ana.user)
        accept(proposed, ana, [azure["Test"]])

        again = client.post(page(proposed), {"step": "confirm", "typed_name": "Agnes", "seen": seen})

        assert "has changed since you looked at it" in text(again)
        assert [one.name for one in again.context["run"].findings] == ["Test"]
        assert Transfer.objects.get().status == State.AWAITING_REVIEW

    def test_the_second_one_agrees_also_when_the_first_one_has_left(self, proposed, browse, agnes, ana):
        Staff.objects.filter(pk=ana.pk).update(removed_at=timezone.now())

        shown = text(browse(agnes).get(page(proposed)))

        assert 'name="step" value="confirm"' in shown

    def test_the_first_one_reads_that_nothing_moves_yet(self, held, azure, agnes, anas, browse):
        shown = text(anas.post(page(held), {"step": "check", "everything": "1"}))
        anas.post(page(held), signing(anas, held, everything="1"))
        second = text(browse(agnes).get(page(held)))

        assert "Accept and ask a second person</button>" in shown
        assert "Nothing moves yet" in shown
        assert "nobody can stop the move" not in shown
        assert "from this moment on. Once accepted, nobody can stop the move." in second
        assert "Accept and ask a second person" not in second

    def test_whose_signature_came_too_late_is_told_that_it_did_not_count(self, held, azure, agnes, anas, browse):
        too_late = signing(anas, held, everything="1")
        accept(held, agnes, azure.values())
        second = text(anas.post(page(held), too_late))
        browse(agnes).post(page(held, "take_back"))
        third = text(anas.post(page(held), {"step": "confirm", "typed_name": "Ana"}))

        assert "Somebody else has accepted already. Look at what is chosen. Your signature did not count." in second
        assert "The choice was taken back meanwhile. Choose anew. Your signature did not count." in third
        assert Transfer.objects.get().status == State.AWAITING_REVIEW

    def test_who_is_the_only_one_reads_that_nobody_could_agree(self, browse, ana, contoso, make_staff):
        sentence = "Only one of you has a role with which transfers are accepted."
        alone = text(browse(ana).get(reverse("transfers:two_persons")))
        make_staff(contoso, "Agnes", Role.ADMIN_AGENT)

        assert sentence in alone
        assert sentence not in text(browse(ana).get(reverse("transfers:two_persons")))

    def test_the_choice_is_taken_back_with_a_line_in_the_log(self, proposed, anas):
        anas.post(page(proposed, "take_back"))

        assert not TransferItem.objects.exists()
        # What has not been accepted for good is in the log of nobody else.
        for deed in (Deed.TRANSFER_PROPOSED, Deed.TRANSFER_CHOICE_TAKEN_BACK):
            assert [line.partner for line in Activity.objects.filter(deed=deed)] == [proposed.source_partner]
        assert "Choose all that can move (3)" in text(anas.get(page(proposed)))

    def test_the_new_partner_sees_nothing_of_what_is_only_proposed(self, proposed, browse, finn, ana):
        shown = text(browse(finn).get(page(proposed, "record")))
        own, other = (
            browse(one).get(reverse("transfers:transfer", args=[proposed.pk])).context["waits_for"]
            for one in (ana, finn)
        )

        assert (own, other) == ("A second person of Contoso", "Contoso")
        assert "Production" not in shown
        assert "Ana" not in shown

    def test_a_global_admin_says_so_on_a_page(self, browse, ana, contoso):
        browse(ana).post(reverse("transfers:set_two_persons"), {"persons": "2"})

        contoso.refresh_from_db()
        assert contoso.two_accept_transfers

    def test_an_admin_agent_reads_who_may_say_so(self, browse, contoso, make_staff):
        client = browse(make_staff(contoso, "Agnes", Role.ADMIN_AGENT))

        shown = text(client.get(reverse("transfers:two_persons")))

        assert "Only a Global admin can say how many persons accept transfers." in shown
        assert client.post(reverse("transfers:set_two_persons"), {"persons": "2"}).status_code == 403
