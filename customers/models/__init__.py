"""Rows of a partner's account for a customer."""

from customers.models.customer import Agreement, BillTo, Customer, Tag
from customers.models.user_import import UserImport, UserImportRow

__all__ = ["Agreement", "BillTo", "Customer", "Tag", "UserImport", "UserImportRow"]
