"""Long trouble: a mail server or database that is gone, workers that die, messages that cannot be made."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.core.mail.backends.smtp import EmailBackend
from django.db import OperationalError
from django.forms.models import model_to_dict
from django.test import Client

from booking.models import Booking
from identity import scope
from identity.actors import Actor
from identity.models import Municipality
from notifications import jobs, letters, outbox
from notifications.models import Delivery, Message
from notifications.senders import Outgoing, SendFailed
from notifications.senders.email import EmailSender
from tests.notifications.post import Post
from tests.notifications.test_mail import OUTGOING
from tests.town import Town

Cast = Callable[[str], Actor]
Deliver = Callable[[], int]
States = Callable[[], list[tuple[str, int, str]]]
GOSSIP = "Bo Boman bo@exempelkommun.example meets Färdtjänst"


@pytest.fixture
def booked(town: Town, as_actor: Cast) -> Booking:
    """A booking of Bo's, more than a day ahead."""
    return town.booked(as_actor("bo"), town.first_free(days=10)[0])


def only(town: Town) -> Message:
    """The one message, as it stands in the database."""
    with scope.transaction(town.municipality.id):
        return Message.objects.get()


def attempts(town: Town) -> list[tuple[str, str]]:
    """Outcome and code of every attempt, in order."""
    with scope.transaction(town.municipality.id):
        return list(Delivery.objects.order_by("at").values_list("outcome", "code"))


def health(monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """What `/healthz` answers when all but the outbox is well: status, and the outbox's age."""
    with monkeypatch.context() as well:
        for part in ("worker_alive", "seals_in_time", "kept_in_time"):
            well.setattr(f"config.health.{part}", lambda: True)
        answer = Client().get("/healthz", SERVER_NAME="localhost", secure=True)
    return answer.status_code, answer.json()["outbox_age_seconds"]


def test_a_mail_server_that_stays_away_shows_in_health_until_the_last_attempt(
    booked: Booking, town: Town, deliver: Deliver, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    settings.EMAIL_PORT = 1
    waits, written = [], only(town).send_at
    assert health(monkeypatch)[0] == 200
    with time_machine.travel(written, tick=False) as clock:
        deliver()
        while (row := only(town)).state == "waiting":
            assert row.leased_until is not None
            waits.append(round((row.leased_until - datetime.now(UTC)).total_seconds()))
            clock.move_to(row.leased_until - timedelta(seconds=1))
            status, age = health(monkeypatch)
            assert age == int((datetime.now(UTC) - written).total_seconds())
            assert (status == 503) is (age > 120)
            assert deliver() == 0
            clock.shift(timedelta(seconds=1))
            deliver()
    assert waits == [60, 300, 1800, 7200, 21600]
    assert attempts(town) == [("retry", "ConnectionRefusedError")] * 5 + [("failed", "ConnectionRefusedError")]


def test_no_attempt_keeps_a_word_of_what_the_server_said(
    booked: Booking, town: Town, office: Post, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    office.fail = f"451 4.3.0 {GOSSIP}"
    deliver()
    office.fail, office.refuse = "", f"550 5.1.1 {GOSSIP}"
    with time_machine.travel(datetime.now(UTC) + outbox.RETRIES[0], tick=False):
        deliver()
    assert attempts(town) == [("retry", "451"), ("failed", "550")]
    with scope.transaction(town.municipality.id):
        rows = [model_to_dict(row) for row in (*Delivery.objects.all(), Message.objects.get())]
    kept = "\n".join(str({**row, "address": "", "invitation": ""}) for row in rows) + caplog.text
    assert "451" in kept
    for word in GOSSIP.split():
        assert word not in kept


@pytest.mark.parametrize("where", ["refuse", "fail"])
def test_no_failure_holds_a_word_of_what_the_server_said(office: Post, where: str) -> None:
    setattr(office, where, f"450 4.2.0 {GOSSIP}")
    with pytest.raises(SendFailed) as failed:
        EmailSender().send(OUTGOING)
    error = failed.value
    assert (str(error), error.args, error.code) == ("450", ("450",), "450")
    assert error.__suppress_context__


def test_a_certificate_that_fails_is_the_servers_fault_and_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    def open_(self: EmailBackend) -> None:
        raise ssl.SSLCertVerificationError(GOSSIP)

    monkeypatch.setattr(EmailBackend, "open", open_)
    with pytest.raises(SendFailed) as failed:
        EmailSender().send(OUTGOING)
    error = failed.value
    assert (error.code, error.permanent, error.recipient) == ("SSLCertVerificationError", False, False)


def test_a_server_that_closes_the_connection_is_not_the_recipients_fault(office: Post) -> None:
    office.refuse = "421 4.3.2 closing"
    with pytest.raises(SendFailed) as failed:
        EmailSender().send(OUTGOING)
    assert (failed.value.code, failed.value.permanent, failed.value.recipient) == ("421", False, False)


def test_a_message_that_cannot_be_made_stops_no_other_and_ends(
    booked: Booking,
    town: Town,
    as_actor: Cast,
    office: Post,
    deliver: Deliver,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    town.booked(as_actor("bo"), town.first_free(days=11)[0])
    write = letters.write

    def broken(letter: letters.Letter) -> Outgoing:
        if letter.message.booking_id == booked.id:
            raise LookupError(GOSSIP)
        return write(letter)

    monkeypatch.setattr(letters, "write", broken)
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        assert deliver() == 2
        assert len(office.octets) == 1
        for wait in outbox.RETRIES:
            clock.shift(wait)
            assert deliver() == 1
    assert attempts(town)[-1] == ("failed", "LookupError")
    with scope.transaction(town.municipality.id):
        assert sorted(Message.objects.values_list("state", flat=True)) == ["failed", "sent"]
    assert "LookupError" in caplog.text
    for word in GOSSIP.split():
        assert word not in caplog.text


def test_one_municipalitys_broken_message_holds_up_no_neighbour(
    booked: Booking, town: Town, neighbour: Municipality, office: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise LookupError

    monkeypatch.setattr(letters, "prepare", broken)
    asked = []
    claim = outbox.claim

    def noted(now: datetime) -> Message | None:
        asked.append(scope.current())
        return claim(now)

    monkeypatch.setattr(outbox, "claim", noted)
    assert jobs.deliver_due() == 1
    assert neighbour.id in asked


def test_a_message_whose_workers_all_die_ends_too(
    booked: Booking, town: Town, office: Post, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As a process that ends in the middle of a line."""

    def die(self: EmailSender, outgoing: object) -> None:
        raise Killed

    monkeypatch.setattr(EmailSender, "send", die)
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        for _ in range(outbox.ATTEMPTS):
            with pytest.raises(Killed):
                deliver()
            clock.shift(outbox.LEASE)
        assert deliver() == 1
        assert deliver() == 0
    assert attempts(town) == [("failed", "spent")]


def test_a_database_that_is_busy_costs_the_message_nothing(
    booked: Booking, town: Town, office: Post, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any, **__: Any) -> None:
        raise OperationalError("canceling statement due to lock timeout")

    with monkeypatch.context() as now:
        now.setattr(outbox, "claim", busy)
        with pytest.raises(OperationalError):
            deliver()
    assert (only(town).state, only(town).attempts) == ("waiting", 0)
    with monkeypatch.context() as now:
        now.setattr(letters, "prepare", busy)
        with pytest.raises(OperationalError):
            deliver()
    assert (only(town).state, attempts(town), deliver()) == ("waiting", [], 0)
    with time_machine.travel(datetime.now(UTC) + outbox.LEASE, tick=False):
        assert deliver() == 1
    assert (only(town).state, len(office.octets)) == ("sent", 1)


def test_an_outcome_that_could_not_be_written_sends_the_same_mail_again(
    booked: Booking, town: Town, office: Post, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any, **__: Any) -> None:
        raise OperationalError

    with monkeypatch.context() as now:
        now.setattr(outbox, "finish", busy)
        with pytest.raises(OperationalError):
            deliver()
    with time_machine.travel(datetime.now(UTC) + outbox.LEASE, tick=False):
        assert deliver() == 1
    first, again = office.mails
    assert first["Message-ID"] == again["Message-ID"]
    assert only(town).state == "sent"
