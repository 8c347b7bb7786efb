"""Named faults of the use cases of booking: each step of the recipe left out or swapped, as a change of the source."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Final

from tests.sources import ROOT


@dataclass(frozen=True)
class Fault:
    """What is wrong, in which function of which module of `booking`, and the words that are exchanged there.

    `swaps`: pairs of was and became. `function` is empty for what stands at the module's own level. `tests`: those that
    are there to notice, as `file::test` without directory and suffix.
    """

    name: str
    module: str
    function: str
    tests: tuple[str, ...]
    swaps: tuple[tuple[str, str], ...]

    @property
    def full_name(self) -> str:
        """The module as it is imported."""
        return f"booking.{self.module}"

    def source(self) -> str:
        """The module with the fault. Raises ValueError when the words are not there exactly once."""
        text = (ROOT / "booking" / f"{self.module.replace('.', '/')}.py").read_text()
        before, inside, after = self._parted(text)
        for was, became in self.swaps:
            if inside.count(was) != 1:
                where = f"{self.module} {self.function}".strip()
                raise ValueError(f"{self.name}: {inside.count(was)} times in {where}: {was!r}")
            inside = inside.replace(was, became)
        return before + inside + after

    def _parted(self, text: str) -> tuple[str, str, str]:
        """What stands before the function, in it and behind it."""
        if not self.function:
            return "", text, ""
        defined = [one for one in ast.walk(ast.parse(text)) if isinstance(one, ast.FunctionDef)]
        found = [(one.lineno - 1, one.end_lineno) for one in defined if one.name == self.function]
        if len(found) != 1:
            raise ValueError(f"{self.name}: {len(found)} functions {self.function} in {self.module}")
        lines, (first, last) = text.splitlines(keepends=True), found[0]
        return "".join(lines[:first]), "".join(lines[first:last]), "".join(lines[last:])


def _fault(name: str, place: str, tests: str, *swaps: str) -> Fault:
    """`place`: module and function; `swaps`: was, became, was, became ..."""
    module, _, function = place.partition(" ")
    return Fault(name, module, function, tuple(tests.split()), tuple(zip(swaps[::2], swaps[1::2], strict=True)))


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
    _fault("no lock", "deciding lock_calendars",
           "test_recipe::test_locks_are_taken_ascending_each_once", _LOCK, "pass"),
    _fault("locks in descending order", "deciding lock_calendars",
           "test_recipe::test_locks_are_taken_ascending_each_once", "wanted = sorted(set(calendars))\n    if len",
           "wanted = sorted(set(calendars), reverse=True)\n    if len"),
    _fault("any number of locks", "deciding lock_calendars",
           "test_deciding::test_a_booking_touches_at_most_six_calendars", "len(wanted) > 6", "len(wanted) > 60"),
    _fault("no limits of time", "deciding deciding",
           "test_deciding::test_a_transaction_that_decides_is_bounded_in_time", ", limits=LIMITS", ""),
    _fault("not durable", "deciding deciding",
           "test_deciding::test_nothing_is_decided_inside_another_transaction", _TRANSACTION,
           _TRANSACTION.replace(", durable=True", "")),
    _fault("a snapshot before the lock", "deciding deciding",
           "test_deciding::test_the_transaction_reads_what_is_committed_while_it_waits", _TRANSACTION,
           _SNAPSHOT + _TRANSACTION),
    _fault("no second try", "deciding tried_twice",
           "test_deciding::test_a_deadlock_is_tried_once_more", "except (Deadlock, Overtaken):",
           "except ZeroDivisionError:"),
    _fault("the backstop is an unknown error", "deciding _meaning",
           "test_deciding::test_each_sqlstate_has_its_meaning", "if state == _EXCLUSION:", "if state == _CALENDAR:"),
    _fault("no re-check", "services.hold hold_one",
           "test_hold_and_book::test_an_absence_entered_while_a_hold_waits_for_the_lock_is_seen", _RECHECK,
           "filling = chosen"),
    _fault("re-check before the lock", "services.hold hold_one",
           "test_hold_and_book::test_an_absence_entered_while_a_hold_waits_for_the_lock_is_seen", _PERSON,
           _EARLY + _PERSON, _RECHECK, "filling = early"),
    _fault("expired holds are kept", "services.hold hold_one",
           "test_hold_and_book::test_a_hold_that_ran_out_gives_way_to_the_next_person",
           "    claims.let_expired_go(all_of(chosen))\n", ""),
    _fault("no limit of holds", "services.hold _below_limit",
           "test_hold_and_book::test_a_third_live_hold_is_refused", "live_holds_of(whose.resident) < MAX_HOLDS",
           "True"),
    _fault("holds counted without the person's lock", "services.hold hold_one",
           "test_recipe::test_a_hold_looks_again_under_the_locks_before_it_claims", _PERSON, ""),
    _fault("a hold's key is not written", "services.hold hold_one",
           "test_hold_and_book::test_a_double_click_holds_one_time", _HOLD_KEY, "before = None"),
    _fault("no calendar's lock in a hold", "services.hold hold_one",
           "test_recipe::test_a_hold_looks_again_under_the_locks_before_it_claims",
           "    lock_calendars(all_of(chosen))\n", ""),
    _fault("no entry in the log", "transitions take",
           "test_recipe::test_a_hold_looks_again_under_the_locks_before_it_claims", _RECORD,
           "    dict(actor=actor, action=action, kind="),
    _fault("no history", "transitions take",
           "test_recipe::test_cancelling_takes_the_lock_before_it_frees", "BookingChange.objects.create(",
           "BookingChange("),
    _fault("the signal after the commit", "transitions take",
           "test_move_and_cancel::test_if_a_receiver_fails_the_cancellation_fails_too",
           "_NEWS[step.signal].send(sender=Booking,",
           "from functools import partial\n        from django.db import transaction\n"
           "        transaction.on_commit(partial(_NEWS[step.signal].send_robust, sender=Booking,",
           "booking=booking, actor=actor, previous=previous)", "booking=booking, actor=actor, previous=previous))"),
    _fault("no signal", "transitions take",
           "test_move_and_cancel::test_if_a_receiver_fails_the_cancellation_fails_too",
           "_NEWS[step.signal].send(sender=Booking,", "dict(sender=Booking,"),
    _fault("the state is not saved", "transitions take",
           "test_hold_and_book::test_booking_turns_the_hold_into_a_claim_in_place", _SAVE, "pass"),
    _fault("confirming what was read before the lock", "services.book _book",
           "test_recipe::test_what_changed_while_a_booking_waited_for_the_lock_is_seen", "    access.reread(held)\n",
           ""),
    _fault("a hold that ran out is confirmed", "services.book _book",
           "test_hold_and_book::test_a_lapsed_hold_that_somebody_else_took_offers_three_others_and_keeps_the_answers",
           "    if not claims.keep(held):\n        take_again",
           "    if claims.keep(held) and False:\n        take_again"),
    _fault("no lock when confirming", "services.book _book",
           "test_recipe::test_confirming_takes_the_lock_before_it_claims", _BOOK_LOCKS, ""),
    _fault("a meeting that has begun is booked", "services.book _book",
           "test_hold_and_book::test_a_meeting_that_has_begun_cannot_be_booked_any_more", "if held.starts_at <= now:",
           "if False:"),
    _fault("the old time is let go before the new is claimed", "services.move _claim_new_time",
           "test_recipe::test_a_moved_claim_is_the_same_row", "claims.replace(moved, filling.claims)",
           'claims.let_go(moved); claims.claim(moved, filling.claims, state="booked")'),
    _fault("a move from an old page", "services.move move_one",
           "test_move_and_cancel::test_a_move_from_an_old_page_is_stale", "if moved.sequence != to.sequence:",
           "if False:"),
    _fault("a move without a re-check", "services.move _again",
           "test_recipe::test_a_move_looks_again_under_the_locks_before_it_claims", _MOVE_AGAIN, "found = filling"),
    _fault("the own time stands in the way", "services.move _again",
           "test_move_and_cancel::test_the_own_old_time_does_not_stand_in_the_way", _MOVE_AGAIN,
           _MOVE_AGAIN.replace("but=moved.id, ", "")),
    _fault("a move locks the old calendar only", "services.move move_one",
           "test_recipe::test_both_calendars_are_locked_the_old_and_the_new[move]", _MOVE_LOCKS,
           "lock_calendars(claims.calendars_of(moved))"),
    _fault("the sequence stays", "services.move _claim_new_time",
           "test_move_and_cancel::test_a_move_keeps_booking_uid_and_calendar_and_raises_the_sequence",
           "moved.sequence += 1", "moved.sequence += 0"),
    _fault("cancelled time is not freed", "services.cancel cancel_one",
           "test_move_and_cancel::test_cancelling_frees_the_time_at_once_and_twice_is_once",
           "    claims.let_go(booked)\n", ""),
    _fault("cancelling twice is two steps", "services.cancel cancel",
           "test_move_and_cancel::test_cancelling_frees_the_time_at_once_and_twice_is_once",
           "if State(booked.state) in _CANCELLED:", "if False:"),
    _fault("a cancelling has no key", "services.cancel cancel",
           "test_recipe::test_cancelling_takes_the_lock_before_it_frees", _AGAIN, "if False:"),
    _fault("a colleague's calendar is not locked", "services.hand_over hand_over",
           "test_recipe::test_both_calendars_are_locked_the_old_and_the_new[hand_over]", _GIVE_LOCKS,
           "lock_calendars(claims.calendars_of(handed))"),
    _fault("handed over without a re-check", "services.hand_over hand_over",
           "test_recipe::test_handing_over_looks_again_under_the_locks_before_it_claims",
           "found = _way(handed, calendar, now, chosen)", "found = chosen"),
    _fault("a key stands for any content", "idempotency _result_of",
           "test_move_and_cancel::test_a_moves_key_answers_the_same_move_and_no_other",
           "if bytes(made.digest) != digest:", "if False:"),
    _fault("a first call that runs is an unknown error", "idempotency replayed",
           "test_recipe::test_a_key_whose_first_call_still_runs_is_in_progress", "raise InProgress from None",
           "raise"),
    _fault("a hold ends by the transaction's clock", "services.claims",
           "test_recipe::test_a_hold_that_ends_while_another_call_waits_is_let_go",
           "AND calendar_id = ANY(%(calendars)s) AND state = 'hold' AND expires_at <= clock_timestamp())",
           "AND calendar_id = ANY(%(calendars)s) AND state = 'hold' AND expires_at <= now())"),
)  # fmt: skip
BY_NAME: Final = {fault.name: fault for fault in FAULTS}
