"""What was done is written once and never changed."""

import pytest
from django.db import InternalError, transaction
from django.utils import translation

from partnercenter.activity.details import details_of, told
from partnercenter.activity.models import Activity, Deed
from partnercenter.activity.selectors import activity_of
from partnercenter.activity.services import changes, record


def test_a_line_keeps_the_names_of_its_moment(tailspin, ana):
    record(
        Deed.ACCOUNT_CHANGED, partner=tailspin.partner, actor=ana.user, customer=tailspin, details={"City": ["A", "B"]}
    )

    tailspin.name = "Renamed"
    tailspin.save()

    line = activity_of(tailspin.partner).get()
    assert (line.customer_id, line.customer_name) == (tailspin.tenant_id, "Tailspin Toys")
    assert (line.actor_name, line.details) == ("ana@contoso.onmicrosoft.com", {"City": ["A", "B"]})


@pytest.mark.parametrize("attempt", [lambda lines: lines.update(actor_name="nobody"), lambda lines: lines.delete()])
def test_the_database_itself_lets_nobody_change_the_log(log, attempt):
    log()

    with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
        attempt(Activity.objects.all())

    assert Activity.objects.count() == 1


def test_a_change_is_told_as_old_and_new_and_nothing_else_is():
    before = {"City": "Redmond", "State": "WA", "Phone": ""}
    after = {"City": "Seattle", "State": "WA", "Phone": "+14255550100"}

    assert changes(before, after) == {"City": ["Redmond", "Seattle"], "Phone": ["", "+14255550100"]}


def test_the_log_of_one_customer_holds_only_its_lines(log, tailspin, make_customer, contoso):
    line = log(customer=tailspin)
    log(customer=make_customer(contoso, "Litware"))
    log()

    assert list(activity_of(contoso, tailspin.tenant_id)) == [line]


def test_details_read_as_sentences_without_code(log):
    line = log(details={"City": ["Redmond", ""], "Rows": 3, "Agreed": True, "Domains": ["a", "b", "c"], "Note": None})

    assert told(details_of(line)) == "City: Redmond → –; Rows: 3; Agreed: yes; Domains: a, b, c; Note: –"


def test_details_are_read_in_the_language_of_the_reader(log):
    line = log(Deed.REFUSED, details={"Action": "see_activity", "Address": "/activity/"})

    with translation.override("en"):
        words = told(details_of(line))

    assert words == "Action: see the activity log; Address: /activity/"


def test_an_attempt_at_something_forbidden_is_in_the_log(hugo, browse, contoso):
    answer = browse(hugo).get("/activity/")

    line = activity_of(contoso).get()
    assert (answer.status_code, line.deed, line.actor_id) == (403, Deed.REFUSED, hugo.user_id)
    assert line.details == {"Action": "see_activity", "Address": "/activity/"}


def test_numbers_of_a_line_are_read_as_the_reader_writes_them(log):
    line = log(details={"Users": 12345})

    with translation.override("de"):
        told = [detail.new for detail in details_of(line)]

    assert told == ["12.345"]


def test_roles_and_countries_are_read_in_the_language_of_the_reader(log):
    line = log(details={"Role": ["User", "Global admin"], "Location": "US"})

    with translation.override("de"):
        words = told(details_of(line))

    assert words == "Rolle: Benutzer → Globaler Administrator; Standort: Vereinigte Staaten"
