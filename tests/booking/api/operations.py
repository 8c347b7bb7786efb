"""Every operation of the API with a request that it takes: what the tests of all of them walk through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from booking.models import Absence, Booking, Calendar, MeetingType, Wish
from identity import scope
from identity.models import Municipality, Person, Unit
from tests.booking.api.asking import at

# What an operation may name, and the ids of one of each.
Things = dict[str, UUID]
_SOON, _LATER = "2026-12-01", "2026-12-02"


@dataclass(frozen=True)
class Operation:
    """`names`: what its address or body names, in order; `body`: made of those ids and a start."""

    method: str
    path: str
    scope: str
    names: tuple[str, ...] = ()
    query: str = ""
    body: Callable[[Things, int], dict[str, Any]] | None = None
    gone: int = 404

    @property
    def name(self) -> str:
        """Method and path, as the document has them."""
        return f"{self.method} {self.path}"

    def address(self, things: Things) -> str:
        """Its address for these things."""
        return f"/api/v1{self.path.format(**things)}{self.query.format(**things)}"


def _time(things: Things, start: int) -> dict[str, Any]:
    return {"meeting_type": str(things["meeting_type"]), "form": "video", "start": at(start)}


def _booking(things: Things, start: int) -> dict[str, Any]:
    return _time(things, start) | {"parties": [{"role": "resident", "person": str(things["person"])}]}


def _rule() -> dict[str, Any]:
    return {"weekdays": [1], "from_minute": 540, "to_minute": 720, "forms": ["video"], "step": 30}


def _wish(things: Things, start: int) -> dict[str, Any]:
    return {"meeting_type": str(things["meeting_type"]), "form": "video", "person": str(things["person"])}


OPERATIONS = (
    Operation("GET", "/meeting-types", "slots:read"),
    Operation("GET", "/slots", "slots:read", ("meeting_type",), "?meeting_type={meeting_type}&form=video"),
    Operation(
        "GET",
        "/slots/days",
        "slots:read",
        ("meeting_type",),
        f"?meeting_type={{meeting_type}}&form=video&from={_SOON}&until={_LATER}",
    ),
    Operation(
        "POST", "/holds", "holds:write", ("meeting_type", "person"),
        body=lambda t, s: _time(t, s) | {"person": str(t["person"])},
    ),
    Operation("POST", "/holds/{hold}/extend", "holds:write", ("hold",)),
    Operation("DELETE", "/holds/{hold}", "holds:write", ("hold",), gone=204),
    Operation("GET", "/bookings", "bookings:read"),
    Operation("POST", "/bookings", "bookings:write", ("meeting_type", "person"), body=_booking),
    Operation("GET", "/bookings/{booking}", "bookings:read", ("booking",)),
    Operation("GET", "/bookings/{booking}/facts", "bookings:read", ("booking",)),
    Operation(
        "POST", "/bookings/{booking}/move", "bookings:write", ("booking",),
        body=lambda t, s: {"start": at(s), "sequence": 0},
    ),
    Operation(
        "POST", "/bookings/{booking}/cancel", "bookings:write", ("booking",), body=lambda t, s: {"by": "resident"}
    ),
    Operation(
        "POST", "/bookings/{booking}/hand-over", "bookings:write", ("booking",),
        body=lambda t, s: {"calendar": str(t["calendar"])},
    ),
    Operation("POST", "/bookings/{booking}/no-show", "bookings:write", ("booking",)),
    Operation("POST", "/wishes", "bookings:write", ("meeting_type", "person"), body=_wish),
    Operation("DELETE", "/wishes/{wish}", "bookings:write", ("wish",), gone=204),
    Operation("GET", "/calendars", "calendars:read"),
    Operation(
        "GET", "/calendars/{calendar}/explain", "calendars:read", ("calendar",),
        "?meeting_type={meeting_type}&form=video&start=2026-12-01T09:00:00Z",
    ),
    Operation("GET", "/calendars/{calendar}/rules", "calendars:read", ("calendar",)),
    Operation(
        "PUT", "/calendars/{calendar}/rules", "calendars:write", ("calendar",),
        body=lambda t, s: {"rules": [_rule()], "rules_version": 1},
    ),
    Operation(
        "POST", "/calendars/{calendar}/rules/preview", "calendars:write", ("calendar",),
        body=lambda t, s: {"rules": [_rule()]},
    ),
    Operation(
        "POST", "/calendars/{calendar}/absences", "calendars:write", ("calendar",),
        body=lambda t, s: {"from": at(s), "to": at(s + 12), "code": "course"},
    ),
    Operation("DELETE", "/calendars/{calendar}/absences/{absence}", "calendars:write", ("calendar", "absence")),
)  # fmt: skip


def _offered(calendar: Calendar) -> UUID:
    """What residents book with this officer by video."""
    rows = MeetingType.objects.filter(offers__calendar=calendar, published=True, internal=False)
    return rows.filter(forms__contains=["video"], booked_by="resident").order_by("code").values_list("id", flat=True)[0]


def things_of(municipality: Municipality) -> Things:
    """One of each in a filled municipality; of what there is none, an id of nothing."""
    with scope.transaction(municipality.id):
        calendar = Calendar.objects.filter(person__cast_name="anna").get()
        held = Booking.objects.filter(state="held").first()
        booked = Booking.objects.exclude(state="held").filter(resident__cast_name="bo").first()
        return {
            "meeting_type": _offered(calendar),
            "person": Person.objects.get(cast_name="bo").id,
            "calendar": calendar.uuid,
            "unit": Unit.objects.get(id=calendar.unit_id).id,
            "hold": held.id if held else UUID(int=5),
            "booking": booked.id if booked else UUID(int=5),
            "wish": (Wish.objects.values_list("id", flat=True).first()) or UUID(int=5),
            "absence": (Absence.objects.values_list("id", flat=True).first()) or UUID(int=5),
        }
