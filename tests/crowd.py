"""Very many subscriptions of many customers, made in one statement."""

from django.db import connection

from partnercenter.folding import fold
from subscriptions.catalog import AZURE_SUBSCRIPTION, CATALOG
from tests.subscribing import OFFERS

# Of products that are found by many words, spread over customers, states and ends of terms; a third has own names.
CROWD = """
    INSERT INTO subscriptions_subscription (
        id, customer_id, partner_id, reseller_id, offer_id, kind, name, name_key, search_text, has_own_name, quantity,
        assigned, billing_cycle, auto_renew, is_trial, status, with_parent, begun_at, term, terms, term_begun_at, term_ends_at,
        status_at, version
    )
    SELECT id, customers[1 + number %% array_length(customers, 1)], %(partner)s,
        CASE WHEN number %% 2 = 0 THEN %(reseller)s::uuid END, offer, kind, coalesce(called, offer_name),
        coalesce(lower(called), offer_key), concat_ws(chr(10), lower(called), offer_key),
        called IS NOT NULL, 5, 0, 'annual', true, false,
        (ARRAY['active', 'active', 'active', 'suspended', 'expired', 'disabled', 'canceled'])[1 + number %% 7], false,
        now(), term, 1, now(), CASE WHEN term <> '' THEN now() + number * interval '1 minute' END, now(), 1
    FROM (
        SELECT gen_random_uuid() AS id, number, (ARRAY(%(customers)s)) AS customers,
            CASE WHEN number %% 3 = 0 THEN 'Shop ' || md5(number::text) END AS called,
            (%(offers)s::text[])[1 + number %% %(count_of_offers)s] AS offer,
            (%(names)s::text[])[1 + number %% %(count_of_offers)s] AS offer_name,
            (%(keys)s::text[])[1 + number %% %(count_of_offers)s] AS offer_key,
            (%(terms)s::text[])[1 + number %% %(count_of_offers)s] AS term,
            (%(kinds)s::text[])[1 + number %% %(count_of_offers)s] AS kind
        FROM generate_series(1, %(count)s) AS number
    ) AS made
"""


def crowd(partner, customers, reseller, count):
    offers = [offer for name, offer in sorted(OFFERS.items()) if offer.kind in ("license", "azure")][:40]
    offers.append(CATALOG[AZURE_SUBSCRIPTION])
    sql = CROWD.replace("ARRAY(%(customers)s)", "%(customers)s::bigint[]")
    values = {
        "partner": partner.pk,
        "reseller": reseller.pk,
        "customers": [customer.pk for customer in customers],
        "offers": [offer.id for offer in offers],
        "names": [offer.name for offer in offers],
        "keys": [fold(offer.name) for offer in offers],
        "terms": [offer.term for offer in offers],
        "kinds": [offer.kind for offer in offers],
        "count_of_offers": len(offers),
        "count": count,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
