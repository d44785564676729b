"""Putting tags on customers and taking them off: one, those selected, all that match; the limit; many as a job."""

import uuid

import pytest
from django.urls import reverse

from customers.models import Customer, Tag, TagChange
from partnercenter.jobs.models import Job
from partnercenter.partners.roles import Action, denial
from tests.tagging import ASSIGN, add, apply, ids, lines, messages_of, remove, states, tags_by_name


@pytest.fixture
def few(monkeypatch):
    """More than two customers are many."""
    monkeypatch.setattr("customers.views.tags.AT_ONCE", 2)


def test_tags_are_put_on_and_taken_off_the_selected_customers_and_no_others(browse, ana, retail, vip, three):
    Customer.objects.update(tag_ids=[vip.pk])

    response = apply(browse(ana), {**ids(three[0], three[1]), **add(retail), **remove(vip)}, "?q=x&sort=-name")

    assert tags_by_name() == {"Adventure Works": ["Retail"], "Proseware": ["Retail"], "Wingtip Toys": ["VIP"]}
    assert response.redirect_chain == [("/customers/?q=x&sort=-name", 302)]
    assert messages_of(response) == ["The tags of 2 customers are as you chose."]
    assert lines() == [("", {"Customers": 2, "Put on": "Retail", "Taken off": "VIP"})]


def test_choices_of_a_page_without_script_do_the_same_and_untouched_tags_stay(browse, ana, retail, vip, three):
    Customer.objects.filter(pk=three[0].pk).update(tag_ids=[vip.pk])
    sent = {**ids(*three), "change": ["", f"add:{retail.guid}"]}

    apply(browse(ana), sent)

    assert tags_by_name() == {
        "Adventure Works": ["Retail", "VIP"],
        "Proseware": ["Retail"],
        "Wingtip Toys": ["Retail"],
    }


def test_ten_thousand_ids_come_in_one_field(browse, ana, vip, three):
    many = " ".join(str(uuid.uuid4()) for _number in range(9_997))
    named = " ".join(str(customer.tenant_id) for customer in three)

    apply(browse(ana), {"ids": f"{many} {named}", **add(vip)})

    assert set(map(tuple, tags_by_name().values())) == {("VIP",)}


def test_more_than_ten_thousand_ids_are_refused_with_the_way_out(browse, ana, vip, three):
    many = " ".join(str(uuid.uuid4()) for _number in range(10_001))

    response = apply(browse(ana), {"ids": many, **add(vip)})

    assert messages_of(response) == [
        "At most 10,000 customers can be selected one by one. Filter the list, and select all that match."
    ]


@pytest.mark.parametrize("sent", [{}, {"ids": "nonsense"}, {"ids": str(uuid.uuid4())}, {"ids": ""}])
def test_without_a_selection_the_list_says_so(browse, ana, vip, three, sent):
    response = apply(browse(ana), {**sent, **add(vip)})

    assert messages_of(response) == ["No customer is selected. Tick the boxes of some, or select all that match."]
    assert lines() == []


def test_all_that_match_are_those_of_the_address(browse, ana, vip, three):
    response = apply(browse(ana), {"all": "1", **add(vip)}, "?q=w")

    assert tags_by_name() == {"Adventure Works": ["VIP"], "Proseware": ["VIP"], "Wingtip Toys": ["VIP"]}
    assert messages_of(response) == ["The tags of 3 customers are as you chose."]


def test_all_that_match_leaves_the_others_alone(browse, ana, vip, three):
    apply(browse(ana), {"all": "1", **add(vip)}, "?q=toys")

    assert tags_by_name() == {"Adventure Works": [], "Proseware": [], "Wingtip Toys": ["VIP"]}


def test_all_of_an_address_that_makes_no_sense_is_nobody(browse, ana, vip, three):
    response = apply(browse(ana), {"all": "1", **add(vip)}, f"?tag={uuid.uuid4()}")

    assert messages_of(response) == ["No customer is selected. Tick the boxes of some, or select all that match."]
    assert tags_by_name()["Proseware"] == []


def test_customers_of_another_partner_and_ended_ones_are_not_there(browse, finn, make_tag, fabrikam, three):
    theirs = make_tag("Theirs", partner=fabrikam)

    response = apply(browse(finn), {**ids(*three), **add(theirs)})

    assert messages_of(response) == ["No customer is selected. Tick the boxes of some, or select all that match."]
    assert tags_by_name()["Proseware"] == []


def test_a_tag_of_another_partner_cannot_be_put_on(browse, ana, make_tag, fabrikam, three):
    theirs = make_tag("Theirs", partner=fabrikam)

    response = apply(browse(ana), {**ids(*three), **add(theirs)})

    assert response.status_code == 422
    assert "A tag that you chose was deleted a moment ago." in response.content.decode()
    assert tags_by_name()["Proseware"] == []


def test_applying_nothing_says_what_to_do(browse, ana, vip, three):
    response = apply(browse(ana), ids(*three))

    assert response.status_code == 422
    assert "Nothing is chosen yet." in response.content.decode()


def test_what_is_so_already_is_no_change_and_no_line(browse, ana, vip, three):
    Customer.objects.update(tag_ids=[vip.pk])

    response = apply(browse(ana), {**ids(*three), **add(vip)})

    assert messages_of(response) == ["Nothing was changed: all of them were like that already."]
    assert lines() == []


def test_a_tag_change_does_not_stand_in_the_way_of_somebody_who_edits_the_account(browse, ana, vip, three):
    apply(browse(ana), {**ids(*three), **add(vip)})

    assert set(Customer.objects.values_list("version", flat=True)) == {1}


@pytest.fixture
def full(contoso, make_customer, make_tag):
    """A customer with 150 tags."""
    tags = [make_tag(f"Tag {number:03}") for number in range(150)]
    return make_customer(contoso, "Full", tag_ids=[tag.pk for tag in tags])


def test_the_150th_tag_fits_and_the_151st_does_not(browse, ana, vip, retail, full):
    Customer.objects.filter(pk=full.pk).update(tag_ids=full.tag_ids[:149])
    client = browse(ana)

    apply(client, {**ids(full), **add(vip)})
    response = apply(client, {**ids(full), **add(retail)})

    full.refresh_from_db()
    assert (full.tag_count, vip.pk in full.tag_ids, retail.pk in full.tag_ids) == (150, True, False)
    assert messages_of(response) == [
        "1 customer would have more than 150 tags and was left as it was: Full. Take tags off it first."
    ]


def test_who_is_over_the_limit_is_left_and_named_and_the_others_are_changed(browse, ana, vip, full, three):
    response = apply(browse(ana), {**ids(full, *three), **add(vip)})

    full.refresh_from_db()
    assert vip.pk not in full.tag_ids
    assert messages_of(response) == [
        "The tags of 3 customers are as you chose.",
        "1 customer would have more than 150 tags and was left as it was: Full. Take tags off it first.",
    ]
    assert lines() == [
        ("", {"Customers": 3, "Put on": "VIP", "Unchanged, they would have more tags than a customer can have": 1})
    ]


def test_a_full_customer_can_exchange_one_tag_for_another(browse, ana, vip, full):
    first = Tag.objects.get(pk=full.tag_ids[0])

    apply(browse(ana), {**ids(full), **add(vip), **remove(first)})

    full.refresh_from_db()
    assert (full.tag_count, vip.pk in full.tag_ids, first.pk in full.tag_ids) == (150, True, False)


def test_a_tag_the_full_customer_has_already_does_not_count_again(browse, ana, vip, full):
    first = Tag.objects.get(pk=full.tag_ids[0])

    response = apply(browse(ana), {**ids(full), **add(first)})

    assert messages_of(response) == ["Nothing was changed: all of them were like that already."]


def test_many_are_changed_by_a_job_that_knows_who_they_are(few, browse, ana, vip, retail, three):
    response = apply(browse(ana), {**ids(*three), **add(vip), **remove(retail)}, "?sort=-name")

    job, change = Job.objects.get(), TagChange.objects.get()
    assert (job.kind, job.total, job.subject, job.url) == (
        Job.Kind.TAG_CHANGE,
        3,
        "+ VIP, − Retail",
        "/customers/?sort=-name",
    )
    assert change.tenant_ids == sorted(customer.tenant_id for customer in three)
    assert (change.add_ids, change.remove_ids, change.query) == ([vip.pk], [retail.pk], "")
    link = f'<a href="/jobs/{job.pk}/">See how far it is</a>'
    assert messages_of(response) == [f"A job changes the tags of 3 customers. You are told when it has ended. {link}"]
    assert tags_by_name()["Proseware"] == []


def test_all_that_match_may_be_more_than_can_be_looked_at(few, browse, ana, vip, three, monkeypatch):
    monkeypatch.setattr("customers.forms.selection.COUNT_LIMIT", 2)
    client = browse(ana)

    panel = client.post(ASSIGN, {"all": "1"})
    apply(client, {"all": "1", **add(vip)})

    assert states(panel) == {"VIP": ("some", None)}
    assert "3 customers are selected: too many to look at each," in panel.content.decode()
    assert Job.objects.get().total == 3


def test_a_change_at_once_asks_the_same_few_questions_for_many(
    browse, ana, vip, contoso, make_customer, django_assert_max_num_queries
):
    many = [make_customer(contoso, f"Customer {number}") for number in range(30)]
    client = browse(ana)
    client.post(ASSIGN, ids(many[0]))

    with django_assert_max_num_queries(20):
        client.post(ASSIGN, {"step": "apply", **ids(*many), **add(vip)})


def page_of(customer):
    return reverse("customers:customer_tags", args=[customer.tenant_id])


def test_the_tags_of_one_customer_are_changed_from_its_account(browse, ana, retail, vip, three):
    Customer.objects.update(tag_ids=[retail.pk])
    client = browse(ana)

    account = client.get(reverse("customers:account", args=[three[0].tenant_id])).content.decode()
    panel = client.get(page_of(three[0]))
    response = client.post(page_of(three[0]), {"step": "apply", **add(vip), **remove(retail)}, follow=True)

    assert f'href="{page_of(three[0])}"' in account
    assert states(panel) == {"Retail": ("all", 1), "VIP": ("none", 0)}
    assert tags_by_name() == {"Adventure Works": ["VIP"], "Proseware": ["Retail"], "Wingtip Toys": ["Retail"]}
    assert response.redirect_chain == [(reverse("customers:account", args=[three[0].tenant_id]), 302)]
    assert lines() == [("Adventure Works", {"Put on": "VIP", "Taken off": "Retail"})]


def test_who_may_not_change_tags_reads_why_on_the_account_page(browse, bill, vip, three):
    page = browse(bill).get(reverse("customers:account", args=[three[0].tenant_id])).content.decode()

    assert denial(Action.EDIT_TAGS) in page
    assert page_of(three[0]) not in page


def test_two_tags_at_once_are_told_by_name_in_the_log(browse, ana, retail, vip, three):
    apply(browse(ana), {**ids(three[0]), **add(retail, vip)})

    assert lines() == [("Adventure Works", {"Put on": "Retail, VIP"})]


def test_a_customer_whose_tags_were_changed_in_the_list_is_seen_there_again(browse, ana, vip, three):
    page = f"/customers/{three[0].tenant_id}/tags/"
    sent = {"step": "apply", **add(vip)}
    there = "http://testserver/customers/?q=prose&at=x"

    from_list = browse(ana).post(page, sent, headers={"HX-Request": "true", "HX-Current-URL": there})
    from_account = browse(ana).post(page, sent)

    assert from_list.headers["HX-Redirect"] == "/customers/?q=prose&at=x"
    assert from_account.url == f"/customers/{three[0].tenant_id}/account/"


def test_the_selection_is_forgotten_only_when_something_was_done_with_it(browse, ana, vip, three):
    client, headers = browse(ana), {"HX-Request": "true"}

    refused = client.post(ASSIGN, {**ids(*three), "step": "apply"}, headers=headers)
    done = client.post(ASSIGN, {**ids(*three), "step": "apply", **add(vip)}, headers=headers)

    assert "HX-Trigger" not in refused.headers
    assert done.headers["HX-Trigger"] == '{"selectionDone": {}}'
