"""Filters of users by what higher apps know of them; settings name them in `USER_FILTERS`."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from customers.models import Customer
from partnercenter.directory.models import User


class UserFilter(forms.ChoiceField):
    """A choice of users of a customer, made for a form; what is none of its choices is senseless."""

    def __init__(self, customer: Customer, **options: Any) -> None:
        super().__init__(required=False, **options)
        self.customer = customer

    def narrow(self, users: QuerySet[User], value: str) -> QuerySet[User]:
        """Those of the users who were chosen by one of the choices that is not empty."""
        raise NotImplementedError


@cache
def user_filters() -> dict[str, type[UserFilter]]:
    """All that settings name, by their words in an address.

    Raises ImproperlyConfigured for something else, ImportError for what is not there.
    """
    return {word: _filter(path) for word, path in settings.USER_FILTERS.items()}


def _filter(path: str) -> type[UserFilter]:
    found = import_string(path)
    if not (isinstance(found, type) and issubclass(found, UserFilter)):
        raise ImproperlyConfigured(f"USER_FILTERS names {path}, which is no UserFilter")
    return found
