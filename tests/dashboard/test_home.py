"""Home: where everybody begins."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import UserImport
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import User
from partnercenter.jobs.models import Job


@pytest.fixture
def make_job(tailspin, ana):
    def make(**fields):
        return Job.objects.create(
            partner=tailspin.partner,
            customer=tailspin.tenant,
            customer_name=tailspin.name,
            requested_by=ana.user,
            kind=Job.Kind.USER_IMPORT,
            subject_id=uuid.uuid4(),
            subject="users.csv",
            total=10,
            **fields,
        )

    return make


@pytest.fixture
def upload(tailspin, ana):
    def checked(**fields):
        return UserImport.objects.create(
            **{"customer": tailspin, "uploaded_by": ana.user, "file_name": "people.csv", "content": b"", "total": 3}
            | {"good": 2}
            | fields
        )

    return checked


def home(visitor):
    return visitor.get("/").content.decode()


def tiles(html):
    return [int(value.replace(",", "")) for value in re.findall(r'class="tile-value">([\d,]+)<', html)]


def test_home_counts_the_customers_of_the_partner(make_customer, contoso, fabrikam, ana, browse):
    make_customer(contoso, "Adventure Works")
    make_customer(contoso, "Gone", ended_at=timezone.now())
    make_customer(fabrikam, "Woodgrove")

    html = home(browse(ana))

    assert tiles(html) == [1, 0, 0]
    assert (html.count("Adventure Works"), html.count("Gone"), html.count("Woodgrove")) == (1, 0, 0)


def test_home_lists_the_customers_that_were_added_last(make_customer, contoso, ana, browse):
    for days in range(7):
        make_customer(contoso, f"Company {days}", begun_at=timezone.now() - timedelta(days=days))

    html = home(browse(ana))

    assert re.findall(r">(Company \d)<", html) == [f"Company {days}" for days in range(5)]


def test_home_asks_for_the_chart_when_the_page_is_there_and_links_to_it_without_script(tailspin, ana, browse):
    html = home(browse(ana))

    assert re.findall(r'<div hx-get="([^"]+)" hx-trigger="load">', html) == ["/customers/over-time/"]
    assert re.findall(r'href="([^"]+)">Show the chart<', html) == ["/customers/over-time/"]


@pytest.mark.parametrize(("headers", "pages"), [({}, 1), ({"HX-Request": "true"}, 0)])
def test_the_chart_shows_how_many_customers_were_added_in_each_month(
    make_customer, contoso, fabrikam, ana, browse, headers, pages
):
    month = timezone.now().replace(day=1, hour=12)
    make_customer(contoso, "First", begun_at=month)
    make_customer(contoso, "Second", begun_at=month)
    make_customer(contoso, "Third", begun_at=month - timedelta(days=2))
    make_customer(contoso, "Ancient", begun_at=month - timedelta(days=500))
    make_customer(contoso, "Gone", begun_at=month, ended_at=month)
    make_customer(fabrikam, "Not theirs", begun_at=month)

    html = browse(ana).get("/customers/over-time/", headers=headers).content.decode()

    assert counts_in(html) == ["0"] * 10 + ["1", "2"]
    assert html.count('aria-label="3 customers were added in the last twelve months"') == 1
    assert html.count("<html") == pages


def test_the_chart_counts_so_far_and_no_further(make_customer, contoso, ana, browse, monkeypatch):
    for number in range(3):
        make_customer(contoso, f"Company {number}")
    for module in ("customers.selectors.overview", "customers.views.overview"):
        monkeypatch.setattr(f"{module}.MONTH_LIMIT", 2)

    html = browse(ana).get("/customers/over-time/").content.decode()

    assert counts_in(html) == ["0"] * 11 + ["2+"]
    assert html.count('aria-label="More than 2 customers were added in the last twelve months"') == 1


def test_only_large_numbers_in_the_chart_are_kept_for_a_while(make_customer, contoso, ana, browse, monkeypatch):
    visitor = browse(ana)
    counts = []
    for limit in (1, 1, 2):
        monkeypatch.setattr("customers.selectors.overview.COUNT_LIMIT", limit)
        make_customer(contoso, f"Company {limit} {len(counts)}")
        counts.append(counts_in(visitor.get("/customers/over-time/").content.decode())[-1])
    make_customer(contoso, "Company 4")
    counts.append(counts_in(visitor.get("/customers/over-time/").content.decode())[-1])

    assert counts == ["1", "2", "2", "2"]


def counts_in(html):
    table = html.split("<caption>Customers added by month</caption>")[1]
    return re.findall(r"<td>([\d,]+\+?)</td>", table)


@pytest.mark.parametrize("address", ["/", "/customers/over-time/"])
def test_home_reads_customers_by_index_only_and_never_sorts_more_than_a_card(
    make_customer, upload, contoso, ana, browse, address
):
    make_customer(contoso, "Adventure Works")
    upload()
    visitor = browse(ana)
    visitor.get(address)
    with CaptureQueriesContext(connection) as asked:
        visitor.get(address)

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        # In a table of one row any way costs the same: a sort is taken only where no index gives the order.
        cursor.execute("SET LOCAL enable_sort = off")
        plans = [plan_of(cursor, query["sql"]) for query in asked if "customers_customer" in query["sql"]]

    assert len(plans) == {"/": 6, "/customers/over-time/": 12}[address]
    assert [plan for plan in plans if re.search("Seq Scan|Sort", plan)] == []


def plan_of(cursor, sql):
    cursor.execute(f"EXPLAIN {sql}")
    return "\n".join(line for (line,) in cursor.fetchall())


def test_home_shows_the_jobs_that_run(make_job, ana, browse):
    running = make_job(status=Job.Status.RUNNING)
    make_job(status=Job.Status.DONE)

    answer = browse(ana).get("/")

    assert answer.context["jobs"] == [running]


def test_home_suggests_to_look_at_jobs_that_failed_in_the_last_week(make_job, ana, browse):
    make_job(status=Job.Status.FAILED)
    make_job(status=Job.Status.FAILED, created_at=timezone.now() - timedelta(days=8))

    suggestions = browse(ana).get("/").context["suggestions"]

    assert [(one.icon, one.url) for one in suggestions] == [("shield", "/accounts/2fa/"), ("warning", "/jobs/")]
    assert suggestions[1].sentence == "1 job of the last week failed."


def test_home_leads_to_uploads_that_wait_to_be_started(upload, tailspin, ana, browse):
    waiting = upload(file_name="waiting.csv")
    upload(file_name="faulty.csv", good=0)
    upload(file_name="done.csv", status=UserImport.Status.DONE)

    html = home(browse(ana))

    assert re.findall(r"The user file (\S+) of", html) == ["waiting.csv"]
    assert html.count(f'href="/customers/{tailspin.tenant_id}/users/uploads/{waiting.pk}/"') == 1


def test_home_asks_nobody_to_start_an_upload_who_may_not(upload, hugo, browse):
    upload()

    assert home(browse(hugo)).count("people.csv") == 0


def test_home_shows_the_latest_activity_to_those_who_may_see_it(tailspin, ana, hugo, browse):
    line = record(Deed.ACCOUNT_CHANGED, partner=tailspin.partner, actor=ana.user, customer=tailspin)

    answers = [browse(person).get("/") for person in (ana, hugo)]

    assert [answer.context["lines"] for answer in answers] == [[line], []]
    assert [answer.content.decode().count("Latest activity") for answer in answers] == [1, 0]


def test_home_of_an_empty_portal_shows_first_steps(ana, browse, make_customer, contoso):
    visitor = browse(ana)

    before = home(visitor).count("First steps")
    make_customer(contoso, "Adventure Works")

    assert (before, home(visitor).count("First steps")) == (1, 0)


def test_home_costs_the_same_queries_for_many_customers_and_jobs(make_customer, make_job, upload, contoso, ana, browse):
    visitor = browse(ana)
    make_job()
    upload()
    home(visitor)

    with CaptureQueriesContext(connection) as few:
        home(visitor)
    for number in range(8):
        make_job()
        upload()
        make_customer(contoso, f"Company {number}")
    with CaptureQueriesContext(connection) as many:
        home(visitor)

    assert len(many) == len(few) <= 20


def test_people_of_a_customer_are_led_to_their_own_page(carla, browse):
    answer = browse(carla).get("/")

    assert (answer.status_code, answer["Location"]) == (302, "/my/")


def test_staff_who_were_removed_are_led_to_the_sign_in_page(ana, browse):
    visitor = browse(ana)
    ana.removed_at = timezone.now()
    ana.save()

    answer = visitor.get("/")

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/")


def test_an_operator_has_a_page_too(db, browse):
    operator = User.objects.create_superuser("operator@localhost", "a long password of an operator", display_name="Op")

    answer = browse(operator).get("/", follow=True)

    assert (answer.redirect_chain, answer.status_code) == ([("/my/", 302)], 200)


def test_home_is_for_people_who_are_signed_in(client, db):
    answer = client.get("/")

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/")
