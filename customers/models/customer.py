"""One partner's account for one customer, and what belongs to it."""

from __future__ import annotations

from uuid import UUID

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BTreeIndex, GinIndex
from django.db import models
from django.db.models import F, Func
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.likeness import MailDomain, RegistrationKey
from customers.models.terms import Marks, place_of
from partnercenter.directory.models import Tenant
from partnercenter.folding import fold
from partnercenter.partners.models import Partner


def direct_reseller() -> list[str]:
    """What a partner usually is to its customers."""
    return ["cloud_reseller"]


class Customer(models.Model):
    """A partner's account for a customer; the row that keeps tenants apart, and all that the list reads.

    `name` is the bill-to company name of this partner, `tenant_name` the customer's own name as this partner knows it,
    and `domain` the tenant's primary domain; `name_key` and `search_text` are made from them when they are written,
    so that an index can order and search by them, and `place` is a number for where the name stands in the alphabet.
    `relationships` are what the partner is to the customer, more than one for a partner that serves it both directly
    and through a provider. On a provider's account `reseller` is who sells to the customer, on a reseller's account
    `provider` is whom it buys from; nobody stands between where they are empty. `qualification` opens
    offers that are not for everybody; empty is none. `version` grows with each change of the account: two people who
    edit at once notice each other.
    """

    class Relationship(models.TextChoices):
        CLOUD_RESELLER = "cloud_reseller", _("Cloud Reseller")
        INDIRECT_RESELLER = "indirect_reseller", _("Indirect reseller")
        ADVISOR = "advisor", _("Advisor")

    class Qualification(models.TextChoices):
        EDUCATION = "education", _("Education")
        GOVERNMENT = "government", _("Government community")
        STATE_OWNED = "state_owned", _("State-owned")
        NONPROFIT = "nonprofit", _("Nonprofit")

    # Every index of the list begins with the partner, which needs none of its own.
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    reseller = models.ForeignKey(Partner, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    provider = models.ForeignKey(Partner, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    name = models.CharField(max_length=255)
    tenant_name = models.CharField(max_length=255)
    domain = models.CharField(max_length=253)
    name_key = models.CharField(max_length=600, editable=False, db_collation="C")
    search_text = models.TextField(editable=False, db_collation="C")
    place = models.GeneratedField(
        expression=place_of(F("name_key")), output_field=models.SmallIntegerField(), db_persist=True
    )
    relationships = ArrayField(models.CharField(max_length=20, choices=Relationship.choices), default=direct_reseller)
    tag_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    tag_count = models.GeneratedField(
        expression=Func(F("tag_ids"), function="cardinality"),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    begun_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    admin_privileges_at = models.DateTimeField(null=True, blank=True)
    admin_privileges_ended_at = models.DateTimeField(null=True, blank=True)
    qualification = models.CharField(max_length=20, choices=Qualification.choices, blank=True, db_default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "tenant"], name="one_account_per_partner_and_tenant"),
            models.CheckConstraint(condition=models.Q(tag_count__lte=150), name="at_most_150_tags_on_a_customer"),
            models.CheckConstraint(condition=models.Q(relationships__len__gte=1), name="a_customer_has_a_relationship"),
        ]
        # With room in their pages, because a change of tags writes a row anew: a full page would have to be split.
        indexes = [
            BTreeIndex(
                fields=["partner", "name_key", "tenant"],
                condition=models.Q(ended_at=None),
                name="customers_by_name",
                fillfactor=60,
            ),
            BTreeIndex(
                fields=["partner", "domain", "tenant"],
                condition=models.Q(ended_at=None),
                name="customers_by_domain",
                fillfactor=60,
            ),
            BTreeIndex(
                fields=["partner", "begun_at", "tenant"],
                condition=models.Q(ended_at=None),
                name="customers_by_date",
                fillfactor=60,
            ),
            BTreeIndex(
                fields=["partner", "tag_count", "tenant"],
                condition=models.Q(ended_at=None),
                name="customers_by_tags",
                fillfactor=60,
            ),
            models.Index(
                fields=["partner", "ended_at", "tenant"],
                condition=models.Q(ended_at__isnull=False),
                name="former_customers_by_end",
            ),
            models.Index(
                fields=["reseller", "partner"],
                condition=models.Q(reseller__isnull=False, ended_at=None),
                name="customers_of_a_reseller",
            ),
            GinIndex(
                Marks("partner", "place", "tag_ids", "relationships", "reseller", "begun_at"),
                condition=models.Q(ended_at=None),
                name="customers_by_marks",
                # A list of what is not yet in its place would be read for each place of the alphabet.
                fastupdate=False,
            ),
        ]
        # What a customer is searched by lives in a table of its own, so that a change of tags need not index it anew.
        triggers = [
            pgtrigger.Trigger(
                name="searchable_when_added",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="added"),  # type: ignore[no-untyped-call]
                func="""
                    INSERT INTO customers_searchentry
                        (customer_id, partner_id, tenant_id, place, name_key, domain, begun_at, search_text)
                    SELECT id, partner_id, tenant_id, place, name_key, domain, begun_at, search_text
                    FROM added WHERE ended_at IS NULL;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="searchable_as_renamed",
                operation=pgtrigger.UpdateOf("name_key", "domain", "begun_at", "search_text", "ended_at"),  # type: ignore[no-untyped-call]
                when=pgtrigger.After,
                condition=pgtrigger.Condition("OLD.* IS DISTINCT FROM NEW.*"),
                func="""
                    DELETE FROM customers_searchentry WHERE customer_id = NEW.id;
                    IF NEW.ended_at IS NULL THEN
                        INSERT INTO customers_searchentry
                            (customer_id, partner_id, tenant_id, place, name_key, domain, begun_at, search_text)
                        VALUES (
                            NEW.id, NEW.partner_id, NEW.tenant_id, NEW.place, NEW.name_key, NEW.domain, NEW.begun_at,
                            NEW.search_text
                        );
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def relationship_label(self) -> str:
        """What the partner is to the customer, in words."""
        return "; ".join(str(self.Relationship(kind).label) for kind in self.relationships)

    @property
    def new_name(self) -> str:
        """What the customer calls itself since it was renamed by its own admins; empty if it was not."""
        return self.tenant.name if self.tenant.name != self.tenant_name else ""

    @property
    def has_admin_privileges(self) -> bool:
        """Whether the customer lets this partner administer its services (delegated admin privileges)."""
        return self.admin_privileges_at is not None and self.admin_privileges_ended_at is None

    @staticmethod
    def keys(name: str, tenant_id: UUID, *domains: str) -> dict[str, str]:
        """The columns made from what a customer is called: one to order by, one to search in. `domains`: all it has."""
        name_key = fold(name)
        return {"name_key": name_key[:600], "search_text": "\n".join((name_key, *domains, str(tenant_id)))}


class BillTo(models.Model):
    """To whom this partner sends its bills for a customer: company, address and contact."""

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="bill_to")
    company_name = models.CharField(_("Company name"), max_length=255)
    country = models.CharField(_("Country/region"), max_length=2)
    line1 = models.CharField(_("Address line 1"), max_length=200)
    line2 = models.CharField(_("Address line 2"), max_length=200, blank=True)
    city = models.CharField(_("City"), max_length=100, blank=True)
    state = models.CharField(_("State/province"), max_length=100, blank=True)
    postal_code = models.CharField(_("Postal code"), max_length=20, blank=True)
    first_name = models.CharField(_("First name"), max_length=50)
    last_name = models.CharField(_("Last name"), max_length=50)
    email = models.EmailField(_("Email"))
    phone = models.CharField(_("Phone"), max_length=16, blank=True)
    registration_id = models.CharField(_("Organization registration ID"), max_length=50, blank=True)
    culture = models.CharField(_("Language"), max_length=12, default="en-US")

    class Meta:
        verbose_name_plural = "bill-to addresses"
        # By these a company is found that somebody is about to add once more.
        indexes = [
            models.Index(MailDomain("email"), name="bills_by_mail_domain"),
            models.Index(
                RegistrationKey("registration_id"),
                condition=~models.Q(registration_id=""),
                name="bills_by_registration_id",
            ),
        ]

    def __str__(self) -> str:
        return self.company_name


class Agreement(models.Model):
    """That the customer accepted the customer agreement, as this partner attests it: who, and on which day."""

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="agreement")
    first_name = models.CharField(max_length=50)
    last_name = models.CharField(max_length=50)
    email = models.EmailField()
    phone = models.CharField(max_length=16, blank=True)
    accepted_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}, {self.accepted_on}"
