"""What a person filters the log by."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnercenter.activity.models import Activity, Deed
from partnercenter.activity.selectors import Wanted, matching

# The log opens with the last month (the product rules, section 11); an empty field means from its beginning.
USUAL_DAYS: Final = 30
NO_DAY: Final = _("Choose a day between 2000-01-01 and 2999-12-31.")
DAYS: Final = (MinValueValidator(date(2000, 1, 1), NO_DAY), MaxValueValidator(date(2999, 12, 31), NO_DAY))


class DayField(forms.DateField):
    """A day that may be left out."""

    default_error_messages: ClassVar = {"invalid": NO_DAY}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=DayInput, validators=DAYS, **kwargs)


class DayInput(forms.DateInput):
    """A day, chosen in the browser's own calendar, which takes ISO dates in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class FilterForm(forms.Form):
    """The filter above the log, read from the address."""

    since = DayField(label=_("From"))
    until = DayField(label=_("To"))
    customer = forms.CharField(label=_("Customer"), required=False, max_length=255)
    person = forms.CharField(label=_("Person"), required=False, max_length=113)
    deed = forms.ChoiceField(label=_("Action"), required=False, choices=[("", _("Any action")), *Deed.choices])

    def __init__(self, params: QueryDict) -> None:
        self.params = params
        data = params.copy()
        data.setdefault("since", (timezone.localdate() - timedelta(days=USUAL_DAYS)).isoformat())
        super().__init__(data, auto_id="filter_%s")
        for field in self.fields.values():
            field.widget.attrs["class"] = "size-s"

    @property
    def is_used(self) -> bool:
        """Whether the person asks for anything but the last month."""
        return any(name in self.params for name in self.fields)

    def clean_until(self) -> date | None:
        since, until = self.cleaned_data.get("since"), self.cleaned_data["until"]
        if since and until and until < since:
            raise forms.ValidationError(_("The last day lies before the first one. Choose a later day."))
        return until  # type: ignore[no-any-return]

    def apply(self, lines: QuerySet[Activity]) -> QuerySet[Activity]:
        """The lines the person asks for, in days of their time zone; none while the filter has an error."""
        if not self.is_valid():
            return lines.none()
        typed = self.cleaned_data
        wanted = Wanted(
            since=_midnight(typed["since"]) if typed["since"] else None,
            before=_midnight(typed["until"] + timedelta(days=1)) if typed["until"] else None,
            customer=typed["customer"],
            person=typed["person"],
            deed=typed["deed"],
        )
        return matching(lines, wanted)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
