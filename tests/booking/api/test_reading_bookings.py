"""`GET /bookings` and `GET /bookings/{id}`: what a system sees, page by page, and that each read is written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from booking.models import Booking, Calendar
from identity import scope
from identity.actors import Actor
from identity.models import Person
from tests.booking.api.asking import System, at, code, missing, pointed, system, tick
from tests.town import Town

pytestmark = pytest.mark.django_db
Actors = Callable[[str], Actor]


@pytest.fixture
def reader(town: Town) -> System:
    """A case system that reads bookings and nothing else."""
    return system(town, "bookings:read")


@pytest.fixture
def booked(town: Town, as_actor: Actors) -> list[Booking]:
    """Seven bookings of Bo, two of them at one start."""
    made = [town.booked(as_actor("bo"), start) for start in town.first_free(n=64, days=3)[::9][:7]]
    made[6].from_tick, made[6].to_tick = made[0].from_tick, made[0].to_tick
    with scope.transaction(town.municipality.id):
        made[6].save(update_fields=["from_tick", "to_tick"])
    return made


def ids(page: Any) -> list[str]:  # noqa: ANN401 - JSON
    """The ids on a page."""
    return [one["id"] for one in page["results"]]


def test_a_booking_has_the_shape_that_is_written_down(town: Town, reader: System, booked: list[Booking]) -> None:
    shown = reader.get(f"/bookings/{booked[0].id}").json()
    assert shown["id"] == str(booked[0].id)
    assert (shown["state"], shown["form"], shown["sequence"]) == (booked[0].state, "video", 0)
    assert (tick(shown["start"]), tick(shown["end"])) == (booked[0].from_tick, booked[0].to_tick)
    assert shown["meeting_type"] == str(town.types["fardtjanst"])
    assert {one["role"] for one in shown["parties"]} == {"resident", "officer"}
    assert {"role": "resident", "person": str(town.persons["bo"])} in shown["parties"]
    assert "calendars" not in shown


def test_calendars_are_shown_with_their_own_scope(town: Town, booked: list[Booking]) -> None:
    both = system(town, "bookings:read", "calendars:read")
    with scope.transaction(town.municipality.id):
        calendar = Calendar.objects.get(id=booked[0].calendar_id)
    assert both.get(f"/bookings/{booked[0].id}").json()["calendars"] == [str(calendar.uuid)]


def test_the_list_is_in_order_of_start_and_id_and_pages_lose_nothing(reader: System, booked: list[Booking]) -> None:
    whole = ids(reader.get("/bookings").json())
    assert whole == [str(one.id) for one in sorted(booked, key=lambda one: (one.from_tick, one.id))]
    walked, page = list[str](), reader.get("/bookings", limit=2).json()
    while page["next"]:
        assert len(page["results"]) == 2
        walked += ids(page)
        page = reader.get("/bookings", limit=2, cursor=page["next"]).json()
    walked += ids(page)
    assert walked == whole


def test_pages_are_stable_while_rows_are_added(
    town: Town, reader: System, booked: list[Booking], as_actor: Actors
) -> None:
    whole = ids(reader.get("/bookings").json())
    first = reader.get("/bookings", limit=3).json()
    start = town.first_free(n=1, days=2)[0]
    added = town.booked(as_actor("yusuf"), start)
    assert added.from_tick < booked[0].from_tick
    rest = reader.get("/bookings", limit=200, cursor=first["next"]).json()
    assert ids(first) + ids(rest) == whole
    assert rest["next"] is None


def test_a_cursor_holds_for_its_own_question_and_token_only(town: Town, reader: System, booked: list[Booking]) -> None:
    cursor = reader.get("/bookings", limit=1).json()["next"]
    told = {("#/cursor", "invalid")}
    for position in (0, 7, len(cursor) - 2):
        changed = cursor[:position] + ("A" if cursor[position] != "A" else "B") + cursor[position + 1 :]
        assert pointed(reader.get("/bookings", limit=1, cursor=changed)) == told
    for wrong in ("", "x", "=" * 9, cursor[:-4], cursor + "AAAA", "å" * 20):
        assert {pointer for pointer, _ in pointed(reader.get("/bookings", limit=1, cursor=wrong))} == {"#/cursor"}
    assert pointed(reader.get("/bookings", limit=1, cursor=cursor, state="confirmed")) == told
    assert pointed(system(town, "bookings:read").get("/bookings", cursor=cursor)) == told


def test_it_can_be_narrowed(town: Town, reader: System, booked: list[Booking]) -> None:
    starts = sorted({one.from_tick for one in booked})
    found = reader.get("/bookings", from_=at(starts[1]), until=at(starts[3])).json()
    assert [tick(one["start"]) for one in found["results"]] == starts[1:3]
    assert len(ids(reader.get("/bookings", person=town.persons["bo"]).json())) == 7
    assert len(ids(reader.get("/bookings", external_id="prov-bo").json())) == 7
    assert ids(reader.get("/bookings", person=town.persons["yusuf"]).json()) == []
    assert ids(reader.get("/bookings", state="no_show").json()) == []
    with scope.transaction(town.municipality.id):
        unit = Calendar.objects.get(id=booked[0].calendar_id).unit_id
    assert len(ids(reader.get("/bookings", unit=unit).json())) == 7
    assert ids(reader.get("/bookings", unit=missing()).json()) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("limit", 0), ("limit", 201), ("limit", "x"), ("state", "held"), ("state", "x"), ("unit", "x"), ("person", "1"),
     ("from", "2026-12-01"), ("offset", 1), ("external_id", "x" * 65), ("external_id", "")],
)  # fmt: skip
def test_what_cannot_be_asked_is_pointed_at(reader: System, name: str, value: object) -> None:
    assert {pointer for pointer, _ in pointed(reader.get("/bookings", **{name: value}))} == {f"#/{name}"}


def test_what_is_only_held_is_no_booking(town: Town, reader: System, as_actor: Actors) -> None:
    held = town.held(as_actor("bo"))
    assert ids(reader.get("/bookings").json()) == []
    gone, nothing = reader.get(f"/bookings/{held.id}"), reader.get(f"/bookings/{missing()}")
    assert (gone.status_code, gone.content) == (404, nothing.content)


def test_a_protected_person_is_not_there(town: Town, reader: System, booked: list[Booking]) -> None:
    asked: list[dict[str, Any]] = [{"person": town.persons["bo"]}, {"external_id": "prov-bo"}, {}]
    with scope.transaction(town.municipality.id):
        Person.objects.filter(id=town.persons["bo"]).update(safe_contact=True)
    nobody = reader.get("/bookings", person=missing())
    assert all(reader.get("/bookings", **query).content == nobody.content for query in asked)
    gone, nothing = reader.get(f"/bookings/{booked[0].id}"), reader.get(f"/bookings/{missing()}")
    assert (gone.status_code, gone.content) == (404, nothing.content)
    assert reader.get(f"/bookings/{booked[0].id}/facts").content == nothing.content


def test_a_protected_person_who_comes_along_is_left_out(town: Town, reader: System, booked: list[Booking]) -> None:
    with scope.transaction(town.municipality.id):
        booked[0].parties.create(person_id=town.persons["eva"], role="companion")
    shown = reader.get(f"/bookings/{booked[0].id}").json()
    assert str(town.persons["eva"]) not in str(shown)


def test_a_token_of_some_units_sees_theirs(town: Town, booked: list[Booking]) -> None:
    with scope.transaction(town.municipality.id):
        unit = Calendar.objects.get(id=booked[0].calendar_id).unit_id
    assert len(ids(system(town, "bookings:read", units=[unit]).get("/bookings").json())) == 7
    elsewhere = system(town, "bookings:read", units=[missing()])
    assert ids(elsewhere.get("/bookings").json()) == []
    gone, nothing = elsewhere.get(f"/bookings/{booked[0].id}"), elsewhere.get(f"/bookings/{missing()}")
    assert (code(gone), gone.content) == ((404, "not_found"), nothing.content)


def test_every_read_is_one_entry_with_all_that_was_seen(
    town: Town, reader: System, booked: list[Booking], monkeypatch: pytest.MonkeyPatch
) -> None:
    from identity.models import AccessEntry

    written: list[AccessEntry] = []
    monkeypatch.setattr(AccessEntry, "save", lambda self, **_: written.append(self))
    page = ids(reader.get("/bookings", limit=3).json())
    reader.get(f"/bookings/{booked[0].id}")
    reader.get(f"/bookings/{booked[0].id}/facts")
    reader.get("/bookings", person=missing())
    assert [(one.action, one.role) for one in written] == [
        ("booking.list", "api"), ("booking.see", "api"), ("booking.facts", "api"),
    ]  # fmt: skip
    assert [str(one) for one in written[0].objects_seen] == page
    assert all(isinstance(one.actor, UUID) for one in written)


def test_facts_say_who_came_and_no_name(town: Town, reader: System, booked: list[Booking]) -> None:
    from django.utils import timezone

    from meetings.models import Meeting, Participant

    before = reader.get(f"/bookings/{booked[0].id}/facts").json()
    assert (before["started_at"], before["present"], before["interruptions"]) == (None, [], 0)
    with scope.transaction(town.municipality.id):
        meeting, _ = Meeting.objects.get_or_create(booking=booked[0])
        now = timezone.now()
        Meeting.objects.filter(id=meeting.id).update(started_at=now, ended_at=now, interruptions=2)
        for party in booked[0].parties.all():
            values = {"admitted_at": now if party.role == "resident" else None, "ident": "eid"}
            Participant.objects.update_or_create(meeting=meeting, party=party, defaults=values)
    after = reader.get(f"/bookings/{booked[0].id}/facts").json()
    assert after["present"] == [{"role": "resident", "identified": "eid"}]
    assert (after["interruptions"], after["started_at"] is not None) == (2, True)
    assert "person" not in str(after)
