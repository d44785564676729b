"""Subscriptions: their lists and filters, their export, and what is done with very many of them as a job."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from functools import cache, partial
from itertools import product
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.core.cache import caches
from django.db import connection, transaction
from django.db.models import QuerySet

from bench.bought import buy
from bench.browser import Browser
from bench.downloads import Nowhere
from bench.rows import Figures, Row
from bench.stage import Stage
from bench.timing import medians, seconds_of, worst
from customers.selectors.customers import customers_of, resellers_of
from partnercenter.directory.models import User
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import run_job
from partnercenter.partners.models import Partner
from partnercenter.web.keyset import Cursor
from subscriptions.catalog import AZURE_SUBSCRIPTION
from subscriptions.forms.subscription_selection import by_ids
from subscriptions.models import Subscription, SubscriptionChange
from subscriptions.selectors.subscription_changes import outcomes_of
from subscriptions.selectors.subscription_list import sold_by
from subscriptions.selectors.subscriptions import ORDERS, not_ended, subscriptions_of_partner
from subscriptions.services.subscription_changes import start_subscription_change

LIST: Final = "/subscriptions/"
EXPORT: Final = "/subscriptions/export/?state=all"
MS: Final = 1_000
MOST_IN_DATABASE: Final = 60  # milliseconds
LONGEST_SEARCH: Final = 60.0
# The loop is slow: so many subscriptions tell enough.
LOOP: Final = 1_000


@cache
def _sold(stage: Stage) -> int:
    """Make as many subscriptions as the partner has customers, and for others so that theirs can be compared."""
    count = stage.size.customers
    provider = stage.admin_of_provider.staff.partner
    buy({stage.partner: count, stage.admin_of_few.staff.partner: stage.size.few, provider: stage.size.selected})
    return count


def first_page(stage: Stage) -> Figures:
    """The first page at many subscriptions against the first page at few."""
    _sold(stage)
    few, many = Browser(stage.admin_of_few), stage.browser
    times = medians({"many": partial(many.get, LIST), "few": partial(few.get, LIST)}, seconds=stage.size.seconds)
    return Figures(times["many"] * MS, limit=times["few"] * MS, note=f"{_sold(stage):,} and {stage.size.few:,}")


def page_in_the_middle(stage: Stage) -> Figures:
    """A page far within, against the first page."""
    _sold(stage)
    order, number = ORDERS["name"], subscriptions_of_partner(stage.partner).filter(not_ended()).count() // 2
    before = order.sort(subscriptions_of_partner(stage.partner).filter(not_ended()))[number - 2]
    at = Cursor(number - 1, tuple(getattr(before, name) for name in order.columns))
    addresses = {"far": f"{LIST}?{urlencode({'at': str(at)})}", "first": LIST}
    times = medians(
        {name: partial(stage.browser.get, address) for name, address in addresses.items()}, seconds=stage.size.seconds
    )
    return Figures(times["far"] * MS, limit=times["first"] * MS, note=f"it begins at row {number:,}")


def last_page(stage: Stage) -> Figures:
    """The last page, whose rows have numbers: all are counted for it. Against the first page."""
    count = _sold(stage)
    addresses = {"last": f"{LIST}?at=last", "first": LIST}
    times = medians(
        {name: partial(stage.browser.get, address) for name, address in addresses.items()}, seconds=stage.size.seconds
    )
    return Figures(times["last"] * MS, limit=times["first"] * MS, note=f"{count:,} subscriptions")


def filters(stage: Stage) -> Figures:
    """The worst search and filter, of all customers and of one that has bought very much."""
    _sold(stage)
    cases: dict[str, Callable[[], float]] = {}
    for person, more in _people(stage):
        seconds = Browser(person).seconds_in_database
        for texts, state, kind, other in product(_texts(stage), _STATES, _KINDS, more):
            asked = {"q": texts, **state, **kind, **other}
            cases[f"{person.staff.partner}: {urlencode(asked)}"] = partial(seconds, f"{LIST}?{urlencode(asked)}")
    for text, state, kind in product(_texts(stage), _STATES, _KINDS):
        asked = {"q": text, **state, **kind}
        address = f"/customers/{_largest(stage)}/subscriptions/?{urlencode(asked)}"
        cases[f"one customer: {urlencode(asked)}"] = partial(stage.browser.seconds_in_database, address)
    cases = dict(list(cases.items())[:: stage.size.thinned])
    time, case, count = worst(cases, seconds=LONGEST_SEARCH)
    return Figures(time * MS, note=f"{count} searches and filters, the worst is {case}")


_STATES: Final[tuple[dict[str, str], ...]] = ({}, {"state": "suspended"}, {"state": "expired"}, {"state": "all"})
_KINDS: Final[tuple[dict[str, str], ...]] = ({}, {"kind": "license"}, {"kind": "usage"})


def _people(stage: Stage) -> list[tuple[User, list[dict[str, str]]]]:
    """Who looks at lists, and what they filter by beside text, state and kind."""
    provider = stage.admin_of_provider
    reseller = resellers_of(provider.staff.partner)[0]
    usual = [{}, {"offer": AZURE_SUBSCRIPTION}, {"ends_to": "2099-12-31"}, {"sort": "-name"}]
    return [(stage.admin, usual), (provider, [{"reseller": str(reseller.pk)}])]


def _texts(stage: Stage) -> list[str]:
    """What is searched for: nothing, common, rare and absent words, two letters, and an ID."""
    one = subscriptions_of_partner(stage.partner).order_by("pk")[0]
    return ["", "office", "office berlin", "in", "qx", "berlin 77", "zyxwvut", str(one.pk), str(one.pk)[:4]]


def _largest(stage: Stage) -> UUID:
    """The Microsoft ID of the customer that has bought most."""
    return customers_of(stage.partner).order_by("pk")[0].tenant_id


def export(stage: Stage) -> Figures:
    """Lines that reach the server, against those that COPY alone writes to nowhere."""
    count = _sold(stage)
    times = medians({"ours": partial(_read, stage), "copy": partial(_copy, stage)}, seconds=stage.size.seconds, least=3)
    theirs = seconds_of(lambda: _write(_columns(stage)))
    return Figures(count / times["ours"], count / theirs, count / times["copy"], f"{count:,} subscriptions")


def _read(stage: Stage) -> None:
    caches["default"].clear()  # what counts downloads for the throttle
    for _ in stage.browser.pieces(EXPORT):
        pass


def _columns(stage: Stage) -> QuerySet[Subscription, tuple[Any, ...]]:
    rows = ORDERS["name"].sort(subscriptions_of_partner(stage.partner))
    return rows.values_list("customer__tenant_id", "customer__name", "pk", "name", "quantity", "status", "reseller")


def _copy(stage: Stage) -> None:
    sql, params = _columns(stage).query.sql_with_params()
    with connection.cursor() as cursor:
        query = cursor.mogrify(sql, params).decode()
        cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT csv)", Nowhere())


def _write(rows: QuerySet[Subscription, tuple[Any, ...]]) -> None:
    lines = csv.writer(_Echo())
    for row in rows.iterator():
        lines.writerow(row)


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, value: str) -> str:
        return value


def suspend(stage: Stage) -> Figures:
    """Subscriptions a second that are suspended, with a result and a line of the log for each."""
    _sold(stage)
    active = subscriptions_of_partner(stage.partner).filter(status="active").order_by("name_key", "pk")
    values = "status = 'suspended', status_at = now()"
    return _changed(stage, active, "suspend", stage.admin, values=values, save={"status": "suspended"})


def change_reseller(stage: Stage) -> Figures:
    """Subscriptions a second that get another reseller of record, with the same."""
    _sold(stage)
    admin = stage.admin_of_provider
    provider = admin.staff.partner
    reseller = resellers_of(provider)[0]
    others = subscriptions_of_partner(provider).filter(not_ended()).exclude(reseller=reseller)
    values = f"reseller_id = '{reseller.pk}'"
    return _changed(stage, others.order_by("pk"), "reseller", admin, values=values, save={"reseller": reseller})


def _changed(
    stage: Stage, rows: QuerySet[Subscription], act: str, admin: User, *, values: str, save: Mapping[str, Any]
) -> Figures:
    """The same for any act; `values` are what it writes, in SQL, and `save` in fields of a row.

    The loop has rows of its own, where there are any left.
    """
    found = list(rows.values_list("pk", flat=True)[: stage.size.selected + LOOP])
    chosen, few = found[: -min(LOOP, len(found) // 10)], found[-min(LOOP, len(found) // 10) :]
    theirs = seconds_of(partial(_loop, list(Subscription.objects.filter(pk__in=few)), save))
    limit = seconds_of(partial(_one_statement, chosen, values))
    changes: list[SubscriptionChange] = []
    reseller = save.get("reseller")
    ours = seconds_of(lambda: changes.append(_change(chosen, act, admin, reseller)))
    outcomes = outcomes_of(changes[0])
    if outcomes.get("done", 0) < 0.9 * len(chosen):
        raise ValueError(f"of {len(chosen)} subscriptions came {outcomes}")
    return Figures(len(chosen) / ours, len(few) / theirs, len(chosen) / limit, f"{len(chosen):,} subscriptions")


def _change(chosen: list[UUID], act: str, admin: User, reseller: Partner | None) -> SubscriptionChange:
    """From the press of a button to the notice that it is done."""
    partner = admin.staff.partner
    # Jobs of others that were measured without a worker would have their turn as well.
    Job.objects.filter(status=Job.Status.QUEUED).update(status=Job.Status.CANCELED)
    rows = by_ids(tuple(chosen)).filter(sold_by(partner, None))
    change = start_subscription_change(partner, rows, act, reseller=reseller, actor=admin)
    run_job(change.job_id)
    return change


def _loop(subscriptions: list[Subscription], values: Mapping[str, Any]) -> None:
    for one in subscriptions:
        for name, value in values.items():
            setattr(one, name, value)
        one.save()


def _one_statement(chosen: list[UUID], values: str) -> None:
    """The same change as a single UPDATE, taken back at the end."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE subscriptions_subscription SET {values}, version = version + 1 WHERE id = ANY (%s::uuid[])",  # noqa: S608
            [chosen],
        )
        transaction.set_rollback(True)


def _within_20_percent(figures: Figures) -> bool:
    return figures.limit is not None and figures.ours <= 1.2 * figures.limit


ROWS: Final = (
    Row(
        "subscriptions of all customers, first page, at many and at few", "ms", "the same within 20 %",
        _within_20_percent, first_page, limit_is="the first page of a partner with few",
    ),
    Row(
        "subscriptions of all customers, page in the middle", "ms", "as the first page within 20 %",
        _within_20_percent, page_in_the_middle, limit_is="the first page",
    ),
    Row(
        "subscriptions of all customers, last page", "ms", "as the first page within 20 %",
        _within_20_percent, last_page, limit_is="the first page",
    ),
    Row(
        "subscriptions, search and filters, worst case, in the database", "ms", "≤ 60 ms",
        lambda figures: figures.ours <= MOST_IN_DATABASE, filters,
    ),
    Row(
        "export of all subscriptions", "rows/s", "≥ 20,000/s, ≥ 50 % of COPY TO alone",
        lambda figures: figures.ours >= max(20_000, 0.5 * (figures.limit or 0)), export,
        limit_is="COPY TO alone of the same columns and order; off the shelf is csv.writer over "
        "values_list().iterator()",
    ),
    Row(
        "another reseller for many selected subscriptions, as a job", "rows/s", "≥ 20,000/s",
        lambda figures: figures.ours >= 20_000, change_reseller,
        limit_is="one UPDATE statement for all of them; off the shelf is a loop with save()",
    ),
    Row(
        "many selected subscriptions suspended, as a job", "rows/s", "≥ 20,000/s",
        lambda figures: figures.ours >= 20_000, suspend,
        limit_is="one UPDATE statement for all of them; off the shelf is a loop with save()",
    ),
)  # fmt: skip
