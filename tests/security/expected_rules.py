"""Who may do what to what, written by hand from the design: what `identity/policies.py` must say, action by action.

Each action names the cases it is asked in; an actor who is not named may it in none of them. A case with `:` shows
those fields only. The cases and the actors are in `rule_world.py`.
"""

from __future__ import annotations

from typing import NamedTuple

BOOKINGS = "home beside elsewhere abroad sheltered opened easy plain"
OWN = "home mine abroad"
UNITS = "home elsewhere abroad"


class Rule(NamedTuple):
    """The cases of one action, and who may it in which."""

    cases: str
    may: dict[str, str]


_HOME = "home easy plain"
_HELD = {
    "resident": _HOME,
    "resident_loa2 proven_loa2": "plain",
    "sheltered": "sheltered opened",
    "vouched_easy": "easy",
    "proven unproven helper": _HOME,
}
_LED = {"officer": f"{_HOME} opened", "colleague": "beside", "officer_elsewhere": "elsewhere"}
_LEADS = {"officer": f"{_HOME} sheltered opened", "colleague": "beside", "officer_elsewhere": "elsewhere"}
_OPENED = {"opener": "sheltered opened", "coordinator manager": "opened"}  # each of them gave a reason just now
_SEEN = _HELD | {"unproven helper": "home:time easy:time plain:time", "proven": _HOME}
_OFFICERS = (
    "officer colleague officer_elsewhere reader opener coordinator coordinator_elsewhere manager manager_elsewhere"
)
_COORDINATORS = "coordinator coordinator_elsewhere manager manager_elsewhere"
_MANAGERS = "manager manager_elsewhere"
_KNOWN = (
    "resident other sheltered proven unproven helper companion interpreter former administrator auditor "
    f"auditor_elsewhere {_OFFICERS}"
)
_LOW = "resident_loa2 companion_loa2 proven_loa2"
_VOUCHED = "vouched vouched_easy proven_vouched"
_STAFF = f"administrator auditor auditor_elsewhere {_OFFICERS}"
_MINE = {f"{_KNOWN} {_LOW} {_VOUCHED}": "mine"}

RULES: dict[str, Rule] = {
    # Times
    "booking.hold": Rule("home plain abroad", {_KNOWN: "home plain", _LOW: "plain"}),
    "booking.hold_for": Rule(BOOKINGS, {"proven unproven helper": _HOME, "proven_loa2": "plain"}),
    "booking.see": Rule(BOOKINGS, _SEEN | _LED | _OPENED),
    "booking.list": Rule(BOOKINGS, _SEEN | _LED | _OPENED | {"officer": f"{_HOME} sheltered:time opened"}),
    "booking.list_protected": Rule("sheltered abroad", {_STAFF: "sheltered:when"}),
    "booking.prepare": Rule(BOOKINGS, _LED | _OPENED),
    "booking.see_number": Rule(BOOKINGS, _LED | _OPENED),
    "booking.answer": Rule(BOOKINGS, _HELD),
    "booking.move": Rule(BOOKINGS, _HELD | _LED),
    "booking.cancel": Rule(BOOKINGS, _HELD | _LED),
    "booking.vouch": Rule(BOOKINGS, _LED),
    "booking.identify_by_phone": Rule(BOOKINGS, _LED),
    # What is closed
    "booking.open": Rule(BOOKINGS, _LED | {"officer": _HOME}),
    "booking.open_protected": Rule(BOOKINGS, _LEADS | {"reader opener": "sheltered opened"}),
    "glass.ask": Rule(BOOKINGS, {_OFFICERS: "home beside elsewhere sheltered opened easy plain"}),
    "glass.see": Rule("home abroad", {_COORDINATORS: "home"}),
    "glass.approve": Rule(
        "asked asked_by_me home elsewhere_asked abroad",
        {"coordinator manager": "asked", "coordinator_elsewhere manager_elsewhere": "elsewhere_asked"},
    ),
    # Calendars
    "calendar.see": Rule(BOOKINGS, _LEADS),
    "calendar.edit": Rule(BOOKINGS, _LEADS),
    # Meetings
    "meeting.enter": Rule(
        BOOKINGS,
        _LEADS
        | {
            "resident": _HOME,
            "resident_loa2": "plain",
            "vouched_easy": "easy",
            "sheltered": "sheltered opened",
            "companion interpreter": _HOME,
            "companion_loa2 proven_loa2": "plain",
            "proven reader": _HOME,
        },
    ),
    "meeting.stay": Rule(
        BOOKINGS,
        _LEADS
        | {
            "resident resident_loa2 vouched vouched_easy": _HOME,
            "sheltered": "sheltered opened",
            "companion companion_loa2 interpreter": _HOME,
            "proven proven_vouched proven_loa2 reader": _HOME,
        },
    ),
    "meeting.lead": Rule(BOOKINGS, _LEADS),
    "meeting.start": Rule(BOOKINGS, _LEADS),
    # Persons
    "person.find": Rule("home sheltered abroad", {_OFFICERS: "home sheltered"}),
    "person.see": Rule(
        "home sheltered opened abroad",
        {
            "officer colleague officer_elsewhere reader": "home:name",
            "opener": "home:name sheltered:name opened:name",
            "coordinator manager": "home opened",
            "coordinator_elsewhere manager_elsewhere": "home",
        },
    ),
    "person.open_protected": Rule(
        "home sheltered abroad", {_COORDINATORS: "home sheltered", "reader opener": "sheltered"}
    ),
    "person.protect": Rule("home sheltered abroad", {_COORDINATORS: "home sheltered"}),
    "person.ask_safe_contact": Rule(OWN, _MINE | {"resident resident_loa2 vouched vouched_easy": "home mine"}),
    "person.ask_unprotect": Rule(
        "home sheltered opened mine abroad",
        {"coordinator manager": "home opened", "coordinator_elsewhere manager_elsewhere": "home"},
    ),
    "person.unprotect": Rule(
        "home asked asked_by_me sheltered_asked opened_asked mine_asked abroad",
        {"coordinator manager": "asked opened_asked", "coordinator_elsewhere manager_elsewhere": "asked"},
    ),
    "person.name_reader": Rule(
        "home sheltered opened abroad",
        {"coordinator manager": "home opened", "coordinator_elsewhere manager_elsewhere": "home"},
    ),
    "person.extract": Rule(
        "home sheltered opened mine abroad",
        {
            f"{_KNOWN} {_LOW}": "mine",
            "resident": "home mine",
            "sheltered": "sheltered opened mine",
            "coordinator manager": "home opened mine",
            "coordinator_elsewhere manager_elsewhere": "home mine",
        },
    ),
    "person.ask_erase": Rule(
        "home sheltered opened mine abroad", {"manager": "home opened", "manager_elsewhere": "home"}
    ),
    "person.erase": Rule(
        "home asked asked_by_me sheltered_asked opened_asked mine_asked abroad",
        {"manager": "asked opened_asked", "manager_elsewhere": "asked"},
    ),
    "conflict.list": Rule("home abroad", {_COORDINATORS: "home"}),
    "conflict.see": Rule(
        "home sheltered opened mine abroad",
        {"coordinator manager": "home opened mine", "coordinator_elsewhere manager_elsewhere": "home mine"},
    ),
    "conflict.decide": Rule(
        "home sheltered opened mine abroad",
        {"coordinator manager": "home opened", "coordinator_elsewhere manager_elsewhere": "home"},
    ),
    # Representatives
    "representation.see": Rule(OWN, _MINE | {"resident resident_loa2 vouched vouched_easy": "home mine"}),
    "representation.name": Rule(OWN, {f"{_KNOWN} {_LOW}": "mine", "resident": "home mine"}),
    "representation.withdraw": Rule(OWN, _MINE | {"resident resident_loa2 vouched vouched_easy": "home mine"}),
    "representation.record": Rule(
        "home sheltered opened abroad",
        {_OFFICERS: "home", "officer coordinator manager": "home opened", "opener": "home sheltered opened"},
    ),
    # One's own sign-ins and keys: `theirs` is somebody else's
    **{
        action: Rule("mine theirs abroad", _MINE)
        for action in ("session.see", "session.end", "passkey.see", "passkey.add", "passkey.remove")
    },
    # What the administrator configures
    "staff.see": Rule("theirs mine abroad", {"administrator": "theirs mine"}),
    "staff.change": Rule("theirs mine abroad", {"administrator": "theirs"}),
    **{
        action: Rule("home abroad", {"administrator": "home"})
        for action in ("provider.see", "provider.change", "retention.see", "retention.change")
    },
    # The access log and alerts
    "log.list": Rule("home abroad", {f"{_MANAGERS} auditor auditor_elsewhere": "home"}),
    "log.see": Rule(UNITS, {"manager auditor": "home", "manager_elsewhere auditor_elsewhere": "elsewhere"}),
    "log.judge": Rule(
        "home elsewhere mine_unit abroad",
        {"manager auditor": "home", "manager_elsewhere auditor_elsewhere": "elsewhere"},
    ),
    "log.sign": Rule(UNITS, {"manager auditor": "home", "manager_elsewhere auditor_elsewhere": "elsewhere"}),
    "alert.see": Rule(
        "unit elsewhere nobody mine theirs abroad",
        _MINE
        | {"manager": "unit mine nobody", "manager_elsewhere": "elsewhere mine nobody"}
        | {"coordinator coordinator_elsewhere": "mine nobody"},
    ),
}
