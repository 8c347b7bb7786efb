"""What everybody must get on the pages of staff: bookings they prepare, persons, alerts, reviews, accounts, ways in.

An administrator of any unit looks after the whole municipality's accounts; persons belong to the units that meet them,
bookings, alerts, requests and reviews to one.
"""

from __future__ import annotations

from tests.security.expected import Place, Thing, _all, _own, _signed_in, _staff

_WORK = _staff("nothing", "nothing")
_OFFICERS = "officer colleague officer_elsewhere reader opener"
_COORDINATORS = "coordinator coordinator_elsewhere unit_manager unit_manager_elsewhere"
_MANAGERS = "unit_manager unit_manager_elsewhere"
_ADMINISTRATORS = "administrator administrator_elsewhere"


_AT_HOME, _ELSEWHERE = "coordinator unit_manager", "coordinator_elsewhere unit_manager_elsewhere"


def _met(outcome: str) -> dict[str, str]:
    """To everybody of a unit that meets the person."""
    return {
        f"officer colleague reader opener {_AT_HOME}": f"home {outcome}",
        f"officer_elsewhere {_ELSEWHERE}": f"elsewhere {outcome}",
    }


def _looked_after(outcome: str) -> dict[str, str]:
    """To who coordinates such a unit, of protected ones too."""
    return {_AT_HOME: f"home {outcome}, sheltered {outcome}", _ELSEWHERE: f"elsewhere {outcome}"}


def _reviewed(outcome: str) -> dict[str, str]:
    return {
        "unit_manager auditor": f"home {outcome}",
        "unit_manager_elsewhere auditor_elsewhere": f"elsewhere {outcome}",
    }


def _left(outcome: str) -> dict[str, str]:
    """To who coordinates the unit, of what stands with somebody who works there no longer."""
    return {_AT_HOME: f"former {outcome}, closed {outcome}"}


def _seen_to(outcome: str) -> dict[str, str]:
    """To the own officer, and to who coordinates the unit; of a protected person to nobody before it is opened."""
    return _own(outcome) | {
        _AT_HOME: f"home {outcome}, beside {outcome}, former {outcome}, closed {outcome}",
        _ELSEWHERE: f"elsewhere {outcome}",
    }


def _unit_meets(outcome: str) -> dict[str, str]:
    """To who holds or coordinates meetings in the unit."""
    return {
        f"officer colleague reader opener {_AT_HOME}": f"home {outcome}",
        f"officer_elsewhere {_ELSEWHERE}": f"elsewhere {outcome}",
    }


def _rings(outcome: str) -> dict[str, str]:
    """To who may do the task and answer for the person: officers and coordinators of the unit, and who is named."""
    return {
        f"officer colleague opener {_AT_HOME}": f"home {outcome}",
        f"officer_elsewhere {_ELSEWHERE}": f"elsewhere {outcome}",
        "reader": f"home {outcome}, sheltered {outcome}",
    }


BOOKINGS: tuple[Thing, ...] = (
    Thing("booking:officer_move", "GET", "booking", _WORK, _seen_to("shown")),
    Thing("booking:officer_move", "POST", "booking", _WORK, _seen_to("told")),
    Thing("booking:officer_series", "GET", "booking", _WORK, _seen_to("shown")),
    Thing("booking:officer_series", "POST", "booking", _WORK, _seen_to("told")),
    Thing("booking:officer_hand_over", "GET", "booking", _WORK, _seen_to("shown")),
    Thing("booking:officer_hand_over", "POST", "booking", _WORK, _seen_to("told")),
    Thing(  # no step was chosen; of a protected person it asks why first
        "booking:officer_act",
        "POST",
        "booking",
        _WORK,
        _seen_to("told")
        | {"officer": "home told, sheltered shown", "reader": "sheltered shown", "opener": "sheltered told"},
    ),
    # The own officer's and the unit's coordinators'; of a protected person it asks why, the officer and who is named
    Thing(
        "booking:officer_booking",
        "GET",
        "booking",
        _WORK,
        _seen_to("shown") | {"officer": "home shown, sheltered shown", "reader opener": "sheltered shown"},
    ),
    Thing("booking:officer_open", "POST", "booking", _WORK, {"officer reader opener": "sheltered done"}),
    # What must be done in the unit, and whom to ring: of a protected person only who is named, whose task it is
    Thing("booking:task_finish", "POST", "task", _WORK, _unit_meets("done")),
    Thing("booking:task_ring", "GET", "ring", _WORK, _rings("shown")),
    Thing("booking:task_ring", "POST", "ring", _WORK, _rings("done")),
    Thing(
        "booking:officer_number",
        "POST",
        "booking",
        _WORK,
        _own("shown") | {"opener": "sheltered shown"} | _left("shown"),
    ),
    Thing("booking:officer_cancel", "POST", "booking", _WORK, _seen_to("done")),
    Thing("booking:vouch", "GET", "booking", _WORK, _own("shown")),
    Thing("booking:vouch", "POST", "booking", _WORK, _own("told")),  # nobody has shown that number
    Thing("identity:bankid_phone", "GET", "booking", _WORK, _own("shown")),
    Thing("identity:bankid_phone", "POST", "booking", _WORK, _own("told")),  # no number is known
    Thing("identity:bankid_phone_ask", "POST", "booking", _WORK, _own("nothing")),  # nobody was asked yet
)
PERSONS: tuple[Thing, ...] = (
    Thing(
        "identity:representative_withdraw",
        "POST",
        "representation",
        _signed_in("nothing"),
        {"resident proven": "home done", "resident_elsewhere": "elsewhere done"},
    ),
    Thing(
        "identity:representatives_of", "GET", "person", _WORK, _met("shown") | {"opener": "home shown, sheltered shown"}
    ),
    Thing(
        "identity:representatives_of", "POST", "person", _WORK, _met("done") | {"opener": "home done, sheltered done"}
    ),
    Thing("identity:representative_end", "POST", "person", _WORK, _met("done")),  # nobody acts for the sheltered one
    Thing(  # who looks after a protected person sees how, who is named for it is asked why
        "identity:person",
        "GET",
        "person",
        _WORK,
        _met("shown") | {"coordinator unit_manager reader opener": "home shown, sheltered shown"},
    ),
    Thing("identity:person_open", "POST", "person", _WORK, {"reader opener": "sheltered done"}),
    Thing("identity:person_flag", "POST", "person", _WORK, _looked_after("done")),
    Thing(  # officers read the page again, without anybody to choose; of the protected it asks why first
        "identity:person_reader",
        "POST",
        "person",
        _WORK,
        {"officer colleague": "home told", "officer_elsewhere": "elsewhere told"}
        | {"reader": "home told, sheltered led on", "opener": "home told, sheltered told"}
        | _looked_after("done"),
    ),
    Thing(  # nobody is named for the unprotected
        "identity:person_unname",
        "POST",
        "person",
        _WORK,
        {"coordinator unit_manager": "home led on, sheltered done", _ELSEWHERE: "elsewhere led on"},
    ),
    Thing("identity:extract_of", "GET", "person", _WORK, {_AT_HOME: "home shown", _ELSEWHERE: "elsewhere shown"}),
    Thing("identity:extract_file_of", "GET", "person", _WORK, {_AT_HOME: "home shown", _ELSEWHERE: "elsewhere shown"}),
    Thing(
        "identity:erase",
        "GET",
        "person",
        _WORK,
        {
            "coordinator reader": "home nothing, sheltered led on",
            "unit_manager": "home shown, sheltered led on",
            "unit_manager_elsewhere": "elsewhere shown",
            "officer colleague": "home nothing",
            "opener": "home nothing, sheltered nothing",
            "officer_elsewhere coordinator_elsewhere": "elsewhere nothing",
        },
    ),
    Thing(  # meetings are to come
        "identity:erase",
        "POST",
        "person",
        _WORK,
        {"unit_manager": "home told", "unit_manager_elsewhere": "elsewhere told"},
    ),
)
OVERSIGHT: tuple[Thing, ...] = (
    Thing(
        "identity:alert_seen",
        "POST",
        "alert",
        _WORK,
        {"colleague": "beside done", "unit_manager": "home done", "unit_manager_elsewhere": "elsewhere done"},
    ),
    Thing(  # whoever asked does not decide
        "identity:glass_decide",
        "POST",
        "request",
        _WORK,
        {
            "coordinator unit_manager": "home done",
            "coordinator_elsewhere unit_manager_elsewhere": "elsewhere done",
        },
    ),
    Thing("identity:review", "GET", "review", _WORK, _reviewed("shown")),
    Thing("identity:review", "POST", "review", _staff("led on", "led on")),  # without a verdict
    Thing("identity:review_next", "GET", "review", _WORK, _reviewed("led on")),
    Thing("identity:review_sign", "POST", "review", _WORK, _reviewed("told")),  # not everything is judged
    Thing("identity:review_sample", "GET", "review", _WORK, _reviewed("shown")),
    Thing("identity:review_sample", "POST", "review", _WORK, _reviewed("done")),
)
SETTINGS: tuple[Thing, ...] = (
    Thing("identity:conflict", "GET", "conflict", _WORK | {"staff": "nothing"}, {_COORDINATORS: "missing shown"}),
    Thing("identity:conflict", "POST", "conflict", _WORK, {_AT_HOME: "home shown"}),
    Thing("identity:conflict_decide", "POST", "conflict", _WORK, {_AT_HOME: "home done"}),
    Thing("identity:conflict_lift", "POST", "conflict", _WORK, {_COORDINATORS: "missing led on"}),  # none is stopped
    Thing("identity:staff_one", "GET", "staff", _WORK, {_ADMINISTRATORS: "home shown, elsewhere shown"}),
    Thing("identity:staff_one", "POST", "staff", _WORK, {_ADMINISTRATORS: "home done, elsewhere done"}),
    Thing("identity:staff_invite", "POST", "staff", _WORK, {_ADMINISTRATORS: "home done, elsewhere done"}),
    Thing(
        "identity:proposal_decide",
        "POST",
        "proposal",
        _WORK,
        {
            _ADMINISTRATORS: "home done, elsewhere done",
            "unit_manager": "home done",
            "unit_manager_elsewhere": "elsewhere done",
        },
    ),
    Thing("identity:provider", "GET", "provider", _WORK, {_ADMINISTRATORS: "home shown"}),
    Thing("identity:provider", "POST", "provider", _WORK, {_ADMINISTRATORS: "home told"}),  # nothing was filled in
    Thing("identity:provider_switch", "POST", "provider", _WORK, {_ADMINISTRATORS: "home done"}),
    Thing("identity:provider_try", "POST", "provider", _WORK, {_ADMINISTRATORS: "home shown"}),
)
THINGS = BOOKINGS + PERSONS + OVERSIGHT + SETTINGS

_ASKERS = _staff("shown", "nothing")
PLAIN: tuple[Place, ...] = (
    # Anybody
    Place("identity:csp_report", "POST", _all("taken")),
    Place("identity:leave", "GET", _all("led on")),
    Place("identity:leave", "POST", _all("led on")),
    Place("identity:nothing", "GET", _all("shown")),
    Place("identity:code", "GET", _all("shown")),
    Place("identity:code", "POST", _all("done")),  # a number for this browser
    Place("identity:bankid_start", "GET", _all("sign in")),
    Place("identity:bankid_start", "POST", _all("nothing")),
    Place("identity:bankid_wait", "GET", _all("led on"), {"anonymous forged": "sign in"}),  # nothing was started
    Place("identity:bankid_wait", "POST", _all("led on")),
    Place("identity:bankid_poll", "POST", _all("shown")),
    Place("identity:stay", "POST", _all("shown")),
    Place("identity:bankid_qr", "GET", _all("taken")),
    Place("identity:bankid_return", "GET", _all("shown")),
    Place("identity:bankid_return", "POST", _all("refused")),
    Place("identity:bankid_return_with", "GET", _all("shown")),
    Place("identity:bankid_leave", "POST", _all("sign in")),
    Place("identity:oidc_start", "GET", _all("nothing")),
    Place("identity:oidc_start", "POST", _all("nothing")),
    Place("identity:oidc_callback", "GET", _all("nothing")),
    Place("identity:refused", "GET", _all("led on"), {"anonymous forged": "sign in"}),  # nobody was refused there
    Place("identity:oidc_logout", "POST", _all("nothing")),
    Place("identity:passkey", "GET", _all("shown")),
    Place("identity:passkey", "POST", _all("told")),
    Place("identity:passkey_ask", "POST", _all("refused")),
    Place("identity:invitation", "GET", _all("shown")),
    Place("identity:invitation", "POST", _all("told")),
    Place("identity:recovery", "GET", _all("shown")),
    Place("identity:recovery", "POST", _all("told")),
    Place("identity:first_key", "GET", _all("refused")),
    Place("identity:first_key", "POST", _all("refused")),
    Place("identity:new_key_ask", "POST", _staff("nothing", "nothing")),
    # Whoever is signed in, about themselves
    Place("identity:safe_contact", "GET", _signed_in("shown"), {"vouched": "nothing"}),
    Place("identity:safe_contact", "POST", _signed_in("done"), {"vouched": "nothing"}),
    Place("identity:sessions", "GET", _signed_in("shown"), {"vouched": "nothing"}),
    Place("identity:sessions", "POST", _signed_in("led on"), {"vouched": "nothing"}),
    Place("identity:representatives", "GET", _signed_in("shown"), {"vouched": "nothing"}),
    Place("identity:representatives", "POST", _signed_in("told"), {"vouched": "nothing"}),
    Place("identity:extract", "GET", _signed_in("shown"), {"vouched": "nothing"}),
    Place("identity:extract_file", "GET", _signed_in("shown"), {"vouched": "nothing"}),
    Place("booking:for_whom", "GET", _signed_in("led on")),
    Place("booking:for_whom", "POST", _signed_in("led on")),
    Place("identity:keys", "GET", _staff("shown", "shown")),
    Place("identity:keys", "POST", _staff("told", "told")),
    Place("identity:recovery_code", "GET", _staff("shown", "shown")),
    Place("identity:recovery_code", "POST", _staff("nothing", "nothing")),
    Place("identity:reserve", "GET", _staff("shown", "shown")),
    Place("identity:reserve", "POST", _staff("told", "told")),
    # Staff
    Place("booking:protected", "GET", _staff("shown", "shown")),
    Place("booking:left", "GET", _staff("nothing", "nothing"), {_COORDINATORS: "shown"}),
    Place("identity:alerts", "GET", _staff("shown", "shown")),
    Place("identity:glass", "GET", _ASKERS, {f"{_OFFICERS} {_COORDINATORS}": "shown"}),
    Place("identity:glass", "POST", _staff("told", "nothing"), {f"{_OFFICERS} {_COORDINATORS}": "told"}),
    Place("identity:glass_waiting", "GET", _staff("nothing", "nothing"), {_COORDINATORS: "shown"}),
    Place(
        "identity:reviews",
        "GET",
        _staff("nothing", "nothing"),
        {f"{_MANAGERS} auditor auditor_elsewhere": "shown"},
    ),
    Place("identity:persons", "GET", _ASKERS, {f"{_OFFICERS} {_COORDINATORS}": "shown"}),
    Place("identity:persons", "POST", _staff("told", "nothing"), {f"{_OFFICERS} {_COORDINATORS}": "told"}),
    Place("identity:conflicts", "GET", _staff("nothing", "nothing"), {_COORDINATORS: "shown"}),
    Place("identity:staff", "GET", _staff("nothing", "nothing"), {_ADMINISTRATORS: "shown"}),
    Place("identity:staff", "POST", _staff("nothing", "nothing"), {_ADMINISTRATORS: "told"}),
    Place("identity:proposals", "GET", _staff("nothing", "nothing"), {f"{_ADMINISTRATORS} {_MANAGERS}": "shown"}),
    Place("identity:providers", "GET", _staff("nothing", "nothing"), {_ADMINISTRATORS: "shown"}),
    Place("identity:provider_add", "GET", _staff("nothing", "nothing"), {_ADMINISTRATORS: "shown"}),
    Place("identity:provider_add", "POST", _staff("nothing", "nothing"), {_ADMINISTRATORS: "told"}),
    Place("identity:retention", "GET", _staff("nothing", "nothing"), {_ADMINISTRATORS: "shown"}),
    Place("identity:retention", "POST", _staff("nothing", "nothing"), {_ADMINISTRATORS: "told"}),
)
