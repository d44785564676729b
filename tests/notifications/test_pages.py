"""The bell and the page behind it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partnercenter.notifications.models import Notification
from partnercenter.notifications.selectors import notifications_of, unread_count


@pytest.fixture
def tell(db):
    """Put a line behind somebody's bell."""

    def tell_one(person, created=1, **fields):
        return Notification.objects.create(
            user=getattr(person, "user", person),
            kind=Notification.Kind.USERS_CREATED,
            facts={"created": created, "customer": "Tailspin Toys"},
            url="/customers/",
            **fields,
        )

    return tell_one


def test_a_person_sees_their_own_notifications_newest_first(tell, ana, hugo, browse):
    older, newer = tell(ana, 1), tell(ana, 2)
    tell(hugo, 3)

    answer = browse(ana).get("/notifications/")

    assert [row.pk for row in answer.context["table"].records] == [newer.pk, older.pk]


def test_a_person_of_a_customer_has_notifications_too(tell, carla, browse):
    notification = tell(carla)

    answer = browse(carla).get("/notifications/")

    assert (answer.status_code, [row.pk for row in answer.context["table"].records]) == (200, [notification.pk])


def test_the_bell_counts_what_is_new(tell, ana, browse):
    tell(ana)
    tell(ana)
    tell(ana, read_at=timezone.now())

    answer = browse(ana).get("/notifications/")

    assert (unread_count(ana.user), answer.context["unread"]) == (2, 2)


def test_the_bell_counts_to_a_hundred(tell, ana):
    for _ in range(101):
        tell(ana)

    assert unread_count(ana.user) == 100


def test_everything_is_marked_as_read_at_once_and_nothing_of_others(tell, ana, hugo, browse):
    tell(ana)
    tell(ana)
    tell(hugo)

    answer = browse(ana).post("/notifications/read/", follow=True)

    assert answer.redirect_chain == [("/notifications/", 302)]
    assert [str(message) for message in answer.context["messages"]] == ["2 notifications are marked as read."]
    assert (unread_count(ana.user), unread_count(hugo.user)) == (0, 1)


def test_looking_at_the_list_changes_nothing(tell, ana, browse):
    tell(ana)

    browse(ana).get("/notifications/")

    assert unread_count(ana.user) == 1


def test_notifications_cannot_be_marked_by_a_link(tell, ana, browse):
    tell(ana)

    answer = browse(ana).get("/notifications/read/")

    assert (answer.status_code, unread_count(ana.user)) == (405, 1)


def test_nobody_who_is_signed_out_sees_notifications(client, db):
    answer = client.get("/notifications/")

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/notifications/")


def test_a_long_list_costs_no_more_queries_than_one_of_two_pages(tell, ana, browse):
    visitor = browse(ana)
    for _ in range(51):
        tell(ana)
    visitor.get("/notifications/")

    with CaptureQueriesContext(connection) as few:
        visitor.get("/notifications/")
    for _ in range(60):
        tell(ana)
    with CaptureQueriesContext(connection) as many:
        answer = visitor.get("/notifications/")

    assert (len(many), len(answer.context["table"].records)) == (len(few), 50)


def test_the_sentence_counts_in_the_way_of_its_language(tell, ana):
    sentences = [tell(ana, created).sentence for created in (1, 2000)]

    assert sentences == ["1 user of Tailspin Toys was created.", "2,000 users of Tailspin Toys were created."]
    assert notifications_of(ana.user).count() == 2
