"""Adding a customer: a draft, and a page for each step."""

from __future__ import annotations

from django.urls import path

from relationships.views import new_customer_account, new_customer_orders, new_customer_review, new_customers

app_name = "new_customers"

urlpatterns = [
    path("", new_customers.new_customers, name="list"),
    path("domain/", new_customer_account.domain, name="domain"),
    path("organization/", new_customer_account.organization, name="organization"),
    path("<uuid:draft_id>/account/", new_customer_account.account, name="account"),
    path("<uuid:draft_id>/subscriptions/", new_customer_orders.subscriptions, name="subscriptions"),
    path("<uuid:draft_id>/subscriptions/order/", new_customer_orders.order, name="order"),
    path("<uuid:draft_id>/review/", new_customer_review.review, name="review"),
    path("<uuid:draft_id>/done/", new_customer_review.done, name="done"),
    path("<uuid:draft_id>/discard/", new_customers.discard, name="discard"),
]
