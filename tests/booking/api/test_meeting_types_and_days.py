"""`GET /meeting-types` and `GET /slots/days`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from booking import wording
from booking.models import MeetingType
from identity import scope
from tests.booking.api.asking import System, code, missing, pointed, system, tick
from tests.town import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(town: Town) -> System:
    """My pages."""
    return system(town, "slots:read")


def test_what_can_be_booked_is_told_and_nothing_else(town: Town, reader: System) -> None:
    page = reader.get("/meeting-types").json()
    with scope.transaction(town.municipality.id):
        rows = {str(row.id): row for row in MeetingType.objects.filter(published=True, internal=False)}
    assert {one["id"] for one in page["results"]} == set(rows)
    assert page["next"] is None
    one = next(found for found in page["results"] if found["id"] == str(town.types["fardtjanst"]))
    row = rows[one["id"]]
    assert (one["duration"], one["horizon"], one["forms"]) == (row.duration, row.horizon_days, row.forms)
    assert one["lead"] == {"minutes": row.lead_minutes, "working_days": 0}


def test_they_are_narrowed_by_unit_and_form(town: Town, reader: System) -> None:
    everything = reader.get("/meeting-types").json()["results"]
    unit = everything[0]["unit"]
    of_unit = reader.get("/meeting-types", unit=unit).json()["results"]
    assert of_unit == [one for one in everything if one["unit"] == unit]
    at_home = reader.get("/meeting-types", form="home").json()["results"]
    assert at_home == [one for one in everything if "home" in one["forms"]]
    assert reader.get("/meeting-types", unit=missing()).json()["results"] == []
    assert system(town, "slots:read", units=[unit]).get("/meeting-types").json()["results"] == of_unit
    assert pointed(reader.get("/meeting-types", form="letter")) == {("#/form", "invalid_choice")}


def asked(town: Town, first: int, last: int, **more: Any) -> dict[str, Any]:
    """The days from so many ahead to so many ahead."""
    today = wording.local_date(timezone.now())
    span = {"from_": today + timedelta(days=first), "until": today + timedelta(days=last)}
    return {"meeting_type": town.types["fardtjanst"], "form": "video"} | span | more


def test_every_free_start_of_every_day_is_told(town: Town, reader: System) -> None:
    days = reader.get("/slots/days", **asked(town, 0, 20)).json()["days"]
    starts = [tick(start) for day in days for start in day["starts"]]
    slots = reader.get("/slots", meeting_type=town.types["fardtjanst"], form="video", n=50).json()["slots"]
    assert starts[:50] == [tick(slot["start"]) for slot in slots]
    assert starts == sorted(set(starts))
    assert all(start.startswith(day["date"]) for day in days for start in day["starts"])
    assert all(day["starts"] for day in days)


def test_both_dates_count_and_62_are_the_most(town: Town, reader: System) -> None:
    days = reader.get("/slots/days", **asked(town, 0, 20)).json()["days"]
    one = reader.get("/slots/days", **asked(town, 0, 0) | {"from_": days[1]["date"], "until": days[1]["date"]}).json()
    assert one["days"] == [days[1]]
    assert reader.get("/slots/days", **asked(town, 0, 61)).status_code == 200
    assert pointed(reader.get("/slots/days", **asked(town, 0, 62))) == {("#/until", "too_many_days")}
    assert pointed(reader.get("/slots/days", **asked(town, 3, 2))) == {("#/until", "not_after_from")}


@pytest.mark.parametrize("path", ["/slots", "/slots/days"])
def test_an_interpreter_a_length_and_a_room_are_searched_for(town: Town, reader: System, path: str) -> None:
    query = asked(town, 0, 30) if path.endswith("days") else {"meeting_type": town.types["fardtjanst"], "form": "video"}
    for more in ({"language": "ar"}, {"duration": 60}, {"roles": "room"}, {"roles": f"officer:{missing()},room"}):
        assert reader.get(path, **query | more).status_code == 200, more
    wrong: list[tuple[str, object]] = [("duration", 7), ("roles", "king"), ("roles", "room,"), ("language", "x" * 9)]
    for name, value in wrong:
        assert {pointer for pointer, _ in pointed(reader.get(path, **query | {name: value}))} == {f"#/{name}"}
    if path == "/slots":
        slot = reader.get(path, **query, duration=60, n=1).json()["slots"][0]
        assert tick(slot["end"]) - tick(slot["start"]) == 12


def test_a_form_that_is_not_offered_is_told(town: Town, reader: System) -> None:
    assert code(reader.get("/slots/days", **asked(town, 0, 3, form="home", meeting_type=town.types["ekonomi"]))) == (
        422,
        "not_offered",
    )
    unknown = asked(town, 0, 3) | {"meeting_type": missing()}
    assert code(reader.get("/slots/days", **unknown)) == (404, "not_found")
