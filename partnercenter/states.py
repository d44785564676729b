"""Rows that have a state, and the only way it changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _

from partnercenter.errors import Refused


class Stateful(models.Model):
    """A row whose `status` moves along a table of allowed steps.

    `STEPS` maps each state to the states it may go to; an end state maps to an empty set. docs/domain.md
    shows the same tables, and a test compares them with these.
    """

    STEPS: ClassVar[Mapping[str, frozenset[str]]]
    status: models.CharField[str, str]

    class Meta:
        abstract = True

    def move_to(self, status: str, **changes: Any) -> None:
        """Take one step, together with the columns that change with it.

        One `UPDATE … WHERE status = <the state this row was read in>`: of two people who act at once, one
        succeeds and the other gets a sentence. Raises ValueError for a step that the table does not know
        (a bug), and `Refused` when somebody else was faster.
        """
        if status not in self.STEPS[self.status]:
            raise ValueError(f"{type(self).__name__} cannot go from {self.status} to {status}")
        read = {"pk": self.pk, "status": self.status}
        if not type(self)._default_manager.filter(**read).update(**{"status": status, **changes}):
            raise Refused(_("This was changed by somebody else a moment ago. Reload the page to see how it stands."))
        self.status = status
        for name, value in changes.items():
            setattr(self, name, value)
