"""Tags and customers that somebody else holds: people do not wait long, jobs do, and what is counted is so."""

from contextlib import closing
from threading import Timer

import pytest
from django.db import connection, transaction
from django.urls import reverse

from customers.models import Tag, TagChange
from customers.services.tag_changes import change_next_tags, start_change
from partnercenter.activity.models import Activity
from partnercenter.jobs.models import Job

BUSY = "A job or a colleague is changing these tags right now, so nothing was done. Try again in a moment."


@pytest.fixture
def vip(make_tag):
    return make_tag("VIP")


@pytest.fixture
def wingtip(contoso, make_customer):
    return make_customer(contoso, "Wingtip")


@pytest.fixture
def frozen(transactional_db, monkeypatch):
    """A chunk of a job that holds a row and does not move: `frozen(row)`."""
    monkeypatch.setattr("partnercenter.locks.PATIENCE", "100ms")
    with closing(connection.Database.connect(**connection.get_connection_params())) as other:

        def hold(row):
            with other.cursor() as cursor:
                cursor.execute(f"SELECT FROM {row._meta.db_table} WHERE id = %s FOR NO KEY UPDATE", [row.pk])

        yield hold


def test_a_customer_that_a_colleague_fills_while_a_job_comes_to_it_is_left_and_counted(
    transactional_db, contoso, ana, vip, wingtip
):
    full = list(range(1_000_000, 1_000_000 + Tag.MOST_ON_A_CUSTOMER))
    start_change(contoso, [wingtip.tenant_id], total=1, add=[vip], url="/", actor=ana.user)
    with closing(connection.Database.connect(**connection.get_connection_params())) as other:
        with other.cursor() as cursor:
            cursor.execute("UPDATE customers_customer SET tag_ids = %s WHERE id = %s", [full, wingtip.pk])
        commit = Timer(0.3, other.commit)
        commit.start()

        with transaction.atomic():
            progress = change_next_tags(TagChange.objects.select_related("partner").get())
        commit.join()

    wingtip.refresh_from_db()
    assert (progress.succeeded, progress.failed, wingtip.tag_ids) == (0, 1, full)


@pytest.mark.parametrize("held", ["vip", "wingtip"])
@pytest.mark.parametrize("act", ["merge", "delete"])
def test_a_tag_is_neither_merged_nor_deleted(request, browse, ana, make_tag, vip, wingtip, frozen, act, held):
    other = make_tag("Other")
    wingtip.tag_ids = [vip.pk]
    wingtip.save()
    frozen(request.getfixturevalue(held))

    response = browse(ana).post(
        reverse("customers:tag", args=[vip.guid]), {"act": act, "target": str(other.guid), "confirmation": "VIP"}
    )

    wingtip.refresh_from_db()
    assert (response.status_code, BUSY in response.content.decode()) == (422, True)
    assert ({tag.name for tag in Tag.objects.all()}, wingtip.tag_ids) == ({"Other", "VIP"}, [vip.pk])
    assert Activity.objects.count() == 0


def test_a_tag_is_not_renamed(browse, ana, vip, frozen):
    frozen(vip)

    response = browse(ana).post(
        reverse("customers:tag", args=[vip.guid]), {"act": "edit", "name": "Retail", "color": "blue"}
    )

    assert (response.status_code, response.context["form"].errors["name"]) == (422, [BUSY])
    assert Tag.objects.get().name == "VIP"


@pytest.mark.parametrize(("at_once", "held"), [(1_000, "vip"), (1_000, "wingtip"), (0, "vip")])
def test_customers_do_not_get_a_tag(request, browse, ana, vip, wingtip, frozen, monkeypatch, at_once, held):
    monkeypatch.setattr("customers.views.tags.AT_ONCE", at_once)
    frozen(request.getfixturevalue(held))

    sent = {"step": "apply", "ids": str(wingtip.tenant_id), "add": str(vip.guid)}
    response = browse(ana).post(reverse("customers:assign_tags"), sent)

    wingtip.refresh_from_db()
    assert (response.status_code, response.context["problem"]) == (422, BUSY)
    assert (wingtip.tag_ids, Job.objects.count()) == ([], 0)
