"""Uploading a file of users, and starting to create them."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from customers.models import UserImport, UserImportRow
from customers.userfiles import Column, column_title, limits, problem_sentence
from partnercenter.directory.countries import country_choices

_MB: Final = 1024 * 1024
_ROOM: Final = 100_000  # characters of a cell: as many as a row of a file can have

SEPARATORS: Final = {",": _("commas"), ";": _("semicolons"), "\t": _("tabs")}
ENCODINGS: Final = {"utf-8": "UTF-8", "utf-16": "UTF-16", "windows-1252": "Windows-1252", "gb18030": "GB18030"}


def family_of(encoding: str) -> str:
    """What a person calls the encoding of a file, a key of `ENCODINGS`: byte order marks make no difference."""
    return next((family for family in ENCODINGS if encoding.startswith(family)), encoding)


class UploadForm(forms.Form):
    """A file. What is in it is checked by the service, which says everything that is wrong with it."""

    file = forms.FileField(
        label=_("CSV file"),
        error_messages={"required": _("Choose the file with the users you want to create.")},
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )

    def __init__(self, data: Any = None, files: Any = None, *, too_large: bool = False) -> None:
        super().__init__(data, files)
        self.fields["file"].help_text = _("At most %(size)s MB and %(rows)s rows.") % {
            "size": number_format(limits.MAX_BYTES / _MB, 0),
            "rows": number_format(limits.MAX_ROWS, force_grouping=True),
        }
        if too_large:
            self.fields["file"].error_messages["required"] = self.too_large

    @property
    def too_large(self) -> str:
        """What is said of a file that is larger than one may be."""
        sentence = _("The file is larger than %(size)s MB. Divide it into several files and upload them one by one.")
        return sentence % {"size": number_format(limits.MAX_BYTES / _MB, 0)}


class StartForm(forms.Form):
    """Where the users of a checked file are, and whether good rows go ahead without faulty ones."""

    location = forms.ChoiceField(
        label=_("Location of all users of this file"),
        help_text=_("Services differ from country to country; licenses follow the location."),
        error_messages={"required": _("Choose the country or region where these users are.")},
    )
    skip_faulty = forms.BooleanField(
        error_messages={
            "required": _("Tick this box to go ahead without the faulty rows, or correct the file and upload it again.")
        }
    )

    well_read = forms.BooleanField(
        label=_("The names are right as they are shown above"),
        error_messages={"required": _("Look at the names above and tick this box, or choose another reading.")},
    )

    def __init__(self, data: Any = None, *, user_import: UserImport, doubtful: bool = False) -> None:
        super().__init__(data, initial={"location": user_import.customer.tenant.country})
        if not doubtful:
            del self.fields["well_read"]
        self.fields["location"].choices = country_choices()  # type: ignore[attr-defined]
        if user_import.faulty:
            self.fields["skip_faulty"].label = _(
                "Create users from the good rows (%(good)s) and leave out the faulty ones (%(faulty)s)"
            ) % {
                "good": number_format(user_import.good, force_grouping=True),
                "faulty": number_format(user_import.faulty, force_grouping=True),
            }
        else:
            del self.fields["skip_faulty"]


class ReadingForm(forms.Form):
    """Another way to read a file; `instead_of` is another upload that is discarded first."""

    encoding = forms.ChoiceField(label=_("Encoding"), choices=list(ENCODINGS.items()))
    delimiter = forms.ChoiceField(label=_("Columns separated by"), choices=list(SEPARATORS.items()))
    instead_of = forms.UUIDField(required=False, widget=forms.HiddenInput)


class RowForm(forms.Form):
    """The four cells of a row. What may stand in them is judged by the rules of the file, not here."""

    first_name = forms.CharField(required=False, max_length=_ROOM, strip=False)
    last_name = forms.CharField(required=False, max_length=_ROOM, strip=False)
    display_name = forms.CharField(required=False, max_length=_ROOM, strip=False)
    email = forms.CharField(required=False, max_length=_ROOM, strip=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        for name, field in self.fields.items():
            field.label = column_title(Column(name))
            field.widget.attrs["autocomplete"] = "off"

    @classmethod
    def of(cls, row: UserImportRow) -> RowForm:
        """The form of a row as it is, with everything that is wrong beside its fields."""
        form = cls({name: getattr(row, name) for name in cls.base_fields})
        form.full_clean()
        # Said of the fields, but not asked by the form: the rules have sentences of their own.
        for name in ("display_name", "email"):
            form.fields[name].required = True
        for problem in row.problems:
            sentence = problem_sentence(problem["code"], problem["column"], problem["detail"])
            form.add_error(problem["column"] if problem["column"] in form.fields else None, sentence)
        wrong = next((name for name in form.fields if name in form.errors), "first_name")
        form.fields[wrong].widget.attrs["autofocus"] = True
        return form
