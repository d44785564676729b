"""How the database finds customers: along indexes, whatever is combined. `CUSTOMERS=1000000` asks it of a million."""

import json
import os
from datetime import UTC, datetime
from itertools import product

import pytest
from django.core.management import call_command
from django.db import connection

from customers.models import Customer, Tag
from customers.selectors.criteria import Criteria, SearchBy
from customers.selectors.customers import ORDERS, customers_of
from customers.selectors.finding import CustomersFound
from partnercenter.partners.models import Partner
from partnercenter.web.keyset import keyset_page

# Tables that grow with the number of customers; the vocabulary of tags does not.
LONG = ("customers_customer", "customers_searchentry")
CUSTOMERS = int(os.environ.get("CUSTOMERS", "25000"))


class Asked:
    """What was asked of the database, with the plans for it."""

    def __init__(self):
        self.queries = []

    def __call__(self, execute, sql, params, many, context):
        self.queries.append((sql, params))
        return execute(sql, params, many, context)

    def faults(self):
        """The plans that read a whole table, or that sort more than the page that is wanted of it."""
        with connection.cursor() as cursor:
            for sql, params in self.queries:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
                (plan,) = cursor.fetchone()
                plan = json.loads(plan) if isinstance(plan, str) else plan
                for node, parent in nodes(plan[0]["Plan"]):
                    whole = node["Node Type"] == "Seq Scan" and node["Relation Name"] in LONG
                    sorts = "Sort" in node["Node Type"] and parent != "Limit"
                    if whole or sorts:
                        yield node["Node Type"], sql


def nodes(plan, parent=""):
    yield plan, parent
    for child in plan.get("Plans", []):
        yield from nodes(child, plan["Node Type"])


def searches(tags):
    year = {"added_from": datetime(2022, 1, 1, tzinfo=UTC), "added_before": datetime(2023, 1, 1, tzinfo=UTC)}
    texts = ["", "ltd", "group ltd", "zqxwv", "co", "qz", "公司", "شركة", "公司 ltd", "abc", "ab1f"]
    filters = [
        {},
        {"tags": tags[:1]},
        {"tags": tags[:3], "all_tags": True},
        {"without": tags},
        {"relationships": ("advisor",)},
        year,
    ]
    for text, more in product(texts, filters):
        yield Criteria(text=text, **more)
    for by in SearchBy:
        yield Criteria(text="microsoft", by=by)
        yield Criteria(text="1f2e", by=by)
    yield Criteria(text="公司", tags=tags[:1], without=tags[1:2], relationships=("cloud_reseller",), **year)


@pytest.mark.django_db(transaction=True)
def test_no_search_filter_or_order_reads_a_whole_table_or_sorts_more_than_a_page(capsys):
    call_command("seed", customers=CUSTOMERS, password="demo-pass-word-1")
    partner = Partner.objects.get(tenant__name="Seeded Partner")
    tags = tuple(Tag.objects.filter(partner=partner).values_list("pk", flat=True)[:5])
    assert Customer.objects.filter(partner=partner).count() == CUSTOMERS

    asked = Asked()
    with connection.execute_wrapper(asked):
        for criteria, name in product(searches(tags), ORDERS):
            found = CustomersFound(customers_of(partner), criteria, partner_id=partner.pk)
            for order in (ORDERS[name], ORDERS[name].reversed()):
                page = keyset_page(found, order)
                if page.next:
                    keyset_page(found, order, at=str(page.next))
            found.count()

    assert list(asked.faults()) == []
    assert len(asked.queries) > 1_000
