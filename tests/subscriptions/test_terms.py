from datetime import UTC, datetime

import pytest
from django.db import connection

from subscriptions.catalog.terms import end_of_term

BEGINNINGS = [
    datetime(2026, 11, 25, 13, 30, tzinfo=UTC),
    datetime(2026, 1, 31, tzinfo=UTC),
    datetime(2024, 2, 29, 23, 59, tzinfo=UTC),
    datetime(2025, 12, 31, tzinfo=UTC),
    datetime(2026, 8, 31, tzinfo=UTC),
]


@pytest.mark.parametrize("begun_at", BEGINNINGS)
@pytest.mark.parametrize("term", ["P1Y", "P3Y", "P1M", "P45D"])
@pytest.mark.parametrize("number", [1, 2, 3, 4, 13])
def test_a_term_ends_when_the_database_says_so_too(begun_at, term, number, db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s + %s::interval * %s", [begun_at, term, number])
        [expected] = cursor.fetchone()

    assert end_of_term(begun_at, term, number) == expected


def test_what_began_on_a_leap_day_ends_on_one_again_four_years_later():
    begun_at = datetime(2024, 2, 29, tzinfo=UTC)

    ends = [end_of_term(begun_at, "P1Y", number).date().isoformat() for number in (1, 2, 3, 4)]

    assert ends == ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]


@pytest.mark.parametrize("text", ["", "1 year", "P1W", "P-1Y", "PT1H"])
def test_what_is_no_term_is_a_fault(text):
    with pytest.raises(ValueError, match="is no term"):
        end_of_term(BEGINNINGS[0], text)
