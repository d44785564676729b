"""A partner's own words for its customers, and the changes of them that take a while."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.naming import name_key
from partnercenter.jobs.models import Job
from partnercenter.partners.models import Partner


class Tag(models.Model):
    """A word of a partner's own vocabulary, to put on its customers. `guid` stands in addresses.

    A tag with `retired_at` is on its way out: a job takes it off its customers, and nobody sees it any more.
    """

    # The product rules, section 4.
    MOST_ON_A_CUSTOMER: ClassVar = 150
    LONGEST_NAME: ClassVar = 50

    class Color(models.TextChoices):
        BLUE = "blue", _("Blue")
        TEAL = "teal", _("Teal")
        GREEN = "green", _("Green")
        YELLOW = "yellow", _("Yellow")
        ORANGE = "orange", _("Orange")
        RED = "red", _("Red")
        PINK = "pink", _("Pink")
        PURPLE = "purple", _("Purple")
        GRAY = "gray", _("Gray")

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    guid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    name = models.CharField(_("Name"), max_length=LONGEST_NAME)
    color = models.CharField(_("Color"), max_length=10, choices=Color.choices, default=Color.BLUE)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "partner",
                name_key("name"),
                condition=models.Q(retired_at=None),
                name="tag_names_are_unique_at_a_partner",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TagChange(models.Model):
    """Tags to put on and to take off many customers, done by a job.

    The customers are those with the Microsoft IDs `tenant_ids`, or all that meet `query`, the criteria of a customer
    list as `services.tag_changes` writes them. They are visited in the order of their Microsoft IDs: `position` is the
    last one that was.
    `retires` is a tag that nobody has any more when this is done, and that goes then.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    add_ids = ArrayField(models.BigIntegerField(), default=list)
    remove_ids = ArrayField(models.BigIntegerField(), default=list)
    tenant_ids = ArrayField(models.UUIDField(), default=list)
    query = models.TextField(blank=True)
    retires = models.ForeignKey(Tag, models.SET_NULL, null=True, related_name="+")
    position = models.UUIDField(null=True)
    over_limit = models.PositiveIntegerField(default=0)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    job = models.OneToOneField(Job, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"+{self.add_ids} -{self.remove_ids}"
