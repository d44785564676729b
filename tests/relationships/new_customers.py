"""Answers of somebody who adds a customer, and the way through the pages."""

from django.urls import reverse

from relationships.models import NewCustomer

ANSWERS = {
    "drawn": "US",
    "country": "US",
    "company_name": "Wide World Importers",
    "domain_prefix": "wideworld",
    "line1": "1 Main Street",
    "city": "Redmond",
    "state": "WA",
    "postal_code": "98052",
    "first_name": "Kim",
    "last_name": "Akers",
    "email": "kim@wideworldimporters.com",
    "culture": "en-US",
    "agreement": "themselves",
}
ACCEPTED = {
    "agreement": "accepted",
    "agreement_first_name": "Lee",
    "agreement_last_name": "Gu",
    "agreement_email": "lee@wideworldimporters.com",
    "accepted_on": "2026-01-31",
}


def start(client, **parameters):
    """The draft that a click on Start begins."""
    response = client.post(reverse("new_customers:list", query=parameters))
    return NewCustomer.objects.get(pk=response.url.split("/")[-3])


def account_of(draft):
    return reverse("new_customers:account", args=[draft.pk])


def subscriptions_of(draft):
    return reverse("new_customers:subscriptions", args=[draft.pk])


def lines_page_of(draft):
    return reverse("new_customers:order", args=[draft.pk])


def review_of(draft):
    return reverse("new_customers:review", args=[draft.pk])


def done_of(draft):
    return reverse("new_customers:done", args=[draft.pk])


def fill(client, draft, **answers):
    """The account step with these answers, and the usual ones for the rest."""
    return client.post(account_of(draft), {"continue": ""} | ANSWERS | answers)


def seen(client, draft):
    """What the review hands out for the button that adds the customer."""
    return client.get(review_of(draft)).context["seen"]


def add(client, draft):
    return client.post(done_of(draft), {"seen": seen(client, draft)})


def added(client, **answers):
    """A customer that was added, and the last page."""
    draft = start(client)
    response = fill(client, draft, **answers)
    assert response.status_code == 302, response.context["form"].errors
    response = add(client, draft)
    draft.refresh_from_db()
    return draft.customer, response
