"""The outgoing feed: a header, the zone, and the entries as they stand on the bookings' rows.

What is answered is decided from a revision before any booking is read (RFC 9110, section 13). The same state gives the
same octets: there is no "now" in them.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Abs
from django.utils import translation
from django.utils.translation import gettext
from icalendar import Calendar as Outline

from booking.calendars import addresses, events, octets
from booking.calendars.bodies import Bodies, Body
from booking.calendars.events import Grade
from booking.models import Booking, CalendarFeed
from booking.states import State
from booking.timeline import ceil_tick, floor_tick
from identity.actors import in_force
from identity.models import Membership, Municipality, Role, people

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
    """What a feed will say, known without reading a booking. `etag` is strong and names exactly these octets.

    `changed_at` never goes back, whatever leaves the feed (RFC 7986, section 5.4).
    """

    feed: CalendarFeed
    municipality: Municipality
    grade: Grade
    first_day: date
    changed_at: datetime
    etag: str

    def modified_at(self, now: datetime) -> datetime:
        """When the octets last moved, by a change or with the window at midnight (RFC 9110, section 8.8.2).

        Changes in a row are stamped a second apart, so the last may be ahead of the clock; this never is.
        """
        midnight = datetime.combine(self.first_day + timedelta(days=DAYS_BACK), time(), octets.ZONE)
        return min(max(self.changed_at, midnight), now)


def find(secret_hash: bytes) -> CalendarFeed | None:
    """The feed that is not revoked, with its calendar, in one statement. Needs an open scope.

    None as well when the calendar is closed, its person is no officer of its unit any more, or the account is closed.
    """
    works_there = Membership.objects.filter(
        in_force(), person=OuterRef("calendar__person"), unit=OuterRef("calendar__unit"), role=Role.OFFICER
    )
    live = CalendarFeed.objects.select_related("calendar").filter(
        Exists(works_there), secret_hash=secret_hash, revoked_at=None, calendar__active=True
    )
    found: CalendarFeed | None = live.first()
    return found


def plan(feed: CalendarFeed, municipality: Municipality, now: datetime) -> Plan:
    """What the feed says at `now`. Its days are Swedish, so the window moves at midnight."""
    grade = allowed_grade(feed.grade, municipality)
    first_day = now.astimezone(octets.ZONE).date() - timedelta(days=DAYS_BACK)
    said = (feed.id, feed.calendar.feed_revision, first_day, events.TEMPLATE_VERSION, grade)
    where = (municipality.name, addresses.site(municipality))
    name = hashlib.sha256(repr((said, where)).encode()).hexdigest()[:32]
    changed_at = feed.calendar.feed_changed_at.replace(microsecond=0)
    return Plan(feed, municipality, grade, first_day, changed_at, f'"{name}"')


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
    return _bodies.get(what.etag, lambda: Body(_octets(what)))


def _octets(what: Plan) -> bytes:
    entries = [entry for _, _, entry in sorted(_entries(what))]
    with translation.override("sv"):
        outline = _outline(what)
    return octets.wrap(outline, entries)


def _entries(what: Plan) -> list[tuple[int, str, bytes]]:
    """Start, UID and octets of what is shown: at most `MOST`, the nearest ones. The common grade reads octets only."""
    rows = _bookings(what)
    if what.grade is Grade.NEUTRAL:
        found = [
            (tick, uid, bytes(entry)) for tick, uid, entry in rows.values_list("from_tick", "calendar_uid", "vevent")
        ]
    else:
        rows = rows.select_related("meeting_type__service").defer("contact_to")
        found = [(row.from_tick, row.calendar_uid, _rendered(row, what)) for row in rows]
    if len(found) > MOST:
        log.warning("a feed holds more than %s bookings; the nearest are shown", MOST)
    return found[:MOST]


def _rendered(row: Booking, what: Plan) -> bytes:
    stamped = events.moment_of(events.stamp_of(bytes(row.vevent)))
    service = row.meeting_type.service.name
    return events.render(row, what.municipality, service_name=service, grade=what.grade, changed_at=stamped)


def _bookings(what: Plan) -> QuerySet[Booking]:
    """Bookings of the window, the nearest first, one more than is shown; never a protected resident's."""
    begins = datetime.combine(what.first_day, time(), octets.ZONE).astimezone(UTC)
    ends, today = begins + timedelta(days=DAYS_BACK + DAYS_AHEAD), floor_tick(begins + timedelta(days=DAYS_BACK))
    rows: QuerySet[Booking] = Booking.objects.filter(
        calendar=what.feed.calendar, state__in=SHOWN, from_tick__gte=floor_tick(begins), from_tick__lt=ceil_tick(ends)
    )
    rows = rows.exclude(vevent=b"").exclude(people.protected("resident"))
    return rows.order_by(Abs(F("from_tick") - today), "calendar_uid")[: MOST + 1]


def _outline(what: Plan) -> Outline:
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
        ("last-modified", what.changed_at.astimezone(UTC)),
    ):
        outline.add(key, value)
    outline.add("refresh-interval", _HOUR, parameters={"VALUE": "DURATION"})
    return outline
