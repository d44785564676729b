"""Forms: one renderer for all, and the helpers of the page shape “form”."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.functional import Promise
from django.views.decorators.http import require_http_methods

# For a page that shows a form and takes it.
looks_and_acts: Final = require_http_methods(["GET", "HEAD", "POST"])


class Renderer(TemplatesSetting):
    """Every form and every field of the portal looks as the components say."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"


def posted(request: HttpRequest) -> tuple[Any, Any]:
    """What was posted, for a form's `data` and `files`; None and None for a page that is only looked at."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def search_field(label: Any, placeholder: str | Promise) -> forms.CharField:
    """The search above a list: `q` of its address, which the key `/` leads to."""
    attributes = {"autocomplete": "off", "placeholder": placeholder, "data-key": "/"}
    return forms.CharField(label=label, max_length=200, required=False, widget=forms.SearchInput(attrs=attributes))


class SearchForm(forms.Form):
    """What a list is searched for and filtered by, as it stands in its address: a `search_field` and further fields.

    What makes no sense in an address leaves nothing out. The form itself is the search box, `find`; the other fields
    stand beside it.
    """

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="search_%s")
        for name, field in self.fields.items():
            if name != "q":
                field.widget.attrs |= {"form": "find", "autocomplete": "off"}
        self.is_valid()

    @property
    def text(self) -> str:
        """What is looked for; empty for nothing in particular."""
        return str(self.cleaned_data.get("q", ""))

    @property
    def filtering(self) -> bool:
        """Whether anything was asked for."""
        return any(self.cleaned_data.values())
