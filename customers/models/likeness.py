"""What two accounts of the same company have in common, as the database finds it."""

from __future__ import annotations

from django.db.models import Func, TextField


class MailDomain(Func):
    """The domain of a mail address, in lower case."""

    template = "lower(split_part(%(expressions)s, '@', 2))"
    output_field = TextField()


class RegistrationKey(Func):
    """A registration ID as IDs are compared: points, hyphens, slashes, and spaces in it make no difference."""

    template = "upper(translate(%(expressions)s, ' .-/', ''))"
    output_field = TextField()
