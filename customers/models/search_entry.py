"""What a customer is found by."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from customers.models.customer import Customer
from customers.models.terms import Words
from partnercenter.partners.models import Partner


class SearchEntry(models.Model):
    """The searchable text of a customer that a partner serves now; triggers of the customer keep it.

    `search_text` is the folded name, each domain and the Microsoft ID, a line for each. The columns of the orders
    stand here once more, so that what was found is put in order without a look at each customer.
    """

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="search_entry")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+", db_index=False)
    tenant_id = models.UUIDField()
    place = models.SmallIntegerField()
    name_key = models.CharField(max_length=600, db_collation="C")
    domain = models.CharField(max_length=253)
    begun_at = models.DateTimeField()
    search_text = models.TextField(db_collation="C")

    class Meta:
        verbose_name_plural = "search entries"
        indexes = [
            GinIndex(Words("partner", "place", "search_text"), name="search_entries_by_words", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.search_text.partition("\n")[0]
