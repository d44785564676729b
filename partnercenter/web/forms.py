"""Forms: one renderer for all, and the helpers of the page shape “form”."""

from __future__ import annotations

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest


class Renderer(TemplatesSetting):
    """Every form and every field of the portal looks as the components say."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"


def posted(request: HttpRequest) -> tuple[Any, Any]:
    """What was posted, for a form's `data` and `files`; None and None for a page that is only looked at."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)
