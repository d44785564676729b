"""Selected subscriptions: what will be done is said first, a job does it, and its page says what came of each."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from partnercenter.jobs.models import Job
from partnercenter.jobs.services import run_job
from partnercenter.partners.roles import Action, Role, denial
from subscriptions.models import Subscription, SubscriptionChange
from subscriptions.services.subscription_changes import start_subscription_change
from tests.subscribing import azure_plan, azure_subscription, subscribe, subscribe_many
from tests.uploads import cells

E3 = "Office 365 Enterprise E3"
SUSPEND_ALL, RESELLER_OF_ALL = "/subscriptions/selected/suspend/", "/subscriptions/selected/reseller/"


def page_of(customer, act="suspend", query=""):
    return reverse("subscriptions:subscriptions", args=[customer.tenant_id]) + f"selected/{act}/{query}"


def text(answer):
    return answer.content.decode()


def chosen(*subscriptions, **sent):
    return {"ids": [str(one.pk) for one in subscriptions], **sent}


def done(client, answer):
    """The page of a change that somebody has just asked for, when a worker has done it."""
    run_job(SubscriptionChange.objects.get(pk=answer.url.split("/")[-2]).job_id)
    return client.get(answer.url)


def names_of(change):
    return set(change.items.values_list("subscription__name", flat=True))


def test_what_suspending_means_is_said_in_numbers_before_anything_is_done(browse, ana, tailspin):
    office = subscribe(tailspin, E3, quantity=25)
    Subscription.objects.filter(pk=office.pk).update(assigned=20)
    plan = azure_plan(tailspin)
    azure_subscription(plan)
    suspended = subscribe(tailspin, E3, name="Asleep", status="suspended")
    expired = subscribe(tailspin, E3, name="Old", status="expired")

    page = text(browse(ana).post(page_of(tailspin), chosen(office, plan, suspended, expired)))

    assert "Suspend 4 subscriptions?" in page
    for sentence in (
        "2 active subscriptions are suspended.",
        "1 more belongs to them and is suspended with them.",
        "20 licenses are in use: their users cannot work with them any more.",
        "1 is like that already.",
        "1 is left as it is: its state does not allow it.",
    ):
        assert sentence in page
    assert Job.objects.count() == 0


def test_what_reactivating_means_is_said_in_numbers_as_well(browse, ana, tailspin):
    plan = azure_plan(tailspin, status="suspended")
    azure_subscription(plan, status="suspended", with_parent=True)

    page = text(browse(ana).post(page_of(tailspin, "reactivate"), chosen(plan)))

    assert "1 suspended subscription is active again." in page
    assert "1 more was suspended with them and comes back with them." in page


def test_a_job_does_it_and_its_page_tells_what_came_of_each(browse, ana, tailspin):
    one, other = subscribe(tailspin, E3, name="One"), subscribe(tailspin, E3, name="Other", status="expired")
    client = browse(ana)

    page = done(client, client.post(page_of(tailspin), chosen(one, other, step="apply")))

    assert "Suspend 2 subscriptions" in text(page)
    assert [(item.seen.name, item.outcome) for item in page.context["table"].records] == [
        ("One", "done"),
        ("Other", "not_active"),
    ]
    left = client.get(page.request["PATH_INFO"], {"left": "1", "at": "nonsense"})
    assert [item.seen.name for item in left.context["table"].records] == ["Other"]
    file = reverse("subscriptions:change_results_file", args=[page.context["change"].pk])
    microsoft_id, sentence = str(tailspin.tenant_id), "Only an active subscription can be suspended"
    assert cells(client.get(file)) == [
        ["Subscription ID", "Subscription", "Microsoft ID", "Company name", "Result"],
        [str(one.pk), "One", microsoft_id, tailspin.name, "Done"],
        [str(other.pk), "Other", microsoft_id, tailspin.name, sentence],
    ]
    assert [row[1] for row in cells(client.get(file, {"left": "1"}))[1:]] == ["Other"]


def test_results_are_in_the_order_of_customers_and_names(browse, ana, contoso, make_customer, tailspin):
    alpine = make_customer(contoso, "Alpine")
    for customer, name in ((tailspin, "B"), (alpine, "Z"), (tailspin, "A")):
        subscribe(customer, E3, name=name)
    client = browse(ana)

    page = done(client, client.post(SUSPEND_ALL, {"all": "1", "count": "3", "step": "apply"}))

    assert [item.seen.name for item in page.context["table"].records] == ["Z", "A", "B"]


def test_what_the_partner_does_not_see_any_more_is_an_id_and_nothing_else(browse, ana, contoso, make_customer):
    customer = make_customer(contoso, "Wingtip Toys")
    subscription = subscribe(customer, E3, name="Secret")
    client = browse(ana)
    page = done(client, client.post(SUSPEND_ALL, chosen(subscription, step="apply")))
    type(customer).objects.filter(pk=customer.pk).update(ended_at=timezone.now())

    afterwards = client.get(page.request["PATH_INFO"])
    file = cells(client.get(page.request["PATH_INFO"] + "results/"))

    assert ["Secret" in text(answer) for answer in (page, afterwards)] == [True, False]
    assert str(subscription.pk) in text(afterwards)
    assert file[1] == [str(subscription.pk), "", "", "", "Done"]


def test_all_that_match_are_changed_and_nothing_else(browse, ana, tailspin):
    subscribe(tailspin, E3, name="Berlin 1")
    subscribe(tailspin, E3, name="Berlin 2", status="expired")
    subscribe(tailspin, E3, name="Kiel")

    browse(ana).post(page_of(tailspin, query="?q=berlin&state=active"), {"all": "1", "count": "1", "step": "apply"})

    assert names_of(SubscriptionChange.objects.get()) == {"Berlin 1"}


def test_whoever_agreed_to_fewer_than_match_by_now_is_asked_again(browse, ana, tailspin):
    subscribe_many(tailspin, 2)
    client = browse(ana)
    asked = client.post(page_of(tailspin), {"all": "1"})
    subscribe(tailspin, E3, name="Bought meanwhile")

    again = client.post(page_of(tailspin), {"all": "1", "count": "2", "step": "apply"})

    assert "Other subscriptions match by now" not in text(asked)
    assert "Other subscriptions match by now" in text(again)
    assert "Suspend 3 subscriptions?" in text(again)
    assert 'name="count" value="3"' in text(again)
    assert Job.objects.count() == 0


def test_in_the_panel_the_script_is_told_that_it_is_done(browse, ana, tailspin):
    sent, client, headers = chosen(subscribe(tailspin, E3)), browse(ana), {"HX-Request": "true"}

    question = client.post(page_of(tailspin), sent, headers=headers)
    answer = client.post(page_of(tailspin), sent | {"step": "apply"}, headers=headers)

    assert "<html" not in text(question)
    assert answer["HX-Redirect"] == f"/subscriptions/changes/{SubscriptionChange.objects.get().pk}/"
    assert "selectionDone" in answer["HX-Trigger"]


@pytest.mark.parametrize("query", ["?state=asleep", "?kind=x", f"?q={'x' * 201}"])
def test_with_an_address_that_is_not_in_order_nothing_is_done_to_all_that_match(query, browse, ana, tailspin):
    subscribe(tailspin, E3)

    answer = browse(ana).post(page_of(tailspin, query=query), {"all": "1", "count": "1", "step": "apply"}, follow=True)

    assert "The address of this list is not in order, so nothing was done." in text(answer)
    assert Job.objects.count() == 0


def test_what_another_partner_or_another_account_sold_is_not_there(
    browse, ana, tailspin, contoso, fabrikam, make_customer
):
    strange = subscribe(make_customer(fabrikam, "Tailspin of Fabrikam", tenant=tailspin.tenant), E3)
    wingtip = subscribe(make_customer(contoso, "Wingtip Toys"), E3)
    client = browse(ana)

    answers = [
        client.post(page_of(tailspin), chosen(strange, wingtip, step="apply"), follow=True),
        client.post(SUSPEND_ALL, chosen(strange, step="apply"), follow=True),
    ]

    assert ["No subscription is selected." in text(answer) for answer in answers] == [True, True]
    assert Job.objects.count() == 0


def test_a_reseller_changes_nothing_of_what_its_provider_sold(browse, northwind, adatum, make_customer, make_staff):
    theirs = make_customer(northwind, "Proseware", reseller=adatum)
    own = make_customer(adatum, "Proseware of Adatum", tenant=theirs.tenant, provider=northwind)
    sold_by_provider = subscribe(theirs, E3, name="By Northwind")
    subscribe(own, E3, name="By Adatum")
    client = browse(make_staff(adatum, "Adam", Role.GLOBAL_ADMIN))

    refused = client.post(page_of(own), chosen(sold_by_provider, step="apply"), follow=True)
    client.post(page_of(own), {"all": "1", "count": "1", "step": "apply"})
    client.post(SUSPEND_ALL, {"all": "1", "count": "1", "step": "apply"})

    assert "No subscription is selected." in text(refused)
    assert [names_of(change) for change in SubscriptionChange.objects.all()] == [{"By Adatum"}, {"By Adatum"}]


def test_too_many_are_refused_with_what_to_do(monkeypatch, browse, ana, tailspin):
    monkeypatch.setattr("subscriptions.forms.subscription_selection.MOST", 2)
    subscribe_many(tailspin, 3)

    answer = browse(ana).post(page_of(tailspin), {"all": "1", "count": "3", "step": "apply"}, follow=True)

    assert "At most 2 subscriptions can be changed in one go. Filter the list" in text(answer)
    assert Job.objects.count() == 0


def test_nothing_selected_leads_back_to_the_list_as_it_was(browse, ana, tailspin):
    client, query = browse(ana), "?kind=license&state=active"

    posted, looked = client.post(page_of(tailspin, query=query)), client.get(page_of(tailspin, query=query))

    assert posted.url == looked.url == f"/customers/{tailspin.tenant_id}/subscriptions/{query}"


def test_a_provider_chooses_a_reseller_or_that_there_is_none(browse, northwind, adatum, make_customer, nora):
    customer = make_customer(northwind, "Proseware", reseller=adatum)
    subscription, client = subscribe(customer, E3), browse(nora)
    asked = client.post(RESELLER_OF_ALL, chosen(subscription))

    refused = client.post(RESELLER_OF_ALL, chosen(subscription, step="apply"))
    page = done(client, client.post(RESELLER_OF_ALL, chosen(subscription, step="apply", reseller="none")))

    labels = [label for _value, label in asked.context["form"].fields["reseller"].choices]
    assert labels == ["Choose a reseller", "Adatum", "No reseller"]
    assert (refused.status_code, "Choose a reseller, or that there is none." in text(refused)) == (422, True)
    assert "No reseller any more" in text(page)
    subscription.refresh_from_db()
    assert subscription.reseller_id is None


def test_a_direct_partner_has_no_resellers_to_choose(browse, ana, tailspin):
    sent = chosen(subscribe(tailspin, E3), step="apply", reseller="none")

    for page in (page_of(tailspin, "reseller"), RESELLER_OF_ALL):
        answer = browse(ana).post(page, sent, follow=True)
        assert "Only indirect providers sell through resellers." in text(answer)
    assert Job.objects.count() == 0


def test_while_it_goes_on_the_page_asks_for_its_progress_and_then_for_itself(browse, ana, tailspin):
    client = browse(ana)
    url = client.post(page_of(tailspin), chosen(subscribe(tailspin, E3), step="apply")).url

    page, piece = client.get(url), client.get(url, headers={"HX-Request": "true"})
    run_job(SubscriptionChange.objects.get().job_id)
    ended = client.get(url, headers={"HX-Request": "true"})

    assert "The work begins as soon as a worker is free." in text(page)
    assert ("<html" in text(piece), 'hx-trigger="every 1s"' in text(piece)) == (False, True)
    assert ended["HX-Refresh"] == "true"


def test_who_may_not_export_or_cancel_looks_all_the_same(browse, ana, hugo, tailspin):
    client = browse(ana)
    url = client.post(page_of(tailspin), chosen(subscribe(tailspin, E3), step="apply")).url

    waiting = text(browse(hugo).get(url))
    run_job(SubscriptionChange.objects.get().job_id)
    ended = text(browse(hugo).get(url))

    assert "Cancel the job" not in waiting
    assert denial(Action.EXPORT) in ended


def test_the_changes_of_another_partner_are_not_there(browse, ana, finn, tailspin):
    url = browse(ana).post(page_of(tailspin), chosen(subscribe(tailspin, E3), step="apply")).url

    assert [browse(finn).get(page).status_code for page in (url, f"{url}results/")] == [404, 404]


def test_the_same_wish_twice_is_one_change(browse, ana, tailspin):
    one = subscribe(tailspin, "Office 365 Enterprise E3")
    client, address = browse(ana), page_of(tailspin)
    asked = client.post(address, {"ids": [one.pk]})
    sent = {"ids": [one.pk], "step": "apply", "wish": asked.context["wish"]}

    pages = {client.post(address, sent)["Location"] for _click in range(3)}

    assert SubscriptionChange.objects.count() == len(pages) == 1


def test_what_a_change_did_is_undone_for_those_alone(browse, ana, tailspin):
    mine, other = subscribe(tailspin, "Office 365 Enterprise E3"), subscribe(tailspin, "Visio Online Plan 2")
    chosen = Subscription.objects.filter(pk=mine.pk)
    change = start_subscription_change(tailspin.partner, chosen, "suspend", customer=tailspin, actor=ana.user)
    client, page = browse(ana), f"/subscriptions/changes/{change.pk}/"
    too_soon = client.post(f"{page}undo/", follow=True)
    run_job(change.job_id)
    Subscription.objects.filter(pk=other.pk).update(status="suspended")

    offered = client.get(page).content.decode()
    undone = {client.post(f"{page}undo/")["Location"] for _click in range(2)}
    run_job(SubscriptionChange.objects.exclude(pk=change.pk).get().job_id)

    assert "can be undone" in str(*too_soon.context["messages"])
    assert "Undo: reactivate" in offered
    assert len(undone) == 1
    assert dict(Subscription.objects.values_list("pk", "status")) == {mine.pk: "active", other.pk: "suspended"}


def test_where_nothing_would_change_nothing_can_be_started(browse, ana, tailspin):
    one = subscribe(tailspin, "Office 365 Enterprise E3")

    asked = browse(ana).post(page_of(tailspin, "reactivate"), {"ids": [one.pk]})

    assert re.search(r'value="apply"[^>]* disabled', asked.content.decode())
