"""Changes of many rows as a job."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import connection, transaction

from bench.rows import Figures, Row
from bench.stage import Stage
from bench.timing import seconds_of
from customers.models import Customer, Tag, TagChange
from customers.selectors.customers import customers_of
from customers.services.tag_changes import change_next_tags, start_change

# The loop is slow: so many rows tell enough.
LOOP: Final = 1_000


def tags(stage: Stage) -> Figures:
    """Customers a second that get a tag and lose another one, chunk by chunk as the worker does it."""
    customers = customers_of(stage.partner).order_by("pk")
    chosen = list(customers.values_list("tenant_id", flat=True)[: stage.size.selected])
    add, remove = Tag.objects.filter(partner=stage.partner).order_by("pk")[2:4]
    limit = seconds_of(lambda: _one_statement(stage, chosen, add, remove))
    with transaction.atomic():
        job = start_change(
            stage.partner, chosen, total=len(chosen), add=[add], remove=[remove], url="/", actor=stage.admin
        )
    change = TagChange.objects.get(job=job)
    ours = seconds_of(lambda: _to_the_end(change))
    few = list(customers[stage.size.selected :][:LOOP])
    theirs = seconds_of(lambda: _loop(few, add))
    return Figures(len(chosen) / ours, len(few) / theirs, len(chosen) / limit, f"{len(chosen):,} customers")


def _to_the_end(change: TagChange) -> None:
    more = True
    while more:
        with transaction.atomic():
            more = change_next_tags(change).more


def _loop(customers: list[Customer], tag: Tag) -> None:
    for customer in customers:
        customer.tag_ids = [*customer.tag_ids, tag.pk]
        customer.save()


def _one_statement(stage: Stage, chosen: list[UUID], add: Tag, remove: Tag) -> None:
    """The same change as a single UPDATE, taken back at the end."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_customer SET tag_ids = array_remove(tag_ids, %s) || %s::bigint "
            "WHERE partner_id = %s AND tenant_id = ANY (%s)",
            [remove.pk, add.pk, stage.partner.pk, chosen],
        )
        transaction.set_rollback(True)


ROWS: Final = (
    Row(
        "tags over many selected customers, as a job", "rows/s", "≥ 20,000/s", lambda figures: figures.ours >= 20_000,
        tags, limit_is="one UPDATE statement for all of them; off the shelf is a loop with save()",
    ),
)  # fmt: skip
