"""`manage.py make_load`: what it fills in, what holds of it, and whom it refuses."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db import NotSupportedError, connection
from django.utils import timezone

from booking import red_days, search
from booking.models import Booking, Occupancy
from booking.search import Query
from config.management.commands.make_load import SETS
from config.owner import as_owner
from identity import scope
from identity.models import Municipality
from tests.programs import invariants

Superuser = Callable[[], psycopg.Connection[Any]]
TABLES = ["booking_booking", "booking_occupancy"]


def made(**options: Any) -> dict[str, Any]:
    """What the command says."""
    out = StringIO()
    call_command("make_load", json=True, stdout=out, **options)
    said: dict[str, Any] = json.loads(out.getvalue())
    return said


def workdays(days: int) -> list[date]:
    """Mondays to Fridays from today on that are neither red nor shut."""
    today = timezone.localdate()
    known = red_days.calendar(today, today + timedelta(days=days))
    dates = [today + timedelta(days=ahead) for ahead in range(days)]
    return [day for day in dates if day.isoweekday() < 6 and day not in known.red and day not in known.short]


@pytest.mark.django_db(transaction=True)
def test_it_fills_in_what_it_says(municipality: Municipality) -> None:
    said = made(calendars=2, days=40)
    expected = 2 * (len(workdays(40)) * 16 // 2)
    assert said == {"calendars": 2, "bookings": expected, "municipality": municipality.slug} | {
        "meeting_type": said["meeting_type"]
    }
    with scope.transaction(municipality.id):
        assert search.find(Query(UUID(said["meeting_type"]), "phone", 10), now=timezone.now()).offers
        days = Counter(date.fromisoformat(text[:10]) for text in Booking.objects.values_list("local_start", flat=True))
    assert set(days) <= set(workdays(40))


@pytest.mark.django_db(transaction=True)
def test_what_is_copied_in_is_whole_and_of_its_municipality(
    municipality: Municipality, neighbour: Municipality, superuser: Superuser
) -> None:
    said = made(calendars=3, days=14, municipality=municipality.slug)
    with scope.transaction(municipality.id):
        booking = Booking.objects.select_related("calendar", "meeting_type").first()
        assert booking is not None
        assert str(booking.meeting_type.id) == said["meeting_type"]
        assert booking.to_tick - booking.from_tick == 6
        assert Booking.objects.count() == Occupancy.objects.filter(live=True, state="booked").count()
    with scope.transaction(neighbour.id):
        assert not Booking.objects.exists()
    with superuser() as database:
        broken = invariants.broken(database)
    assert broken.keys() <= {"bookings with a step left out"}  # these were never held


@pytest.mark.django_db(transaction=True)
def test_the_walls_are_forced_as_before_and_copying_stays_refused(
    municipality: Municipality, superuser: Superuser
) -> None:
    made(calendars=1, days=7)
    with superuser() as database:
        query = "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relname = ANY(%s)"
        assert database.execute(query, [TABLES]).fetchall() == [(True,)] * 2
    assert connection.settings_dict["USER"] == "motas_web"
    with (
        pytest.raises(NotSupportedError, match="row-level security"),
        scope.transaction(municipality.id),
        connection.cursor() as cursor,
    ):
        cursor.execute("COPY booking_occupancy (id) FROM STDIN")


@pytest.mark.django_db(transaction=True)
def test_the_owner_copies_where_the_web_inserts(municipality: Municipality) -> None:
    asked = "SELECT row_security_active('booking_booking'::regclass)"
    found = []
    for role in (as_owner, None):
        with role() if role else scope.transaction(municipality.id), connection.cursor() as cursor:
            cursor.execute(asked)
            found.append(cursor.fetchone()[0])
    assert found == [False, True]


@pytest.mark.django_db
@pytest.mark.parametrize("sizes", [{"calendars": 0}, {"calendars": 10_001}, {"days": -1}, {"days": 367}])
def test_it_refuses_sizes_out_of_bounds(municipality: Municipality, sizes: dict[str, int]) -> None:
    with pytest.raises(CommandError, match="must be"):
        call_command("make_load", **sizes)


def test_it_refuses_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configured, "TRIAL", False)
    with pytest.raises(CommandError, match="production"):
        call_command("make_load", calendars=1)


@pytest.mark.django_db
@pytest.mark.usefixtures("municipality", "neighbour")
def test_of_several_municipalities_one_must_be_named() -> None:
    with pytest.raises(CommandError, match="--municipality"):
        call_command("make_load", calendars=1)


def test_the_sets_are_those_of_the_goals() -> None:
    assert SETS == {"normal": 100, "large": 1_000}
