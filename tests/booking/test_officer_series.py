"""Follow-ups from a booking's page, and changing one of a series or all that come later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from psycopg.types.range import Range

from booking import wording
from booking.forms import new_key
from booking.models import Booking, BusyFeed, Calendar, OpeningRule
from booking.states import State
from booking.timeline import instant
from identity import scope
from identity.actors import Actor
from tests.booking.desk import Desk
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)
BrowserAs = Callable[[str], Client]
WEEK = 7 * 288


@pytest.fixture
def made(town: Town, as_actor: Callable[[str], Actor]) -> Booking:
    """A time of Bo's at eight on Anna's calendar, which is open every day of the year."""
    anna = town.calendars["anna"]
    with scope.transaction(town.municipality.id):
        Calendar.objects.exclude(id=anna).update(active=False)
        OpeningRule.objects.filter(calendar=anna).delete()
        OpeningRule.objects.bulk_create(
            OpeningRule(
                calendar_id=anna,
                weekday=day,
                from_minute=480,
                to_minute=960,
                forms=["video"],
                step=30,
                on_red_days=True,
            )
            for day in range(1, 8)
        )
    starts = town.first_free(n=40, days=3)
    return town.booked(as_actor("bo"), next(one for one in starts if wording.local(instant(one)).hour == 8))


def in_series(town: Town) -> list[Booking]:
    with scope.transaction(town.municipality.id):
        return list(Booking.objects.filter(series__isnull=False).order_by("from_tick"))


def asked(**more: object) -> dict[str, object]:
    return {"rhythm": "w-1", "count": 3, "asked_how": "phone", "key": new_key()} | more


def test_follow_ups_are_booked_moved_and_cancelled_together(town: Town, made: Booking, browser_as: BrowserAs) -> None:
    browser = browser_as("anna")
    assert "Boka uppföljningar" in browser.get(f"/bokningar/{made.id}/", secure=True).content.decode()
    assert browser.post(f"/bokningar/{made.id}/uppfoljning/", asked(), secure=True).status_code == 302
    first, second, third = in_series(town)
    weeks = [one.starts_at - made.starts_at for one in (first, second, third)]
    assert [round(gap / timedelta(weeks=1)) for gap in weeks] == [1, 2, 3]
    page = browser.get(f"/bokningar/{second.id}/", secure=True).content.decode()
    assert "Avboka också alla senare möten i serien" in page
    form = {"reason": "ill", "later": "on", "key": new_key()}
    assert browser.post(f"/bokningar/{second.id}/avboka/", form, secure=True).status_code == 302
    assert [one.state == State.CANCELLED_BY_OFFICER for one in in_series(town)] == [False, True, True]


def test_all_later_ones_move_with_it_or_none(town: Town, desk: Desk, made: Booking, browser_as: BrowserAs) -> None:
    browser = browser_as("anna")
    assert browser.post(f"/bokningar/{made.id}/uppfoljning/", asked(count=2), secure=True).status_code == 302
    first, second = in_series(town)
    to = next(tick for tick in desk.free(first, 400) if tick // 288 == first.from_tick // 288 and tick > first.to_tick)
    with scope.transaction(town.municipality.id):
        own = Calendar.objects.get(id=town.calendars["anna"])
        after = second.from_tick + to - first.from_tick
        feed = BusyFeed.objects.create(calendar=own, busy=[Range(after, after + 1)])
    form = {"tid": f"{to}@{own.uuid}", "agreed": "on", "later": "on", "sequence": first.sequence}
    refused = browser.post(f"/bokningar/{first.id}/flytta/", form | {"key": new_key()}, secure=True)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "De här tiderna är inte lediga" in page
    assert [one.from_tick for one in in_series(town)] == [first.from_tick, second.from_tick]
    with scope.transaction(town.municipality.id):
        BusyFeed.objects.filter(id=feed.id).delete()
    assert browser.post(f"/bokningar/{first.id}/flytta/", form | {"key": new_key()}, secure=True).status_code == 302
    assert [one.from_tick for one in in_series(town)] == [to, after]


def test_what_is_not_free_is_told_with_what_is_and_nothing_is_booked(
    town: Town, made: Booking, browser_as: BrowserAs
) -> None:
    with scope.transaction(town.municipality.id):
        own = Calendar.objects.get(id=town.calendars["anna"])
        BusyFeed.objects.create(calendar=own, busy=[Range(made.from_tick + 2 * WEEK - 24, made.to_tick + 2 * WEEK)])
    response = browser_as("anna").post(f"/bokningar/{made.id}/uppfoljning/", asked(), secure=True)
    page = response.content.decode()
    assert response.status_code == 422
    assert "De här tiderna är inte lediga" in page
    assert "Närmast ledigt:" in page
    assert '<option value="phone" selected>' in page
    assert in_series(town) == []


def test_how_many_is_from_one_to_twelve(made: Booking, browser_as: BrowserAs) -> None:
    response = browser_as("anna").post(f"/bokningar/{made.id}/uppfoljning/", asked(count=13), secure=True)
    assert response.status_code == 422
    assert "Skriv ett antal från 1 till 12." in response.content.decode()
