"""Finding users of a customer: search, filters, orders, deleted ones; along indexes, however many there are."""

import importlib
import json
import os
from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from customers.forms.users import UserSearchForm
from customers.models import UserImportRow
from customers.selectors.users import KEPT_FOR, ORDERS, SignIn, sign_in_of, signs_in_as, users_of
from partnercenter.directory.models import User
from partnercenter.web.keyset import COUNT_LIMIT, keyset_page
from tests.uploads import people, uploaded

USERS = int(os.environ.get("USERS", "20000"))
DAY = timedelta(days=1)


@pytest.fixture
def make_user(tailspin):
    def make(name, **fields):
        address = fields.pop("address", f"{name.lower().replace(' ', '.')}@tailspintoys.com")
        return User.objects.create_user(address, **{"display_name": name, "tenant": tailspin.tenant, **fields})

    return make


@pytest.fixture
def found(browse, ana, tailspin):
    """The names that the list shows for an address."""

    def names(**query):
        answer = browse(ana).get(reverse("customers:users", args=[tailspin.tenant_id]), query)
        return [user.display_name for user in answer.context["table"].records]

    return names


@pytest.mark.parametrize("text", ["muller", "MÜLLER", "  Jürgen   mul", "jurgen.m", "gen müll"])
def test_users_are_found_whatever_accents_and_case_a_search_has(text, found, make_user):
    make_user("Jürgen Müller", address="jurgen.m@tailspintoys.com")
    make_user("Mika")

    assert found(q=text) == ["Jürgen Müller"]


def test_users_are_found_by_first_and_last_name(found, make_user):
    make_user("The boss", first_name="Adele", last_name="Vance")
    make_user("Mika")

    assert found(q="vance adele") == ["The boss"]


def test_a_user_with_a_new_name_is_found_by_that_one_only(found, make_user):
    user = make_user("Adele")

    user.display_name = "Zoe"
    user.address = ""
    user.save(update_fields=["display_name"])

    assert (found(q="zoe"), user.name_key) == (["Zoe"], "zoe")


def test_names_are_in_order_without_regard_to_case_and_accents(found, make_user):
    for number, name in enumerate(("Zoe", "émile", "Adele", "Fay")):
        make_user(name, address=f"{number}@tailspintoys.com")

    assert found() == ["Adele", "émile", "Fay", "Zoe"]
    assert found(sort="-name") == ["Zoe", "Fay", "émile", "Adele"]


def test_users_are_in_the_order_of_user_names_or_of_their_creation(found, make_user):
    now = timezone.now()
    make_user("Adele", address="z@tailspintoys.com", created_at=now)
    make_user("Mika", address="a@tailspintoys.com", created_at=now - DAY)

    assert (found(sort="address"), found(sort="created")) == (["Mika", "Adele"], ["Mika", "Adele"])
    assert (found(sort="-address"), found(sort="-created")) == (["Adele", "Mika"], ["Adele", "Mika"])


def test_users_of_an_uploaded_file_are_found_by_all_their_names(browse, ana, tailspin):
    uploaded(browse(ana), tailspin, people(1))

    row = UserImportRow.objects.get()

    assert (row.name_key, row.search_text) == ("kim 1", "kim 1\nkim\npark 1\nkim1@tailspintoys.com")


@pytest.mark.parametrize("few", [0, 100])
def test_a_search_and_a_filter_find_who_meets_both(few, monkeypatch, found, make_user):
    monkeypatch.setattr("partnercenter.web.searching.FEW", few)  # 0: as if the text had many answers
    make_user("Kim one", role="helpdesk")
    make_user("Kim two")
    make_user("Mika", role="helpdesk")

    assert (found(q="kim", role="helpdesk"), found(q="zebra", role="helpdesk")) == (["Kim one"], [])


def test_pages_of_a_search_follow_one_another_and_lead_back_from_the_last(browse, ana, tailspin, make_user):
    for number in range(60):
        make_user(f"Kim {number:02}")
    make_user("Adele")
    client, address = browse(ana), reverse("customers:users", args=[tailspin.tenant_id])

    pages, at = [], ""
    while at is not None:
        page = client.get(address, {"q": "kim", "size": 25, "at": at}).context["table"].page
        pages.append(page)
        at = str(page.next) if page.next else None
    last = client.get(address, {"q": "kim", "size": 25, "at": "last"}).context["table"].page
    before = client.get(address, {"q": "kim", "size": 25, "at": str(last.previous)}).context["table"].page

    names = [f"Kim {number:02}" for number in range(60)]
    assert [user.display_name for page in pages for user in page.rows] == names
    assert [user.display_name for user in [*before.rows, *last.rows]] == names[-len([*before.rows, *last.rows]) :]


def test_the_list_shows_users_of_one_role(found, make_user):
    make_user("Adele", role="helpdesk")
    make_user("Mika")

    assert (found(role="helpdesk"), found(role="user")) == (["Adele"], ["Mika"])


@pytest.mark.parametrize("query", [{"role": "king"}, {"state": "asleep"}, {"state": "deleted"}])
def test_a_filter_that_does_not_exist_filters_nothing(query, found, make_user):
    make_user("Adele")

    assert found(**query) == ["Adele"]


def test_every_user_is_found_under_the_state_that_is_told_and_no_other(tailspin, make_user):
    now = timezone.now()
    values = {
        "password": ["!none", "temporary$x$y"],
        "password_ends_at": [None, now - DAY, now + DAY],
        "last_login": [None, now],
        "must_change_password": [False, True],
        "blocked_at": [None, now],
        "deleted_at": [None, now],
    }
    for number, combination in enumerate(product(*values.values())):
        user = make_user(f"Kim {number}")
        User.objects.filter(pk=user.pk).update(**dict(zip(values, combination, strict=True)))
    everybody = User.objects.filter(tenant=tailspin.tenant)

    told = {state: {user.pk for user in everybody if sign_in_of(user) == state} for state in SignIn}
    listed = {state: {*everybody.filter(signs_in_as(state)).values_list("pk", flat=True)} for state in SignIn}

    assert listed == told
    assert all(told.values())


def test_the_list_shows_users_of_one_state(found, make_user):
    make_user("Adele", blocked_at=timezone.now())
    make_user("Mika")

    assert (found(state="blocked"), found(state="no_password")) == (["Adele"], ["Mika"])


def test_deleted_users_have_a_list_of_their_own(found, make_user):
    make_user("Adele", deleted_at=timezone.now())
    make_user("Mika")

    assert (found(deleted="1"), found(deleted="1", q="mika"), found()) == (["Adele"], [], ["Mika"])


def test_who_was_deleted_more_than_thirty_days_ago_is_nowhere(browse, ana, tailspin, found, make_user):
    user = make_user("Adele", deleted_at=timezone.now() - KEPT_FOR - DAY)

    answer = browse(ana).get(reverse("customers:user", args=[tailspin.tenant_id, user.pk]))

    assert (found(deleted="1"), answer.status_code) == ([], 404)


def test_the_address_of_deleted_users_leads_to_their_list(browse, ana, tailspin):
    answer = browse(ana).get(f"/customers/{tailspin.tenant_id}/users/deleted/")

    assert answer.url == f"/customers/{tailspin.tenant_id}/users/?deleted=1"


def test_the_migration_fills_what_users_and_waiting_rows_are_found_by(browse, ana, tailspin, make_user):
    user = make_user("Jürgen", first_name="J")
    uploaded(browse(ana), tailspin, people(2))
    tables = (User, UserImportRow)
    before = [list(table.objects.order_by("pk").values("name_key", "search_text")) for table in tables]
    for table in tables:
        table.objects.update(name_key="", search_text="")

    with connection.schema_editor() as editor:
        for app in ("partnercenter.directory", "customers"):
            importlib.import_module(f"{app}.migrations.{FILLING[app]}").fill(None, editor)

    after = [list(table.objects.order_by("pk").values("name_key", "search_text")) for table in tables]
    assert after == before
    assert User.objects.get(pk=user.pk).name_key == "jurgen"


FILLING = {"partnercenter.directory": "0002_finding_users", "customers": "0005_finding_users"}

CROWD = """
    INSERT INTO directory_user (
        id, tenant_id, principal_name, email, first_name, last_name, display_name, location, role, created_at,
        password, must_change_password, is_superuser, language, color_scheme, density, name_key, search_text,
        last_login
    )
    SELECT gen_random_uuid(), %(tenant)s, name || '@tailspintoys.com', '', 'Kim', 'Park', name, 'US',
        CASE WHEN number %% 5000 = 0 THEN 'helpdesk' ELSE 'user' END, now() - number * interval '1 second',
        'argon2$argon2id$v=19$m=102400,t=2,p=8$' || repeat('x', 60), false, false, '', 'system', 'comfortable', name,
        concat_ws(chr(10), name, 'kim', 'park', name || '@tailspintoys.com'), now()
    FROM (SELECT number, md5(number::text) AS name FROM generate_series(1, %(count)s) AS number) AS made
"""

TEXTS = ("", "park", "ab1", "ab", "zebra", "kim zebra", "公司")


def sought():
    """What the list is asked for."""
    filters = ({}, {"role": "helpdesk"}, {"role": "global_admin"}, {"role": "user"}, *({"state": s} for s in SignIn))
    for text, more, deleted in product(TEXTS, filters, ("", "1")):
        yield {"q": text, "deleted": deleted, **more}


@pytest.mark.django_db(transaction=True)
def test_no_search_filter_or_order_of_users_reads_the_whole_table(tailspin, contoso, make_customer):
    other = make_customer(contoso, "Wingtip Toys")
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO on")  # otherwise the rows are too young for the index alone
        cursor.execute(CROWD, {"tenant": tailspin.tenant_id, "count": USERS})
        cursor.execute(CROWD.replace("tailspin", "wingtip"), {"tenant": other.tenant_id, "count": 2 * USERS})
        cursor.execute("VACUUM ANALYZE directory_user")
    asked = []

    def note(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        for query in sought():
            found = UserSearchForm(query, customer=tailspin).found
            for order in ORDERS.values() if not query["deleted"] else (ORDERS["name"],):
                keyset_page(found, order)
            found.count(COUNT_LIMIT)

    plans = [(explained(sql, params), sql) for sql, params in asked]
    assert users_of(tailspin).count() == USERS
    assert [sql for plan, sql in plans if any(map(reads_all_users, nodes(plan["Plan"])))] == []


def nodes(plan):
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def reads_all_users(node):
    return node["Node Type"] == "Seq Scan" and node["Relation Name"] == "directory_user"


def explained(sql, params):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        (plan,) = cursor.fetchone()
    return (json.loads(plan) if isinstance(plan, str) else plan)[0]
