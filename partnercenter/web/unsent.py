"""What somebody typed when their session had ended: kept until they have signed in again."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, QueryDict

KEY: Final = "unsent"
# A form of this portal is far smaller; nobody fills the sessions with more.
LONGEST: Final = 50_000


def keep_typed(request: HttpRequest) -> None:
    """Keep the fields of a form that came without a session, for the page they were sent to."""
    fields = request.POST.copy()
    fields.pop("csrfmiddlewaretoken", None)
    if fields and len(data := fields.urlencode()) <= LONGEST:
        request.session[KEY] = {"path": request.path, "data": data}


def typed_before(request: HttpRequest) -> QueryDict | None:
    """What was kept for this page, handed out once; None where nothing was."""
    kept = request.session.get(KEY)
    if not kept or kept["path"] != request.path:
        return None
    del request.session[KEY]
    return QueryDict(kept["data"])
