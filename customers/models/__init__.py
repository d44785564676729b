"""What this app keeps."""

from customers.models.customer import Agreement, BillTo, Customer
from customers.models.qualification import QualificationDetails
from customers.models.saved_view import DefaultView, SavedView
from customers.models.search_entry import SearchEntry
from customers.models.tag import Tag, TagChange
from customers.models.user_change import PasswordHandout, UserChange
from customers.models.user_import import UserImport, UserImportRow

__all__ = [
    "Agreement",
    "BillTo",
    "Customer",
    "DefaultView",
    "PasswordHandout",
    "QualificationDetails",
    "SavedView",
    "SearchEntry",
    "Tag",
    "TagChange",
    "UserChange",
    "UserImport",
    "UserImportRow",
]
