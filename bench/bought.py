"""What the customers of the benchmark have bought, made by the database itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from partnercenter.folding import fold
from partnercenter.partners.models import Partner
from relationships.seeding.loading import bare
from subscriptions.catalog import AZURE_SUBSCRIPTION, CATALOG, Kind, Offer
from subscriptions.models import Subscription

TABLE: Final = Subscription._meta.db_table
# Of so many that follow one another the customer is the same one.
FAMILY: Final = 10
# One of so many was bought by the first customer of all.
SHARE: Final = 20
WORDS: Final = (
    "Berlin",
    "Office",
    "Headquarters",
    "Test",
    "Production",
    "Warehouse",
    "Sales team",
    "Branch",
    "Lab",
    "Night shift",
)

# Of a family the second one extends the first one, the last two are Azure subscriptions, and three have own names.
_MADE: Final = """
    CREATE TEMPORARY TABLE made ON COMMIT DROP AS
    SELECT gen_random_uuid() AS id, number, place, c.id AS customer_id, c.reseller_id,
        CASE place WHEN 1 THEN %(add_on)s WHEN 8 THEN %(azure)s WHEN 9 THEN %(azure)s
            ELSE 1 + (number / 3 * 7 + place) %% %(licenses)s END AS offer,
        CASE WHEN place IN (4, 8, 9)
            THEN (%(words)s::text[])[1 + number / %(family)s %% %(count_of_words)s] || ' ' || number END AS called,
        (number / %(family)s * 13 + CASE place WHEN 1 THEN 0 ELSE place END * 7) %% 20 AS state
    FROM (
        SELECT number, number %% %(family)s AS place,
            CASE WHEN number < %(count)s / %(share)s THEN 0 ELSE number / %(family)s %% %(customers)s END AS customer
        FROM generate_series(0, %(count)s - 1) AS number
    ) AS numbers JOIN (
        SELECT id, reseller_id, row_number() OVER (ORDER BY id) - 1 AS customer
        FROM customers_customer WHERE partner_id = %(partner)s AND ended_at IS NULL
    ) AS c USING (customer)
"""
_SOLD: Final = """
    INSERT INTO subscriptions_subscription (
        id, customer_id, partner_id, reseller_id, parent_id, offer_id, kind, name, name_key, search_text,
        has_own_name, quantity, assigned, billing_cycle, auto_renew, is_trial, status, with_parent, begun_at, term,
        terms, term_begun_at, term_ends_at, status_at, due_at, version
    )
    SELECT id, customer_id, %(partner)s, reseller_id, parent_id, offer_id, kind, coalesce(called, offer_name),
        lower(coalesce(called, offer_name)), concat_ws(chr(10), lower(called), offer_key),
        called IS NOT NULL, 5, 0, 'annual', term <> '' AND state %% 2 = 0, false, status,
        parent_id IS NOT NULL AND status <> 'active',
        ends_at - interval '1 year', term, 1, ends_at - interval '1 year', CASE WHEN term <> '' THEN ends_at END,
        ends_at - interval '1 year', CASE WHEN term <> '' AND status IN ('active', 'suspended') THEN ends_at END, 1
    FROM (
        SELECT m.*, base.id AS parent_id, o.*,
            (%(states)s::text[])[1 + m.state] AS status,
            %(now)s + ((m.number * 37 %% 365) + 1) * interval '1 day'
                + m.number %% 1440 * interval '1 minute' AS ends_at
        FROM made AS m
            JOIN unnest(%(ids)s::text[], %(kinds)s::text[], %(names)s::text[], %(keys)s::text[], %(terms)s::text[])
                WITH ORDINALITY AS o (offer_id, kind, offer_name, offer_key, term, offer) USING (offer)
            LEFT JOIN made AS base ON m.place = 1 AND base.number = m.number - 1
    ) AS told
"""
STATES: Final = (*["active"] * 14, *["suspended"] * 2, "expired", "disabled", "deleted", "canceled")


def buy(shares: Mapping[Partner, int]) -> None:
    """Let the customers of each partner have so many subscriptions, in one go; nobody else uses the table meanwhile."""
    with transaction.atomic(), bare([TABLE], lambda words: None):
        # Who the partner is, is known here, and that the customer is the same one.
        _execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
        for partner, count in shares.items():
            _buy(partner, count)
        _execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER USER")
    _execute(f"VACUUM (ANALYZE) {TABLE}")


def _buy(partner: Partner, count: int) -> None:
    offers = _offers()
    words: dict[str, Any] = {
        "partner": partner.pk, "count": count, "family": FAMILY, "share": SHARE, "now": timezone.now(),
        "customers": _customers(partner), "words": [*WORDS], "count_of_words": len(WORDS), "states": [*STATES],
        "licenses": len(offers) - 2, "add_on": len(offers) - 1, "azure": len(offers),
        "ids": [offer.id for offer in offers], "kinds": [offer.kind for offer in offers],
        "names": [offer.name for offer in offers], "keys": [fold(offer.name) for offer in offers],
        "terms": [offer.term for offer in offers],
    }  # fmt: skip
    _execute(_MADE, words)
    _execute("ANALYZE made")
    _execute(_SOLD, words)
    _execute("DROP TABLE made")


def _customers(partner: Partner) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customers_customer WHERE partner_id = %s", [partner.pk])
        return int(cursor.fetchone()[0])


def _offers() -> list[Offer]:
    """License-based ones with a term, then an add-on, then Azure."""
    bought = [offer for offer in CATALOG.values() if offer.kind == Kind.LICENSE and offer.term and not offer.is_trial]
    add_ons = [offer for offer in bought if offer.is_add_on]
    return [*(offer for offer in bought if not offer.is_add_on), add_ons[0], CATALOG[AZURE_SUBSCRIPTION]]


def _execute(sql: str, words: Mapping[str, Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, words)
