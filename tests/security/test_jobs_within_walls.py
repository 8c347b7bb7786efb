"""Every job's work for one municipality leaves another's rows untouched, to the last octet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.utils import timezone

from booking import busy_services, idempotency
from booking.jobs import read_busy
from booking.models import BusyFeed, Need
from booking.services import Contact, needs, readiness
from booking.services.hold import purge_lapsed
from identity import actors, anchors, attempts, review_making, scope, sealing
from identity.endpoints import ENDPOINTS
from identity.models import Municipality, Person, SignInAttempt
from notifications import jobs as notifications
from tests.booking.queue import Queue
from tests.town import Town, build

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "log_reader", "log_writer"])
Super = Callable[[], psycopg.Connection[Any]]
TABLES = sorted(one._meta.db_table for one in apps.get_models() if hasattr(one, "municipality_id"))
LATER = timedelta(days=2)


def stage(town: Town) -> None:
    """Something for every job to do: a confirmation to send, a calendar to read, a try and an answer that are old."""
    now = timezone.now()
    with scope.transaction(town.municipality.id):
        bo = Person.objects.get(cast_name="bo")
        actor = actors.of_person(bo, provider="trial", level="LOA3", session_key="s", at=now)
        calendar = town.calendars["anna"]
        BusyFeed.objects.create(
            calendar_id=calendar, kind="url", address="https://127.0.0.1/a.ics", next_try_at=now - LATER
        )
        SignInAttempt.objects.create(
            kind="bankid", lookup=b"l" * 32, session_digest=b"s", started_at=now - LATER, expires_at=now - LATER
        )
    booked = town.booked(actor, contact=Contact("email", "bo@exempelkommun.example"))
    with scope.transaction(town.municipality.id):
        Need.objects.create(booking=booked, kind="pauses", state="confirmed", changed_at=now)
    Queue(town).join(actor)


def feeds(town: Town) -> list[str]:
    with scope.transaction(town.municipality.id):
        return [str(one) for one in BusyFeed.objects.values_list("id", flat=True)]


def reads(town: Town, other: Town) -> None:
    """Its own calendar, and another's by its id, which is nothing here."""
    for feed in feeds(town) + feeds(other):
        read_busy(town.municipality.id, feed)


def hands_out(town: Town, other: Town) -> None:
    with scope.transaction(town.municipality.id):
        assert len(busy_services._taken_in_turn(timezone.now())) == 1


def offers(town: Town, other: Town) -> None:
    """To those who wait here; for another's calendars, by their ids, nobody waits here."""
    assert Queue(town).ask(calendars=other.calendars.values()) == []
    assert len(Queue(town).ask(calendars=town.calendars.values())) == 1


def follows(town: Town, other: Town) -> None:
    (offer,) = Queue(town).ask()
    assert Queue(town).lapse(offer.expires_at) == 1


def settles(town: Town, other: Town) -> None:
    assert readiness.settle_due(municipality=town.municipality.id, now=timezone.now()) == 1


def purges(town: Town, other: Town) -> None:
    here, then = town.municipality.id, timezone.now() + LATER
    purge_lapsed(municipality=here, before=then)
    assert needs.purge(municipality=here, now=then + 100 * LATER) == 1
    assert idempotency.purge(municipality=here, now=then)
    with scope.transaction(here):
        assert attempts.purge(then)


def reviews(town: Town, other: Town) -> None:
    month = review_making.previous_month(timezone.localdate())
    assert review_making.make_reviews(municipality=town.municipality, month=month)
    assert review_making.escalate(municipality=town.municipality.id, today=date.max)


def seals(town: Town, other: Town) -> None:
    assert sealing.seal(town.municipality.id)


def delivers(town: Town, other: Town) -> None:
    """No mail server answers here: the message waits for the next try."""
    notifications.deliver(town.municipality.id)


def keeps_anchors(town: Town, other: Town) -> None:
    """Reads the head of one chain."""
    anchors._head(town.municipality.id)


def beats(town: Town, other: Town) -> None:
    """Is no municipality's."""


# Each job's work for one municipality, and whether it writes there.
WORK: dict[str, tuple[Callable[[Town, Town], None], bool]] = {
    "booking.jobs.follow_waiting_lists": (follows, True),
    "booking.jobs.offer_freed": (offers, True),
    "booking.jobs.read_busy": (reads, True),
    "booking.jobs.read_due_busy": (hands_out, True),
    "booking.jobs.settle_due": (settles, True),
    "config.jobs.heartbeat": (beats, False),
    "config.jobs.purge_what_is_over": (purges, True),
    "identity.jobs.keep_anchors": (keeps_anchors, False),
    "identity.jobs.seal_log": (seals, True),
    "identity.jobs.review_log": (reviews, True),
    "notifications.jobs.deliver_due": (delivers, True),
}


def rows_of(superuser: Super, municipality: Municipality) -> dict[str, str]:
    """A hash of what each table holds of a municipality, seen past the walls."""
    with superuser() as database:
        sql = "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t WHERE municipality_id = %s"
        found = ((table, database.execute(sql.format(table), [municipality.id]).fetchone()) for table in TABLES)
        return {table: str(row and row[0]) for table, row in found}


def test_every_job_is_asked() -> None:
    assert WORK.keys() == {row.name for row in ENDPOINTS if row.kind == "job"}


@pytest.mark.parametrize("job", WORK)
def test_a_job_of_one_municipality_leaves_the_rows_of_another(
    town: Town, neighbour: Municipality, superuser: Super, job: str
) -> None:
    there = build(neighbour)
    for one in (town, there):
        stage(one)
    work, writes = WORK[job]
    here_before, there_before = (rows_of(superuser, one.municipality) for one in (town, there))
    work(town, there)
    assert rows_of(superuser, neighbour) == there_before
    assert (rows_of(superuser, town.municipality) != here_before) is writes
