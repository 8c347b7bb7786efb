"""Every access rule, in ONE table: action, object, the actor's relation to it, conditions, fields seen.

Deny by default: an action is allowed when one row of it holds, and a row holds when its relation and all of its
conditions do. Relations and conditions are predicates over loaded facts; nothing here asks the database. Lists come
from `visible_to(actor)`, which says the same in SQL. A test walks every endpoint with every actor against this.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from identity.actors import Actor
from identity.errors import NotAllowed
from identity.relations import CONDITIONS, LEVELS, RELATIONS, Facts

ALL = ("*",)
TIME_ONLY = ("when", "form", "place", "phone")


@dataclass(frozen=True)
class Row:
    """One line of the table. `fields`: what is shown of the object, `*` for all that the page has."""

    action: str
    object: str
    relation: str
    conditions: tuple[str, ...] = ()
    fields: tuple[str, ...] = ALL


_OWN = ("not_beyond_vouched",)
_RESIDENT = ("level", "not_beyond_vouched")
_READ = ("opened_if_protected",)
# What concerns a protected person nobody does on the web in their stead: a representation may be an old one.
_FOR_ANOTHER = ("level", "not_vouched", "not_protected")
# Another system never reaches a protected person, whatever its token says.
_SYSTEM_WRITES = ("not_protected", "writes_bookings")

TABLE: tuple[Row, ...] = (
    # Bookings
    Row("booking.hold", "meeting type", "signed_in", ("level", "not_vouched")),
    Row("booking.hold_for", "meeting type", "representative_book", _FOR_ANOTHER),
    # By telephone or at a counter: staff of the type's unit; for a protected person their named readers only
    Row("booking.book_for", "meeting type", "officer_of_unit", ("named_if_protected", "not_resident")),
    Row("booking.book_for", "meeting type", "system_of_unit", ("not_protected", "takes_times")),
    Row("booking.see", "booking", "own_resident", _RESIDENT),
    Row("booking.see", "booking", "representative_book", _FOR_ANOTHER, TIME_ONLY),
    Row("booking.see", "booking", "representative_attend", _FOR_ANOTHER),
    Row("booking.see", "booking", "own_officer", _READ),
    Row("booking.see", "booking", "opener"),
    Row("booking.see", "booking", "system_of_unit", ("not_protected", "reads_bookings")),
    # In a list: of a protected one only a code and when; who it is, is for those who open it.
    Row("booking.list", "booking", "own_resident", _RESIDENT),
    Row("booking.list", "booking", "representative_book", _FOR_ANOTHER, TIME_ONLY),
    Row("booking.list", "booking", "representative_attend", _FOR_ANOTHER),
    Row("booking.list", "booking", "own_officer", ("not_protected",)),
    Row("booking.list", "booking", "own_officer", (), TIME_ONLY),
    Row("booking.list", "booking", "opener"),
    Row("booking.list", "booking", "system_of_unit", ("not_protected", "reads_bookings")),
    Row("booking.list_protected", "booking", "staff", (), ("when",)),
    # Those whose officer has left: of the own units
    Row("booking.list_left", "booking", "coordinator"),
    # The page that an officer prepares by, and the number that is compared there
    Row("booking.prepare", "booking", "own_officer", _READ),
    Row("booking.prepare", "booking", "opener"),
    # Who sees to the times of the unit reads what is to be seen to.
    Row("booking.prepare", "booking", "coordinator_of_unit", ("not_over", *_READ)),
    Row("booking.see_number", "booking", "own_officer", _READ),
    Row("booking.see_number", "booking", "stands_in", _READ),
    Row("booking.see_number", "booking", "opener"),
    Row("booking.answer", "booking", "own_resident", _RESIDENT),
    Row("booking.answer", "booking", "representative_book", _FOR_ANOTHER),
    Row("booking.answer", "booking", "system_of_unit", ("not_protected", "takes_times", "made_by_system")),
    Row("booking.answer", "booking", "booker", ("named_if_protected",)),
    Row("booking.move", "booking", "own_resident", _RESIDENT),
    Row("booking.move", "booking", "representative_book", _FOR_ANOTHER),
    Row("booking.move", "booking", "own_officer", _READ),
    # Somebody is ill: who coordinates the unit sees to their times.
    Row("booking.move", "booking", "coordinator_of_unit", _READ),
    Row("booking.move", "booking", "system_of_unit", _SYSTEM_WRITES),
    Row("booking.cancel", "booking", "own_resident", _RESIDENT),
    Row("booking.cancel", "booking", "representative_book", _FOR_ANOTHER),
    Row("booking.cancel", "booking", "own_officer", _READ),
    Row("booking.cancel", "booking", "coordinator_of_unit", _READ),
    Row("booking.cancel", "booking", "system_of_unit", _SYSTEM_WRITES),
    Row("booking.hand_over", "booking", "own_officer", _READ),
    Row("booking.hand_over", "booking", "coordinator_of_unit", _READ),
    Row("booking.hand_over", "booking", "system_of_unit", _SYSTEM_WRITES),
    Row("booking.no_show", "booking", "own_officer", _READ),
    Row("booking.no_show", "booking", "system_of_unit", _SYSTEM_WRITES),
    Row("booking.override_ready", "booking", "own_officer", _READ),
    # What makes the meeting easier, and who comes along
    Row("booking.need", "booking", "own_resident", _RESIDENT),
    Row("booking.need", "booking", "representative_book", _FOR_ANOTHER),
    Row("booking.need", "booking", "own_officer", _READ),
    Row("booking.order", "booking", "own_officer", _READ),
    Row("booking.order", "booking", "coordinator_of_unit", _READ),
    # Who meets the resident from now on, in the unit
    Row("booking.own_officer", "booking", "own_officer", _READ),
    Row("booking.own_officer", "booking", "coordinator_of_unit", _READ),
    Row("booking.companion", "booking", "own_resident", _RESIDENT),
    Row("booking.companion", "booking", "own_officer", _READ),
    # Opening what is closed: with a reason, written down, told to the unit's manager
    Row("booking.open", "booking", "own_officer", ("not_protected",)),
    Row("booking.open_protected", "booking", "own_officer"),
    Row("booking.open_protected", "booking", "named_reader"),
    Row("glass.ask", "booking", "officer_anywhere"),
    Row("person.open_protected", "person", "named_reader"),
    Row("glass.ask_person", "person", "coordinator"),
    Row("glass.see", "opening", "coordinator"),
    Row("glass.approve", "opening", "decides_of_unit", ("second_person", "not_self")),
    Row("booking.vouch", "booking", "own_officer", _READ),
    Row("booking.identify_by_phone", "booking", "own_officer", _READ),
    # The waiting list: a place in it, and what is answered when a time is offered. Who looks after the meetings of the
    # unit does it on the telephone; for a protected person only who is named.
    Row("wish.join", "meeting type", "signed_in", ("level", "not_vouched")),
    Row("wish.join_for", "meeting type", "representative_book", _FOR_ANOTHER),
    Row("wish.join_for", "meeting type", "officer_of_unit", ("not_protected",)),
    Row("wish.join_for", "meeting type", "named_reader"),
    Row("wish.join_for", "meeting type", "system_of_unit", _SYSTEM_WRITES),
    Row("wish.answer", "wish", "own_resident", ("level", "not_vouched")),
    Row("wish.answer", "wish", "representative_book", _FOR_ANOTHER),
    Row("wish.answer", "wish", "system_of_unit", _SYSTEM_WRITES),
    Row("wish.answer_for", "wish", "officer_of_unit", ("not_protected",)),
    Row("wish.answer_for", "wish", "manager_of_unit", ("not_protected",)),
    Row("wish.answer_for", "wish", "named_reader"),
    # What must be done: for one person, or for who holds and coordinates meetings in the unit
    Row("task.list", "task", "officer_anywhere"),
    Row("task.finish", "task", "self"),
    Row("task.finish", "task", "officer_of_unit"),
    Row("task.finish", "task", "manager_of_unit"),
    # Calendars and feeds
    Row("calendar.see", "calendar", "own_officer"),
    Row("calendar.see", "calendar", "system_of_unit", ("reads_calendars",)),
    # Why a time is not free: who works in its unit
    Row("calendar.explain", "calendar", "officer_of_unit"),
    Row("calendar.explain", "calendar", "manager_of_unit"),
    Row("calendar.explain", "calendar", "system_of_unit", ("reads_calendars",)),
    # Its week: open time and meetings, with nobody's name
    Row("calendar.see_week", "calendar", "own_officer"),
    Row("calendar.see_week", "calendar", "coordinator_of_unit"),
    Row("unit.see_load", "unit", "coordinator_of_unit"),
    Row("calendar.edit", "calendar", "own_officer"),
    Row("calendar.edit", "calendar", "system_of_unit", ("writes_calendars",)),
    Row("calendar.edit", "calendar", "keeps_for_unit"),
    Row("calendar.set_up", "calendar", "coordinator_of_unit"),
    # What closes many: a unit by who coordinates it, the whole municipality by who administers it
    Row("closure.list", "closure", "coordinator"),
    Row("closure.list", "closure", "administrator"),
    Row("closure.change", "closure", "coordinator_of_unit"),
    Row("closure.change", "closure", "administrator", ("to_nobody_else",)),
    Row("short_day.change", "short day", "administrator"),
    # Meetings
    Row("meeting.enter", "meeting", "own_officer", _READ),
    Row("meeting.enter", "meeting", "officer_party", _READ),
    Row("meeting.enter", "meeting", "party", ("level", *_OWN)),
    Row("meeting.enter", "meeting", "representing_party", _FOR_ANOTHER),
    # Inside already, asked again at every command: how surely was asked at the door.
    Row("meeting.stay", "meeting", "own_officer"),
    Row("meeting.stay", "meeting", "officer_party"),
    Row("meeting.stay", "meeting", "party"),
    Row("meeting.stay", "meeting", "representing_party", ("not_protected",)),
    Row("meeting.lead", "meeting", "own_officer", _READ),
    Row("meeting.start", "meeting", "own_officer"),
    # Persons
    Row("person.find", "person", "officer_anywhere"),
    Row("person.see", "person", "looks_after", _READ),
    Row("person.see", "person", "opener", (), ("name", "number")),
    Row("person.see", "person", "officer_who_meets", ("not_protected",), ("name", "number")),
    # How somebody is sheltered and who may read it, without who it is
    Row("person.see_shelter", "person", "looks_after", (), ("shelter",)),
    Row("person.protect", "person", "looks_after"),
    Row("person.ask_safe_contact", "person", "self", ("not_vouched",)),
    Row("person.ask_unprotect", "person", "looks_after", ("not_self",)),
    Row("person.unprotect", "person", "looks_after", ("second_person", "not_self")),
    Row("person.name_reader", "person", "looks_after", ("names_another",)),
    Row("person.extract", "person", "self", ("level", "not_vouched")),
    Row("person.extract", "person", "looks_after", _READ),
    Row("person.ask_erase", "person", "manager_looks_after", ("not_self", *_READ)),
    Row("person.erase", "person", "manager_looks_after", ("second_person", "not_self", *_READ)),
    Row("conflict.list", "identity conflict", "looks_after"),
    Row("conflict.see", "identity conflict", "looks_after", _READ),
    Row("conflict.decide", "identity conflict", "looks_after", ("not_self", *_READ)),
    # Representatives
    Row("representation.see", "representation", "self", ("not_vouched",)),
    Row("representation.name", "representation", "self", ("level", "not_vouched")),
    Row("representation.withdraw", "representation", "self", ("not_vouched",)),
    Row("representation.record", "person", "officer_who_meets", _READ),
    Row("representation.record", "person", "looks_after", _READ),
    Row("representation.end", "person", "officer_who_meets", _READ),
    Row("representation.end", "person", "looks_after", _READ),
    # One's own sign-ins and keys
    Row("session.see", "session", "self", ("not_vouched",)),
    Row("session.end", "session", "self", ("not_vouched",)),
    Row("passkey.see", "passkey", "self", ("not_vouched",)),
    Row("passkey.add", "passkey", "self", ("not_vouched",)),
    Row("passkey.remove", "passkey", "self", ("not_vouched",)),
    # What the administrator configures; never content
    Row("staff.see", "staff account", "administrator"),
    Row("staff.change", "staff account", "administrator", ("not_self",)),
    Row("provider.see", "identity provider", "administrator"),
    Row("provider.change", "identity provider", "administrator"),
    # What a second person confirms: a role, a new code, a residents' way to sign in
    Row("proposal.see", "proposal", "administrator"),
    Row("proposal.see", "proposal", "manager"),
    Row("proposal.confirm", "proposal", "administrator", ("second_person", "not_self")),
    Row("proposal.confirm", "proposal", "manager_of_unit", ("second_person", "not_self")),
    Row("proposal.confirm", "proposal", "manager", ("unled", "second_person", "not_self")),
    Row("retention.see", "retention rule", "administrator"),
    Row("retention.change", "retention rule", "administrator"),
    # The access log
    Row("log.list", "log review", "manager"),
    Row("log.list", "log review", "auditor"),
    Row("log.see", "log review", "reviewer_of_unit"),
    Row("log.see", "log review", "manager", ("unled",)),
    Row("log.judge", "log review", "reviewer_of_unit", ("not_self",)),
    Row("log.judge", "log review", "manager", ("unled", "not_self")),
    Row("log.sign", "log review", "reviewer_of_unit"),
    Row("log.sign", "log review", "manager", ("unled",)),
    Row("alert.see", "alert", "manager_of_unit", ("of_another",)),
    Row("alert.see", "alert", "self"),
    Row("alert.see", "alert", "coordinator", ("to_nobody_else", "of_another")),
)


def rows_of(action: str) -> Iterator[Row]:
    """The table's rows of one action; none for an unknown one."""
    return (row for row in TABLE if row.action == action)


def _holds(row: Row, actor: Actor, facts: Facts) -> bool:
    return RELATIONS[row.relation](actor, facts) and all(CONDITIONS[name](actor, facts) for name in row.conditions)


def fields_for(actor: Actor, action: str, facts: Facts) -> frozenset[str]:
    """The fields that the actor sees by this action: those of every row that holds; none when it is not allowed."""
    if actor.municipality_id != facts.municipality_id:
        return frozenset()
    if actor.system:
        return frozenset(ALL) if any(rows_of(action)) else frozenset()
    return frozenset(name for row in rows_of(action) if _holds(row, actor, facts) for name in row.fields)


def may(actor: Actor, action: str, facts: Facts) -> bool:
    """True when the table allows it. An action that is not in the table is never allowed."""
    return bool(fields_for(actor, action, facts))


def require(actor: Actor, action: str, facts: Facts) -> None:
    """As `may`; raises `NotAllowed`, which everybody sees as the 404 of nothing."""
    if not may(actor, action, facts):
        raise NotAllowed(action)


__all__ = [
    "ALL",
    "CONDITIONS",
    "LEVELS",
    "RELATIONS",
    "TABLE",
    "TIME_ONLY",
    "Facts",
    "Row",
    "fields_for",
    "may",
    "require",
    "rows_of",
]
