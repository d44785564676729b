"""What is checked when the portal starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from customers.forms.user_filters import user_filters
from customers.services.followers import followers


def what_settings_name_is_there(**options: Any) -> list[CheckMessage]:
    """What higher apps do with users can be imported: nobody finds out when a user is deleted."""
    return [
        Error(f"{name} cannot be used: {problem}", id="customers.E001")
        for name, read in (("USER_FOLLOWERS", followers), ("USER_FILTERS", user_filters))
        if (problem := _problem(read))
    ]


def _problem(read: Callable[[], object]) -> str:
    try:
        read()
    except (ImproperlyConfigured, ImportError) as error:
        return str(error)
    return ""
