"""Addresses of what customers have bought: below `/subscriptions/` of all customers, below a customer of that one."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from subscriptions.views import (
    azure,
    catalog,
    license_changes,
    licenses,
    orders,
    overview,
    reservations,
    software,
    subscription,
    subscription_changes,
    subscription_list,
    subscription_selection,
    transfer_asking,
    transfers,
)

app_name = "subscriptions"

subscription_urls: list[URLPattern | URLResolver] = [
    path("", subscription.subscription, name="subscription"),
    path("change/", subscription.change, name="edit"),
    path("suspend/", subscription.ask_and_act, {"doing": "suspend"}, name="suspend"),
    path("reactivate/", subscription.ask_and_act, {"doing": "reactivate"}, name="reactivate"),
    path("cancel/", subscription.ask_and_act, {"doing": "cancel"}, name="cancel"),
    path("azure/", azure.add, name="add_azure"),
    path("roles/", azure.roles, name="roles"),
    path("roles/assign/", azure.assign, name="assign_role"),
    path("roles/<uuid:assignment_id>/remove/", azure.remove, name="remove_role"),
]

license_urls: list[URLPattern | URLResolver] = [
    path("", licenses.licenses, name="licenses"),
    path("assign/", licenses.assign_selected, name="assign_selected"),
    path("changes/<uuid:license_change_id>/", license_changes.license_change, name="license_change"),
    path("changes/<uuid:license_change_id>/results.csv", license_changes.license_results, name="license_results"),
]

customer_urls: list[URLPattern | URLResolver] = [
    path("subscriptions/", subscription_list.subscriptions, name="subscriptions"),
    path("subscriptions/export/", subscription_list.export, name="export"),
    path(
        "subscriptions/selected/suspend/",
        subscription_selection.selected,
        {"doing": "suspend"},
        name="suspend_selected",
    ),
    path(
        "subscriptions/selected/reactivate/",
        subscription_selection.selected,
        {"doing": "reactivate"},
        name="reactivate_selected",
    ),
    path(
        "subscriptions/selected/reseller/",
        subscription_selection.selected,
        {"doing": "reseller"},
        name="change_reseller",
    ),
    path("subscriptions/new/", catalog.new, name="new"),
    path("subscriptions/<uuid:subscription_id>/", include(subscription_urls)),
    path("licenses/", include(license_urls)),
    path("users/<uuid:user_id>/licenses/", licenses.user_licenses, name="user_licenses"),
    path("orders/", orders.orders, name="orders"),
    path("orders/review/", orders.review, name="review"),
    path("orders/discard/", orders.discard, name="discard_order"),
    path("orders/<uuid:order_id>/", orders.order, name="order"),
    path("reservations/", reservations.reservations, name="reservations"),
    path("reservations/<uuid:reservation_id>/", reservations.reservation, name="reservation"),
    path("reservations/<uuid:reservation_id>/change/", reservations.edit, name="edit_reservation"),
    path("reservations/<uuid:reservation_id>/cancel/", reservations.cancel, name="cancel_reservation"),
    path("transfers/", transfers.transfers_of_one, name="transfers"),
    path("transfers/export/", transfers.export_of_one, name="export_transfers"),
    path("transfers/new/", transfer_asking.new, name="new_transfer"),
    path("software/", software.software, name="software"),
    path("software/<uuid:purchase_id>/cancel/", software.cancel, name="cancel_software"),
]

change_urls: list[URLPattern | URLResolver] = [
    path("", subscription_changes.change_result, name="change_result"),
    path("results/", subscription_changes.change_results_file, name="change_results_file"),
    path("undo/", subscription_changes.undo_change, name="undo_change"),
]

urlpatterns = [
    path("subscriptions/", subscription_list.across, name="list"),
    path("subscriptions/export/", subscription_list.export_all, name="export_all"),
    path(
        "subscriptions/selected/suspend/",
        subscription_selection.selected_across,
        {"doing": "suspend"},
        name="suspend_across",
    ),
    path(
        "subscriptions/selected/reactivate/",
        subscription_selection.selected_across,
        {"doing": "reactivate"},
        name="reactivate_across",
    ),
    path(
        "subscriptions/selected/reseller/",
        subscription_selection.selected_across,
        {"doing": "reseller"},
        name="change_reseller_across",
    ),
    path("subscriptions/changes/<uuid:change_id>/", include(change_urls)),
    path("subscriptions/catalog/", catalog.catalog, name="catalog"),
    path("subscriptions/overview/", overview.overview, name="overview"),
    path("customers/<uuid:microsoft_id>/", include(customer_urls)),
]
