"""An officer's feed of 1,000 bookings, beside the same text joined by hand from the same rows.

Goals: cold p95 at most 60 ms; kept at most 5 ms and 5 statements; 304 at most 3 ms and 4 statements; gzip 85 kB.
Times are the server's own: the whole stack of middleware in this process, over the running trial's database.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.benchmarks.trial import running

if TYPE_CHECKING:
    from booking.models import Booking
    from identity.models import Municipality

BOOKINGS, FEEDS, EACH = 1_000, 12, 8


def _filled(municipality: Municipality) -> tuple[Any, list[Booking]]:
    """The actor and bookings of an officer's calendar that is filled with `BOOKINGS` invented ones."""
    from django.utils import timezone

    from booking.calendars import events
    from booking.models import Booking, Calendar, MeetingType
    from booking.timeline import floor_tick
    from identity import actors, scope

    now = timezone.now()
    with scope.transaction(municipality.id, durable=True):
        calendar = Calendar.objects.select_related("person").get(person__cast_name="anna")
        officer = actors.of_person(calendar.person, provider="trial", level="LOA3", session_key="bench", at=now)
        kind, first = MeetingType.objects.first(), floor_tick(now)
        rows = [
            Booking(
                calendar=calendar,
                meeting_type=kind,
                form="video",
                state="confirmed",
                from_tick=first + number * 100,
                to_tick=first + number * 100 + 9,
                calendar_uid=f"{uuid4()}@localhost",
                created_at=now,
                changed_at=now,
            )
            for number in range(BOOKINGS)
        ]
        for row in rows:
            row.vevent = events.render(row, municipality)
        Booking.objects.bulk_create(rows)
    return (officer, calendar.uuid), rows


def _by_hand(rows: list[Booking]) -> bytes:
    """The floor: the same lines as one f-string each, nothing escaped, folded or checked."""
    lines = []
    for row in rows:
        start, end = f"{row.starts_at:%Y%m%dT%H%M%S}", f"{row.ends_at:%Y%m%dT%H%M%S}"
        code = row.id.hex[:4].upper()
        address = f"http://localhost:8000/moten/{row.id}/lett/"
        lines.append(
            f"BEGIN:VEVENT\r\nUID:{row.calendar_uid}\r\nDTSTAMP:{row.changed_at:%Y%m%dT%H%M%SZ}\r\n"
            f"DTSTART;TZID=Europe/Stockholm:{start}\r\nDTEND;TZID=Europe/Stockholm:{end}\r\nSEQUENCE:{row.sequence}\r\n"
            f"LAST-MODIFIED:{row.changed_at:%Y%m%dT%H%M%SZ}\r\nSTATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\n"
            f"X-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\nCLASS:PRIVATE\r\nSUMMARY:Bokat möte {code}\r\nLOCATION:Videomöte\r\n"
            f"DESCRIPTION:Logga in för att se mer: http://localhost:8000/idag/\\nMötet: {address}\r\nURL:{address}\r\n"
            f"CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO;LABEL=Gå till mötet:{address}\r\nEND:VEVENT\r\n"
        )
    return "".join(lines).encode()


def _ms(call: Callable[[], Any]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def _statements(call: Callable[[], Any]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        call()
    return len([s for s in seen if not s["sql"].startswith(("BEGIN", "COMMIT"))])


def _said(name: str, times: list[float], more: str = "") -> None:
    print(f"{name:<42} p50 {median(times):7.2f} ms   p95 {quantiles(times, n=20)[18]:7.2f} ms   {more}")


def main() -> None:
    """Fill one calendar of the trial, ask for its feeds, print the figures."""
    running()
    from django.test import Client

    from booking import feed_services
    from identity.models import Municipality

    municipality = Municipality.objects.get()
    (officer, calendar), rows = _filled(municipality)
    client = Client(SERVER_NAME="localhost", headers={"Accept-Encoding": "gzip"})
    cold, kept, unchanged = [], [], []
    client.get("/kalender/ex.nothing.ics")
    for _ in range(FEEDS):
        path = "/" + feed_services.make_feed(actor=officer, calendar=calendar).split("/", 3)[3]
        cold.append(_ms(lambda path=path: client.get(path)))  # type: ignore[misc]
        answer = client.get(path)
        same = {"If-None-Match": answer["ETag"]}
        kept += [_ms(lambda path=path: client.get(path)) for _ in range(EACH)]  # type: ignore[misc]
        unchanged += [_ms(lambda path=path, same=same: client.get(path, headers=same)) for _ in range(EACH)]  # type: ignore[misc]
    floor = [_ms(lambda: b"".join(row.vevent for row in rows)) for _ in range(50)]
    by_hand = [_ms(lambda: _by_hand(rows)) for _ in range(20)]
    _said("join of the stored octets (floor)", floor)
    _said("the same text written by hand", by_hand)
    _said("feed, cold", cold, f"{median(cold) / median(by_hand):.1f} x by hand (goal: p95 <= 60 ms)")
    _said("feed, kept", kept, f"{_statements(lambda: client.get(path))} statements (goal: <= 5 ms, <= 5)")
    count = _statements(lambda: client.get(path, headers=same))
    _said("304", unchanged, f"{count} statements (goal: <= 3 ms, <= 4)")
    print(f"gzip {len(answer.content) / 1000:.0f} kB (goal: <= 85 kB)")
