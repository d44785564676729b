"""What people change about themselves."""

from __future__ import annotations

from collections.abc import Mapping

from partnercenter.directory.models import User


def set_preferences(user: User, chosen: Mapping[str, str]) -> None:
    """Keep how a person wants to read: `language`, `color_scheme` or `density`; what is not chosen stays."""
    for name, value in chosen.items():
        setattr(user, name, value)
    user.save(update_fields=list(chosen))
