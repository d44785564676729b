"""The customer list: pages, search, filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from itertools import product
from typing import Final
from urllib.parse import urlencode

from django.utils import timezone

from bench.browser import Browser
from bench.rows import Figures, Row
from bench.stage import PAGE, Stage
from bench.timing import medians, worst
from customers.models import Customer, Tag
from customers.selectors.customers import ORDERS, customers_of, resellers_of

LIST: Final = "/customers/"
PLAIN: Final = "/bench/plain/"
SHELF: Final = "/bench/shelf/"
MS: Final = 1_000
MOST_IN_DATABASE: Final = 60  # milliseconds
# The worst case is looked for so long.
LONGEST_SEARCH: Final = 100.0
ORDER_WORDS: Final = [f"{sign}{word}" for word in ORDERS for sign in ("", "-")]


def first_page(stage: Stage) -> Figures:
    """The whole answer of the first page, at many customers."""
    get = stage.browser.get
    times = medians(
        {name: partial(get, address) for name, address in (("ours", LIST), ("plain", PLAIN), ("shelf", SHELF))},
        seconds=stage.size.seconds,
    )
    return Figures(times["ours"] * MS, times["shelf"] * MS, times["plain"] * MS)


def first_page_of_few(stage: Stage) -> Figures:
    """The first page at many customers against the first page at few."""
    few, many = Browser(stage.admin_of_few), stage.browser
    times = medians(
        {
            "many": partial(many.get, LIST), "few": partial(few.get, LIST),
            "shelf": partial(few.get, SHELF),
        },
        seconds=stage.size.seconds,
    )  # fmt: skip
    note = f"off the shelf at {stage.size.few:,} customers, where it counts quickly"
    return Figures(times["many"] * MS, times["shelf"] * MS, times["few"] * MS, note)


def page_at(number: Callable[[Stage], int]) -> Callable[[Stage], Figures]:
    """The page that begins at a row, against the first page."""

    def measure(stage: Stage) -> Figures:
        get, begin = stage.browser.get, number(stage)
        far = f"{LIST}?{urlencode({'at': stage.position(begin)})}"
        shelf = f"{SHELF}?page={-(-begin // PAGE)}"
        addresses = {"far": far, "first": LIST, "shelf": shelf}
        times = medians(
            {name: partial(get, address) for name, address in addresses.items()}, seconds=stage.size.seconds
        )
        return Figures(times["far"] * MS, times["shelf"] * MS, times["first"] * MS, f"it begins at row {begin:,}")

    return measure


def texts(stage: Stage) -> dict[str, str]:
    """What is searched for: common, rare and absent words of several scripts, and parts of Microsoft IDs."""
    customers = customers_of(stage.partner)
    middle: Customer = customers.order_by("pk")[stage.size.customers // 2]
    chinese: Customer = customers.filter(name__contains="有限公司").order_by("-pk")[0]
    arabic: Customer = customers.filter(name__startswith="شركة").order_by("-pk")[0]
    return {
        "common": "software", "common German": "gmbh", "common Chinese": "有限公司", "common Cyrillic": "ООО",
        "two letters": "in", "two rare letters": "qx", "two Chinese characters": "软件", "one character": "海",
        "rare": middle.name, "rare Chinese": chinese.name, "rare Arabic": arabic.name, "two words": "gmbh linden",
        "three words": "group willow dental", "absent": "zyxwvut", "absent, of common parts": "softwaresoftgmbh",
        "domain": middle.domain, "end of all domains": ".onmicrosoft.com", "Microsoft ID": str(middle.tenant_id),
        "part of Microsoft IDs": str(middle.tenant_id)[:4], "two digits": "4a",
    }  # fmt: skip


def search(stage: Stage) -> Figures:
    """The worst search by anything in any order, against the worst one off the shelf, by name in the usual order."""
    seconds, words = stage.browser.seconds_in_database, texts(stage)
    places = ("all", "company", "domain", "microsoft_id")
    ours = {
        f"{name} “{text}” by {by}, order {order}": partial(seconds, _address(q=text, by=by, sort=order))
        for (name, text), by, order in product(words.items(), places, ORDER_WORDS)
    }
    theirs = {f"{name} “{text}”": partial(seconds, f"{SHELF}?{urlencode({'q': text})}") for name, text in words.items()}
    ours = dict(list(ours.items())[:: stage.size.thinned])
    our_time, our_case, count = worst(ours, seconds=LONGEST_SEARCH)
    their_time, their_case, their_count = worst(theirs, seconds=LONGEST_SEARCH, suspects=2)
    note = f"{count} searches, the worst is {our_case}; off the shelf the worst of {their_count} is {their_case}"
    return Figures(our_time * MS, their_time * MS, note=note)


def queries_of_search(stage: Stage) -> Figures:
    """How many queries the list asks for 100 rows when something is searched, the most of all; against 25 rows."""
    searched = texts(stage).values()
    many, few = (max(stage.browser.queries(_address(q=text, size=size)) for text in searched) for size in ("100", "25"))
    return Figures(many, limit=few, note=f"{stage.browser.queries(LIST)} without a search")


def filters(stage: Stage) -> Figures:
    """The worst filter, alone and together with a search, in any order."""
    words = texts(stage)
    searched = ("", words["common"], words["rare"], words["two letters"], words["common Chinese"], words["absent"])
    seconds = stage.browser.seconds_in_database
    cases = {
        f"{name}, search “{text}”, order {order}": partial(seconds, _address(filters, q=text, sort=order))
        for (name, filters), text, order in product(_filters(stage).items(), searched, ORDER_WORDS)
    }
    provider = Browser(stage.admin_of_provider)
    reseller = resellers_of(stage.admin_of_provider.staff.partner)[0]
    cases |= {
        f"reseller, search “{text}”, order {order}": partial(
            provider.seconds_in_database, _address([("reseller", str(reseller.pk))], q=text, sort=order)
        )
        for text, order in product(searched, ORDER_WORDS)
    }
    cases = dict(list(cases.items())[:: stage.size.thinned])
    time, case, count = worst(cases, seconds=LONGEST_SEARCH)
    return Figures(time * MS, note=f"{count} filters, the worst is {case}")


def _filters(stage: Stage) -> dict[str, list[tuple[str, str]]]:
    tags = [str(tag.guid) for tag in Tag.objects.filter(partner=stage.partner).order_by("pk")]
    common, usual, rare = tags[0], tags[4], tags[-1]
    day = timezone.now().date()
    month_ago, years_ago = (str(day - timedelta(days=days)) for days in (30, 5 * 365))
    return {
        "common tag": [("tag", common)],
        "rare tag": [("tag", rare)],
        "any of three tags": [("tag", common), ("tag", usual), ("tag", rare)],
        "both of two tags": [("tag", common), ("tag", usual), ("tags", "all")],
        "all of three tags": [("tag", common), ("tag", usual), ("tag", rare), ("tags", "all")],
        "without a common tag": [("without", common)],
        "without many tags": [("without", tag) for tag in tags[:10]],
        "relationship of few": [("relationship", "indirect_reseller")],
        "relationship of nearly all": [("relationship", "cloud_reseller")],
        "last month": [("added_from", month_ago)],
        "first year": [("added_to", years_ago)],
        "a month long ago": [("added_from", "2022-03-01"), ("added_to", "2022-03-31")],
        "a day": [("added_from", month_ago), ("added_to", month_ago)],
        "tag, relationship and time": [("tag", rare), ("relationship", "advisor"), ("added_from", years_ago)],
    }


def _address(filters: Iterable[tuple[str, str]] = (), **parameters: str) -> str:
    return f"{LIST}?{urlencode([*((name, value) for name, value in parameters.items() if value), *filters])}"


def _within_20_percent(figures: Figures) -> bool:
    return figures.limit is not None and figures.ours <= 1.2 * figures.limit


ROWS: Final = (
    Row(
        "list, first page of 50, whole answer", "ms", "≤ 1.2 × plain template, ≥ 10 × off the shelf",
        lambda figures: figures.ours <= 1.2 * (figures.limit or 0) and (figures.peer or 0) >= 10 * figures.ours,
        first_page,
        limit_is="a plain Django template of the same rows and columns, in the same frame and through the same "
        "middleware, without toolbar, filters and count",
    ),
    Row(
        "list, first page, at all and at few customers", "ms", "the same within 20 %", _within_20_percent,
        first_page_of_few, limit_is="the first page of a partner with few customers",
    ),
    Row(
        "list, page in the middle", "ms", "as the first page within 20 %", _within_20_percent,
        page_at(lambda stage: stage.size.customers // 2), limit_is="the first page",
    ),
    Row(
        "list, last page", "ms", "as the first page within 20 %", _within_20_percent,
        page_at(lambda stage: stage.size.customers - PAGE + 1), limit_is="the first page",
    ),
    Row(
        "search, worst case, in the database", "ms", "≤ 60 ms, ≥ 10 × faster than icontains",
        lambda figures: figures.ours <= MOST_IN_DATABASE and (figures.peer or 0) >= 10 * figures.ours, search,
    ),
    Row(
        "search, queries of the page", "queries", "does not grow",
        lambda figures: figures.ours <= (figures.limit or 0), queries_of_search,
        limit_is="the queries for 25 rows",
    ),
    Row(
        "filters and tags, worst case, in the database", "ms", "≤ 60 ms",
        lambda figures: figures.ours <= MOST_IN_DATABASE, filters,
    ),
)  # fmt: skip
