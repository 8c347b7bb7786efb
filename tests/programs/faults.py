"""Named faults of the use cases of booking: each step of the recipe left out or swapped, as a change of the source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.sources import ROOT


@dataclass(frozen=True)
class Fault:
    """What is wrong, in which module of `booking`, and the words that are exchanged: pairs of was and became."""

    name: str
    module: str
    swaps: tuple[tuple[str, str], ...]

    @property
    def full_name(self) -> str:
        """The module as it is imported."""
        return f"booking.{self.module}"

    def source(self) -> str:
        """The module with the fault. Raises ValueError when the words are not there exactly once."""
        text = (ROOT / "booking" / f"{self.module.replace('.', '/')}.py").read_text()
        for was, became in self.swaps:
            if text.count(was) != 1:
                raise ValueError(f"{self.name}: {text.count(was)} times in {self.module}: {was!r}")
            text = text.replace(was, became)
        return text


def _fault(name: str, module: str, *swaps: str) -> Fault:
    return Fault(name, module, tuple(zip(swaps[::2], swaps[1::2], strict=True)))


_LOCK = 'cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_CALENDAR, calendar])'
_TRANSACTION = "        with scope.transaction(municipality, durable=True, limits=LIMITS):\n"
_SNAPSHOT = (
    "        from psycopg import IsolationLevel\n"
    "        connection.ensure_connection()\n"
    "        connection.connection.isolation_level = IsolationLevel.REPEATABLE_READ\n"
)
_RECHECK = "filling = same(search.fillings(pool, wanted.start, now=now, lead=not whose.by_staff), chosen)"
_PERSON = "    if counted is not None:\n        lock_person(counted)\n"
_EARLY = "    pool = offered(wanted, whose)\n    " + _RECHECK.replace("filling", "early", 1) + "\n"
_HOLD_KEY = "before = idempotency.replayed(actor=actor, key=key, asked=asked, result=made, status=201) if key else None"
_AGAIN = "if idempotency.replayed(actor=actor, key=key, asked=asked, result=booking):"
_RECORD = "    access_log.record(actor=actor, action=action, kind="
_BOOK_LOCKS = "    lock_calendars(claims.calendars_of(held) | (all_of(better) if better else set()))\n"
_GIVE_LOCKS = "lock_calendars(claims.calendars_of(handed) | (all_of(chosen) if chosen else set()))"
_MOVE_LOCKS = "lock_calendars(claims.calendars_of(moved) | (all_of(chosen[1]) if chosen else set()))"
_MOVE_AGAIN = "found = same(search.fillings(pool, to.start, now=now, but=moved.id, lead=not whose.by_staff), filling)"

_SAVE = 'booking.save(update_fields=["state", "changed_at", *fields, *(["vevent"] if stamp else [])])'

FAULTS: Final = (
    _fault("no lock", "deciding", _LOCK, "pass"),
    _fault("locks in descending order", "deciding", "wanted = sorted(set(calendars))\n    if len",
           "wanted = sorted(set(calendars), reverse=True)\n    if len"),
    _fault("any number of locks", "deciding", "len(wanted) > 6", "len(wanted) > 60"),
    _fault("no limits of time", "deciding", ", limits=LIMITS", ""),
    _fault("not durable", "deciding", _TRANSACTION, _TRANSACTION.replace(", durable=True", "")),
    _fault("a snapshot before the lock", "deciding", _TRANSACTION, _SNAPSHOT + _TRANSACTION),
    _fault("no second try", "deciding", "except (Deadlock, Overtaken):", "except ZeroDivisionError:"),
    _fault("the backstop is an unknown error", "deciding", "if state == _EXCLUSION:", "if state == _CALENDAR:"),
    _fault("no re-check", "services.hold", _RECHECK, "filling = chosen"),
    _fault("re-check before the lock", "services.hold", _PERSON, _EARLY + _PERSON, _RECHECK, "filling = early"),
    _fault("expired holds are kept", "services.hold", "    claims.let_expired_go(all_of(chosen))\n", ""),
    _fault("no limit of holds", "services.hold", "live_holds_of(whose.resident) < MAX_HOLDS", "True"),
    _fault("holds counted without the person's lock", "services.hold", _PERSON, ""),
    _fault("a hold's key is not written", "services.hold", _HOLD_KEY, "before = None"),
    _fault("no calendar's lock in a hold", "services.hold", "    lock_calendars(all_of(chosen))\n", ""),
    _fault("no entry in the log", "transitions", _RECORD, "    dict(actor=actor, action=action, kind="),
    _fault("no history", "transitions", "BookingChange.objects.create(", "BookingChange("),
    _fault("the signal after the commit", "transitions", "_NEWS[step.signal].send(sender=Booking,",
           "from functools import partial\n        from django.db import transaction\n"
           "        transaction.on_commit(partial(_NEWS[step.signal].send_robust, sender=Booking,",
           "booking=booking, actor=actor, previous=previous)", "booking=booking, actor=actor, previous=previous))"),
    _fault("no signal", "transitions", "_NEWS[step.signal].send(sender=Booking,", "dict(sender=Booking,"),
    _fault("the state is not saved", "transitions", _SAVE, "pass"),
    _fault("confirming what was read before the lock", "services.book", "    access.reread(held)\n", ""),
    _fault("a hold that ran out is confirmed", "services.book", "    if not claims.keep(held):\n        take_again",
           "    if claims.keep(held) and False:\n        take_again"),
    _fault("no lock when confirming", "services.book", _BOOK_LOCKS, ""),
    _fault("a meeting that has begun is booked", "services.book", "if held.starts_at <= now:", "if False:"),
    _fault("the old time is let go before the new is claimed", "services.move", "claims.replace(moved, filling.claims)",
           'claims.let_go(moved); claims.claim(moved, filling.claims, state="booked")'),
    _fault("a move from an old page", "services.move", "if moved.sequence != to.sequence:", "if False:"),
    _fault("a move without a re-check", "services.move", _MOVE_AGAIN, "found = filling"),
    _fault("the own time stands in the way", "services.move", _MOVE_AGAIN, _MOVE_AGAIN.replace("but=moved.id, ", "")),
    _fault("a move locks the old calendar only", "services.move", _MOVE_LOCKS,
           "lock_calendars(claims.calendars_of(moved))"),
    _fault("the sequence stays", "services.move", "moved.sequence += 1", "moved.sequence += 0"),
    _fault("cancelled time is not freed", "services.cancel", "    claims.let_go(booked)\n", ""),
    _fault("cancelling twice is two steps", "services.cancel", "if State(booked.state) in _CANCELLED:", "if False:"),
    _fault("a cancelling has no key", "services.cancel", _AGAIN, "if False:"),
    _fault("a colleague's calendar is not locked", "services.hand_over", _GIVE_LOCKS,
           "lock_calendars(claims.calendars_of(handed))"),
    _fault("handed over without a re-check", "services.hand_over", "found = _way(handed, calendar, now, chosen)",
           "found = chosen"),
    _fault("a key stands for any content", "idempotency", "if bytes(made.digest) != digest:", "if False:"),
    _fault("a first call that runs is an unknown error", "idempotency", "raise InProgress from None", "raise"),
    _fault("a hold ends by the transaction's clock", "services.claims",
           "AND calendar_id = ANY(%(calendars)s) AND state = 'hold' AND expires_at <= clock_timestamp())",
           "AND calendar_id = ANY(%(calendars)s) AND state = 'hold' AND expires_at <= now())"),
)  # fmt: skip
BY_NAME: Final = {fault.name: fault for fault in FAULTS}
