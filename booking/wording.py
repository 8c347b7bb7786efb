"""Dates, times and numbers in words, in the active language. Wall time is Europe/Stockholm's.

Swedish as `tisdag 1 december kl. 9.00`, `kl. 13.30–14.15`: full stop between hour and minute, an en dash without
spaces, `kl.` always in running text. English as `Tuesday 1 December, 9:00` and `13:30–14:15`.
"""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, ngettext

ZONE = ZoneInfo("Europe/Stockholm")


def local(moment: datetime) -> datetime:
    """An aware moment as Swedish wall time."""
    return moment.astimezone(ZONE)


def local_date(moment: datetime | date) -> date:
    """The Swedish date of a moment; a plain date is itself."""
    return local(moment).date() if isinstance(moment, datetime) else moment


def weekday(moment: datetime | date) -> str:
    """`tisdag`."""
    return (
        gettext("måndag"),
        gettext("tisdag"),
        gettext("onsdag"),
        gettext("torsdag"),
        gettext("fredag"),
        gettext("lördag"),
        gettext("söndag"),
    )[local_date(moment).weekday()]


def short_weekday(moment: datetime | date) -> str:
    """`tis`: for tables, with the full word beside it for speech."""
    return (
        gettext("mån"),
        gettext("tis"),
        gettext("ons"),
        gettext("tor"),
        gettext("fre"),
        gettext("lör"),
        gettext("sön"),
    )[local_date(moment).weekday()]


def month(moment: datetime | date) -> str:
    """`december`."""
    return (
        gettext("januari"),
        gettext("februari"),
        gettext("mars"),
        gettext("april"),
        gettext("maj"),
        gettext("juni"),
        gettext("juli"),
        gettext("augusti"),
        gettext("september"),
        gettext("oktober"),
        gettext("november"),
        gettext("december"),
    )[local_date(moment).month - 1]


def short_month(moment: datetime | date) -> str:
    """`dec`: on the leaf of a calendar that has the full date beside it."""
    return month(moment)[:3]


def day_of_month(moment: datetime | date) -> str:
    """`1 december`."""
    return f"{local_date(moment).day} {month(moment)}"


def day(moment: datetime | date) -> str:
    """`tisdag 1 december`."""
    return f"{weekday(moment)} {day_of_month(moment)}"


def full_day(moment: datetime | date) -> str:
    """`tisdag 1 december 2026`: on receipts, and when the year is another."""
    return f"{day(moment)} {local_date(moment).year}"


def clock(moment: datetime) -> str:
    """`9.00`."""
    wall = local(moment)
    return wall_time(wall.hour, wall.minute)


def wall_time(hour: int, minute: int) -> str:
    """`9.00` from a wall time of 0-24 hours and 0-59 minutes."""
    return gettext("%(hour)s.%(minute)s") % {"hour": hour, "minute": f"{minute:02}"}


def at(moment: datetime) -> str:
    """`kl. 9.00`."""
    return gettext("kl. %(time)s") % {"time": clock(moment)}


def span(start: datetime, end: datetime) -> str:
    """`kl. 13.30–14.15`."""
    return gettext("kl. %(time)s") % {"time": f"{clock(start)}–{clock(end)}"}


def day_and_time(moment: datetime) -> str:
    """`tisdag 1 december kl. 9.00`."""
    return _on(day(moment), clock(moment))


def day_and_span(start: datetime, end: datetime, *, year: bool = False) -> str:
    """`tisdag 1 december kl. 13.30–14.15`, with the year on receipts."""
    return _on(full_day(start) if year else day(start), f"{clock(start)}–{clock(end)}")


def _on(day_in_words: str, time: str) -> str:
    return gettext("%(day)s kl. %(time)s") % {"day": day_in_words, "time": time}


def spoken(moment: datetime) -> str:
    """`tisdag 1 december klockan 9.00`: for screen readers."""
    return gettext("%(day)s klockan %(time)s") % {"day": day(moment), "time": clock(moment)}


def iso_week(moment: datetime | date) -> int:
    """The number of the week, ISO 8601."""
    return local_date(moment).isocalendar().week


def week_span(monday: date, days: int = 5) -> str:
    """`30 november–4 december`, or `7–11 december` within one month."""
    last = monday + timedelta(days=days - 1)
    first = str(monday.day) if monday.month == last.month else day_of_month(monday)
    return f"{first}–{day_of_month(last)}"


def minutes(n: int) -> str:
    """`45 minuter`."""
    return ngettext("%(n)d minut", "%(n)d minuter", n) % {"n": n}


def free_times(n: int) -> str:
    """`5 lediga tider`, `1 ledig tid`, `inga lediga tider`."""
    if n == 0:
        return gettext("inga lediga tider")
    return ngettext("%(n)d ledig tid", "%(n)d lediga tider", n) % {"n": n}


def capital(text: str) -> str:
    """The same text with a capital first letter."""
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    """The same text with a small first letter, to stand inside a sentence."""
    return text[:1].lower() + text[1:]


def dialled(number: str) -> str:
    """A Swedish number as written -> what a telephone dials: `08-465 004 20` -> `+46846500420`, `112` -> `112`."""
    digits = re.sub(r"\D", "", number)
    if number.strip().startswith("+"):
        return f"+{digits}"
    return f"+46{digits[1:]}" if digits.startswith("0") else digits
