"""Use cases of opening, for whoever changes when a calendar can be booked: pages, the API, commands.

Each is its own transaction under the calendar's lock, so that no booking decides on a half-changed opening; each takes
the `rules_version` that the caller saw (`version`) and raises `Stale` when it has changed; a change never cancels a
booking. What each would do, its `preview_…` says.
"""

from booking.opening_absences import add_absence, preview_absence, remove_absence
from booking.opening_closures import (
    delete_closure,
    preview_closure,
    preview_short_days,
    save_closure,
    save_short_day,
    save_short_days,
)
from booking.opening_effect import Booked
from booking.opening_faults import Fault, Hint, OpeningFault, RulesClash, Told
from booking.opening_limits import preview_limits, set_limits, set_up_calendar
from booking.opening_preview import Preview
from booking.opening_rules import (
    delete_exception,
    delete_rule,
    preview_exception,
    preview_rule,
    preview_rules,
    replace_rules,
    save_exception,
    save_rule,
)
from booking.opening_wanted import (
    WantedAbsence,
    WantedClosure,
    WantedException,
    WantedLimit,
    WantedRule,
    WantedSettings,
    cycle_of,
)

__all__ = [
    "Booked",
    "Fault",
    "Hint",
    "OpeningFault",
    "Preview",
    "RulesClash",
    "Told",
    "WantedAbsence",
    "WantedClosure",
    "WantedException",
    "WantedLimit",
    "WantedRule",
    "WantedSettings",
    "add_absence",
    "cycle_of",
    "delete_closure",
    "delete_exception",
    "delete_rule",
    "preview_absence",
    "preview_closure",
    "preview_exception",
    "preview_limits",
    "preview_rule",
    "preview_rules",
    "preview_short_days",
    "remove_absence",
    "replace_rules",
    "save_closure",
    "save_exception",
    "save_rule",
    "save_short_day",
    "save_short_days",
    "set_limits",
    "set_up_calendar",
]
