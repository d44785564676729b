"""The history of subscriptions: a line of the log for each, written in one statement for however many."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_noop

from partnercenter.activity.models import Deed
from partnercenter.directory.models import User
from partnercenter.partners.models import Partner

# What lines of the log tell; translated when they are read.
SUBSCRIPTION: Final = gettext_noop("Subscription")
SUBSCRIPTIONS: Final = gettext_noop("Subscriptions")
RESERVATION: Final = gettext_noop("Reservation")
SOFTWARE: Final = gettext_noop("Software")
QUANTITY: Final = gettext_noop("Quantity")
RESELLER: Final = gettext_noop("Reseller")
LEFT: Final = gettext_noop("Left as they were")
WITH_PARENT: Final = gettext_noop("Together with")

_EACH: Final = """
    INSERT INTO activity_activity
        (partner_id, customer_id, customer_name, actor_id, actor_name, deed, details, subject_id, at)
    SELECT s.partner_id, c.tenant_id, c.name, %s, %s, %s,
        jsonb_build_object(%s::text, s.name) || CASE WHEN s.with_parent
            THEN jsonb_build_object(%s::text, (SELECT name FROM subscriptions_subscription WHERE id = s.parent_id))
            ELSE '{{}}' END,
        s.id, coalesce(%s, {at})
    FROM unnest(%s::uuid[]) WITH ORDINALITY AS chosen (id, place)
        JOIN subscriptions_subscription AS s ON s.id = chosen.id
        JOIN customers_customer AS c ON c.id = s.customer_id
    ORDER BY chosen.place
"""

# In the place of the reseller that each has now; written before that changes.
_RESELLER_OF_EACH: Final = """
    INSERT INTO activity_activity
        (partner_id, customer_id, customer_name, actor_id, actor_name, deed, details, subject_id, at)
    SELECT s.partner_id, c.tenant_id, c.name, %s, %s, %s,
        jsonb_build_object(%s::text, s.name, %s::text, jsonb_build_array(coalesce(t.name, ''), %s::text)), s.id, %s
    FROM subscriptions_subscription AS s
        JOIN customers_customer AS c ON c.id = s.customer_id
        LEFT JOIN directory_tenant AS t ON t.id = s.reseller_id
    WHERE s.id = ANY (%s::uuid[])
"""


def record_each(ids: Collection[UUID], deed: Deed, *, at: datetime | None, actor: User | None) -> None:
    """A line for each of some subscriptions in their order, in the caller's transaction, in the log of who sold it.

    `at` is when it happened; None for when each came into the state that it is in. What follows its parent says so.
    """
    _record(ids, deed, at, actor, _EACH.format(at="s.status_at"))


def record_new_reseller(ids: Collection[UUID], reseller: Partner | None, *, at: datetime, actor: User) -> None:
    """A line for each of some subscriptions that get another reseller of record, or none, right after this."""
    new = str(reseller or "")
    deed = Deed.SUBSCRIPTION_CHANGED.value
    parameters: list[Any] = [actor.pk, actor.principal_name, deed, SUBSCRIPTION, RESELLER, new, at, [*ids]]
    with connection.cursor() as cursor:
        cursor.execute(_RESELLER_OF_EACH, parameters)


def record_renewals(ids: Collection[UUID]) -> None:
    """A line for each of some subscriptions whose new term has begun, when it began."""
    _record(ids, Deed.SUBSCRIPTION_RENEWED, None, None, _EACH.format(at="s.term_begun_at"))


def _record(ids: Collection[UUID], deed: Deed, at: datetime | None, actor: User | None, sql: str) -> None:
    if not ids:
        return
    who = (actor.pk, actor.principal_name) if actor else (None, "")
    parameters = [*who, deed.value, SUBSCRIPTION, WITH_PARENT, at, [*ids]]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
