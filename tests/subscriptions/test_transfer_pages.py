from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from partnercenter.partners.roles import Role
from subscriptions.models import Transfer
from tests.transferring import accept


def page(client, person, transfer):
    client.force_login(person.user)
    return client.get(reverse("transfers:transfer", args=[transfer.pk]))


def test_the_page_of_a_transfer_says_whose_turn_it_is_and_what_happened(client, finn, asked, carla):
    response = page(client, finn, asked)

    assert response.context["waits_for"] == "Litware"
    assert response.context["days"] == 30
    assert [step.label for step in response.context["steps"]] == [
        "Requested and signed",
        "Waits for a signature",
        "The current partner reviews and chooses",
        "What is chosen moves",
    ]


def test_only_those_who_sign_for_a_party_see_from_where_it_signed(client, finn, agreed, fabrikam, make_staff):
    helper = make_staff(fabrikam, "Hedda", Role.HELPDESK_AGENT)

    own, agreed_by_customer = page(client, finn, agreed).context["steps"][:2]
    looked_at = page(client, helper, agreed).context["steps"][0]

    assert own.evidence == ("203.0.113.7", "A browser")
    assert agreed_by_customer.evidence == ()
    assert looked_at.evidence == ()


def test_each_thing_that_moves_is_told_with_its_state(client, ana, finn, agreed, azure):
    accept(agreed, ana, azure.values())
    agreed.refresh_from_db()

    response = page(client, finn, agreed)

    assert response.context["numbers"] == {"total": 3, "moved": 0, "failed": 0, "stuck": 0, "waiting": 3}
    assert [shown.item.name for shown in response.context["items"]] == ["Production", "Test", "Web shop"]


def test_what_nobody_answered_in_time_has_expired_before_the_clock_notices(client, finn, asked):
    Transfer.objects.filter(pk=asked.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    response = page(client, finn, asked)

    assert response.context["status"] == Transfer.Status.EXPIRED
    assert response.context["waits_for"] == ""
