"""Uploaded files stay in memory: what somebody's calendar says is never written to a disk, not for a moment."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

MOST_OCTETS = 15_000_000  # as much as is fetched from an address


class InMemory(FileUploadHandler):
    """Keeps the files of one request, together at most one octet more than may be read; what is beyond is counted.

    So a form can tell a file that is too large, by its true size, from one that is missing.
    """

    def __init__(self, request: Any = None) -> None:  # noqa: ANN401 - Django's own signature
        super().__init__(request)
        self._room = MOST_OCTETS + 1
        self._kept = BytesIO()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self._kept = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep what there is room for. No other handler gets to see it."""
        self._room -= self._kept.write(raw_data[: self._room])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The file with the size it was sent with."""
        self._kept.seek(0)
        return InMemoryUploadedFile(
            file=self._kept,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
