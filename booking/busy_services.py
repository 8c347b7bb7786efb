"""Use cases of incoming calendars: add, read and remove what makes an officer busy.

Reading has three parts, and only the first and last touch the database, each in a transaction of its own: claim the
feed; ask the network and read in the limited child; store the merged intervals in one update. A failed read never
frees time: the last good intervals stay, and the feed says why it is stale. Neither an address nor a word of a calendar
reaches a log or an error.
"""

from __future__ import annotations

import hashlib
import logging
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.backends.postgresql.psycopg_any import NumericRange
from django.db.models import F, Max
from django.utils import timezone

from booking.busy_schedule import next_try
from booking.calendars.busy.child import read_limited
from booking.calendars.busy.errors import CalendarError, FetchFailed, FetchRefused, Unusable
from booking.calendars.busy.fetch import fetch
from booking.calendars.busy.reading import Interval, Reading
from booking.errors import LimitReached
from booking.models import BusyFeed, Calendar, MeetingType
from booking.own_calendar import editable
from booking.patterns import MINUTES_PER_DAY
from booking.timeline import MAX_WINDOW, TICKS_PER_DAY, Span, Timeline, Window, ceil_tick, floor_tick, instant
from booking.walltime import ticks_of
from identity import access_log, limits, scope
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import Municipality
from identity.outward.network import Network

log = logging.getLogger("motas.booking")

NETWORK = Network()
MOST_FEEDS = 10
_LEASE = timedelta(minutes=5)
_MOST_DUE = 50
_MARGIN_DAYS = 7
_ETAG_FITS, _DATE_FITS = 200, 60  # a longer validator is not kept: half of one would never match
_LONGEST_DAYS = MAX_WINDOW // TICKS_PER_DAY - 2


class TooManyUnreadable(Unusable):
    """More than one in five events could not be read; `unreadable` is how many."""

    def __init__(self, unreadable: int) -> None:
        """`unreadable`: how many events could not be read."""
        super().__init__("too_many_unreadable")
        self.unreadable = unreadable


@dataclass(frozen=True)
class _Source:
    """A feed as its reading needs it, outside any transaction. `window` is the span to read, in ticks."""

    feed: UUID
    municipality: int
    claimed_at: datetime
    address: str
    etag: str
    last_modified: str
    body_hash: bytes
    zone: ZoneInfo
    email: str
    hosts: tuple[str, ...]
    window: Window
    same_window: bool
    failures: int

    @property
    def first_day(self) -> date:
        """The local date that the window begins on."""
        return instant(self.window.origin).astimezone(self.zone).date()


@dataclass(frozen=True)
class _Result:
    """What came of a reading; `reading` is None when nothing had changed since the last good one."""

    reading: Reading | None = None
    etag: str = ""
    last_modified: str = ""
    body_hash: bytes = b""


def add_busy_url(*, actor: Actor, calendar: UUID, address: str) -> BusyFeed:
    """Add a calendar by its address and read it at once. A reading that fails leaves a stale feed to try again.

    Raises `NotAllowed`, `LimitReached`, `Limited`, and `FetchRefused` for an address that may not be asked: nothing is
    added then.
    """
    limits.take(f"busy {actor.key()}", per_minute=6, burst=10)
    with scope.transaction(actor.municipality_id):
        own = _with_room(editable(actor, calendar))
        source = _source_of(own, BusyFeed(calendar=own, kind="url", address=address), timezone.now())
    try:
        result: _Result | CalendarError = _asked(source)
    except FetchRefused:
        raise
    except CalendarError as error:
        result = error
    with scope.transaction(actor.municipality_id, durable=True):
        own = _with_room(editable(actor, calendar))
        feed = BusyFeed.objects.create(
            id=source.feed, calendar=own, kind="url", address=address, tried_at=source.claimed_at
        )
        _keep(source, result)
        access_log.record(actor=actor, action="busy.add", kind="calendar", objects=[own.uuid])
        feed.refresh_from_db()
        return feed


def add_busy_file(*, actor: Actor, calendar: UUID, octets: bytes) -> BusyFeed:
    """Add a calendar from a file's octets, which are read once and not kept.

    Raises `NotAllowed`, `LimitReached`, `Limited`, and `Unusable` when nothing good can be read: then nothing is added.
    """
    limits.take(f"busy {actor.key()}", per_minute=6, burst=10)
    with scope.transaction(actor.municipality_id):
        own = _with_room(editable(actor, calendar))
        source = _source_of(own, BusyFeed(calendar=own, kind="file"), timezone.now())
    result = _Result(_read(octets, source))
    with scope.transaction(actor.municipality_id, durable=True):
        own = _with_room(editable(actor, calendar))
        feed = BusyFeed.objects.create(id=source.feed, calendar=own, kind="file", tried_at=source.claimed_at)
        _keep(source, result)
        access_log.record(actor=actor, action="busy.add", kind="calendar", objects=[own.uuid])
        feed.refresh_from_db()
        return feed


def remove_busy(*, actor: Actor, calendar: UUID, feed: UUID) -> None:
    """Remove a calendar: its times block no longer. Raises `NotAllowed`."""
    with scope.transaction(actor.municipality_id, durable=True):
        own = editable(actor, calendar)
        _own_feed(own, feed).delete()
        access_log.record(actor=actor, action="busy.remove", kind="calendar", objects=[own.uuid])


def read_now(*, actor: Actor, calendar: UUID, feed: UUID) -> bool:
    """Read one of the officer's calendars at once; True when it was read well. Raises `NotAllowed`, `Limited`."""
    limits.take(f"busy {actor.key()}", per_minute=6, burst=10)
    with scope.transaction(actor.municipality_id, durable=True):
        own = editable(actor, calendar)
        _own_feed(own, feed)
        access_log.record(actor=actor, action="busy.read", kind="calendar", objects=[own.uuid])
    return read_busy(municipality=actor.municipality_id, feed=feed)


def read_busy(*, municipality: int, feed: UUID) -> bool:
    """Read one calendar by its address; True when its times are good now.

    False for a feed that is gone or came from a file, and for a failure, which is kept with the feed and never raised.
    """
    with scope.transaction(municipality, durable=True):
        source = _claimed(feed, timezone.now())
    if source is None:
        return False
    try:
        result: _Result | CalendarError = _asked(source)
    except CalendarError as error:
        result = error
    with scope.transaction(municipality, durable=True):
        _keep(source, result)
    return isinstance(result, _Result)


def due_busy() -> list[tuple[int, UUID]]:
    """The feeds whose time has come, as (municipality, feed), each claimed for five minutes; at most 50 of each."""
    due: list[tuple[int, UUID]] = []
    for municipality in Municipality.objects.values_list("id", flat=True):
        with scope.transaction(municipality, durable=True):
            due += [(municipality, feed) for feed in _taken_in_turn(timezone.now())]
    return due


def _taken_in_turn(now: datetime) -> list[UUID]:
    rows = BusyFeed.objects.filter(kind="url", next_try_at__lte=now, calendar__active=True).order_by("next_try_at")
    ids = list(rows.select_for_update(skip_locked=True, of=("self",)).values_list("id", flat=True)[:_MOST_DUE])
    BusyFeed.objects.filter(id__in=ids).update(next_try_at=now + _LEASE)
    return ids


def _claimed(feed: UUID, now: datetime) -> _Source | None:
    """Note the attempt, so that an older one that ends later changes nothing, and gather what reading needs."""
    row: BusyFeed | None = BusyFeed.objects.select_related("calendar__person").filter(id=feed, kind="url").first()
    if row is None:
        return None
    BusyFeed.objects.filter(id=feed).update(tried_at=now, next_try_at=now + _LEASE)
    return _source_of(row.calendar, row, now)


def _source_of(calendar: Calendar, feed: BusyFeed, now: datetime) -> _Source:
    zone = ZoneInfo(calendar.zone)
    window = _window(zone, now, _LONGEST_DAYS if feed.kind == "file" else _days_ahead())
    first = instant(window.origin).astimezone(zone).date()
    return _Source(
        feed=feed.id,
        municipality=scope.current(),
        claimed_at=now,
        address=feed.address,
        etag=feed.etag,
        last_modified=feed.last_modified,
        body_hash=bytes(feed.body_hash),
        zone=zone,
        email=calendar.person.email if calendar.person else "",
        hosts=tuple(Municipality.objects.get(id=scope.current()).hosts),
        window=window,
        same_window=feed.window_from == first,
        failures=feed.failures,
    )


def _days_ahead() -> int:
    """As far as anything can be booked, and a week more: the window moves on only once a day."""
    furthest = MeetingType.objects.aggregate(most=Max("horizon_days"))["most"] or 60
    return min(int(furthest) + _MARGIN_DAYS, _LONGEST_DAYS)


def _window(zone: ZoneInfo, now: datetime, days: int) -> Window:
    first = now.astimezone(zone).date()
    last = first + timedelta(days=days)
    return Window.between(ticks_of(first, 0, MINUTES_PER_DAY, zone)[0], ticks_of(last, 0, MINUTES_PER_DAY, zone)[1])


def _with_room(calendar: Calendar) -> Calendar:
    if calendar.busy_feeds.count() >= MOST_FEEDS:
        raise LimitReached(limit="busy_feed")
    return calendar


def _own_feed(calendar: Calendar, feed: UUID) -> BusyFeed:
    found: BusyFeed | None = calendar.busy_feeds.filter(id=feed).first()
    if found is None:
        raise NotAllowed("busy")
    return found


def _asked(source: _Source) -> _Result:
    """Ask the network, and read what is new in the limited child. No transaction is open. Raises `CalendarError`."""
    etag, last_modified = (source.etag, source.last_modified) if source.same_window else ("", "")
    answer = fetch(source.address, etag=etag, last_modified=last_modified, own_hosts=source.hosts, network=NETWORK)
    if answer.status == "unchanged":
        return _Result(None, answer.etag, answer.last_modified)
    digest = hashlib.sha256(answer.octets).digest()
    same = source.same_window and digest == source.body_hash
    return _Result(None if same else _read(answer.octets, source), answer.etag, answer.last_modified, digest)


def _read(octets: bytes, source: _Source) -> Reading:
    """Read a calendar in the limited child. Raises `Unusable`."""
    window = instant(source.window.origin), instant(source.window.end)
    reading = read_limited(octets, window, source.zone, source.email or None, source.hosts)
    if reading.doubtful:
        raise TooManyUnreadable(reading.counts.unreadable)
    return reading


def _keep(source: _Source, result: _Result | CalendarError) -> None:
    """Store what came of a reading in one update, unless a newer attempt has begun or the feed is gone."""
    changes = _failed(source, result) if isinstance(result, CalendarError) else _good(source, result)
    BusyFeed.objects.filter(id=source.feed, tried_at=source.claimed_at).update(**changes)


def _failed(source: _Source, error: CalendarError) -> dict[str, object]:
    """A failed read never frees time: the intervals stay as they are."""
    log.info("busy feed %s could not be read: %s", source.feed, error.code)
    wait = error.retry_after if isinstance(error, FetchFailed) else None
    changes: dict[str, object] = {"state": "stale", "reason": error.code, "failures": F("failures") + 1}
    if isinstance(error, TooManyUnreadable):
        changes["unreadable"] = error.unreadable
    return changes | {"next_try_at": _next(source, code=error.code, failures=source.failures + 1, retry_after=wait)}


def _good(source: _Source, result: _Result) -> dict[str, object]:
    changes: dict[str, object] = {
        "state": "good",
        "reason": "",
        "failures": 0,
        "last_good_at": source.claimed_at,
        "next_try_at": _next(source) if source.address else None,
        "etag": result.etag if len(result.etag) <= _ETAG_FITS else "",
        "last_modified": result.last_modified if len(result.last_modified) <= _DATE_FITS else "",
    }
    if result.reading is None:
        return changes
    counts = result.reading.counts
    return changes | {
        "body_hash": result.body_hash,
        "window_from": source.first_day,
        "busy": [NumericRange(*span) for span in in_ticks(result.reading.intervals, source.window)],
        "unreadable": counts.unreadable,
        "repaired": counts.repaired,
        "over_budget": counts.over_budget,
    }


def in_ticks(intervals: Iterable[Interval], window: Window) -> tuple[Span, ...]:
    """Merged intervals as merged ticks, rounded outwards and clipped to the window: in doubt, blocked."""
    return tuple(Timeline.of(window, ((floor_tick(start), ceil_tick(end)) for start, end in intervals)).spans())


def _next(source: _Source, *, code: str = "", failures: int = 0, retry_after: int | None = None) -> datetime:
    chance = random.random()  # noqa: S311 - spreads the questions, guards nothing
    return next_try(
        source.claimed_at, source.zone, code=code, failures=failures, retry_after=retry_after, chance=chance
    )
