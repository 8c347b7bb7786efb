"""Who may do what to what, written by hand from the design: what `identity/policies.py` must say, action by action.

Each action names the cases it is asked in; an actor who is not named may it in none of them. A case with `:` shows
those fields only. The cases and the actors are in `rule_world.py`.
"""

from __future__ import annotations

from typing import NamedTuple

from tests.security.expected_of_systems import SYSTEMS

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
    "resident_loa2": "plain",
    "proven_loa2": "plain",
    "sheltered": "sheltered opened",
    "vouched_easy": "easy",
    "proven unproven helper": _HOME,
}
_LED = {"officer": f"{_HOME} opened", "colleague": "beside", "officer_elsewhere": "elsewhere"}
_LEADS = {"officer": f"{_HOME} sheltered opened", "colleague": "beside", "officer_elsewhere": "elsewhere"}
_OPENED = {"opener": "sheltered opened", "coordinator manager": "opened"}  # each of them gave a reason just now
_LEFT = {"coordinator manager": "opened left"}  # of who has left; and what each of them broke open
_COORDINATED = {
    "coordinator manager": f"{_HOME} beside opened left",
    "coordinator_elsewhere manager_elsewhere": "elsewhere",
}
_HOLDS = {key: says for key, says in _HELD.items() if not key.startswith("proven")}
_AND_LEFT = f"{BOOKINGS} left left_sheltered"
_SEEN = _HELD | {"unproven helper": "home:time easy:time plain:time", "proven": _HOME}
_OFFICERS = (
    "officer colleague officer_elsewhere reader opener coordinator coordinator_elsewhere manager manager_elsewhere"
)
_COORDINATORS = "coordinator coordinator_elsewhere manager manager_elsewhere"
_MANAGERS = "manager manager_elsewhere"
_LOOKED_AFTER = {
    "coordinator manager": "home sheltered unmet",
    "coordinator_elsewhere manager_elsewhere": "elsewhere unmet",
}
_KNOWN = (
    "resident other sheltered proven unproven helper companion interpreter former administrator auditor "
    f"auditor_elsewhere {_OFFICERS}"
)
_LOW = "resident_loa2 companion_loa2 proven_loa2"
_VOUCHED = "vouched vouched_easy proven_vouched"
_STAFF = f"administrator auditor auditor_elsewhere {_OFFICERS}"
_MINE = {f"{_KNOWN} {_LOW}": "mine"}

# Who acts for the resident, and who looks after the meetings of the unit; of a protected one only who is named.
_FOR_OTHERS = {
    "proven unproven helper": _HOME,
    "proven_loa2": "plain",
    "officer colleague coordinator": f"{_HOME} beside",
    "officer_elsewhere coordinator_elsewhere": "elsewhere",
    "reader opener": "elsewhere sheltered opened",
}

RULES: dict[str, Rule] = {
    # Times
    "booking.hold": Rule("home plain abroad", {_KNOWN: "home plain", _LOW: "plain"}),
    "booking.hold_for": Rule(BOOKINGS, {"proven unproven helper": _HOME, "proven_loa2": "plain"}),
    "booking.see": Rule(BOOKINGS, _SEEN | _LED | _OPENED),
    "booking.list": Rule(BOOKINGS, _SEEN | _LED | _OPENED | {"officer": f"{_HOME} sheltered:time opened"}),
    "booking.list_protected": Rule("sheltered abroad", {_STAFF: "sheltered:when"}),
    "booking.list_left": Rule("home abroad", {_COORDINATORS: "home"}),
    # Who coordinates the unit, as long as there is something to see to
    "booking.prepare": Rule(f"{_AND_LEFT} over", _LED | _OPENED | _COORDINATED | {"officer": f"{_HOME} opened over"}),
    "booking.see_number": Rule(_AND_LEFT, _LED | _OPENED | _LEFT),
    "booking.book_for": Rule(
        "home elsewhere sheltered read mine_here abroad",
        {
            "officer coordinator": "home",
            "colleague": "home read",
            "officer_elsewhere reader opener coordinator_elsewhere": "elsewhere",
        },
    ),
    "booking.answer": Rule(
        f"{BOOKINGS} held held_sheltered held_read by_system by_system_sheltered",
        _HELD
        | {"resident": f"{_HOME} held", "sheltered": "sheltered opened held_sheltered held_read"}
        | {"proven unproven helper": f"{_HOME} held", "officer coordinator": "held", "colleague": "held held_read"},
    ),
    "booking.move": Rule(_AND_LEFT, _HELD | _LED | _COORDINATED),
    "booking.cancel": Rule(_AND_LEFT, _HELD | _LED | _COORDINATED),
    "booking.hand_over": Rule(_AND_LEFT, _LED | _COORDINATED),
    "booking.no_show": Rule(BOOKINGS, _LED),
    "booking.override_ready": Rule(BOOKINGS, _LED),
    "booking.need": Rule(BOOKINGS, _HELD | _LED),
    "booking.order": Rule(_AND_LEFT, _LED | _COORDINATED),
    "booking.own_officer": Rule(_AND_LEFT, _LED | _COORDINATED),
    "booking.companion": Rule(BOOKINGS, _HOLDS | _LED),
    "booking.vouch": Rule(BOOKINGS, _LED),
    "booking.identify_by_phone": Rule(BOOKINGS, _LED),
    # What is closed
    "booking.open": Rule(BOOKINGS, _LED | {"officer": _HOME}),
    "booking.open_protected": Rule(BOOKINGS, _LEADS | {"reader opener": "sheltered opened"}),
    "glass.ask": Rule(BOOKINGS, {_OFFICERS: "home beside elsewhere sheltered opened easy plain"}),
    "glass.ask_person": Rule("home sheltered abroad", {_COORDINATORS: "home sheltered"}),
    "glass.see": Rule("home abroad", {_COORDINATORS: "home"}),
    "glass.approve": Rule(
        "asked asked_by_me home elsewhere_asked mine_asked nobody_asked abroad",
        {
            "coordinator manager": "asked nobody_asked",
            "coordinator_elsewhere manager_elsewhere": "elsewhere_asked nobody_asked",
        },
    ),
    # The waiting list, and what must be done
    "wish.join": Rule("home plain abroad", {_KNOWN: "home plain", _LOW: "plain"}),
    "wish.join_for": Rule(BOOKINGS, _FOR_OTHERS),
    "wish.answer": Rule(
        BOOKINGS,
        {
            "resident proven unproven helper": _HOME,
            "resident_loa2 proven_loa2": "plain",
            "sheltered": "sheltered opened",
        },
    ),
    "wish.answer_for": Rule(
        BOOKINGS,
        {
            "officer colleague coordinator manager": f"{_HOME} beside",
            "officer_elsewhere coordinator_elsewhere manager_elsewhere": "elsewhere",
            "reader opener": "elsewhere sheltered opened",
        },
    ),
    "task.list": Rule("home abroad", {_OFFICERS: "home"}),
    "task.finish": Rule(
        "unit elsewhere mine theirs abroad",
        {f"{_KNOWN} {_LOW} {_VOUCHED}": "mine", "officer colleague coordinator manager": "unit mine"}
        | {"officer_elsewhere reader opener coordinator_elsewhere manager_elsewhere": "elsewhere mine"},
    ),
    # Calendars
    "calendar.see": Rule(BOOKINGS, _LEADS),
    "calendar.explain": Rule(
        "home elsewhere abroad",
        {
            "officer colleague coordinator manager": "home",
            "officer_elsewhere reader opener coordinator_elsewhere manager_elsewhere": "elsewhere",
        },
    ),
    "calendar.edit": Rule(
        f"{BOOKINGS} unit",  # `unit`: an interpreter's or a room's
        _LEADS | {"coordinator manager": "unit"},
    ),
    "calendar.set_up": Rule(
        "home elsewhere unit abroad",
        {"coordinator manager": "home unit", "coordinator_elsewhere manager_elsewhere": "elsewhere"},
    ),
    "calendar.see_week": Rule(
        "home beside elsewhere unit abroad",
        {
            "officer": "home",
            "colleague": "beside",
            "officer_elsewhere": "elsewhere",
            "coordinator manager": "home beside unit",
            "coordinator_elsewhere manager_elsewhere": "elsewhere",
        },
    ),
    "unit.see_load": Rule(
        "home elsewhere abroad",
        {"coordinator manager": "home", "coordinator_elsewhere manager_elsewhere": "elsewhere"},
    ),
    "closure.list": Rule("home abroad", {f"{_COORDINATORS} administrator": "home"}),
    "closure.change": Rule(
        "unit elsewhere nobody abroad",
        {
            "coordinator manager": "unit",
            "coordinator_elsewhere manager_elsewhere": "elsewhere",
            "administrator": "nobody",
        },
    ),
    "short_day.change": Rule("nobody abroad", {"administrator": "nobody"}),
    # Meetings
    "meeting.enter": Rule(
        BOOKINGS,
        _LED
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
            "colleague": "beside sheltered opened",
        },
    ),
    "meeting.lead": Rule(BOOKINGS, _LED),
    "meeting.start": Rule(BOOKINGS, _LEADS),
    # Persons
    "person.find": Rule("home sheltered abroad", {_OFFICERS: "home sheltered"}),
    "person.see": Rule(
        "home sheltered opened unmet elsewhere abroad",
        {
            "officer": "home:name opened:name",
            "colleague": "home:name",
            "officer_elsewhere reader": "elsewhere:name",
            "opener": "elsewhere:name sheltered:name opened:name",
            "coordinator manager": "home opened unmet",
            "coordinator_elsewhere manager_elsewhere": "elsewhere unmet",
        },
    ),
    "person.see_shelter": Rule(
        "home sheltered unmet elsewhere abroad",
        {
            "coordinator manager": "home:shelter sheltered:shelter unmet:shelter",
            "coordinator_elsewhere manager_elsewhere": "elsewhere:shelter unmet:shelter",
        },
    ),
    "person.open_protected": Rule("home sheltered abroad", {"reader opener": "sheltered"}),
    "person.protect": Rule("home sheltered unmet elsewhere abroad", _LOOKED_AFTER),
    "person.ask_safe_contact": Rule(OWN, _MINE | {"resident resident_loa2": "home mine"}),
    "person.ask_unprotect": Rule("home sheltered unmet elsewhere mine abroad", _LOOKED_AFTER),
    "person.unprotect": Rule(
        "home asked asked_by_me sheltered_asked elsewhere_asked mine_asked abroad",
        {
            "coordinator manager": "asked sheltered_asked",
            "coordinator_elsewhere manager_elsewhere": "elsewhere_asked",
        },
    ),
    "person.name_reader": Rule("home sheltered unmet elsewhere naming_me abroad", _LOOKED_AFTER),
    "person.extract": Rule(
        "home sheltered opened unmet elsewhere mine abroad",
        {
            f"{_KNOWN} {_LOW}": "mine",
            "resident": "home unmet mine",
            "sheltered": "sheltered opened mine",
            "coordinator manager": "home opened unmet mine",
            "coordinator_elsewhere manager_elsewhere": "elsewhere unmet mine",
        },
    ),
    "person.ask_erase": Rule(
        "home sheltered opened unmet elsewhere mine abroad",
        {"manager": "home opened unmet", "manager_elsewhere": "elsewhere unmet"},
    ),
    "person.erase": Rule(
        "home asked asked_by_me sheltered_asked opened_asked elsewhere_asked mine_asked abroad",
        {"manager": "asked opened_asked", "manager_elsewhere": "elsewhere_asked"},
    ),
    "conflict.list": Rule(
        "home elsewhere unmet nobody abroad",
        {
            "coordinator manager": "home unmet nobody",
            "coordinator_elsewhere manager_elsewhere": "elsewhere unmet nobody",
        },
    ),
    "conflict.see": Rule(
        "home sheltered opened unmet elsewhere mine abroad",
        {
            "coordinator manager": "home opened unmet mine",
            "coordinator_elsewhere manager_elsewhere": "elsewhere unmet mine",
        },
    ),
    "conflict.decide": Rule(
        "home sheltered opened unmet elsewhere mine abroad",
        {
            "coordinator manager": "home opened unmet",
            "coordinator_elsewhere manager_elsewhere": "elsewhere unmet",
        },
    ),
    # Representatives
    "representation.see": Rule(OWN, _MINE | {"resident resident_loa2": "home mine"}),
    "representation.name": Rule(OWN, {f"{_KNOWN} {_LOW}": "mine", "resident": "home mine"}),
    "representation.withdraw": Rule(OWN, _MINE | {"resident resident_loa2": "home mine"}),
    **{
        action: Rule(
            "home sheltered opened unmet elsewhere abroad",
            {
                "officer": "home opened",
                "colleague": "home",
                "officer_elsewhere reader opener": "elsewhere",
                "coordinator manager": "home opened unmet",
                "coordinator_elsewhere manager_elsewhere": "elsewhere unmet",
            },
        )
        for action in ("representation.record", "representation.end")
    },
    # One's own sign-ins and keys: `theirs` is somebody else's
    **{
        action: Rule("mine theirs abroad", _MINE)
        for action in ("session.see", "session.end", "passkey.see", "passkey.add", "passkey.remove")
    },
    # What the administrator configures
    "staff.see": Rule("theirs mine abroad", {"administrator": "theirs mine"}),
    "staff.change": Rule("theirs mine abroad", {"administrator": "theirs"}),
    "proposal.see": Rule("home abroad", {f"administrator {_MANAGERS}": "home"}),
    "proposal.confirm": Rule(
        "home asked asked_by_me elsewhere_asked mine_asked unled_asked unled_by_me unled_mine_asked abroad",
        {
            "administrator": "asked elsewhere_asked unled_asked",
            "manager": "asked unled_asked",
            "manager_elsewhere": "elsewhere_asked unled_asked",
        },
    ),
    **{
        action: Rule("home abroad", {"administrator": "home"})
        for action in ("provider.see", "provider.change", "retention.see", "retention.change")
    },
    # The access log and alerts
    "log.list": Rule("home abroad", {f"{_MANAGERS} auditor auditor_elsewhere": "home"}),
    **{
        action: Rule(
            f"{UNITS} unled",
            {
                "manager": "home unled",
                "manager_elsewhere": "elsewhere unled",
                "auditor": "home",
                "auditor_elsewhere": "elsewhere",
            },
        )
        for action in ("log.see", "log.sign")
    },
    "log.judge": Rule(
        "home elsewhere mine_unit unled unled_mine abroad",
        {
            "manager": "home unled",
            "manager_elsewhere": "elsewhere unled",
            "auditor": "home",
            "auditor_elsewhere": "elsewhere",
        },
    ),
    "alert.see": Rule(
        "unit elsewhere nobody mine theirs by_me nobody_by_me mine_by_me abroad",
        {f"{_KNOWN} {_LOW} {_VOUCHED}": "mine mine_by_me"}
        | {"manager": "unit mine mine_by_me nobody", "manager_elsewhere": "elsewhere mine mine_by_me nobody"}
        | {"coordinator coordinator_elsewhere": "mine mine_by_me nobody"},
    ),
}
RULES |= {name: Rule(RULES[name].cases, RULES[name].may | may) for name, may in SYSTEMS.items()}
