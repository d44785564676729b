"""Two people at one form: what is said to the one who saves second."""

from __future__ import annotations

from partnercenter.errors import Refused


class Overtaken(Refused):
    """Somebody else saved something different after the person who saves now had opened the form.

    The sentence says what they changed. The form that is sent shows what that is, see `SeenForm`.
    """
