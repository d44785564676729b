"""What a load balancer and a monitor ask: does this process live, may people be sent to it, what waits."""

import secrets
from collections.abc import Iterator, Mapping

import redis
from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partnercenter.jobs.selectors import count_by_status, oldest_due_seconds
from partnercenter.notifications.selectors import waiting_mails
from partnercenter.web.access import public


@public
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. A database at rest must not get web servers restarted, so nobody asks it."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, 503 when it does not.

    Redis is named but does not count: without it pages still work, and jobs start at the next sweep. Neither does
    `oldest_due_job_seconds`, which is null when no job waits for a worker: workers that are away are no reason to
    send nobody to the pages.
    """
    try:
        oldest, database = oldest_due_seconds(timezone.now()), True
    except DatabaseError:
        oldest, database = None, False
    answer = {"database": database, "redis": _redis_answers(), "oldest_due_job_seconds": oldest}
    return JsonResponse(answer, status=200 if database else 503)


def _redis_answers() -> bool:
    try:
        with redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


@public
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """What waits, in the text format of Prometheus, for whoever brings the token of `METRICS_TOKEN`.

    There is no such page without a token in the settings.
    """
    if not settings.METRICS_TOKEN:
        raise Http404
    if not _brings_token(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    try:
        text = "".join(_measures())
    except DatabaseError:
        return HttpResponse(status=503)
    return HttpResponse(text, content_type="text/plain; version=0.0.4")


def _brings_token(request: HttpRequest) -> bool:
    expected = f"Bearer {settings.METRICS_TOKEN}"
    return secrets.compare_digest(request.headers.get("Authorization", "").encode(), expected.encode())


def _measures() -> Iterator[str]:
    now = timezone.now()
    mails, oldest_mail = waiting_mails(now)
    jobs = {f'{{state="{status}"}}': count for status, count in count_by_status().items()}
    yield _gauge("jobs", "Jobs by state.", jobs)
    yield _gauge(
        "oldest_due_job_seconds",
        "How long the oldest due job has been waiting for a worker; 0 when none waits.",
        {"": oldest_due_seconds(now) or 0},
    )
    yield _gauge("mails_waiting", "Mails that no mail server has taken yet.", {"": mails})
    yield _gauge(
        "oldest_mail_seconds",
        "How long the oldest of these mails has been waiting; 0 when none waits.",
        {"": oldest_mail or 0},
    )


def _gauge(name: str, words: str, values: Mapping[str, float]) -> str:
    """One measure: `values` by the labels that tell them apart, in braces, or by nothing."""
    name = f"partnercenter_{name}"
    lines = [f"# HELP {name} {words}", f"# TYPE {name} gauge"]
    lines += [f"{name}{labels} {round(value, 3)}" for labels, value in values.items()]
    return "\n".join(lines) + "\n"


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
