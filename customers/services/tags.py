"""The vocabulary of a partner, and the tags of a few customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from customers.models import Customer, Tag
from customers.selectors.criteria import Criteria
from customers.selectors.customers import customers_of
from customers.selectors.tags import customers_with, is_being_merged_into
from customers.services.marking import Marking, discard
from customers.services.naming import save_named
from customers.services.tag_changes import CUSTOMERS, details_of_change, hold_tags, start_change
from partnercenter.activity.models import Deed
from partnercenter.activity.services import changes, record
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.jobs.models import Job
from partnercenter.locks import without_long_waits
from partnercenter.partners.models import Partner

# So many customers are changed while the person waits; more are changed by a job.
AT_ONCE: Final = 1_000
# So many customers that could not be changed are called by name.
NAMED: Final = 3

BUSY: Final = gettext_lazy(
    "A job or a colleague is changing these tags right now, so nothing was done. Try again in a moment."
)

# What a line of the log tells; translated when it is read.
NAME: Final = gettext_noop("Name")
COLOR: Final = gettext_noop("Color")
TAG: Final = gettext_noop("Tag")
MERGED_INTO: Final = gettext_noop("Merged into")


@dataclass(frozen=True)
class Changed:
    """What came of a change of tags.

    `customers` are as wanted now, `changed` of them were not before; `over_limit` stayed as they were, and `names` are
    the first of their names. With a `job` nothing has happened yet to the customers.
    """

    customers: int
    changed: int = 0
    over_limit: int = 0
    names: tuple[str, ...] = ()
    job: Job | None = None


def create_tag(partner: Partner, *, name: str, color: str, actor: User) -> Tag:
    """Add a word to the vocabulary. Raises `NameTaken` for the name of another tag, in small or capital letters."""
    with transaction.atomic():
        tag = Tag(partner=partner, name=name, color=color)
        _save(tag)
        record(Deed.TAG_CREATED, partner=partner, actor=actor, details={TAG: name})
    tag.refresh_from_db(fields=["guid"])
    return tag


def edit_tag(tag: Tag, *, name: str, color: str, actor: User) -> bool:
    """Give a tag another name or color; returns whether anything is different now.

    Raises `NameTaken` for the name of another tag, and `Refused` for a tag that has gone or that a job holds.
    """
    with without_long_waits(BUSY):
        held = _hold(tag)
        changed = changes({NAME: held.name, COLOR: held.color}, {NAME: name, COLOR: color})
        if not changed:
            return False
        held.name, held.color = name, color
        _save(held)
        details = {TAG: tag.name} | changed
        record(Deed.TAG_EDITED, partner=held.partner, actor=actor, details=details)
    return True


def _save(tag: Tag) -> None:
    taken = _("There is a tag with this name already: %(name)s. Choose another name, or use that tag.")
    save_named(tag, taken % {"name": tag.name})


def _hold(tag: Tag) -> Tag:
    """A tag that is in use, held for this transaction. Raises `Refused` for one that is on its way out."""
    held = Tag.objects.select_for_update(of=("self",)).select_related("partner__tenant").filter(pk=tag.pk).first()
    if held is None or held.retired_at:
        raise Refused(_("This tag was deleted a moment ago. The list of tags shows those there are."))
    return held


def merge_tags(tag: Tag, target: Tag, *, actor: User) -> Changed:
    """Give all customers of a tag the `target` in its place; the tag is gone then.

    Raises `Refused` for a tag that is merged into itself, that customers still get from another merge, or that a job
    holds.
    """
    if tag.pk == target.pk:
        raise Refused(_("A tag cannot be merged into itself. Choose another one."))
    with without_long_waits(BUSY):
        # In the order of their keys, as everybody who holds several.
        held = {one.pk: _hold(one) for one in sorted((tag, target), key=lambda one: one.pk)}
        changed = _retire(held[tag.pk], [held[target.pk]], actor)
        details = {TAG: tag.name, MERGED_INTO: target.name, CUSTOMERS: changed.customers}
        record(Deed.TAGS_MERGED, partner=tag.partner, actor=actor, details=details)
    return changed


def delete_tag(tag: Tag, *, actor: User) -> Changed:
    """Take a tag off all its customers and out of the vocabulary.

    Raises `Refused` for one that customers still get from a merge, or that a job holds.
    """
    with without_long_waits(BUSY):
        changed = _retire(_hold(tag), [], actor)
        details = {TAG: tag.name, CUSTOMERS: changed.customers}
        record(Deed.TAG_DELETED, partner=tag.partner, actor=actor, details=details)
    return changed


def _retire(tag: Tag, instead: Sequence[Tag], actor: User) -> Changed:
    """Let a tag go: at once where few customers have it. Where many do, it is out of sight until a job has come by."""
    if is_being_merged_into(tag):
        raise Refused(
            _("Customers are just getting this tag from one that was merged into it. Wait until that job has ended.")
        )
    found = customers_with(tag)
    few = found.first_ids(AT_ONCE + 1)
    if len(few) <= AT_ONCE:
        marked = Marking([one.pk for one in instead], [tag.pk]).apply(found.rows.filter(pk__in=few))
        discard(tag)
        return Changed(marked.visited)
    total = found.count(None)
    Tag.objects.filter(pk=tag.pk).update(retired_at=timezone.now())
    job = start_change(
        tag.partner,
        found.criteria,
        total=total,
        add=instead,
        remove=[tag],
        retires=tag,
        url=reverse("customers:tags"),
        actor=actor,
    )
    return Changed(total, job=job)


def change_tags(
    partner: Partner, tenant_ids: Sequence[UUID], *, add: Sequence[Tag], remove: Sequence[Tag], actor: User
) -> Changed:
    """Put tags on a few customers of a partner and take tags off, at once.

    Customers that would have more than 150 tags (the product rules, section 4) are left as they are. Raises `Refused`
    where a tag to put on is not in use any more, and where a job holds it or a customer.
    """
    with without_long_waits(BUSY):
        _hold_all(add)
        chosen = customers_of(partner).filter(tenant_id__in=tenant_ids)
        marked = Marking([tag.pk for tag in add], [tag.pk for tag in remove]).apply(chosen)
        left = Customer.objects.filter(pk__in=marked.left).order_by("name_key").values_list("name", flat=True)
        changed = Changed(marked.visited - marked.over_limit, marked.changed, marked.over_limit, tuple(left[:NAMED]))
        if marked.changed or marked.over_limit:
            _record(partner, chosen.first() if marked.visited == 1 else None, changed, add, remove, actor)
    return changed


def change_many(
    partner: Partner,
    customers: Sequence[UUID] | Criteria,
    *,
    total: int,
    add: Sequence[Tag],
    remove: Sequence[Tag],
    url: str,
    actor: User,
) -> Job:
    """Let a job put tags on many customers and take tags off; see `start_change`. The log tells of it when it ends."""
    with without_long_waits(BUSY):
        _hold_all(add)
        return start_change(partner, customers, total=total, add=add, remove=remove, url=url, actor=actor)


def _hold_all(tags: Sequence[Tag]) -> None:
    if len(hold_tags([tag.pk for tag in tags])) < len(tags):
        raise Refused(_("A tag that you chose was deleted a moment ago. Look at the tags and choose again."))


def _record(
    partner: Partner,
    one: Customer | None,
    changed: Changed,
    add: Sequence[Tag],
    remove: Sequence[Tag],
    actor: User,
) -> None:
    details = details_of_change(
        [tag.name for tag in add],
        [tag.name for tag in remove],
        customers=0 if one else changed.customers,
        over_limit=changed.over_limit,
    )
    record(Deed.TAGS_CHANGED, partner=partner, actor=actor, customer=one, details=details)
