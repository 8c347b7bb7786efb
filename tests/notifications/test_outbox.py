"""The outbox: order, leases, retries, and what is no longer true."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from booking.models import Booking
from booking.services import Contact, cancel, move
from identity import scope
from identity.actors import Actor
from notifications import jobs, outbox
from notifications.health import outbox_age_seconds
from notifications.models import Delivery, Message
from notifications.senders.email import EmailSender
from tests.notifications.post import Post, event_of
from tests.town import Town

Cast = Callable[[str], Actor]
Deliver = Callable[[], int]
States = Callable[[], list[tuple[str, int, str]]]


@pytest.fixture
def booked(town: Town, as_actor: Cast) -> Booking:
    """A booking of Bo's, more than a day ahead."""
    return town.booked(as_actor("bo"))


def test_the_message_is_written_with_the_booking_or_not_at_all(
    town: Town, as_actor: Cast, monkeypatch: pytest.MonkeyPatch, outbox_states: States
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("no outbox")

    monkeypatch.setattr("notifications.telling._write", broken)
    with pytest.raises(RuntimeError):
        town.booked(as_actor("bo"))
    with scope.transaction(town.municipality.id):
        assert not Booking.objects.filter(state="confirmed").exists()
    assert outbox_states() == []


def test_a_sent_message_is_sent_once(booked: Booking, office: Post, deliver: Deliver, outbox_states: States) -> None:
    assert (deliver(), deliver()) == (1, 0)
    assert len(office.octets) == 1
    assert outbox_states() == [("confirmed", 0, "sent")]


def test_a_later_message_never_leaves_before_an_earlier_one(booked: Booking, as_actor: Cast, town: Town) -> None:
    cancel(actor=as_actor("bo"), booking=booked.id, key="c" * 16)
    with scope.transaction(town.municipality.id):
        now = datetime.now(UTC)
        first = outbox.claim(now)
        assert first is not None
        assert first.sequence == 0
        assert outbox.claim(now) is None  # the first is on its way
        outbox.try_later(first, now, code="450", recipient=True)
        assert outbox.claim(now) is None  # the first waits for its next attempt
        again = outbox.claim(now + outbox.RETRIES[0])
        assert again is not None
        assert again.id == first.id
        outbox.finish(again, "sent", now)
        last = outbox.claim(now)
        assert last is not None
        assert last.sequence == 1


def test_the_confirmation_of_a_cancelled_booking_is_not_sent(
    booked: Booking, as_actor: Cast, office: Post, deliver: Deliver, outbox_states: States
) -> None:
    cancel(actor=as_actor("bo"), booking=booked.id, key="c" * 16)
    deliver()
    assert outbox_states() == [("confirmed", 0, "dropped"), ("cancelled", 1, "sent")]
    assert [int(event_of(mail)["SEQUENCE"]) for mail in office.mails] == [1]


def test_the_confirmation_of_a_moved_booking_gives_way_to_the_newer_one(
    booked: Booking, as_actor: Cast, office: Post, deliver: Deliver, outbox_states: States
) -> None:
    move(actor=as_actor("bo"), booking=booked.id, start=booked.from_tick + 3, sequence=0, key="m" * 16)
    deliver()
    assert outbox_states() == [("confirmed", 0, "dropped"), ("moved", 1, "sent")]
    assert len(office.octets) == 1


def test_what_is_past_is_not_sent(booked: Booking, office: Post, deliver: Deliver, outbox_states: States) -> None:
    with time_machine.travel(booked.ends_at, tick=False):
        deliver()
    assert (office.octets, outbox_states()) == ([], [("confirmed", 0, "dropped")])


def test_retries_come_after_1_5_30_minutes_2_and_6_hours_and_then_end(
    booked: Booking, office: Post, deliver: Deliver, outbox_states: States, town: Town
) -> None:
    office.refuse = "450 4.2.0 later"
    waits = []
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        while outbox_states() == [("confirmed", 0, "waiting")]:
            assert deliver() == 1
            waits.append(_until_next(town))
            clock.shift(timedelta(seconds=waits[-1]))
    assert waits == [60, 300, 1800, 7200, 21600, 0]
    assert outbox_states() == [("confirmed", 0, "failed")]
    with scope.transaction(town.municipality.id):
        outcomes = list(Delivery.objects.order_by("at").values_list("outcome", "code"))
    assert outcomes == [("retry", "450")] * 5 + [("failed", "450")]


def _until_next(town: Town) -> int:
    with scope.transaction(town.municipality.id):
        return max(0, round((Message.objects.get().send_at - datetime.now(UTC)).total_seconds()))


def test_a_mailbox_that_does_not_exist_ends_it_at_once(
    booked: Booking, office: Post, deliver: Deliver, outbox_states: States
) -> None:
    office.refuse = "550 5.1.1 no such mailbox"
    deliver()
    assert outbox_states() == [("confirmed", 0, "failed")]


def test_a_worker_that_dies_between_claim_and_send_leaves_the_message_to_another(
    booked: Booking, office: Post, deliver: Deliver, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As a process that ends in the middle of a line."""

    def die(self: EmailSender, outgoing: object) -> None:
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(EmailSender, "send", die)
        with pytest.raises(Killed):
            deliver()
    assert deliver() == 0
    with time_machine.travel(datetime.now(UTC) + outbox.LEASE, tick=False):
        assert deliver() == 1
    assert len(office.octets) == 1


def test_a_worker_that_lost_its_lease_cannot_write_the_outcome(booked: Booking, town: Town) -> None:
    now = datetime.now(UTC)
    with scope.transaction(town.municipality.id):
        slow = outbox.claim(now)
        quick = outbox.claim(now + outbox.LEASE)
        assert slow is not None
        assert quick is not None
        assert not outbox.finish(slow, "failed", now)
        assert outbox.finish(quick, "sent", now)
        assert Message.objects.get().state == "sent"


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_message_once_and_in_order(town: Town, as_actor: Cast, office: Post) -> None:
    bookings = [town.booked(as_actor("bo"), town.first_free(days=3, n=60)[n * 10]) for n in range(5)]
    for booked in bookings:
        _tell_more(town, booked)
    barrier = threading.Barrier(2)

    def work() -> None:
        try:
            barrier.wait()
            jobs.deliver(town.municipality.id)
            jobs.deliver(town.municipality.id)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    jobs.deliver(town.municipality.id)
    seen: dict[str, list[int]] = {}
    for mail in office.mails:
        entry = event_of(mail)
        seen.setdefault(str(entry["UID"]), []).append(int(entry["SEQUENCE"]))
    assert seen == {booked.calendar_uid: [0, 1] for booked in bookings}
    with scope.transaction(town.municipality.id):
        assert Message.objects.filter(state="sent").count() == len(office.octets)
        assert not Message.objects.filter(state="waiting").exists()


def _tell_more(town: Town, booked: Booking) -> None:
    """A second, later message of the booking that the first one does not contradict."""
    with scope.transaction(town.municipality.id):
        first = Message.objects.get(booking=booked)
        Message.objects.create(
            booking=booked,
            recipient=first.recipient,
            kind="cancelled",
            address=first.address,
            sequence=1,
            method="CANCEL",
            invitation=first.invitation.replace("SEQUENCE:0", "SEQUENCE:1"),
            send_at=first.send_at,
            created_at=first.created_at,
        )


def test_health_sees_a_mail_server_that_is_gone_but_not_one_bad_address(
    booked: Booking, office: Post, deliver: Deliver
) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=3), tick=False):
        assert outbox_age_seconds() >= 180
        office.fail = "451 4.3.0 full"
        deliver()
        assert outbox_age_seconds() >= 180
    office.fail, office.refuse = "", "450 4.2.0 later"
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=5), tick=False):
        assert deliver() == 1
        assert outbox_age_seconds() == 0


def test_without_messages_the_age_is_nothing(town: Town) -> None:
    assert outbox_age_seconds() == 0


def test_the_job_goes_through_every_municipality(
    booked: Booking, neighbour: object, office: Post, outbox_states: States
) -> None:
    assert jobs.deliver_due() == 1
    assert outbox_states() == [("confirmed", 0, "sent")]


def test_a_silent_doorbell_hurts_nobody(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    from kombu.exceptions import OperationalError

    def silent(*_: Any, **__: Any) -> None:
        raise OperationalError("redis://:secret@somewhere")

    monkeypatch.setattr(jobs.deliver_due, "apply_async", silent)
    jobs.ring()
    assert "OperationalError" in caplog.text
    assert "secret" not in caplog.text


def test_no_address_reaches_the_log_when_sending_fails(
    booked: Booking, office: Post, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    office.refuse = "450 4.2.0 <bo@exempelkommun.example> later"
    deliver()
    assert "450" in caplog.text
    assert "exempelkommun" not in caplog.text


def test_the_address_is_sealed_in_the_database(booked: Booking, superuser: Callable[[], Any], town: Town) -> None:
    with scope.transaction(town.municipality.id), connection.cursor() as cursor:
        cursor.execute("SELECT address, invitation FROM notifications_message")
        address, invitation = cursor.fetchone()
    assert b"exempelkommun" not in bytes(address)
    assert b"VCALENDAR" not in bytes(invitation)


def test_who_wants_no_mail_has_no_row(town: Town, as_actor: Cast, outbox_states: States) -> None:
    town.booked(as_actor("bo"), contact=Contact("none"))
    assert outbox_states() == []
