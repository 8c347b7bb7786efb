"""What everybody must get, written by hand from the design; nothing here is computed from the rules it tests.

Whoever is not named gets what there is for a thing that does not exist: the same status, the same bytes, nothing
written but the log's line, and the same statements. `missing` says what that is for each kind of asker.

    nobody     who is not signed in here: also who is signed in in another municipality, an ended or an unknown session
    resident   who is signed in without a role at work that stands: residents, those who act for them, interpreters,
               companions, and staff whose membership or account has ended
    desk       officers with a calendar of their own
    staff      others who work here: coordinators, managers, administrators, auditors, officers without a calendar

Outcomes: shown (a page), done (rows changed), told (409 or 422: a page that says why not), led on (to another page of
the asker's own), sign in, nothing (404), refused (403), no token (401).
"""

from __future__ import annotations

from dataclasses import dataclass, field

KINDS: dict[str, tuple[str, ...]] = {
    "nobody": ("anonymous", "forged", "officer_abroad", "resident_abroad"),
    "resident": (
        "resident",
        "other_resident",
        "second_resident",
        "sheltered",
        "proven",
        "unproven",
        "helper",
        "companion",
        "interpreter",
        "interpreter_elsewhere",
        "resident_elsewhere",
        "vouched",
        "former",
        "closed",
    ),
    "desk": ("officer", "colleague", "officer_elsewhere"),
    "staff": (
        "coordinator",
        "coordinator_elsewhere",
        "unit_manager",
        "unit_manager_elsewhere",
        "administrator",
        "administrator_elsewhere",
        "auditor",
        "auditor_elsewhere",
        "reader",
        "opener",
    ),
}
ACTORS = tuple(name for names in KINDS.values() for name in names)
PLACES = ("home", "beside", "elsewhere", "abroad", "sheltered", "former", "closed")

# Whose names somebody may read on pages, besides their own and those of staff.
_OF_THE_UNIT = ("resident", "companion", "interpreter", "proven", "unproven", "helper", "vouched", "second_resident")
SEES: dict[str, tuple[str, ...]] = {
    "officer": ("resident", "companion", "interpreter", "proven", "unproven", "helper"),
    "colleague": ("second_resident",),
    "officer_elsewhere": ("resident_elsewhere",),
    # who is asked for to come along to one's own meeting
    "resident": ("companion",),
    "vouched": ("resident", "companion"),
    "opener": ("sheltered",),
    # whose meetings they see to
    "coordinator": _OF_THE_UNIT,
    "unit_manager": _OF_THE_UNIT,
    "coordinator_elsewhere": ("resident_elsewhere",),
    "unit_manager_elsewhere": ("resident_elsewhere",),
}


@dataclass(frozen=True)
class Thing:
    """A page about one thing of a kind, asked in one way. `may`: actors -> "place outcome, place outcome"."""

    name: str
    method: str
    kind: str
    missing: dict[str, str]
    may: dict[str, str] = field(default_factory=dict)

    def outcome(self, actor: str, place: str) -> str:
        """What is written down for this actor here, "" where nothing is: then it is as missing."""
        for names, says in self.may.items():
            if actor in names.split():
                said = dict(part.strip().split(" ", 1) for part in says.split(","))
                if place in said:
                    return said[place]
        return ""


@dataclass(frozen=True)
class Place:
    """A page that is about nothing but the asker. `but`: actors who get something else than their kind."""

    name: str
    method: str
    gets: dict[str, str]
    but: dict[str, str] = field(default_factory=dict)

    def outcome(self, actor: str) -> str:
        """What is written down for this actor."""
        for names, says in self.but.items():
            if actor in names.split():
                return says
        return next(self.gets[kind] for kind, names in KINDS.items() if actor in names)


def _all(outcome: str) -> dict[str, str]:
    return dict.fromkeys(KINDS, outcome)


def _signed_in(outcome: str) -> dict[str, str]:
    return _all(outcome) | {"nobody": "sign in"}


def _staff(desk: str, staff: str) -> dict[str, str]:
    return {"nobody": "sign in", "resident": "sign in", "desk": desk, "staff": staff}


_COORDINATORS = "coordinator coordinator_elsewhere unit_manager unit_manager_elsewhere"
_BOOK_FOR = "coordinator coordinator_elsewhere reader opener"  # and those with calendars: in whose units it is booked
_OWN_TIMES = _signed_in("nothing")
_DESK = _staff("nothing", "shown")  # staff without a calendar read that they have none
_DESK_LED = _staff("nothing", "shown")
_OWN_CALENDARS = {"officer": "home {0}", "colleague": "beside {0}", "officer_elsewhere": "elsewhere {0}"}


def _own(outcome: str) -> dict[str, str]:
    return {names: says.format(outcome) for names, says in _OWN_CALENDARS.items()}


_LEADS = _staff("nothing", "nothing")  # theirs who coordinate the unit


def _of_the_unit(outcome: str) -> dict[str, str]:
    at_home = ", ".join(f"{place} {outcome}" for place in ("home", "beside", "former", "closed"))
    return {
        "coordinator unit_manager": at_home,
        "coordinator_elsewhere unit_manager_elsewhere": f"elsewhere {outcome}",
    }


def _times(outcome: str, whose: str = "resident proven unproven helper vouched") -> dict[str, str]:
    return {
        whose: f"home {outcome}",
        "second_resident": f"beside {outcome}, former {outcome}, closed {outcome}",
        "sheltered": f"sheltered {outcome}",
        "resident_elsewhere": f"elsewhere {outcome}",
    }


def _waits(outcome: str) -> dict[str, str]:
    return {
        "resident proven unproven helper": f"home {outcome}",
        "sheltered": f"sheltered {outcome}",
        "resident_elsewhere": f"elsewhere {outcome}",
    }


# The officer who leads it, while nobody has been let in.
_NOT_YET = {
    "officer": "home nothing, sheltered nothing",
    "colleague": "beside nothing",
    "officer_elsewhere": "elsewhere nothing",
}


THINGS: tuple[Thing, ...] = (
    # One's own times
    Thing("booking:one", "GET", "booking", _OWN_TIMES, _times("shown")),
    Thing("booking:calendar_file", "GET", "booking", _OWN_TIMES, _times("shown") | {"sheltered": "sheltered nothing"}),
    Thing("booking:move", "GET", "booking", _OWN_TIMES, _times("shown")),
    Thing("booking:move", "POST", "booking", _OWN_TIMES, _times("told") | {"sheltered": "sheltered shown"}),  # no time
    Thing("booking:cancel", "GET", "booking", _OWN_TIMES, _times("shown")),
    Thing("booking:cancel", "POST", "booking", _OWN_TIMES, _times("done")),
    Thing("booking:held", "POST", "booking", _OWN_TIMES, _times("led on")),
    Thing("booking:wait_earlier", "GET", "booking", _OWN_TIMES, _times("shown")),
    Thing("booking:wait_earlier", "POST", "booking", _OWN_TIMES, _times("told") | {"sheltered": "sheltered shown"}),
    # The waiting list: whose wish it is, and who acts for them; staff answer from their tasks only
    Thing("booking:wish", "GET", "wish", _OWN_TIMES, _waits("shown")),
    Thing("booking:wish", "POST", "wish", _OWN_TIMES, _waits("done")),
    Thing("booking:offer", "GET", "offer", _OWN_TIMES, _waits("shown")),
    Thing("booking:offer", "POST", "offer", _OWN_TIMES, _waits("done") | {"sheltered": "sheltered shown"}),
    # The officer's own calendar
    Thing("booking:opening_rule", "GET", "rule", _DESK, _own("shown")),
    Thing("booking:opening_rule", "POST", "rule", _DESK, _own("shown")),  # what it would do
    Thing("booking:opening_rule_delete", "GET", "rule", _DESK, _own("shown")),
    Thing("booking:opening_rule_delete", "POST", "rule", _DESK, _own("done")),
    Thing(
        "booking:week_of",
        "GET",
        "calendar",
        _staff("nothing", "nothing"),
        _own("shown")
        | {
            "coordinator unit_manager": "home shown, beside shown, former shown, closed shown",
            "coordinator_elsewhere unit_manager_elsewhere": "elsewhere shown",
        },
    ),
    Thing(
        "booking:why",
        "GET",
        "calendar",
        _staff("nothing", "nothing"),
        {
            "officer colleague reader opener coordinator unit_manager": (
                "home shown, beside shown, former shown, closed shown"
            ),
            "officer_elsewhere coordinator_elsewhere unit_manager_elsewhere": "elsewhere shown",
        },
    ),
    Thing("booking:exception_delete", "GET", "exception", _DESK, _own("shown")),
    Thing("booking:exception_delete", "POST", "exception", _DESK, _own("done")),
    Thing("booking:closure_delete", "POST", "closure", _LEADS, _of_the_unit("done")),
    Thing("booking:calendar_set_up", "GET", "calendar", _LEADS, _of_the_unit("shown")),
    Thing("booking:calendar_set_up", "POST", "calendar", _LEADS, _of_the_unit("told")),
    Thing("booking:absence_remove", "POST", "absence", _DESK, _own("done")),
    Thing("booking:busy_read", "POST", "busy", _DESK, _own("led on")),  # a file is not asked again
    Thing("booking:busy_remove", "POST", "busy", _DESK, _own("done")),
    # Meetings
    Thing(
        "meetings:meeting",
        "GET",
        "meeting",
        _signed_in("nothing"),
        _times("shown", "resident")  # who represents them: only as a party of the meeting
        | {"companion interpreter": "home shown", "officer": "home led on, sheltered led on"}
        | {"colleague": "beside led on", "officer_elsewhere": "elsewhere led on"},
    ),
    Thing(
        "meetings:officer",
        "GET",
        "meeting",
        _signed_in("nothing"),
        # of a protected person it leads to the page that asks why
        {
            "officer": "home shown, sheltered led on",
            "colleague": "beside shown",
            "officer_elsewhere": "elsewhere shown",
        },
    ),
    Thing(
        "meetings:ticket",
        "POST",
        "meeting",
        _all("nothing"),
        _times("done", "resident")
        | {"companion interpreter": "home done", "officer": "home done"}
        | {"colleague": "beside done", "officer_elsewhere": "elsewhere done"},
    ),
    Thing(  # nobody has been admitted yet
        "meetings:end",
        "POST",
        "meeting",
        _all("nothing"),
        {"officer": "home told, sheltered told", "colleague": "beside told", "officer_elsewhere": "elsewhere told"},
    ),
    Thing("meetings:start", "POST", "meeting", _all("nothing"), _NOT_YET),
    # Whoever has the secret address, which notes when it was last asked for; of an officer who has left, and of
    # another municipality, there is none.
    Thing("booking:feed", "GET", "feed", _all("nothing"), {" ".join(ACTORS): "home done, beside done, elsewhere done"}),
)

_WHO_ADMINISTER = "administrator administrator_elsewhere"
_WHO_CLOSE = f"coordinator coordinator_elsewhere unit_manager unit_manager_elsewhere {_WHO_ADMINISTER}"

PLAIN: tuple[Place, ...] = (
    Place("start", "GET", _all("shown")),
    Place("robots", "GET", _all("shown")),
    Place("healthz", "GET", _all("503")),  # no worker beats in this test
    Place("set_language", "POST", _all("led on")),
    Place("booking:accessibility", "GET", _all("shown")),
    Place("booking:your_data", "GET", _all("shown")),
    Place("booking:problem", "GET", _all("shown")),
    Place("identity:sign_in", "GET", _all("shown")),
    Place("identity:sign_out", "POST", _all("led on")),
    Place("notifications:mailbox", "GET", _all("shown")),
    Place("trial_sign_in", "GET", _all("nothing")),
    Place("booking:form", "GET", _all("shown")),
    Place("booking:form", "POST", _all("led on"), {"sheltered": "shown"}),  # by telephone, before anything is filled in
    Place("booking:time", "GET", _all("led on")),
    Place(
        "booking:choose",
        "POST",
        _signed_in("done"),
        {"sheltered": "shown", "vouched": "nothing", "proven unproven helper": "led on"},  # for whom?
    ),
    Place("booking:wait", "GET", _signed_in("shown")),
    Place("booking:wait", "POST", _signed_in("told"), {"sheltered": "shown"}),  # nothing is filled in
    Place("booking:needs", "GET", _all("led on")),
    Place("booking:information", "GET", _all("led on")),
    Place("booking:confirm", "GET", _all("led on")),
    Place("booking:needs", "POST", _all("led on")),
    Place("booking:information", "POST", _all("led on")),
    Place("booking:confirm", "POST", _all("led on")),
    Place("booking:more_time", "POST", _all("led on")),
    Place("booking:receipt", "GET", _signed_in("led on")),
    Place("booking:mine", "GET", _signed_in("shown")),
    Place("booking:today", "GET", _staff("shown", "shown")),
    Place("booking:book_for", "GET", _staff("shown", "nothing"), {_BOOK_FOR: "shown"}),
    Place("booking:book_for", "POST", _staff("told", "nothing"), {_BOOK_FOR: "told"}),
    Place("booking:week", "GET", _staff("shown", "shown"), {_COORDINATORS: "led on"}),
    Place("booking:unit", "GET", _staff("nothing", "nothing"), {_COORDINATORS: "shown"}),
    Place("booking:tasks", "GET", _staff("shown", "shown")),
    Place("booking:opening", "GET", _staff("shown", "shown")),
    Place("booking:opening", "POST", _staff("shown", "shown")),  # what it would do
    Place("booking:opening_year", "GET", _staff("shown", "shown")),
    Place("booking:opening_date", "GET", _staff("shown", "shown")),
    Place("booking:opening_date", "POST", _staff("told", "shown")),  # nothing chosen
    Place("booking:opening_limits", "GET", _staff("shown", "shown")),
    Place("booking:opening_limits", "POST", _staff("led on", "shown")),  # no limit, and there was none
    Place("booking:closures", "GET", _LEADS, {_WHO_CLOSE: "shown"}),
    Place("booking:closures", "POST", _LEADS, {_WHO_CLOSE: "told"}),
    Place("booking:short_days", "GET", _LEADS, {_WHO_ADMINISTER: "shown"}),
    Place("booking:short_days", "POST", _LEADS, {_WHO_ADMINISTER: "told"}),
    Place("booking:calendars", "GET", _staff("shown", "shown")),
    Place("booking:absence_add", "POST", _staff("done", "shown")),
    Place("booking:calendar", "GET", _staff("shown", "shown")),
    Place("booking:feed_make", "POST", _staff("done", "shown")),
    Place("booking:feed_revoke", "POST", _staff("done", "shown")),
    Place("booking:busy_add_address", "POST", _staff("told", "shown")),
    Place("booking:busy_add_file", "POST", _staff("told", "shown")),
)
