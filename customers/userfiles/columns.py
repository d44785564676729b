"""The columns of a user file: their names in every language, and finding them in a header."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from customers.userfiles.listing import listed
from partnercenter.csvfiles import SURROUNDING
from partnercenter.directory.characters import visible
from partnercenter.errors import Refused
from partnercenter.folding import fold


class Column(StrEnum):
    """A column of a user file; its value is the name of the field it fills."""

    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    DISPLAY_NAME = "display_name"
    EMAIL = "email"
    STATUS_UPDATE = "status_update"


# The first name of each language is the one that the template and the pages use.
_NAMES: Final[Mapping[str, Mapping[Column, tuple[str, ...]]]] = {
    "en": {
        Column.FIRST_NAME: ("First name",),
        Column.LAST_NAME: ("Last name",),
        Column.DISPLAY_NAME: ("Display name",),
        Column.EMAIL: ("Email",),
        Column.STATUS_UPDATE: ("Status update",),
    },
    "de": {
        Column.FIRST_NAME: ("Vorname",),
        Column.LAST_NAME: ("Nachname",),
        Column.DISPLAY_NAME: ("Anzeigename",),
        Column.EMAIL: ("E-Mail", "E-Mail-Adresse"),
        Column.STATUS_UPDATE: ("Statusaktualisierung", "Status"),
    },
    "zh": {
        Column.FIRST_NAME: ("名字", "名"),
        Column.LAST_NAME: ("姓氏", "姓"),
        Column.DISPLAY_NAME: ("显示名称",),
        Column.EMAIL: ("电子邮件", "邮箱"),
        Column.STATUS_UPDATE: ("状态更新",),
    },
}
_COLUMN_OF: Final = {
    fold(name): column for titles in _NAMES.values() for column, names in titles.items() for name in names
}
_LANGUAGE_OF: Final = {
    fold(name): language for language, titles in _NAMES.items() for names in titles.values() for name in names
}
_LONGEST_NAME: Final = 40  # characters of a column's name that a sentence shows; ours are shorter

_NO_HEADER: Final = _(
    "The file has no line with the names of its columns. Its first line has to be: %(expected)s. Add it and "
    "upload the file again."
)
_UNKNOWN: Final = _("These columns do not belong in a user file: %(columns)s.")
_MISSING: Final = _("These columns are missing: %(columns)s.")
_DOUBLED: Final = _("These columns are there more than once: %(columns)s.")
_EXPECTED: Final = _(
    "Nothing was created. Expected are these columns and no others: %(expected)s. Correct the first line, or copy "
    "the users into the template, and upload the file again."
)
_NAMELESS: Final = _("column %(number)d, which has no name")


def column_title(column: Column, language: str | None = None) -> str:
    """The name of a column in a language such as `de` or `zh-hans`; in the reader's if none is given."""
    return _NAMES[_known(language or get_language() or "en")][column][0]


def column_titles(language: str | None = None) -> list[str]:
    """The names of all columns in their order, as the template has them."""
    return [column_title(column, language) for column in Column]


def language_of(header: Sequence[str]) -> str:
    """The language in which most of a header's columns are named."""
    languages = [_LANGUAGE_OF[fold(name)] for name in map(_plain, header) if fold(name) in _LANGUAGE_OF]
    return max(languages, key=languages.count, default="en")


def find_columns(header: Sequence[str]) -> dict[Column, int]:
    """Where each column stands in a header, counted from 0; *Status update* may be absent.

    Upper and lower case and surrounding spaces make no difference, the languages may be mixed, and columns
    without a name at the end are no columns. Raises Refused for a header with other, missing or doubled columns.
    """
    names = [_plain(name) for name in header]
    while names and not names[-1]:
        names.pop()
    found = [_COLUMN_OF.get(fold(name)) if len(name) <= _LONGEST_NAME else None for name in names]
    if not any(found) and any("@" in name for name in names):
        raise Refused(_NO_HEADER % {"expected": ", ".join(column_titles())})
    _refuse_wrong_columns(names, found)
    return {column: position for position, column in enumerate(found) if column}


def _refuse_wrong_columns(names: Sequence[str], found: Sequence[Column | None]) -> None:
    """Raise Refused with everything that is wrong in a header at once."""
    unknown = [
        visible(name, _LONGEST_NAME) or _NAMELESS % {"number": number}
        for number, (name, column) in enumerate(zip(names, found, strict=True), start=1)
        if not column
    ]
    missing = [column_title(column) for column in Column if column not in {*found, Column.STATUS_UPDATE}]
    doubled = [column_title(column) for column in Column if found.count(column) > 1]
    sentences = [
        sentence % {"columns": listed(columns)}
        for sentence, columns in ((_UNKNOWN, unknown), (_MISSING, missing), (_DOUBLED, doubled))
        if columns
    ]
    if sentences:
        raise Refused(" ".join([*sentences, _EXPECTED % {"expected": ", ".join(column_titles())}]))


def _known(language: str) -> str:
    return base if (base := language.partition("-")[0].lower()) in _NAMES else "en"


def _plain(name: str) -> str:
    return name.strip(SURROUNDING)
