"""The page shape “export”: a list as a CSV file that begins at once and is never held in memory."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from typing import Any

from django.db.models import Func, QuerySet, TextField
from django.http import StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from partnercenter.csvfiles import csv_lines, csv_row, safe_filename
from partnercenter.web.copying import Finish, copied

INCOMPLETE = _("This file is not complete: something went wrong while it was written. Download it again.")


class Guarded(Func):
    """A text as `csvfiles.guard` makes it harmless, told by its first character; nothing for an empty one."""

    template = (
        "CASE WHEN ascii(%(expressions)s) > 64 THEN %(expressions)s "
        "WHEN ascii(%(expressions)s) IN (9, 13, 43, 45, 61, 64) THEN '''' || %(expressions)s "
        "ELSE NULLIF(%(expressions)s, '') END"
    )
    output_field = TextField()


def export_csv(name: str, header: Iterable[str | Promise], rows: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    """A download of `rows` under `header`, named after `name` and the day in UTC: `users-2026-05-01.csv`.

    UTF-8 with a byte order mark, cells guarded against formulas, kept by no cache. `rows` is read while it is
    sent, in the language of the request: give it an iterator with a server-side cursor.
    """
    return csv_download(name, csv_lines([str(label) for label in header], rows))


def export_rows_of(
    name: str, header: Iterable[str | Promise], rows: QuerySet[Any, Any], *, finish: Finish
) -> StreamingHttpResponse:
    """The same for a list that may be very long, as fast as the database writes it.

    `rows` is a `values_list()`, none of whose texts a spreadsheet takes for a formula; `finish` is given each line as
    COPY writes it, and returns it as it is sent, with CRLF at its end.
    """
    heading = csv_lines([str(label) for label in header], ())

    def pieces() -> Iterator[bytes]:
        yield from heading
        yield from copied(rows, finish=finish)

    return csv_download(name, pieces())


def csv_download(name: str, pieces: Iterator[bytes]) -> StreamingHttpResponse:
    """The same for a CSV file whose bytes come ready made."""
    filename = safe_filename(name, timezone.now().date().isoformat())
    return StreamingHttpResponse(
        _in_this_language(pieces),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": content_disposition_header(True, filename) or "attachment",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _in_this_language(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces, each made in the language of now: when they are sent, the request is over."""
    language = translation.get_language()

    def told() -> Iterator[bytes]:
        try:
            while True:
                with translation.override(language):
                    piece = next(pieces, None)
                if piece is None:
                    return
                yield piece
        except Exception:
            # Not every server cuts the connection then, and half a file must not look like a whole one.
            with translation.override(language):
                yield csv_row([INCOMPLETE])
            raise
        finally:
            if isinstance(pieces, Generator):
                pieces.close()  # a download that is broken off ends what makes its pieces, at once

    return told()
