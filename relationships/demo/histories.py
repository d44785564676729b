"""What comes after the purchases of the demo: who has the seats, and what the log tells of it all."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.backends.utils import CursorWrapper

from customers.models import Customer
from partnercenter.directory.models import User
from subscriptions.catalog import CATALOG
from subscriptions.models import Order, OrderLine, Reservation, SoftwarePurchase, Subscription

# People get licenses up to four fifths of the seats: some are left over.
_LICENSES: Final = """
    INSERT INTO subscriptions_license (subscription_id, user_id, assigned_at)
    SELECT s.id, u.id, least(greatest(s.begun_at, u.created_at) + interval '2 hours', %(now)s)
    FROM subscriptions_subscription AS s
        JOIN customers_customer AS c ON c.id = s.customer_id
        CROSS JOIN LATERAL (
            SELECT id, created_at FROM directory_user
            WHERE tenant_id = c.tenant_id AND deleted_at IS NULL
            ORDER BY name_key, id LIMIT ceil(s.quantity * 0.8)
        ) AS u
    WHERE s.offer_id = ANY (%(offers)s) AND s.status <> ALL (%(ended)s)
"""

_LOG: Final = """
    INSERT INTO activity_activity
        (partner_id, customer_id, customer_name, actor_id, actor_name, deed, details, subject_id, at)
    SELECT c.partner_id, c.tenant_id, c.name, u.id, coalesce(u.principal_name, ''), e.deed, e.details, e.subject, e.at
    FROM ({events}) AS e
        JOIN customers_customer AS c ON c.id = e.customer_id
        LEFT JOIN directory_user AS u ON u.id = e.actor
    ORDER BY e.at
"""

_ORDERS: Final = """
    SELECT o.customer_id, o.made_by_id AS actor, 'order_placed' AS deed, o.id AS subject, o.placed_at AS at,
        jsonb_build_object('Offers', string_agg(l.quantity || ' × ' || (%(names)s::jsonb ->> l.offer_id), ', '
            ORDER BY l.id)) AS details
    FROM subscriptions_order AS o JOIN subscriptions_orderline AS l ON l.order_id = o.id GROUP BY o.id
"""
_BOUGHT: Final = """
    SELECT o.customer_id, o.made_by_id AS actor, '{deed}' AS deed, b.id AS subject, o.placed_at AS at,
        jsonb_build_object('{word}', {name}, 'Quantity', l.quantity) AS details
    FROM subscriptions_{table} AS b JOIN subscriptions_orderline AS l ON l.{column}_id = b.id
        JOIN subscriptions_order AS o ON o.id = l.order_id
"""
# What the clock did, or for suspended and canceled ones whoever had sold them.
_LIFE: Final = """
    SELECT s.customer_id, CASE WHEN {by_hand} THEN o.made_by_id END AS actor, '{deed}' AS deed, s.id AS subject,
        {at} AS at,
        jsonb_build_object('Subscription', s.name) || CASE WHEN s.with_parent
            THEN jsonb_build_object('Together with', p.name) ELSE '{{}}' END AS details
    FROM subscriptions_subscription AS s LEFT JOIN subscriptions_subscription AS p ON p.id = s.parent_id
        JOIN subscriptions_orderline AS l ON l.subscription_id = s.id JOIN subscriptions_order AS o ON o.id = l.order_id
    WHERE {condition}
"""
_NAME_OF_SOFTWARE: Final = "(%(names)s::jsonb ->> b.offer_id)"


def assign_licenses(now: datetime) -> None:
    """The people of customers have licenses of what is assigned to people."""
    offers = [offer.id for offer in CATALOG.values() if offer.is_assigned]
    with connection.cursor() as cursor:
        _count_what_was_written(cursor)
        cursor.execute(_LICENSES, {"now": now, "offers": offers, "ended": [*Subscription.ENDED]})


def tell_histories() -> None:
    """The log as it would be if all of it had been bought and lived here."""
    with connection.cursor() as cursor:
        _count_what_was_written(cursor)
        cursor.execute(_LOG.format(events=" UNION ALL ".join(_events())), {"names": json.dumps(_names())})


def _count_what_was_written(cursor: CursorWrapper) -> None:
    """Bring statistics up to date: planned for what these tables held before, a statement took a quarter of an hour."""
    written = (Customer, User, Order, OrderLine, Subscription, Reservation, SoftwarePurchase)
    cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in written)}")


def _names() -> dict[str, str]:
    return {offer.id: offer.name for offer in CATALOG.values()}


def _events() -> list[str]:
    expired, disabled = Subscription.EXPIRED_FOR.days, (Subscription.EXPIRED_FOR + Subscription.DISABLED_FOR).days
    lapsed = (
        ("subscription_expired", "s.term_ends_at", "s.status IN ('expired', 'disabled', 'deleted')"),
        ("subscription_disabled", f"s.term_ends_at + interval '{expired} days'", "s.status IN ('disabled', 'deleted')"),
        ("subscription_deleted", f"s.term_ends_at + interval '{disabled} days'", "s.status = 'deleted'"),
        ("subscription_renewed", "s.term_begun_at", "s.terms > 1"),
    )
    by_hand = (
        ("subscription_suspended", "s.status_at", "s.status = 'suspended'"),
        ("subscription_canceled", "s.status_at", "s.status = 'canceled'"),
    )
    return [
        _ORDERS,
        _bought("subscription_bought", "Subscription", "b.name", "subscription", "subscription"),
        _bought("reservation_bought", "Reservation", "b.name", "reservation", "reservation"),
        _bought("software_bought", "Software", _NAME_OF_SOFTWARE, "softwarepurchase", "software"),
        *(_life(*event, by_hand="false") for event in lapsed),
        *(_life(*event, by_hand="true") for event in by_hand),
    ]


def _bought(deed: str, word: str, name: str, table: str, column: str) -> str:
    return _BOUGHT.format(deed=deed, word=word, name=name, table=table, column=column)


def _life(deed: str, at: str, condition: str, *, by_hand: str) -> str:
    return _LIFE.format(deed=deed, at=at, condition=condition, by_hand=by_hand)
