"""What is said of a job that was just asked for."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from partnercenter.jobs.models import Job


def tell_of_job(request: HttpRequest, sentence: str, job: Job) -> None:
    """Tell the person what a job does for them now, with the way to it."""
    link = format_html('<a href="{}">{}</a>', reverse("jobs:job", args=[job.pk]), _("See how far it is"))
    messages.success(request, format_html("{} {}", sentence, link))
