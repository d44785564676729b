"""What is checked when the portal starts."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from partnercenter.jobs.models import Job
from partnercenter.jobs.services import handler_of


def every_kind_has_a_handler(**options: Any) -> list[CheckMessage]:
    """Each kind of job has a handler that can be imported: a worker must not find out in the middle of work."""
    return [Error(problem, id="jobs.E001") for kind in Job.Kind.values if (problem := _problem(kind))]


def _problem(kind: str) -> str:
    try:
        handler_of(kind)
    except (ImproperlyConfigured, ImportError) as error:
        return f"Jobs of the kind {kind} cannot be done: {error}"
    return ""
