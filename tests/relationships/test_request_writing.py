"""The letter of a request: proposed, changed, kept with its link, and sent together with a reseller."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from partnercenter.activity.models import Activity, Deed
from partnercenter.errors import Refused
from relationships.models import Partnership, RelationshipRequest
from relationships.services.request_letters import keeps_link
from tests.asking import NEW, ask, proposed

LIST = "/relationships/requests/"


def page(asked, name="request"):
    return reverse(f"requests:{name}", args=[asked.pk])


def errors_of(answer):
    return {name: list(found) for name, found in answer.context["form"].errors.items()}


class TestLetters:
    def test_another_choice_draws_the_letter_anew(self, northwind, nora, adatum, partnership, browse):
        client = browse(nora)
        fields = proposed(client)

        piece = client.post(
            NEW, fields | {"reseller": str(adatum.pk), "draw": "1"}, headers={"HX-Request": "true"}
        ).content.decode()

        assert "Adatum" in piece
        assert "<html" not in piece
        assert fields["wish"] not in piece
        assert not RelationshipRequest.objects.exists()

    def test_a_letter_that_lost_its_link_can_be_proposed_anew(self, ana, browse):
        client = browse(ana)
        fields = proposed(client) | {"email": "paula@proseware.com", "letter": "Hello!"}

        faulty = client.post(NEW, fields | {"send": "1"})
        anew = client.post(NEW, fields | {"anew": "1"}, headers={"HX-Request": "true"}).content.decode()

        assert errors_of(faulty)["letter"][0].startswith("Put this link into the letter once, with a space")
        assert "Propose anew" in faulty.content.decode()
        assert "Propose anew" not in anew
        assert '<div id="problems" hx-swap-oob="delete"></div>' in anew

    def test_enter_in_a_field_sends(self, ana, browse):
        form = browse(ana).get(NEW).content.decode().partition('<form class="form"')[2]

        assert re.search(r"<button[^>]*>", form)[0] == '<button name="send" value="1" hidden>'

    def test_what_somebody_wrote_is_never_thrown_away_unasked(self, ana, browse):
        client = browse(ana)
        fields = proposed(client)
        fields |= {"letter": fields["letter"] + "\r\nPS: see you on Monday", "privileges": "without"}

        kept = client.post(NEW, fields | {"draw": "1"})
        kept_fields = {field.html_name: field.value() or "" for field in kept.context["form"]}
        faulty = client.post(NEW, kept_fields | {"email": "", "send": "1"})
        back = client.post(NEW, kept_fields | {"privileges": "with", "draw": "1"})
        anew = client.post(NEW, fields | {"anew": "1"})

        form = kept.context["form"]
        assert form["letter"].value() == fields["letter"]
        assert "Propose anew" in kept.content.decode()
        assert "Propose anew" in faulty.content.decode()
        assert "Propose anew" not in back.content.decode()
        assert "PS" not in anew.context["form"]["letter"].value()
        assert "does not include" in anew.context["form"]["letter"].value()

    def test_a_letter_for_something_else_than_what_is_chosen_is_looked_at_first(self, ana, browse, mailoutbox):
        client = browse(ana)
        fields = proposed(client) | {"email": "paula@proseware.com", "privileges": "without", "send": "1"}

        answer = client.post(NEW, fields)
        again = {field.html_name: field.value() or "" for field in answer.context["form"]}

        assert answer.context["form"].looks == ["The letter says now what you have chosen. Read it, then send it."]
        assert "does not include" in again["letter"]
        assert client.post(NEW, again | {"send": "1"}).status_code == 302
        assert len(mailoutbox) == 1

    @pytest.mark.parametrize("change", [lambda text, link: text.replace(link, ""), lambda text, link: text + link])
    def test_the_letter_keeps_its_link_once(self, ana, browse, change):
        client = browse(ana)
        fields = proposed(client) | {"email": "paula@proseware.com", "send": "1"}
        form = client.get(NEW).context["form"]
        link = next(line for line in fields["letter"].splitlines() if "/my/requests/" in line)

        answer = client.post(NEW, fields | {"letter": change(fields["letter"], link)})

        assert list(errors_of(answer)) == ["letter"]
        assert link in errors_of(answer)["letter"][0]
        assert form.link != link

    def test_what_is_stuck_to_a_link_breaks_it(self):
        link = "https://portal.example/my/requests/abc/"

        assert [keeps_link(text, link) for text in (link, f"({link}), now", f"{link}.", f"<{link}>")] == [True] * 4
        assert [keeps_link(text, link) for text in (f"{link}x", f"{link}%20", f"{link}?a", "")] == [False] * 4

    def test_what_was_typed_before_signing_in_again_comes_back(self, ana, client, browse):
        fields = proposed(browse(ana))
        fields |= {"email": "paula@proseware.com", "letter": "My own words", "send": "1"}

        client.post(NEW, fields)
        client.force_login(ana.user)
        form = client.get(NEW).context["form"]

        assert (form["email"].value(), form["letter"].value()) == ("paula@proseware.com", "My own words")
        assert form["wish"].value() == fields["wish"]


class TestProvidersAndResellers:
    def test_a_provider_asks_together_with_an_active_reseller(
        self, northwind, nora, adatum, adam, partnership, proseware, browse
    ):
        client = browse(nora)
        fields = proposed(client, f"{NEW}?reseller={adatum.pk}")
        client.post(NEW, fields | {"email": "paula@proseware.com", "domain": "proseware.com", "send": "1"})

        asked = RelationshipRequest.objects.get()
        assert asked.reseller == adatum
        assert "together with the reseller Adatum" in asked.letter
        lines = Activity.objects.filter(subject_id=asked.pk).order_by("pk").values_list("partner", "deed")
        assert list(lines) == [(one.pk, Deed.RELATIONSHIP_REQUESTED) for one in (northwind, adatum)]

    def test_the_reseller_reads_it_and_leaves_it_alone(self, nora, adatum, adam, partnership, proseware, browse):
        asked, others = ask(nora, proseware, reseller=adatum), ask(nora, email="kim@example.com")
        client = browse(adam)

        html = client.get(page(asked)).content.decode()
        listed = client.get(LIST).content.decode()

        assert "Only Northwind can send it again or withdraw it." in html
        assert "Asked by your provider Northwind" in listed
        assert page(asked, "withdraw") not in html
        assert page(others) not in listed
        assert client.get(page(others)).status_code == 404
        assert client.post(page(asked, "withdraw")).status_code == 404
        assert client.post(page(asked, "send")).status_code == 404

    def test_a_reseller_reads_that_its_provider_asks(self, adam, browse):
        client = browse(adam)

        answer = client.get(NEW)

        assert answer.status_code == 403
        assert "which asks for both" in answer.content.decode()
        assert "which asks for both" in client.get(LIST).content.decode()

    def test_a_removed_partnership_asks_no_more(self, nora, adatum, partnership, browse):
        client = browse(nora)
        fields = proposed(client, f"{NEW}?reseller={adatum.pk}") | {"email": "paula@proseware.com", "send": "1"}
        Partnership.objects.update(status="removed", ended_at=timezone.now())

        assert client.post(NEW, fields).status_code == 422
        with pytest.raises(Refused, match="work together with this reseller no more"):
            ask(nora, reseller=adatum)
        assert not RelationshipRequest.objects.exists()

    def test_a_direct_partner_is_not_asked_for_a_reseller(self, ana, browse):
        assert 'name="reseller"' not in browse(ana).get(NEW).content.decode()
