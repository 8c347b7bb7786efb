"""Every row of the table of states, written out once more: what holds before, what is done, who is told.

Held against the guided process row by row, not against the code. Where that says less than a step needs: an officer's
cancelling sends the same news as a resident's, since the waiting list and the calendar feeds live by it, and an
interrupted meeting that ends is closed as any other, but nobody is told anew.
"""

from __future__ import annotations

from booking.states import TRANSITIONS, Transition

# sources | event by roles | target, then guards, effects, and who is told with the signal; "-" is nothing.
TABLE = """
- | hold by resident officer | held
  if signed_in_at_level slot_free holds_below_limit suitability_answered
  does claim_hold
  tells -, -
held | extend by resident officer | held
  if hold_alive extensions_left
  does extend_hold
  tells -, -
held | release by system resident | -
  if -
  does let_hold_go keep_answers
  tells resident_on_page, -
held | confirm by resident officer | confirmed
  if information_shown contact_chosen form_allowed parties_within_limit hold_alive
  does claim_time create_meeting order_interpreter
  tells resident_as_chosen officer_feed, booking_confirmed
confirmed | make_ready by system | ready
  if needs_confirmed parties_approved information_read officer_prepared
  does -
  tells officer_on_page, -
confirmed | make_ready by officer | ready
  if reason_given
  does -
  tells officer_on_page, -
ready | reopen by system | confirmed
  if readiness_lost
  does reopen_task
  tells officer_on_page coordinator_on_page, -
confirmed ready | move by resident | confirmed
  if slot_free form_allowed within_move_limit
  does claim_new_time_then_free_old raise_sequence check_approvals_again
  tells all_parties, booking_moved
confirmed ready | move by officer | confirmed
  if slot_free form_allowed resident_agreed
  does claim_new_time_then_free_old raise_sequence check_approvals_again
  tells all_parties, booking_moved
confirmed ready | cancel_by_resident by resident | cancelled_by_resident
  if before_start
  does free_time cancel_interpreter offer_to_waiting_list
  tells all_parties, booking_cancelled
confirmed ready | cancel_by_resident by representative | cancelled_by_resident
  if before_start may_book_for_resident
  does free_time cancel_interpreter offer_to_waiting_list
  tells all_parties, booking_cancelled
confirmed ready | cancel_by_resident by officer | cancelled_by_resident
  if before_start resident_called
  does free_time cancel_interpreter offer_to_waiting_list
  tells all_parties, booking_cancelled
confirmed ready waiting | cancel_by_officer by officer unit_manager | cancelled_by_officer
  if reason_given
  does propose_new_times free_time cancel_interpreter offer_to_waiting_list create_call_task_if_near
  tells all_parties, booking_cancelled
confirmed ready | enter_lobby by resident party | waiting
  if form_is_video lobby_open fresh_identity
  does note_arrival
  tells host_on_page, -
waiting | empty_lobby by system | confirmed
  if lobby_empty before_start was_not_ready
  does -
  tells host_on_page, -
waiting | empty_lobby_ready by system | ready
  if lobby_empty before_start was_ready
  does -
  tells host_on_page, -
waiting | start by host | in_progress
  if resident_admitted opening_points_done ready_or_override
  does note_start keep_lobby_for_latecomers
  tells -, -
confirmed ready | start by officer | in_progress
  if form_is_not_video short_opening_points_done
  does note_start
  tells -, -
in_progress | interrupt by system | interrupted
  if needed_party_gone
  does show_contact_lost
  tells all_present, -
interrupted | resume by system host | in_progress
  if same_participant_back
  does note_stop
  tells all_present, -
interrupted | end by host | ended
  if outcome_given
  does close_meeting drop_queued_messages count_and_delete_needs create_documentation_task
  tells -, -
interrupted | end by system | ended
  if kept_long_enough outcome_given
  does close_meeting drop_queued_messages count_and_delete_needs create_documentation_task
  tells -, -
in_progress | end by host | ended
  if closing_shown
  does close_meeting drop_queued_messages count_and_delete_needs create_documentation_task
  tells resident_on_page, -
waiting | end by host | ended
  if somebody_admitted closing_shown
  does close_meeting drop_queued_messages count_and_delete_needs create_documentation_task
  tells resident_on_page, -
waiting in_progress interrupted | convert by host | converted
  if reason_given form_allowed not_child_protection
  does link_successor
  tells resident_as_chosen, booking_moved
waiting in_progress interrupted | abort by host | aborted
  if reason_given
  does close_meeting drop_queued_messages count_and_delete_needs create_documentation_task
  tells -, -
ended | follow_up by officer | followed_up
  if documentation_done
  does offer_next_booking
  tells thanks, -
confirmed ready waiting | mark_no_show by officer | no_show
  if ten_minutes_after_start resident_absent call_tried
  does free_rest_of_time create_new_time_task
  tells -, -
no_show | undo_no_show by officer | confirmed
  if same_local_day slot_free
  does claim_time close_task
  tells -, -
followed_up cancelled_by_resident cancelled_by_officer converted no_show aborted | purge by system | purged
  if retention_passed board_decision_entered no_legal_hold tasks_closed
  does remove_rows pseudonymise_log
  tells destruction_log, -
"""


def written(step: Transition) -> tuple[str, ...]:
    """A step as the lines of the table have it."""
    lists = (step.guards, step.effects, step.told)
    words = (" ".join(map(str, some)) or "-" for some in lists)
    return (
        str(step.source or "-"),
        str(step.event),
        str(step.role),
        str(step.target or "-"),
        *words,
        str(step.signal or "-"),
    )


def read(text: str) -> set[tuple[str, ...]]:
    """The lines as steps, one for each source and role."""
    found: set[tuple[str, ...]] = set()
    lines = text.strip().splitlines()
    for head, guards, effects, told in zip(*(iter(lines),) * 4, strict=True):
        sources, event, target = head.split(" | ")
        name, _, roles = event.partition(" by ")
        tells, _, signal = told.removeprefix("  tells ").rpartition(", ")
        rest = (target, guards.removeprefix("  if "), effects.removeprefix("  does "), tells, signal)
        found |= {(source, name, role, *rest) for source in sources.split() for role in roles.split()}
    return found


def test_every_step_has_its_guards_effects_and_who_is_told() -> None:
    steps = {written(step) for step in TRANSITIONS}
    assert len(steps) == len(TRANSITIONS)
    assert read(TABLE) == steps
