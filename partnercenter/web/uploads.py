"""Uploads are cut at their limit while they arrive, and never touch the disk."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload


class LimitedUploadHandler(MemoryFileUploadHandler):
    """Keep a file in memory up to `UPLOAD_LIMIT_BYTES`; stop reading one that is larger.

    The view finds `request.META["upload_too_large"]` and says so in a sentence.
    """

    def handle_raw_input(self, input_data: Any, META: dict[str, Any], *args: Any, **kwargs: Any) -> None:  # noqa: N803
        self.activated = True
        self.received = 0
        self.environ = META

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_LIMIT_BYTES:
            self.environ["upload_too_large"] = True
            raise StopUpload(connection_reset=False)
        return super().receive_data_chunk(raw_data, start)
