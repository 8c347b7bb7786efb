"""The outgoing feed: a header, the zone, and the entries as they stand on the bookings' rows.

What is answered is decided from a revision before any booking is read (RFC 9110, section 13). The same state gives the
same octets: there is no "now" in them.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext
from icalendar import Calendar as Outline

from booking.calendars import addresses, events, octets
from booking.calendars.bodies import Bodies, Body
from booking.calendars.events import Grade
from booking.models import Booking, CalendarFeed
from booking.states import State
from booking.timeline import ceil_tick, floor_tick
from identity.models import Municipality

log = logging.getLogger("motas.feed")
DAYS_BACK, DAYS_AHEAD, MOST = 30, 365, 2_000
_HOUR = timedelta(hours=1)

# Steps between these states change nothing that an entry says, so the feed need not notice them.
SHOWN = (
    State.CONFIRMED,
    State.READY,
    State.WAITING,
    State.IN_PROGRESS,
    State.INTERRUPTED,
    State.ENDED,
    State.FOLLOWED_UP,
    State.NO_SHOW,
    State.ABORTED,
)
_bodies = Bodies(most=16)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a feed will say, known without reading a booking. `etag` is strong and names exactly these octets."""

    feed: CalendarFeed
    municipality: Municipality
    grade: Grade
    first_day: date
    etag: str


def find(secret_hash: bytes) -> CalendarFeed | None:
    """The feed that is not revoked, with its calendar. Needs an open scope."""
    live = CalendarFeed.objects.select_related("calendar").filter(secret_hash=secret_hash, revoked_at=None)
    found: CalendarFeed | None = live.first()
    return found


def plan(feed: CalendarFeed, municipality: Municipality, now: datetime) -> Plan:
    """What the feed says at `now`. Its days are Swedish, so the window moves at midnight."""
    grade = allowed_grade(feed.grade, municipality)
    first_day = now.astimezone(octets.ZONE).date() - timedelta(days=DAYS_BACK)
    said = (feed.id, feed.calendar.feed_revision, first_day, events.TEMPLATE_VERSION, grade)
    where = (municipality.name, addresses.site(municipality))
    name = hashlib.sha256(repr((said, where)).encode()).hexdigest()[:32]
    return Plan(feed, municipality, grade, first_day, f'"{name}"')


def allowed_grades(municipality: Municipality) -> tuple[Grade, ...]:
    """What the municipality lets officers choose from, the least first. `busy` is always allowed."""
    chosen = set(municipality.feed_grades) or {Grade.NEUTRAL}
    return tuple(grade for grade in Grade if grade is Grade.BUSY or grade in chosen)


def allowed_grade(wanted: str, municipality: Municipality) -> Grade:
    """The wanted grade, or nothing but busy times where the municipality no longer allows it."""
    allowed = allowed_grades(municipality)
    return Grade(wanted) if wanted in allowed else Grade.BUSY


def body(what: Plan) -> Body:
    """The feed's octets, plain and packed. Needs an open scope unless the same state was asked for lately."""
    return _bodies.get(what.etag, lambda: _packed(what))


def _packed(what: Plan) -> Body:
    plain = _octets(what)
    return Body(plain, gzip.compress(plain, compresslevel=6, mtime=0))


def _octets(what: Plan) -> bytes:
    bookings = sorted(_bookings(what), key=lambda booking: (booking.from_tick, booking.calendar_uid))
    stamped = (events.stamped_at(bytes(booking.vevent)) for booking in bookings)
    with translation.override("sv"):
        outline = _outline(what, max([what.feed.made_at, *stamped]))
    return octets.wrap(outline, (_entry(booking, what) for booking in bookings))


def _entry(booking: Booking, what: Plan) -> bytes:
    if what.grade is Grade.NEUTRAL:
        return bytes(booking.vevent)
    service = booking.meeting_type.service.name if what.grade is Grade.SERVICE else ""
    stamped = events.stamped_at(bytes(booking.vevent))
    return events.render(booking, what.municipality, service_name=service, grade=what.grade, changed_at=stamped)


def _bookings(what: Plan) -> list[Booking]:
    """Bookings of the window, at most `MOST`, the nearest ones; never a protected resident's."""
    begins = datetime.combine(what.first_day, time(), octets.ZONE).astimezone(UTC)
    ends = begins + timedelta(days=DAYS_BACK + DAYS_AHEAD)
    rows = Booking.objects.filter(
        calendar=what.feed.calendar, state__in=SHOWN, from_tick__gte=floor_tick(begins), from_tick__lt=ceil_tick(ends)
    )
    rows = rows.exclude(vevent=b"").exclude(Q(resident__marked=True) | Q(resident__registered=True))
    if what.grade is Grade.SERVICE:
        rows = rows.select_related("meeting_type__service")
    found = list(rows.defer("contact_to").order_by("from_tick")[: MOST + 1])
    return found if len(found) <= MOST else _nearest(list(rows.defer("contact_to")), what)


def _nearest(rows: list[Booking], what: Plan) -> list[Booking]:
    log.warning("a feed holds more than %s bookings; the nearest are shown", MOST)
    today = floor_tick(datetime.combine(what.first_day + timedelta(days=DAYS_BACK), time(), octets.ZONE))
    return sorted(rows, key=lambda booking: (abs(booking.from_tick - today), booking.calendar_uid))[:MOST]


def _outline(what: Plan, changed: datetime) -> Outline:
    """The calendar's own properties. Names stand twice, by the old habit and by RFC 7986, section 5."""
    name = gettext("Bokade möten – %(municipality)s") % {"municipality": octets.clean(what.municipality.name)}
    about = gettext("Dina bokade möten. Namn och ärenden visas aldrig här.")
    outline = octets.outline()
    for key, value in (
        ("x-wr-calname", name),
        ("name", name),
        ("x-wr-caldesc", about),
        ("description", about),
        ("x-wr-timezone", "Europe/Stockholm"),
        ("x-published-ttl", "PT1H"),
        ("color", "steelblue"),
        ("uid", f"{what.feed.calendar.uuid}@{what.municipality.hosts[0]}"),
        ("last-modified", changed.astimezone(UTC).replace(microsecond=0)),
    ):
        outline.add(key, value)
    outline.add("refresh-interval", _HOUR, parameters={"VALUE": "DURATION"})
    return outline
