"""The log as a page and as a file."""

import csv
import io
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partnercenter.activity.models import Deed
from partnercenter.activity.selectors import activity_of
from partnercenter.activity.tables import export_rows

ONLY = "Only a Global admin or Admin agent can see the activity log."


def ago(**distance):
    return timezone.now() - timedelta(**distance)


def utc(*moment):
    return datetime(*moment, tzinfo=timezone.get_fixed_timezone(0))


def shown(visitor, **filters):
    table = visitor.get("/activity/", filters).context["table"]
    return [line.pk for line in table.records]


def exported(visitor, **filters):
    answer = visitor.get("/activity/export/", filters)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_the_log_opens_with_the_last_month_newest_first(log, ana, browse):
    older, newer = log(at=ago(days=20)), log(at=ago(days=1))
    log(at=ago(days=40))

    assert shown(browse(ana)) == [newer.pk, older.pk]


def test_the_log_has_no_end_when_no_first_day_is_given(log, ana, browse):
    ancient, newer = log(at=ago(days=4000)), log(at=ago(days=1))

    assert shown(browse(ana), since="") == [newer.pk, ancient.pk]


def test_both_days_of_a_span_belong_to_it(log, ana, browse):
    log(at=utc(2026, 3, 1, 23, 59, 59))
    first, last = log(at=utc(2026, 3, 2)), log(at=utc(2026, 3, 4, 23, 59, 59))
    log(at=utc(2026, 3, 5))

    assert shown(browse(ana), since="2026-03-02", until="2026-03-04") == [last.pk, first.pk]


def test_days_are_those_of_the_time_zone_of_the_reader(log, ana, browse):
    visitor = browse(ana)
    visitor.cookies["timezone"] = "Asia/Shanghai"
    log(at=utc(2026, 3, 1, 15, 59))
    line = log(at=utc(2026, 3, 1, 16, 0))

    assert shown(visitor, since="2026-03-02", until="2026-03-02") == [line.pk]


def test_the_log_is_filtered_by_customer_person_and_action(log, ana, hugo, browse, tailspin):
    wanted = log(Deed.USERS_UPLOADED, customer=tailspin, actor=hugo)
    log(Deed.USERS_CREATED, customer=tailspin, actor=hugo)
    log(Deed.USERS_UPLOADED, customer=tailspin, actor=ana)
    log(Deed.USERS_UPLOADED, actor=hugo)

    assert shown(browse(ana), customer="spin TOYS", person="HUGO", deed="users_uploaded") == [wanted.pk]


def test_a_sign_of_the_search_language_is_searched_as_it_is(log, ana, browse, tailspin):
    log(customer=tailspin)

    assert shown(browse(ana), customer="%") == []


def test_nobody_sees_the_log_of_another_partner(log, ana, finn, browse):
    log()

    assert (shown(browse(finn)), len(exported(browse(finn)))) == ([], 1)


@pytest.mark.parametrize("address", ["/activity/", "/activity/export/"])
def test_a_helpdesk_agent_is_told_who_may_see_the_log(hugo, browse, address):
    answer = browse(hugo).get(address)

    assert (answer.status_code, str(answer.context["exception"])) == (
        403,
        f"{ONLY} Ask a Global admin of your organization for the role.",
    )


@pytest.mark.parametrize(
    "filters",
    [
        {"since": "yesterday"},
        {"until": "0001-01-01"},
        {"until": "9999-12-31"},
        {"deed": "nothing"},
        {"customer": "a\x00b"},
        {"person": "x" * 114},
    ],
)
def test_a_filter_that_cannot_be_read_says_so_and_shows_nothing(log, ana, browse, filters):
    log()
    visitor = browse(ana)

    page, export = visitor.get("/activity/", filters), visitor.get("/activity/export/", filters)

    assert (page.status_code, list(page.context["form"].errors), page.context["table"].records) == (
        200,
        list(filters),
        [],
    )
    assert (export.status_code, export["Location"].split("?")[0]) == (302, "/activity/")


def test_the_page_tells_an_empty_month_from_an_empty_search(ana, browse):
    visitor = browse(ana)

    answers = [visitor.get("/activity/", filters).content.decode() for filters in ({}, {"customer": "Litware"})]

    assert [
        ("Nothing happened in the last month" in html, "Nothing in the log matches" in html) for html in answers
    ] == [(True, False), (False, True)]


def test_a_line_shows_old_and_new_values_and_leads_to_its_customer(log, ana, browse, tailspin):
    log(customer=tailspin, actor=ana, details={"City": ["Redmond", "Seattle"]})

    html = browse(ana).get("/activity/").content.decode()

    assert (html.count("<del>Redmond</del>"), html.count("<ins>Seattle</ins>")) == (1, 1)
    assert html.count(f'href="/customers/{tailspin.tenant_id}/"') == 1


def test_what_people_typed_cannot_become_part_of_the_page(log, ana, browse):
    log(details={"City": ["<script>", "<b>"]})

    html = browse(ana).get("/activity/").content.decode()

    assert (html.count("<del>&lt;script&gt;</del>"), html.count("<ins>&lt;b&gt;</ins>")) == (1, 1)


def test_pages_of_the_log_follow_each_other_without_gap_or_repeat(log, ana, browse):
    lines = [log(at=utc(2026, 3, 1)).pk for _ in range(60)]
    visitor, seen, at = browse(ana), [], ""

    while at is not None:
        table = visitor.get("/activity/", {"since": "", "size": 25, "at": at}).context["table"]
        seen += [line.pk for line in table.records]
        at = table.page.next and str(table.page.next)

    assert seen == lines[::-1]


def test_a_long_log_costs_no_more_queries_than_a_short_one(log, ana, browse, tailspin):
    visitor = browse(ana)
    log(customer=tailspin, actor=ana)
    visitor.get("/activity/")

    with CaptureQueriesContext(connection) as few:
        visitor.get("/activity/")
    for _ in range(60):
        log(customer=tailspin, actor=ana, details={"City": ["Redmond", "Seattle"]})
    with CaptureQueriesContext(connection) as many:
        answer = visitor.get("/activity/")

    beyond_one_page_all_are_counted = 1
    assert len(many) == len(few) + beyond_one_page_all_are_counted
    assert len(answer.context["table"].records) == 50


def test_the_export_holds_exactly_what_the_filter_shows(log, ana, browse, tailspin):
    log(at=utc(2026, 3, 1))
    log(
        Deed.ACCOUNT_CHANGED,
        customer=tailspin,
        actor=ana,
        details={"City": ["Redmond", "Seattle"]},
        at=utc(2026, 3, 2, 8, 30, 5),
    )

    rows = exported(browse(ana), since="2026-03-02", until="2026-03-02")

    assert rows == [
        ["Date and time (UTC)", "Action", "Customer", "Microsoft ID", "Person", "Details"],
        [
            "2026-03-02 08:30:05",
            "Account information changed",
            "Tailspin Toys",
            str(tailspin.tenant_id),
            "ana@contoso.onmicrosoft.com",
            "City: Redmond → Seattle",
        ],
    ]


def test_the_export_has_the_order_of_the_page(log, ana, browse):
    first, second = log(at=ago(days=2)), log(at=ago(days=1))

    days = [[row[0][:10] for row in exported(browse(ana), sort=sort)[1:]] for sort in ("at", "-at")]

    assert days == [[str(first.at.date()), str(second.at.date())], [str(second.at.date()), str(first.at.date())]]


def test_no_cell_of_the_export_is_a_formula(log, ana, browse, tailspin):
    tailspin.name = "=cmd|'/c calc'!A1"
    log(customer=tailspin)

    assert exported(browse(ana))[1][2] == "'=cmd|'/c calc'!A1"


def test_the_export_is_a_download_that_no_cache_keeps(ana, browse):
    answer = browse(ana).get("/activity/export/")

    assert (answer["Content-Type"], answer["Cache-Control"]) == ("text/csv; charset=utf-8", "no-store")
    assert answer["Content-Disposition"] == f'attachment; filename="activity-{timezone.now():%Y-%m-%d}.csv"'


def test_the_export_reads_with_a_cursor_of_the_server(log, contoso):
    log()
    rows = export_rows(activity_of(contoso))

    next(rows)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors")
        assert cursor.fetchone() == (1,)


def test_the_default_span_is_shown_in_its_fields(ana, browse):
    form = browse(ana).get("/activity/").context["form"]

    assert form.data["since"] == str(timezone.localdate() - timedelta(days=30))


def test_a_last_day_before_the_first_one_is_explained(log, ana, browse):
    log()

    page = browse(ana).get("/activity/", {"since": "2026-03-02", "until": "2026-03-01"}).content.decode()

    assert "The last day lies before the first one. Choose a later day." in page
