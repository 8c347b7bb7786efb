"""When an incoming calendar is asked again. Pure: the caller brings the time and the chance."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

IN_OFFICE_HOURS = timedelta(minutes=15)
OTHERWISE = timedelta(hours=1)
LONGEST = timedelta(hours=6)
LONGEST_ASKED_FOR = timedelta(hours=24)
_OPENS, _CLOSES = 7, 18
_BUSY_SERVER = frozenset({"too_many", "server_error", "timeout", "connection"})


def office_hours(moment: datetime, zone: tzinfo) -> bool:
    """Monday to Friday, 07 to 18 in the zone."""
    local = moment.astimezone(zone)
    return local.isoweekday() <= 5 and _OPENS <= local.hour < _CLOSES


def next_try(
    now: datetime, zone: tzinfo, *, code: str = "", failures: int = 0, retry_after: int | None = None, chance: float = 0
) -> datetime:
    """The earliest next reading: every 15 minutes in office hours, else hourly, spread by up to a fifth.

    After 429 and 5xx, and when nobody answers, the wait doubles with every failure up to 6 hours and is never shorter
    than the server asked for (RFC 9110, 10.2.3), a day at most. `chance` is 0 to 1.
    """
    wait = IN_OFFICE_HOURS if office_hours(now, zone) else OTHERWISE
    if code in _BUSY_SERVER:
        wait = min(wait * 2 ** min(failures, 10), LONGEST)
        wait = max(wait, min(timedelta(seconds=retry_after or 0), LONGEST_ASKED_FOR))
    return now + wait * (1 + chance / 5)
