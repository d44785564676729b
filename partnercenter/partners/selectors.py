"""Questions about partners and their staff."""

from __future__ import annotations

from django.http import HttpRequest

from partnercenter.partners.models import Staff


def staff_of(request: HttpRequest) -> Staff | None:
    """The staff row of the person who is signed in, with partner and tenant; None for anybody else.

    Read once for a request, and anew for each one: a role that was taken away is gone at the next click.
    """
    staff = _row_of(request)
    return None if staff is None or staff.removed_at else staff


def removed_staff_of(request: HttpRequest) -> Staff | None:
    """The staff row of the person who is signed in and was removed from the partner's staff since."""
    staff = _row_of(request)
    return staff if staff and staff.removed_at else None


def _row_of(request: HttpRequest) -> Staff | None:
    if not request.user.is_authenticated:
        return None
    if not hasattr(request, "_staff"):
        rows = Staff.objects.filter(user=request.user).select_related("partner__tenant", "user")
        request._staff = rows.first()  # type: ignore[attr-defined]
    staff: Staff | None = request._staff  # type: ignore[attr-defined]
    return staff
