"""What the fields of booking's tables hold (`identity.data_classes`)."""

from __future__ import annotations

from collections.abc import Mapping

from identity import data_classes
from identity.data_classes import DataClass, table

_BOOKING, _CONTACT, _STAFF = DataClass.BOOKING, DataClass.CONTACT, DataClass.STAFF
_CREDENTIAL, _CONFIGURATION, _TECHNICAL = DataClass.CREDENTIAL, DataClass.CONFIGURATION, DataClass.TECHNICAL

FIELDS: Mapping[str, Mapping[str, DataClass]] = {
    "booking.Service": table(_CONFIGURATION, "unit", "name", "description", "position", "published"),
    "booking.LegalProfile": table(_CONFIGURATION, "name", "information_key", "legal_basis", "retention_days"),
    "booking.MeetingType": table(
        _CONFIGURATION, "code", "service", "legal_profile", "name", "duration", "buffer_before", "buffer_after",
        "forms", "level", "vouched_enough", "lead_minutes", "lead_working_days", "horizon_days", "interpreter_percent",
        "booked_by", "own_officer_only", "max_parties", "move_limit_minutes", "bring", "agenda", "internal",
        "published",
    ),
    "booking.FormTerms": table(
        _CONFIGURATION, "meeting_type", "form", "duration", "buffer_before", "buffer_after", "lead_minutes",
        "lead_working_days", "horizon_days", "move_limit_minutes", "booked_by",
    ),
    "booking.Calendar": table(
        _CONFIGURATION, "kind", "unit", "zone", "active", "person", "name", "share", "languages", "lead_minutes",
        "buffer_before", "buffer_after",
        uuid=_TECHNICAL, rules_version=_TECHNICAL, feed_revision=_TECHNICAL, feed_changed_at=_TECHNICAL,
    ),
    "booking.CalendarOffer": table(_CONFIGURATION, "calendar", "meeting_type"),
    "booking.OpeningRule": table(
        _CONFIGURATION, "calendar", "weekday", "from_minute", "to_minute", "valid_from", "valid_to", "forms", "step",
        "anchor", "every", "first_monday", "week_parity", "nth", "on_red_days",
    ),
    "booking.OpeningException": table(
        _CONFIGURATION, "calendar", "rule", "date", "kind", "from_minute", "to_minute", "forms", "step", "anchor",
    ),
    "booking.Absence": table(
        _STAFF, "from_at", "to_at", "code", "weekday", "from_minute", "to_minute", "every", "first_monday",
        "week_parity", "nth",
        calendar=_TECHNICAL,
    ),
    "booking.Closure": table(_CONFIGURATION, "unit", "from_at", "to_at"),
    "booking.ShortDay": table(_CONFIGURATION, "eve", "closes_at"),
    "booking.CalendarLimit": table(
        _CONFIGURATION, "calendar", "meeting_type", "per_day", "per_week", "minutes_per_day",
    ),
    "booking.BusyFeed": table(
        _STAFF, "kind", "busy",
        address=_CREDENTIAL, calendar=_TECHNICAL, etag=_TECHNICAL, last_modified=_TECHNICAL, body_hash=_TECHNICAL,
        window_from=_TECHNICAL, state=_TECHNICAL, reason=_TECHNICAL, unreadable=_TECHNICAL, repaired=_TECHNICAL,
        over_budget=_TECHNICAL, last_good_at=_TECHNICAL, tried_at=_TECHNICAL, next_try_at=_TECHNICAL,
        failures=_TECHNICAL,
    ),
    "booking.CalendarFeed": table(
        _STAFF, "grade", "made_at", "revoked_at", "last_fetched_at", "client",
        calendar=_TECHNICAL, secret_hash=_CREDENTIAL,
    ),
    "booking.Booking": table(
        _BOOKING, "meeting_type", "calendar", "form", "state", "from_tick", "to_tick", "contact_way", "language",
        "created_at", "changed_at", "booked_by", "asked_how",
        series=_TECHNICAL, contact_to=_CONTACT, resident=_TECHNICAL, local_start=_TECHNICAL, extensions=_TECHNICAL,
        calendar_uid=_TECHNICAL, sequence=_TECHNICAL, vevent=_TECHNICAL,
    ),
    "booking.BookingChange": table(
        _BOOKING, "at", "by", "event", "state_before", "state_after", "from_tick_before", "from_tick_after",
        booking=_TECHNICAL,
    ),
    # The same time once more, as the claim on a calendar: the booking shows it.
    "booking.Occupancy": table(
        _TECHNICAL, "calendar", "booking", "meeting_type", "role", "from_tick", "to_tick", "block_from", "block_to",
        "state", "expires_at", "live",
    ),
    "booking.Series": table(_BOOKING, "calendar", "meeting_type", "made_by", "made_at", resident=_TECHNICAL),
    "booking.Need": table(
        _BOOKING, "kind", "language", "state", "changed_at", booking=_BOOKING, calendar=_TECHNICAL, order=_TECHNICAL
    ),
    "booking.Wish": table(
        _BOOKING, "meeting_type", "form", "calendar", "weekdays", "parts", "earliest", "latest", "notice_minutes",
        "contact_way", "language", "state", "unanswered", "made_at",
        resident=_TECHNICAL, booking=_TECHNICAL, contact_to=_CONTACT,
    ),
    "booking.WishOffer": table(
        _BOOKING, "wish", "by_phone", "made_at", "expires_at", "waited_minutes", "outcome", "ended_at",
        booking=_TECHNICAL,
    ),
    "booking.OwnOfficer": table(_BOOKING, "unit", "calendar", "since", resident=_TECHNICAL),
    "booking.Task": table(
        _TECHNICAL, "kind", "unit", "person", "booking", "offer", "due_at", "made_at", "done_at", "done_by"
    ),
    "booking.Party": table(
        _BOOKING, "role", "resident_said", "officer_said", "reason", booking=_BOOKING, person=_TECHNICAL
    ),
    "booking.IdempotencyKey": table(_TECHNICAL, "actor", "key", "digest", "result", "status", "at"),
    "booking.StepText": table(
        _CONFIGURATION, "key", "language", "variant", "scope", "unit", "meeting_type", "region", "version", "body",
        "published_at", "published_by",
    ),
    "booking.StepShown": table(
        _BOOKING, "key", "language", "variant", "party_role", "shown_at", "marked_at",
        booking=_TECHNICAL, text=_TECHNICAL,
    ),
}  # fmt: skip


def register() -> None:
    """Say it; called once when the package starts."""
    data_classes.register(FIELDS)
