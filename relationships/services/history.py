"""What the log calls things of relationships; it keeps English words, and everybody reads them in their language."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop

PROVIDER: Final = gettext_noop("Indirect provider")
RESELLER: Final = gettext_noop("Indirect reseller")
PRIVILEGES: Final = gettext_noop("Delegated admin privileges")
RECIPIENT: Final = gettext_noop("Recipient")
REASON: Final = gettext_noop("Reason")
WITH_PRIVILEGES: Final = gettext_noop("With delegated admin privileges")
SENT: Final = gettext_noop("Sent by the portal")
