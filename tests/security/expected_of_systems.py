"""What other systems may by their tokens, written by hand: added to `expected_rules.RULES`, action by action.

`system` has every scope and every unit; `_unit` and `_elsewhere` every scope in one unit; the others one scope each.
"""

from __future__ import annotations

_HERE = "home beside easy plain"


def _may(*scopes: str, here: str = _HERE, there: str = "elsewhere") -> dict[str, str]:
    everywhere = " ".join(["system", *(f"system_{scope}" for scope in scopes)])
    return {everywhere: f"{here} {there}", "system_unit": here, "system_elsewhere": there}


_SHELTERED_TOO = f"{_HERE} sheltered opened"  # a calendar is nobody's secret from a system that may read calendars
SYSTEMS: dict[str, dict[str, str]] = {
    "booking.see": _may("reads_bookings"),
    "booking.list": _may("reads_bookings"),
    "booking.book_for": _may("holds", "writes_bookings", here="home mine_here"),
    "booking.answer": _may("holds", "writes_bookings", here="by_system", there=""),
    "booking.move": _may("writes_bookings", here=f"{_HERE} left"),
    "booking.hand_over": _may("writes_bookings", here=f"{_HERE} left"),
    "booking.no_show": _may("writes_bookings"),
    "booking.cancel": _may("writes_bookings", here=f"{_HERE} left"),
    "wish.join_for": _may("writes_bookings"),
    "wish.answer": _may("writes_bookings"),
    "calendar.see": _may("reads_calendars", here=_SHELTERED_TOO),
    "calendar.explain": _may("reads_calendars", here="home"),
    "calendar.edit": _may("writes_calendars", here=f"{_SHELTERED_TOO} unit"),
}
