"""Questions about the tags of a partner: who has them, and how many."""

from __future__ import annotations

from django.db.models import BigIntegerField, Count, F, Func, QuerySet, Value

from customers.models import Customer, Tag, TagChange
from customers.models.naming import name_key
from customers.selectors.criteria import Criteria
from customers.selectors.customers import customers_of
from customers.selectors.finding import CustomersFound
from partnercenter.jobs.models import Job
from partnercenter.partners.models import Partner
from partnercenter.web.keyset import COUNT_LIMIT, count_up_to


class _Each(Func):
    """A row for each tag of a customer."""

    function = "unnest"
    output_field = BigIntegerField()
    set_returning = True


def tag_counts(customers: QuerySet[Customer]) -> dict[int, int]:
    """How many of these customers have each tag, by the primary key of the tag; tags that none has are left out."""
    counted = customers.order_by().values_list(_Each(F("tag_ids"))).annotate(customers=Count("*"))
    return dict(counted)


def tag_counts_of(partner: Partner) -> dict[int, int] | None:
    """How many customers of a partner have each tag; None where counting them all would take long."""
    customers = customers_of(partner)
    return tag_counts(customers) if count_up_to(customers) <= COUNT_LIMIT else None


def customers_with(tag: Tag) -> CustomersFound:
    """The customers that have a tag."""
    criteria = Criteria(tags=(tag.pk,))
    return CustomersFound(customers_of(tag.partner), criteria, partner_id=tag.partner_id)


def is_called(tag: Tag, name: str) -> bool:
    """Whether a name is that of a tag; small and capital letters make no difference."""
    return Tag.objects.alias(key=name_key("name")).filter(pk=tag.pk, key=name_key(Value(name))).exists()


def is_being_merged_into(tag: Tag) -> bool:
    """Whether a job still gives this tag to the customers of another one that was merged into it."""
    merges = TagChange.objects.filter(partner=tag.partner, retires__isnull=False, add_ids__contains=[tag.pk])
    return merges.filter(job__status__in=[Job.Status.QUEUED, Job.Status.RUNNING]).exists()
