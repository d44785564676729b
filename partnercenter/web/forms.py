"""Forms: one renderer for all, and the helpers of the page shape “form”."""

from __future__ import annotations

from typing import Any, Final

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
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
