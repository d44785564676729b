"""Tags of very many customers: visited once each, whatever happens meanwhile."""

from contextlib import closing
from functools import partial
from threading import Timer

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from customers.forms.customer_list import ListForm
from customers.models import Customer, Tag, TagChange
from customers.selectors.criteria import Criteria, SearchBy
from customers.services import tag_changes
from customers.services.tag_changes import change_next_tags, start_change
from customers.services.tags import delete_tag, merge_tags
from partnercenter.activity.models import Activity, Deed
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import cancel_job, run_job
from partnercenter.notifications.models import Notification

LIST = "/customers/?q=x"


@pytest.fixture
def vip(contoso):
    return Tag.objects.create(partner=contoso, name="VIP")


@pytest.fixture
def retail(contoso):
    return Tag.objects.create(partner=contoso, name="Retail")


@pytest.fixture
def ten(contoso, make_customer):
    return [make_customer(contoso, f"Customer {number}") for number in range(10)]


@pytest.fixture
def start(contoso, ana, ten, vip):
    """Ask for a change, of all customers to become VIP unless it is said otherwise; the job."""

    def ask(customers=Criteria(), **options):  # noqa: B008
        options = {"add": [vip], "total": 10} | options
        return start_change(contoso, customers, url=LIST, actor=ana.user, **options)

    return ask


@pytest.fixture
def in_chunks_of_three(monkeypatch):
    monkeypatch.setattr("customers.tasks.change_next_tags", partial(change_next_tags, size=3))


def with_tag(tag):
    return Customer.objects.filter(tag_ids__contains=[tag.pk]).count()


def lines():
    return [line.details for line in Activity.objects.filter(deed=Deed.TAGS_CHANGED)]


def told():
    return [(line.kind, line.sentence, line.url) for line in Notification.objects.all()]


def test_a_job_puts_a_tag_on_every_customer_once_and_tells_who_asked(start, vip, in_chunks_of_three):
    job = start()

    run_job(job.pk)

    job.refresh_from_db()
    assert (job.status, job.succeeded, job.failed, with_tag(vip)) == (Job.Status.DONE, 10, 0, 10)
    assert lines() == [{"Customers": 10, "Put on": "VIP"}]
    assert told() == [("tags_changed", "The tags of 10 customers are as you chose: + VIP.", LIST)]


def test_running_a_finished_job_or_change_again_does_nothing(start, vip, in_chunks_of_three):
    job = start()
    run_job(job.pk)
    Customer.objects.update(tag_ids=[])

    run_job(job.pk)
    progress = change_next_tags(TagChange.objects.select_related("partner").get())

    assert (progress.more, with_tag(vip) <= 1, len(lines())) == (False, True, 1)


def test_the_position_moves_on_with_each_chunk(start, vip, ten):
    start()
    change = TagChange.objects.select_related("partner").get()
    in_order = sorted(customer.tenant_id for customer in ten)

    progress = [change_next_tags(change, size=4) for _chunk in range(2)]
    position = TagChange.objects.get().position
    progress += [change_next_tags(change, size=4) for _chunk in range(2)]

    assert [(one.succeeded, one.more) for one in progress] == [(4, True), (4, True), (2, False), (0, False)]
    assert position == in_order[7]


def test_named_customers_are_changed_and_no_others(start, vip, ten, in_chunks_of_three):
    named = [customer.tenant_id for customer in ten[:7]]

    run_job(start(named, total=7).pk)

    changed = Customer.objects.filter(tag_ids__contains=[vip.pk]).values_list("tenant_id", flat=True)
    assert set(changed) == set(named)
    assert lines() == [{"Customers": 7, "Put on": "VIP"}]


def test_customers_of_other_partners_and_ended_ones_are_never_touched(
    start, vip, ten, fabrikam, make_customer, in_chunks_of_three
):
    stranger = make_customer(fabrikam, "Stranger")
    Customer.objects.filter(pk=ten[0].pk).update(ended_at=timezone.now())

    run_job(start([stranger.tenant_id, *(customer.tenant_id for customer in ten)]).pk)
    run_job(start().pk)

    assert with_tag(vip) == 9
    stranger.refresh_from_db()
    assert stranger.tag_ids == []


def test_what_a_list_is_narrowed_down_to_is_asked_of_each_customer_when_it_is_visited(
    start, vip, retail, ten, in_chunks_of_three
):
    Customer.objects.filter(pk__in=[customer.pk for customer in ten[:5]]).update(tag_ids=[retail.pk])
    job = start(Criteria(tags=(retail.pk,)), total=5)
    Customer.objects.filter(pk=ten[0].pk).update(tag_ids=[])
    Customer.objects.filter(pk=ten[9].pk).update(tag_ids=[retail.pk])

    run_job(job.pk)

    changed = Customer.objects.filter(tag_ids__contains=[vip.pk]).values_list("name", flat=True)
    assert sorted(changed) == ["Customer 1", "Customer 2", "Customer 3", "Customer 4", "Customer 9"]


def test_every_criterion_means_the_same_to_the_worker(start, contoso, retail, vip):
    data = {
        "q": "Ünder_score 株式",
        "by": "company",
        "tag": [str(Tag.objects.get(pk=retail.pk).guid)],
        "tags": "all",
        "without": [str(Tag.objects.get(pk=vip.pk).guid)],
        "relationship": ["advisor"],
        "reseller": [str(contoso.pk)],
        "added_from": "2026-01-02",
        "added_to": "2026-02-03",
    }
    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    with timezone.override("Asia/Shanghai"):
        criteria = ListForm(query, tags=Tag.objects.all(), resellers=[contoso]).criteria
    start(criteria)

    kept = tag_changes._read(TagChange.objects.get().query)

    assert kept == criteria
    assert (kept.by, kept.tags, kept.without, kept.resellers) == (
        SearchBy.COMPANY,
        (retail.pk,),
        (vip.pk,),
        (contoso.pk,),
    )


def test_few_among_very_many_are_found_in_steps(start, vip, retail, ten, monkeypatch):
    monkeypatch.setattr(tag_changes, "FAR", 2)
    last = max(ten, key=lambda customer: customer.tenant_id)
    Customer.objects.filter(pk=last.pk).update(tag_ids=[retail.pk])

    job = start(Criteria(tags=(retail.pk,)), total=1)
    run_job(job.pk)

    job.refresh_from_db()
    assert (job.status, job.succeeded, with_tag(vip)) == (Job.Status.DONE, 1, 1)


def test_customers_at_the_limit_are_left_and_counted(start, contoso, vip, ten, in_chunks_of_three):
    tags = Tag.objects.bulk_create(Tag(partner=contoso, name=f"Tag {number}") for number in range(150))
    Customer.objects.filter(pk__in=[ten[0].pk, ten[1].pk]).update(tag_ids=[tag.pk for tag in tags])

    job = start()
    run_job(job.pk)

    job.refresh_from_db()
    assert (job.succeeded, job.failed, with_tag(vip)) == (8, 2, 8)
    assert lines() == [
        {"Customers": 8, "Put on": "VIP", "Unchanged, they would have more tags than a customer can have": 2}
    ]
    assert [sentence for _kind, sentence, _url in told()] == [
        "The tags of 8 customers are as you chose: + VIP. Left out at the limit of 150 tags: 2."
    ]


def test_tags_of_a_customer_are_sorted_and_each_is_there_once(start, vip, retail, ten):
    Customer.objects.update(tag_ids=[retail.pk, vip.pk])

    run_job(start(add=[retail, vip]).pk)
    run_job(start(add=[], remove=[vip]).pk)
    run_job(start(add=[vip, retail]).pk)

    assert set(map(tuple, Customer.objects.values_list("tag_ids", flat=True))) == {tuple(sorted([vip.pk, retail.pk]))}


@pytest.fixture
def begun(start):
    """A job that has changed four of ten customers."""

    def ask(job=None):
        job = job or start()
        change_next_tags(TagChange.objects.select_related("partner").get(job=job), size=4)
        Job.objects.filter(pk=job.pk).update(succeeded=4)
        return job

    return ask


def test_what_a_canceled_job_has_done_stays(begun, ana, vip):
    job = begun()

    cancel_job(job, actor=ana.user)

    job.refresh_from_db()
    assert (job.status, job.succeeded, with_tag(vip)) == (Job.Status.CANCELED, 4, 4)
    assert lines() == [{"Customers": 4, "Put on": "VIP"}]
    assert told() == []


def test_a_job_that_runs_stops_before_its_next_chunk_when_it_is_canceled(begun, vip):
    job = begun()
    Job.objects.filter(pk=job.pk).update(cancel_requested_at=timezone.now())

    run_job(job.pk)

    job.refresh_from_db()
    assert (job.status, job.succeeded, with_tag(vip)) == (Job.Status.CANCELED, 4, 4)


def test_a_job_goes_on_where_it_was(begun, vip):
    job = begun()

    run_job(job.pk)

    job.refresh_from_db()
    assert (job.succeeded, with_tag(vip)) == (10, 10)


def test_a_tag_that_goes_while_a_job_puts_it_on_is_on_nobody_afterwards(begun, ana, vip):
    job = begun()

    delete_tag(vip, actor=ana.user)
    run_job(job.pk)

    assert set(Customer.objects.values_list("tag_count", flat=True)) == {0}


@pytest.fixture
def many(monkeypatch):
    """More than one customer is many."""
    monkeypatch.setattr("customers.services.tags.AT_ONCE", 1)


def test_a_deleted_tag_of_many_is_gone_when_its_job_is_done(many, ten, vip, ana):
    Customer.objects.update(tag_ids=[vip.pk])

    changed = delete_tag(vip, actor=ana.user)
    run_job(changed.job.pk)

    assert (Tag.objects.count(), set(Customer.objects.values_list("tag_count", flat=True))) == (0, {0})
    assert lines() == []
    assert [sentence for _kind, sentence, _url in told()] == ["The tags of 10 customers are as you chose: − VIP."]


def test_a_merged_tag_of_many_becomes_the_other_one(many, ten, vip, retail, ana):
    Customer.objects.update(tag_ids=[vip.pk])
    Customer.objects.filter(pk=ten[0].pk).update(tag_ids=[vip.pk, retail.pk])

    changed = merge_tags(vip, retail, actor=ana.user)
    run_job(changed.job.pk)

    assert list(Tag.objects.values_list("name", flat=True)) == ["Retail"]
    assert set(map(tuple, Customer.objects.values_list("tag_ids", flat=True))) == {(retail.pk,)}


def test_a_tag_whose_job_is_canceled_is_in_use_again_for_those_who_still_have_it(many, ten, begun, vip, ana):
    Customer.objects.update(tag_ids=[vip.pk])
    job = begun(delete_tag(vip, actor=ana.user).job)

    cancel_job(job, actor=ana.user)

    vip.refresh_from_db()
    assert (vip.name, vip.retired_at, with_tag(vip)) == ("VIP", None, 6)


def test_a_tag_that_comes_back_gets_a_number_if_its_name_was_taken_meanwhile(many, ten, contoso, ana):
    long = Tag.objects.create(partner=contoso, name="x" * 50)
    Customer.objects.update(tag_ids=[long.pk])
    changed = delete_tag(long, actor=ana.user)
    Tag.objects.create(partner=contoso, name="X" * 50)

    cancel_job(changed.job, actor=ana.user)

    long.refresh_from_db()
    assert (long.name, long.retired_at) == ("x" * 46 + " (2)", None)


@pytest.mark.django_db(transaction=True)
def test_a_tag_comes_back_even_if_its_name_is_taken_at_the_same_moment(many, ten, contoso, vip, ana):
    Customer.objects.update(tag_ids=[vip.pk])
    changed = delete_tag(vip, actor=ana.user)
    with closing(connection.Database.connect(**connection.get_connection_params())) as other:
        with other.cursor() as cursor:
            cursor.execute(
                "INSERT INTO customers_tag (partner_id, name, color) VALUES (%s, 'vip', 'red')", [str(contoso.pk)]
            )
        commit = Timer(0.3, other.commit)
        commit.start()

        cancel_job(changed.job, actor=ana.user)
        commit.join()

    vip.refresh_from_db()
    assert (vip.name, vip.retired_at) == ("VIP (2)", None)


def test_a_job_that_fails_says_so_without_a_customer(start):
    job = start()
    TagChange.objects.update(query="poison")

    for _attempt in range(3):
        Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
        run_job(job.pk)

    assert [(kind, sentence) for kind, sentence, _url in told()] == [("job_failed", "A job did not finish: + VIP.")]


def test_a_long_subject_is_cut(start, contoso):
    tags = Tag.objects.bulk_create(Tag(partner=contoso, name=f"{'x' * 40} {number}") for number in range(20))

    job = start(add=tags)

    assert (len(job.subject), job.subject[-1]) == (255, "…")
