"""Closures and short days: who may, what they close, what they would do, and that they never stand crosswise."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from booking import opening_services as services
from booking import red_days
from booking.deciding import deciding, lock_calendars, lock_many
from booking.errors import Busy
from booking.models import Calendar, Closure, ShortDay, Task
from booking.opening_faults import Fault, OpeningFault
from booking.opening_wanted import WantedClosure
from booking.timeline import instant
from booking.wording import local_date
from identity import scope
from identity.actors import Actor
from identity.errors import NotAllowed
from tests.booking.openings import As, annas, calendar_of, coming, moment, rows, starts
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)


def closing(town: Town, day: date, unit: bool = True) -> WantedClosure:
    """A whole date of Anna's unit, or of the municipality."""
    of = calendar_of(town).unit_id if unit else None
    return WantedClosure(moment(day), moment(day + timedelta(days=1)), of)


def versions(town: Town) -> dict[int, int]:
    """Every calendar's version of its opening."""
    return {row.id: row.rules_version for row in rows(town, lambda: Calendar.objects)}


def test_a_closed_unit_is_closed_for_each_of_its_calendars_and_no_other(town: Town, as_actor: As) -> None:
    day, karin = coming(2), as_actor("karin")
    own, other = calendar_of(town).uuid, calendar_of(town, "cia").uuid
    before, seen = starts(town, own), versions(town)
    elsewhere = starts(town, other)
    preview = services.preview_closure(actor=karin, wanted=closing(town, day))
    services.save_closure(actor=karin, wanted=closing(town, day))
    after, now = starts(town, own), versions(town)
    lost = set().union(*(before[way] - after[way] for way in before))
    assert lost
    assert lost <= set(preview.lost)
    assert {local_date(instant(tick)) for tick in lost} == {day}
    assert starts(town, other) == elsewhere
    with scope.transaction(town.municipality.id):
        of_unit = set(Calendar.objects.filter(unit=calendar_of(town).unit_id).values_list("id", flat=True))
    assert {calendar for calendar in now if now[calendar] > seen[calendar]} == of_unit


def test_a_closed_municipality_is_closed_for_all(town: Town, as_actor: As) -> None:
    seen = versions(town)
    services.save_closure(actor=as_actor("dan"), wanted=closing(town, coming(2), unit=False))
    assert all(version > seen[calendar] for calendar, version in versions(town).items())


@pytest.mark.parametrize(
    ("who", "unit"), [("anna", True), ("bo", True), ("dan", True), ("karin", False), ("mats", False), ("alva", True)]
)
def test_nobody_closes_what_is_not_theirs_to_close(town: Town, as_actor: As, who: str, *, unit: bool) -> None:
    with pytest.raises(NotAllowed):
        services.preview_closure(actor=as_actor(who), wanted=closing(town, coming(2), unit))
    with pytest.raises(NotAllowed):
        services.save_closure(actor=as_actor(who), wanted=closing(town, coming(2), unit))
    assert rows(town, lambda: Closure.objects) == []


def test_a_closure_sent_twice_is_one_and_is_opened_again(town: Town, as_actor: As) -> None:
    karin, wanted = as_actor("karin"), closing(town, coming(2))
    before = starts(town, calendar_of(town).uuid)
    made = [services.save_closure(actor=karin, wanted=wanted).id for _ in range(2)]
    assert made[0] == made[1]
    for stranger in ("anna", "dan"):
        with pytest.raises(NotAllowed):
            services.delete_closure(actor=as_actor(stranger), closure=made[0])
    services.delete_closure(actor=as_actor("mats"), closure=made[0])
    assert starts(town, calendar_of(town).uuid) == before
    with pytest.raises(NotAllowed):
        services.delete_closure(actor=karin, closure=made[0])


def test_meetings_in_a_closure_stay_and_become_tasks_if_that_is_wanted(town: Town, as_actor: As) -> None:
    made = annas(town, as_actor)
    wanted = closing(town, timezone.localtime(made.starts_at).date())
    preview = services.preview_closure(actor=as_actor("karin"), wanted=wanted)
    services.save_closure(actor=as_actor("karin"), wanted=wanted, orphans="tasks")
    tasks = rows(town, lambda: Task.objects)
    assert {task.booking_id for task in tasks} == {one.id for one in preview.orphans}
    assert made.id in {one.id for one in preview.orphans}


def test_a_short_day_is_an_administrator_s_and_closes_from_its_time_on(town: Town, as_actor: As) -> None:
    dan, calendar = as_actor("dan"), calendar_of(town).uuid
    today = timezone.localdate()
    eves = [(day, eve) for year in (today.year, today.year + 1) for eve, day in red_days.eves_of(year).items()]
    eve = next(name for day, name in sorted(eves) if day > today + timedelta(days=3) and red_days.DEFAULTS[name])
    before = starts(town, calendar)
    with pytest.raises(NotAllowed):
        services.save_short_day(actor=as_actor("karin"), eve=eve, closes_at=720)
    preview = services.preview_short_days(actor=dan, closes={eve: 0})
    services.save_short_day(actor=dan, eve=eve, closes_at=0)
    lost = set().union(*(before[way] - found for way, found in starts(town, calendar).items()))
    assert lost <= set(preview.lost)
    services.save_short_day(actor=dan, eve=eve, closes_at=1440)
    assert starts(town, calendar) == before
    (row,) = rows(town, lambda: ShortDay.objects)
    assert (row.eve, row.closes_at) == (eve, 1440)


@pytest.mark.parametrize(
    ("closes", "fault"),
    [
        ({"my_birthday": 0}, Fault.UNKNOWN_EVE),
        ({"walpurgis": 721}, Fault.OFF_FIVE_MINUTES),
        ({"walpurgis": 1445}, Fault.OFF_THE_DAY),
    ],
)
def test_what_is_no_short_day_is_refused(town: Town, as_actor: As, closes: dict[str, int], fault: Fault) -> None:
    for use in (services.preview_short_days, services.save_short_days):
        with pytest.raises(OpeningFault) as refused:
            use(actor=as_actor("dan"), closes=closes)
        assert refused.value.code == fault


def in_parallel(work: list[Callable[[], None]]) -> list[BaseException]:
    """What each raised, all begun at once, each on a connection of its own."""
    raised: list[BaseException] = []
    barrier = threading.Barrier(len(work))

    def run(one: Callable[[], None]) -> None:
        barrier.wait()
        try:
            one()
        except BaseException as error:  # noqa: BLE001 - it is what the test looks at
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_closures_rules_and_bookings_at_once_never_stand_crosswise(
    town: Town, as_actor: As, caplog: pytest.LogCaptureFixture
) -> None:
    karin, dan, anna, yusuf = (as_actor(name) for name in ("karin", "dan", "anna", "yusuf"))
    calendars = {name: calendar_of(town, name).uuid for name in ("anna", "yusuf")}
    residents = [as_actor(name) for name in ("bo", "hans")]

    def close(actor: Actor, number: int, *, unit: bool) -> None:
        services.save_closure(actor=actor, wanted=closing(town, coming(2, 20 + number), unit), orphans="tasks")

    def rule(actor: Actor, name: str, number: int) -> None:
        wanted = services.WantedRule((7,), 480 + 15 * number, 490 + 15 * number, ("video",), 5)
        services.save_rule(actor=actor, calendar=calendars[name], wanted=wanted)

    work: list[Callable[[], None]] = []
    for n in range(4):
        work += [partial(close, karin, n, unit=True), partial(close, dan, n + 10, unit=False)]
        work += [partial(rule, anna, "anna", n), partial(rule, yusuf, "yusuf", n)]

    def book(resident: Actor) -> None:
        town.booked(resident)

    work += [partial(book, one) for one in residents]
    raised = in_parallel(work)
    assert [error for error in raised if not isinstance(error, Busy)] == []
    assert "deadlock" not in caplog.text
    assert len(rows(town, lambda: Closure.objects)) == 8


def test_a_closure_waits_for_who_is_deciding_and_holds_every_calendar_of_the_unit(town: Town, as_actor: As) -> None:
    calendar, order = calendar_of(town), []
    holds, done = threading.Event(), threading.Event()

    def booking() -> None:
        with deciding(town.municipality.id):
            lock_calendars([calendar.id])
            holds.set()
            done.wait(0.5)
            order.append("booked")

    def closure() -> None:
        holds.wait(5)
        services.save_closure(actor=as_actor("karin"), wanted=closing(town, coming(2)))
        order.append("closed")

    assert in_parallel([booking, closure]) == []
    assert order == ["booked", "closed"]


def test_every_lock_of_many_is_taken_once(town: Town) -> None:
    sought = "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND objid BETWEEN 7000001 AND 7000003"
    with deciding(town.municipality.id):
        lock_many([7_000_003, 7_000_001, 7_000_002, 7_000_001])
        with connection.cursor() as cursor:
            cursor.execute(sought)
            assert sorted(row[0] for row in cursor.fetchall()) == [7_000_001, 7_000_002, 7_000_003]
