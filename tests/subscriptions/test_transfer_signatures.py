"""Signatures are evidence: the database keeps them, and who took one back and signs anew has two."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from partnercenter.activity.models import Deed
from partnercenter.activity.selectors import activity_of
from partnercenter.notifications.models import Notification
from partnercenter.partners.roles import Role
from subscriptions.models import Transfer, TransferItem, TransferSignature
from subscriptions.services.transfer_review import let_two_accept, take_choice_back
from subscriptions.services.transfers import cancel_transfer
from tests.conftest import PASSWORD
from tests.transferring import accept, confirm

pytestmark = pytest.mark.django_db(transaction=True)


def text(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def agnes(contoso, make_staff, ana):
    """The second of two persons who have to accept at Contoso."""
    let_two_accept(contoso, True, actor=ana.user)
    return make_staff(contoso, "Agnes", Role.ADMIN_AGENT)


@pytest.mark.parametrize(
    "act",
    [
        lambda rows: rows.delete(),
        lambda rows: rows.update(typed_name="Somebody Else"),
        lambda rows: rows.update(address="203.0.113.99"),
    ],
    ids=["deleted", "renamed", "moved"],
)
def test_the_database_lets_nobody_change_or_delete_a_signature(act, asked):
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        act(TransferSignature.objects.all())

    assert TransferSignature.objects.get().typed_name == "Finn"


def test_a_choice_that_was_taken_back_leaves_its_signature_and_the_same_person_signs_anew(agreed, azure, ana, agnes):
    accept(agreed, ana, azure.values())
    take_choice_back(agreed, actor=agnes.user)

    accept(agreed, ana, [azure["Test"]])
    confirm(agreed, agnes)

    rows = agreed.signatures.filter(party="source").order_by("signed_at")
    assert [(one.signed_by, one.withdrawn_at is None) for one in rows] == [
        (ana.user, False), (ana.user, True), (agnes.user, True),
    ]  # fmt: skip
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        rows.filter(withdrawn_at__isnull=False).update(withdrawn_at=None)


def test_the_partner_reads_what_was_taken_back_and_nobody_else_does(agreed, azure, ana, agnes, browse, finn):
    accept(agreed, ana, azure.values())
    take_choice_back(agreed, actor=agnes.user)
    accept(agreed, agnes, [azure["Test"]])
    confirm(agreed, ana)

    page = reverse("transfers:transfer", args=[agreed.pk])
    own, other = ([step.label for step in browse(one).get(page).context["steps"]] for one in (ana, finn))
    record = text(browse(finn).get(reverse("transfers:record", args=[agreed.pk])))

    [step] = [one for one in browse(ana).get(page).context["steps"] if one.label == "The choice was taken back"]
    assert step.who == "Agnes"
    assert own[2:6] == [
        "Accepted by the first of two persons",
        "The choice was taken back",
        "Accepted by the first of two persons",
        "Accepted by the second of two persons",
    ]
    assert other[2:4] == ["Accepted by the first of two persons", "Accepted by the second of two persons"]
    assert "Taken back" not in record
    assert "Taken back" in text(browse(ana).get(reverse("transfers:record", args=[agreed.pk])))


def test_from_where_somebody_signed_is_read_by_the_own_party_alone(agreed, browse, finn, ana):
    own, other = (text(browse(one).get(reverse("transfers:record", args=[agreed.pk]))) for one in (finn, ana))

    assert own.count("203.0.113.7") == 1
    assert "203.0.113.7" not in other
    # With which account each of the three signed is known to the admins of all three.
    assert own.count("carla@") == other.count("carla@") == 1


def test_what_was_chosen_of_a_canceled_transfer_is_not_said_to_wait(agreed, azure, ana, agnes, finn):
    accept(agreed, ana, azure.values())

    cancel_transfer(agreed, actor=finn.user)

    assert set(TransferItem.objects.values_list("status", flat=True)) == {"failed"}


class TestTheRule:
    def test_who_does_away_with_the_second_person_types_the_password_and_the_others_are_told(
        self, contoso, ana, agnes, browse
    ):
        client = browse(ana)
        asked = client.post(reverse("transfers:set_two_persons"), {"persons": "1"})
        contoso.refresh_from_db()
        before = contoso.two_accept_transfers

        client.post(asked.url, {"password": PASSWORD, "next": reverse("transfers:set_two_persons")})

        contoso.refresh_from_db()
        assert asked.url.startswith(reverse("account_reauthenticate"))
        assert (before, contoso.two_accept_transfers) == (True, False)
        latest = Notification.objects.filter(user=agnes.user).latest("at")
        assert latest.sentence == "Ana said that one person is enough to accept what leaves you for another partner."
        assert activity_of(contoso).filter(deed=Deed.TWO_ACCEPT_CHANGED).count() == 2

    def test_where_two_have_to_accept_and_only_one_can_the_first_one_reads_so(
        self, agreed, azure, contoso, ana, browse
    ):
        let_two_accept(contoso, True, actor=ana.user)
        client = browse(ana)

        shown = client.post(reverse("transfers:review", args=[agreed.pk]), {"step": "check", "everything": "1"})

        assert "Too few people of the current partner have a role" in text(shown)
        assert shown.context["run"].is_clear is False
        assert Transfer.objects.get().status == Transfer.Status.AWAITING_REVIEW
