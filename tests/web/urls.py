"""Pages that go wrong, beside the portal's own."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from partnercenter.errors import Refused
from partnercenter.urls import handler400, handler403, handler404, handler500  # noqa: F401
from partnercenter.urls import urlpatterns as portal
from partnercenter.web.acts import act
from partnercenter.web.exports import export_csv


def break_down(request):
    raise RuntimeError("something nobody thought of")


def suspect(request):
    raise SuspiciousOperation("forged")


def forbid(request):
    raise PermissionDenied


def refuse():
    raise Refused("There are no seats left. Buy some first.")


@require_POST
def obey(request):
    return act(request, lambda: 3, done=lambda count: f"{count} seats were assigned.", then="/jobs/")


@require_POST
def balk(request):
    return act(request, refuse, done="Assigned.", then="jobs:list")


@require_POST
def fail(request):
    return act(request, lambda: 1 / 0, done="Assigned.", then="jobs:list")


def export(request):
    return export_csv("Tailspin Toys, users", ["Name", "Note"], iter([("Ana", None), ("=1+1", 7)]))


def fine(request):
    return HttpResponse("fine")


urlpatterns = [
    *portal,
    path("broken/", break_down),
    path("suspect/", suspect),
    path("forbidden/", forbid),
    path("obey/", obey),
    path("balk/", balk),
    path("fail/", fail),
    path("export/", export),
    path("fine/", fine),
]
