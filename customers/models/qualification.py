"""What a special qualification rests on."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class QualificationDetails(models.Model):
    """What somebody stated about the special qualification of a customer (the product rules, section 5).

    Schools have a `segment` and a `website`, government communities a `validation_code`; for other qualifications there
    is nothing to state, and no row.
    """

    class Segment(models.TextChoices):
        K12 = "k12", _("K12")
        HIGHER = "higher", _("Higher education")

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="qualification_details")
    segment = models.CharField(_("Segment"), max_length=10, choices=Segment.choices, blank=True)
    website = models.URLField(_("Website"), max_length=200, blank=True)
    validation_code = models.CharField(_("Validation code"), max_length=50, blank=True)

    class Meta:
        verbose_name_plural = "details of qualifications"

    def __str__(self) -> str:
        return self.website or self.validation_code
