"""Partners and their staff."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnercenter.directory.clouds import Cloud
from partnercenter.directory.models import Tenant
from partnercenter.partners.roles import Action, Role, allows


class Partner(models.Model):
    """An organization that resells: what its tenant is in this portal.

    With `two_accept_transfers` a second person has to agree before a customer's Azure goes to another partner.
    """

    class Kind(models.TextChoices):
        DIRECT = "direct", _("Direct partner")
        PROVIDER = "provider", _("Indirect provider")
        RESELLER = "reseller", _("Indirect reseller")

    tenant = models.OneToOneField(Tenant, models.PROTECT, primary_key=True, related_name="partner")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    partner_id = models.CharField(max_length=10, unique=True)
    market = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    two_accept_transfers = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(partner_id__regex=r"^\d+$"), name="partner_ids_are_digits"),
        ]

    def __str__(self) -> str:
        return self.tenant.name

    @property
    def cloud(self) -> Cloud:
        return Cloud(self.tenant.cloud)

    @property
    def is_provider(self) -> bool:
        return self.kind == self.Kind.PROVIDER


class Staff(models.Model):
    """A user of a partner's tenant, with roles at that partner. Removed staff keep their row for the log."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="staff")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="staff")
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), default=list)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "staff"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(roles__contained_by=[role.value for role in Role]), name="staff_roles_are_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    def may(self, action: Action) -> bool:
        """Whether one of this person's roles allows it."""
        return allows(self.roles, action)

    @property
    def role_names(self) -> list[str]:
        return [str(Role(role).label) for role in self.roles]
