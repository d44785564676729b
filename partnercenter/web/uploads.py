"""Uploads are cut at their limit while they arrive, and never touch the disk."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload

# A file that is a little too large is read to its end, since only then a browser shows the sentence at the field.
FRIENDLY: Final = 2


class LimitedUploadHandler(MemoryFileUploadHandler):
    """Keep a file in memory up to `UPLOAD_LIMIT_BYTES`, and drop one that is larger.

    The view finds `request.META["upload_too_large"]` and says so in a sentence. What is larger than twice the limit,
    or comes from nobody who is signed in and is larger than any form, is not read at all: 413.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        if content_length > self._most_that_is_read():
            raise RequestDataTooBig("An upload was not read: it is far beyond the limit.")
        self.activated = True
        self.received = 0
        self.environ = META

    def _most_that_is_read(self) -> int:
        user = getattr(self.request, "user", None)
        if user is not None and user.is_authenticated:
            return FRIENDLY * settings.UPLOAD_LIMIT_BYTES
        return settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_LIMIT_BYTES:
            self.environ["upload_too_large"] = True
            raise StopUpload(connection_reset=False)
        return super().receive_data_chunk(raw_data, start)
