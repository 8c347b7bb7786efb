"""The trial's prepared fortnight: real bookings of invented people, made once, with what the officers' pages show."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import timezone

from booking.models import Absence, Booking, BusyFeed, Need, NeedState
from booking.states import State
from config import trial_week
from identity import finding, scope
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)
TUESDAY = datetime(2027, 2, 2, 5, tzinfo=UTC)


def test_the_plan_is_booked_whole_in_weeks_without_red_days(town: Town) -> None:
    with time_machine.travel(TUESDAY, tick=False):
        trial_week.prepare(town.municipality, timezone.now())
    with scope.transaction(town.municipality.id):
        assert Booking.objects.filter(state=State.CONFIRMED).count() == len(trial_week.PLAN)
        assert Absence.objects.count() == BusyFeed.objects.count() == 1
        assert set(Need.objects.values_list("state", flat=True)) >= {NeedState.CONFIRMED, NeedState.ORDERED}


def test_its_residents_are_found_by_their_numbers(town: Town) -> None:
    with time_machine.travel(TUESDAY, tick=False):
        trial_week.prepare(town.municipality, timezone.now())
    with scope.transaction(town.municipality.id):
        found = [finding.by_number(number) for _, number in trial_week.RESIDENTS]
        assert [one.name for one in found if one] == [name for name, _ in trial_week.RESIDENTS]


def test_red_days_leave_holes_and_stop_nothing(town: Town) -> None:
    with time_machine.travel(datetime(2026, 12, 23, 5, tzinfo=UTC), tick=False):
        trial_week.prepare(town.municipality, timezone.now())
    with scope.transaction(town.municipality.id):
        assert Booking.objects.filter(state=State.CONFIRMED).exists()
