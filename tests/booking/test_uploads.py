"""An uploaded calendar stays in memory, and no more of it than may be read."""

from __future__ import annotations

import tempfile
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.test import Client, RequestFactory
from django.utils.datastructures import MultiValueDict
from pytest_django import Settings

from booking.officer_forms import FileForm
from booking.uploads import MOST_OCTETS, InMemory
from identity.outward.network import Network
from tests.town import Town


@pytest.fixture(autouse=True)
def _in_memory(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The handler alone, and no way to a disk."""

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a file on a disk")

    settings.FILE_UPLOAD_HANDLERS = ["booking.uploads.InMemory"]
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refused)
    monkeypatch.setattr("django.core.files.uploadedfile.TemporaryUploadedFile.__init__", refused)


def sent(*files: bytes) -> list[InMemoryUploadedFile]:
    """Files as a view finds them."""
    named = {f"file{n}": SimpleUploadedFile("k.ics", octets) for n, octets in enumerate(files)}
    request = RequestFactory().post("/", named)
    return [file for name in named if isinstance(file := request.FILES[name], InMemoryUploadedFile)]


@pytest.mark.parametrize("octets", [b"x", b"BEGIN:VCALENDAR\r\n" * 10, bytes(range(256)) * 12_000])
def test_a_file_comes_as_it_was_sent(octets: bytes) -> None:
    (file,) = sent(octets)
    assert file.read() == octets
    assert (file.size, file.name) == (len(octets), "k.ics")


def test_no_more_is_kept_than_may_be_read_and_the_true_size_is_told() -> None:
    first, second = sent(b"x" * (MOST_OCTETS + 200_000), b"y" * 1_000)
    assert (first.size, len(first.read())) == (MOST_OCTETS + 200_000, MOST_OCTETS + 1)
    assert (second.size, len(second.read())) == (1_000, 0)


def test_a_file_that_is_too_large_is_told_so_and_not_called_missing() -> None:
    (file,) = sent(b"x" * (MOST_OCTETS + 1))
    form = FileForm({}, MultiValueDict({"file": [file]}))
    assert not form.is_valid()
    assert form.has_error("file", "size")


def test_as_much_may_be_uploaded_as_may_be_fetched() -> None:
    assert Network().received == MOST_OCTETS
    assert FileForm({}, MultiValueDict({"file": [*sent(b"x" * MOST_OCTETS)]})).is_valid()


@pytest.mark.django_db(transaction=True)
def test_the_page_reads_a_file_that_way(browser_as: Callable[[str], Client], town: Town) -> None:
    long = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//SV\r\n" + b"X-A:b\r\n" * 500_000 + b"END:VCALENDAR\r\n"
    assert len(long) > 2_500_000
    file = SimpleUploadedFile("k.ics", long, "text/calendar")
    response = browser_as("anna").post("/kalender/in/fil/", {"file": file}, secure=True)
    assert response["Location"] == "/kalender/?klart=in"


def test_every_request_has_room_of_its_own() -> None:
    assert InMemory()._room == InMemory()._room == MOST_OCTETS + 1
