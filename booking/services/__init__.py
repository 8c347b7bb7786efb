"""Use cases of booking: each opens its own durable transaction, keyword-only, one value returned.

Nobody else writes `Occupancy`. A use case never calls another one; they share `claims`, `filling` and `transitions`,
and those that do several steps at once share the steps (`hold_one`, `confirm_now`, `move_one`, `cancel_one`).
"""

from booking.pool import RoleWanted
from booking.services.asked import Contact, Wanted, WantedNeed
from booking.services.book import book, book_directly
from booking.services.cancel import cancel
from booking.services.fit import fit_needs
from booking.services.hand_over import hand_over
from booking.services.hold import extend_hold, hold, release
from booking.services.move import move
from booking.services.needs import change_needs, set_need_state, set_needs
from booking.services.no_show import mark_no_show, undo_no_show
from booking.services.own_officer import end_own_officer, make_own_officer
from booking.services.parties import add_companion, answer_party, remove_party
from booking.services.readiness import override_ready, read_aloud
from booking.services.series import Rhythm, book_series, cancel_later, move_later

__all__ = [
    "Contact",
    "Rhythm",
    "RoleWanted",
    "Wanted",
    "WantedNeed",
    "add_companion",
    "answer_party",
    "book",
    "book_directly",
    "book_series",
    "cancel",
    "cancel_later",
    "change_needs",
    "end_own_officer",
    "extend_hold",
    "fit_needs",
    "hand_over",
    "hold",
    "make_own_officer",
    "mark_no_show",
    "move",
    "move_later",
    "override_ready",
    "read_aloud",
    "release",
    "remove_party",
    "set_need_state",
    "set_needs",
    "undo_no_show",
]
