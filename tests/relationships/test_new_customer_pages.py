"""The pages before the last one: drafts, what is said while somebody types, what is asked before one goes on."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, Tag
from partnercenter.errors import Refused
from partnercenter.partners.models import Partner
from partnercenter.partners.roles import Role
from relationships.forms.new_customer import form_of_answers
from relationships.models import NewCustomer
from relationships.services.new_customer_adding import add_customer
from relationships.services.new_customer_drafts import forget_drafts
from subscriptions.models import Order
from tests.relationships.new_customers import (
    ANSWERS,
    account_of,
    added,
    done_of,
    fill,
    review_of,
    start,
    subscriptions_of,
)

LIST = "/customers/add/"


def text_of(response):
    return response.content.decode()


def form_of(response):
    return response.context["form"]


class TestDrafts:
    def test_a_click_begins_a_draft_and_a_second_one_finds_it(self, browse, ana):
        client = browse(ana)

        first, second = start(client), start(client)

        assert first == second
        assert NewCustomer.objects.count() == 1

    def test_looking_begins_nothing(self, browse, ana):
        response = browse(ana).get(LIST)

        assert "request a relationship" in text_of(response)
        assert not NewCustomer.objects.exists()

    def test_a_draft_with_answers_stays_when_another_one_begins(self, browse, ana):
        client = browse(ana)
        first = start(client)
        client.post(account_of(first), {"save": "", "company_name": "Half a name"})

        second = start(client)

        assert first != second
        assert "Half a name" in text_of(client.get(LIST))

    def test_a_draft_is_kept_incomplete_as_it_was_typed(self, browse, ana):
        client = browse(ana)
        draft = start(client)

        response = client.post(
            account_of(draft),
            {"save": "", "company_name": "x" * 2_000, "email": "not \x00yet", "phone": "soon", "q": "1"},
        )

        assert response.url == LIST
        draft.refresh_from_db()
        assert draft.checked_at is None
        assert draft.answers["company_name"] == "x" * 1_000
        assert "q" not in draft.answers
        form = form_of(client.get(account_of(draft)))
        assert (form["email"].value(), form["phone"].value()) == ("not yet", "soon")
        assert not form.is_bound

    def test_an_incomplete_draft_cannot_be_reviewed_yet(self, browse, ana):
        client = browse(ana)
        draft = start(client)
        client.post(account_of(draft), {"save": ""} | ANSWERS)

        response = client.get(review_of(draft))
        page = client.get(response.url)

        assert response.url == f"{account_of(draft)}?then=review&check=1"
        assert "not complete yet" in text_of(page)
        assert client.post(done_of(draft)).url == response.url
        assert not Customer.objects.exists()

    def test_a_complete_draft_leads_to_the_review_and_back(self, browse, ana):
        client = browse(ana)
        draft = start(client)

        response = fill(client, draft)

        assert response.url == subscriptions_of(draft)
        page = text_of(client.get(review_of(draft)))
        assert f"{account_of(draft)}?then=review#address" in page
        assert "admin@wideworld.onmicrosoft.com" in page
        assert "Nothing can be bought before that" in page
        assert client.post(account_of(draft) + "?then=review", ANSWERS | {"continue": ""}).url == review_of(draft)
        assert client.get(done_of(draft)).url == review_of(draft)
        assert page.count(f'href="{subscriptions_of(draft)}"') == 3  # of the steps, to change them, and back

    def test_whoever_ticks_no_tag_goes_on_where_there_are_tags(self, browse, ana, contoso):
        Tag.objects.create(partner=contoso, name="VIP")
        client = browse(ana)
        draft = start(client)

        fill(client, draft)

        assert client.get(review_of(draft)).status_code == 200

    def test_a_draft_is_discarded_with_what_was_to_be_bought(self, browse, ana):
        client = browse(ana)
        draft = start(client)
        NewCustomer.objects.update(order=Order.objects.create(made_by=ana.user))

        response = client.post(reverse("new_customers:discard", args=[draft.pk]), follow=True)

        assert "The draft was discarded" in text_of(response)
        assert not NewCustomer.objects.exists()
        assert not Order.objects.exists()

    def test_a_draft_with_answers_is_discarded_after_a_question_and_an_empty_one_at_once(self, browse, ana):
        client = browse(ana)
        draft = start(client)
        address = reverse("new_customers:discard", args=[draft.pk])
        assert f'href="{address}"' not in text_of(client.get(LIST))

        client.post(account_of(draft), {"save": "", "company_name": "Half a name"})

        assert f'href="{address}"' in text_of(client.get(LIST))
        assert "Discard the draft “Half a name”?" in text_of(client.get(address))
        assert NewCustomer.objects.exists()

    @pytest.mark.parametrize("name", ["account", "review", "done", "discard"])
    def test_the_draft_of_a_colleague_or_of_a_stranger_does_not_exist(self, browse, ana, uri, finn, name):
        draft = start(browse(ana))

        for other in (uri, finn):
            client, page = browse(other), reverse(f"new_customers:{name}", args=[draft.pk])
            assert {client.get(page).status_code, client.post(page).status_code} <= {404, 405}
            assert 404 in {client.get(page).status_code, client.post(page).status_code}
        assert text_of(browse(uri).get(LIST)).count("Discard") == 0

    def test_drafts_are_read_by_as_many_queries_however_many_there_are(self, browse, ana):
        client = browse(ana)
        counts = []

        for total in (1, 20):
            NewCustomer.objects.all().delete()
            for number in range(total):
                NewCustomer.objects.create(
                    partner=ana.partner, made_by=ana.user, answers={"company_name": f"Company {number}"}
                )
            client.get(LIST)
            with CaptureQueriesContext(connection) as queries:
                assert text_of(client.get(LIST)).count("Discard") == total
            counts.append(len(queries))

        assert counts[0] == counts[1]

    def test_drafts_are_forgotten_after_30_days_with_their_orders(self, ana):
        now = timezone.now()

        def draft(days, order_days=None, **fields):
            order = None
            if order_days is not None:
                order = Order.objects.create(made_by=ana.user, touched_at=now - timedelta(days=order_days))
            return NewCustomer.objects.create(
                partner=ana.partner, made_by=ana.user, order=order, touched_at=now - timedelta(days=days), **fields
            )

        draft(31)
        draft(31, 31)
        kept = {draft(29), draft(31, 1), draft(0, 31)}

        assert forget_drafts(now) == 2
        assert {*NewCustomer.objects.all()} == kept
        assert Order.objects.count() == 2

    def test_what_was_added_is_never_forgotten(self, browse, ana):
        added(browse(ana))

        assert forget_drafts(timezone.now() + timedelta(days=365)) == 0
        assert NewCustomer.objects.get().customer == Customer.objects.get()


class TestAccountStep:
    @pytest.fixture
    def wolke(self, make_partner):
        """A direct partner in Germany, whose market is Europe."""
        return make_partner("Wolke", country="DE")

    def test_another_country_draws_its_fields_and_loses_nothing_typed(self, browse, wolke, make_staff):
        client = browse(make_staff(wolke, "Greta", Role.GLOBAL_ADMIN))
        draft = start(client)
        typed = {"drawn": "DE", "country": "ES", "city": "Sevilla", "company_name": "Flamenco", "email": "a@b.example"}

        for how in ({"redraw": "1"}, {"continue": ""}):  # without script somebody may not press the button
            page = client.post(account_of(draft), typed | how)
            form = form_of(page)
            assert page.status_code == 200
            assert not form.errors
            assert [form[name].value() for name in ("country", "city", "company_name", "email")] == [
                "ES",
                "Sevilla",
                "Flamenco",
                "a@b.example",
            ]
            assert (form["culture"].value(), "state" in form.fields) == ("es-ES", True)
        draft.refresh_from_db()
        assert draft.answers == {}

    def test_with_script_only_the_fields_are_drawn(self, browse, wolke, make_staff):
        client = browse(make_staff(wolke, "Greta", Role.GLOBAL_ADMIN))
        draft = start(client)

        page = text_of(
            client.post(
                account_of(draft), {"drawn": "DE", "country": "AT", "redraw": "1"}, headers={"HX-Request": "true"}
            )
        )

        assert page.lstrip().startswith('<div class="form" id="fields">')
        assert 'hx-swap-oob="delete:.error-summary"' in page  # what it told was of the other fields
        assert "The fields are those of Austria now." in page

    def test_a_suggestion_fills_the_field_without_script(self, browse, ana):
        client = browse(ana)
        draft = start(client)

        page = client.post(account_of(draft), ANSWERS | {"suggest": "wideworld2"})

        assert form_of(page)["domain_prefix"].value() == "wideworld2"
        assert form_of(page)["line1"].value() == "1 Main Street"

    def test_an_error_of_the_domain_stands_where_the_next_answer_comes(self, browse, ana):
        client = browse(ana)
        draft = start(client)

        page = text_of(client.post(account_of(draft), ANSWERS | {"domain_prefix": "contoso"}))

        replaced = page[page.index('id="domain-answer"') :]
        assert page.index('id="id_domain_prefix_error"') > page.index('id="domain-answer"')
        assert replaced.count("An organization has the domain contoso.onmicrosoft.com already.") == 1

    def test_the_postal_code_has_an_example(self, browse, ana):
        client = browse(ana)

        assert form_of(client.get(account_of(start(client)))).fields["postal_code"].help_text == "For example 95014"

    def test_what_was_typed_survives_the_end_of_a_session(self, browse, ana):
        client = browse(ana)
        draft = start(client)
        session = client.session
        session["unsent"] = {"path": account_of(draft), "data": "company_name=Typed+Long&city=Redmond"}
        session.save()
        page = client.get(account_of(draft))

        assert form_of(page)["company_name"].value() == "Typed Long"
        assert "You had been signed out" in text_of(page)

    def test_a_large_vocabulary_is_shown_in_part_and_what_was_chosen_stays(self, browse, ana, contoso):
        Tag.objects.bulk_create(Tag(partner=contoso, name=f"Tag {number:03}") for number in range(210))
        last = Tag.objects.get(name="Tag 209")
        client = browse(ana)
        draft = start(client)

        client.post(account_of(draft), {"save": "", "tags": [str(last.guid)]})

        form = form_of(client.get(account_of(draft)))
        assert len(form.fields["tags"].choices) == 201
        assert form["tags"].value() == [str(last.guid)]

    def test_who_may_neither_tag_nor_attest_reads_why(self, browse, uri):
        client = browse(uri)
        page = text_of(client.get(account_of(start(client))))

        assert "can change tags" in page
        assert "can attest the customer agreement" in page

    def test_a_page_asks_few_things_of_the_database(self, browse, ana, django_assert_max_num_queries):
        client = browse(ana)
        draft = start(client)
        fill(client, draft)
        client.get(account_of(draft))

        with django_assert_max_num_queries(14):
            client.get(account_of(draft))
        with django_assert_max_num_queries(26):
            client.get(review_of(draft))


class TestButton:
    def test_the_list_leads_to_it(self, browse, ana):
        assert f'href="{LIST}"' in text_of(browse(ana).get("/customers/"))

    def test_who_may_not_add_reads_why(self, browse, hugo):
        page = text_of(browse(hugo).get("/customers/"))

        assert f'href="{LIST}"' not in page
        assert "can add customers" in page


def test_a_reseller_is_named_where_one_began(browse, nora, adatum, partnership):
    page = browse(nora).get(LIST, {"reseller": str(adatum.pk)})

    assert "Adatum will be the reseller of this customer" in text_of(page)
    assert Partner.objects.get(pk=adatum.pk) == page.context["reseller"]


class TestOfAReseller:
    @pytest.fixture
    def draft(self, adam):
        """A draft of a time in which the partner was no reseller."""
        return NewCustomer.objects.create(partner=adam.partner, made_by=adam.user, answers=ANSWERS)

    def test_every_page_says_that_its_provider_adds_customers(self, browse, adam, draft):
        client = browse(adam)
        steps = ("account", "subscriptions", "order", "review", "done", "discard")
        pages = [LIST, *(reverse(f"new_customers:{name}", args=[draft.pk]) for name in steps)]
        pages += [reverse("new_customers:domain"), reverse("new_customers:organization")]

        answers = [client.get(page) for page in pages] + [client.post(page) for page in pages]

        assert {answer.status_code for answer in answers} == {403}
        assert all("Ask your provider to add the customer" in text_of(answer) for answer in answers)
        assert NewCustomer.objects.get() == draft

    def test_the_button_is_disabled_and_says_why(self, browse, adam):
        page = text_of(browse(adam).get("/customers/"))

        assert f'href="{LIST}"' not in page
        assert "Ask your provider to add the customer" in page

    def test_nothing_is_added(self, adam, draft):
        company = form_of_answers(draft.answers, staff=adam)
        assert company.is_valid()

        with pytest.raises(Refused, match="Ask your provider"):
            add_customer(draft, company.company, actor=adam.user)

        assert not Customer.objects.exists()
