"""What our own downloads write into the status column, and knowing it again.

The rule for a status column that is not empty in an upload: what a download of ours wrote there may stay, in any
language, so that a file of problems is uploaded again as soon as its rows are corrected. A text is taken for ours if
it begins as one of our sentences does and ends as one of them does, with whatever between them. Anything else is a
problem of its row: somebody may have meant it.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from customers.userfiles.columns import Column, column_title
from customers.userfiles.problems import SENTENCES

CREATED: Final = _("Created")
TAKEN: Final = _("Not created: somebody else got this address after the file was checked. Choose another one.")
WAITING: Final = _("Not created yet")
CANCELED: Final = _("Not created: the creation was canceled before this row. Upload it again.")
FAILED: Final = _("Not created: the creation stopped before this row. Upload it again.")

_PLACEHOLDER: Final = re.compile(r"%\(\w+\)s")


def is_ours(status: str) -> bool:
    """Whether a text in the status column was written by a download of ours, in any language."""
    beginnings, endings = _fixed_parts()
    return status.startswith(beginnings) and status.endswith(endings)


@lru_cache(maxsize=1)
def _fixed_parts() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """How our sentences begin and how they end, in every language."""
    parts = [_PLACEHOLDER.split(sentence) for sentence in _sentences()]
    return tuple({part[0] for part in parts if part[0]}), tuple({part[-1] for part in parts if part[-1]})


def _sentences() -> Iterator[str]:
    """Every sentence in every language, with the columns it may name."""
    for language, _name in settings.LANGUAGES:
        with override(language):
            for sentence in (CREATED, TAKEN, WAITING, CANCELED, FAILED, *SENTENCES.values()):
                for column in Column:
                    yield str(sentence).replace("%(column)s", column_title(column)).replace("%%", "%")
