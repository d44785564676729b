"""Addresses below `/customers/`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from customers.views import (
    account,
    agreement,
    customer_list,
    domains,
    overview,
    passwords,
    qualification,
    readings,
    row_corrections,
    saved_views,
    tags,
    user_acts,
    user_adding,
    user_imports,
    user_selection,
    users,
)

app_name = "customers"

upload_urls = [
    path("", user_imports.upload, name="upload"),
    path("template.csv", user_imports.upload_template, name="upload_template"),
]

import_urls = [
    path("", user_imports.import_page, name="import"),
    path("progress/", user_imports.import_progress, name="import_progress"),
    path("reading/", readings.import_reading, name="import_reading"),
    path("rows/<int:number>/", row_corrections.import_row, name="import_row"),
    path("start/", user_imports.import_start, name="import_start"),
    path("discard/", user_imports.import_discard, name="import_discard"),
    path("result.csv", user_imports.import_result, name="import_result"),
    path("problems.csv", user_imports.import_problems, name="import_problems"),
    path("passwords/", passwords.import_passwords, name="import_passwords"),
]

selected_users_urls = [
    path("block/", user_selection.selected, {"doing": "block"}, name="block_users"),
    path("allow/", user_selection.selected, {"doing": "allow"}, name="allow_users"),
    path("delete/", user_selection.selected, {"doing": "delete"}, name="delete_users"),
    path("restore/", user_selection.selected, {"doing": "restore"}, name="restore_users"),
    path("role/", user_selection.selected, {"doing": "role"}, name="change_roles"),
    path("location/", user_selection.selected, {"doing": "location"}, name="change_locations"),
    path("passwords/", user_selection.new_passwords, name="new_passwords"),
]

new_user_urls = [
    path("", user_adding.who, name="add_user"),
    path("permissions/", user_adding.permissions, name="add_user_permissions"),
    path("review/", user_adding.review, name="add_user_review"),
]

user_urls = [
    path("", users.user, name="user"),
    path("edit/", user_acts.edit, name="edit_user"),
    path("block/", user_acts.change, {"doing": "block"}, name="block_user"),
    path("allow/", user_acts.change, {"doing": "allow"}, name="allow_user"),
    path("delete/", user_acts.delete, name="delete_user"),
    path("restore/", user_acts.change, {"doing": "restore"}, name="restore_user"),
    path("password/", user_acts.password, name="reset_password"),
]

domain_urls = [
    path("verify/", domains.verify, name="verify_domain"),
    path("primary/", domains.make_primary, name="make_domain_primary"),
    path("remove/", domains.remove, name="remove_domain"),
]

customer_urls: list[URLPattern | URLResolver] = [
    path("", account.customer, name="customer"),
    path("account/", account.account, name="account"),
    path("account/edit/", account.edit_account, name="edit_account"),
    path("account/agreement/", agreement.agreement, name="agreement"),
    path("account/qualification/", qualification.qualification, name="qualification"),
    path("account/name/", account.take_name, name="take_name"),
    path("tags/", tags.customer_tags, name="customer_tags"),
    path("domains/", domains.domains, name="domains"),
    path("domains/add/", domains.add, name="add_domain"),
    path("domains/<str:domain_name>/", include(domain_urls)),
    path("users/", users.users, name="users"),
    path("users/export/", users.export, name="export_users"),
    path("users/add/", include(new_user_urls)),
    path("users/selected/", include(selected_users_urls)),
    path("users/passwords/<uuid:handout_id>/", passwords.selected_passwords, name="selected_passwords"),
    path("users/passwords/<uuid:handout_id>/hand-out/", passwords.hand_out, name="hand_out"),
    path("users/deleted/", users.deleted_users, name="deleted_users"),
    path("users/<uuid:user_id>/", include(user_urls)),
    path("users/upload/", include(upload_urls)),
    path("users/uploads/", users.uploads, name="uploads"),
    path("users/uploads/<uuid:import_id>/", include(import_urls)),
]

urlpatterns = [
    path("", customer_list.customers, name="list"),
    path("export/", customer_list.export, name="export"),
    path("filters/", customer_list.filters, name="filters"),
    path("count/", customer_list.count, name="count"),
    path("views/", saved_views.views, name="views"),
    path("views/save/", saved_views.save_view, name="save_view"),
    path("views/default/", saved_views.default_view, name="default_view"),
    path("views/<uuid:view_id>/", saved_views.view, name="view"),
    path("views/<uuid:view_id>/update/", saved_views.update_view, name="update_view"),
    path("views/<uuid:view_id>/delete/", saved_views.delete_view, name="delete_view"),
    path("tags/", tags.tags, name="tags"),
    path("tags/assign/", tags.assign_tags, name="assign_tags"),
    path("tags/<uuid:tag_id>/", tags.tag, name="tag"),
    path("over-time/", overview.over_time, name="over_time"),
    path("<uuid:microsoft_id>/", include(customer_urls)),
]
