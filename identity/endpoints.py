"""Every way in, in ONE table: pages, API, feed, socket commands, jobs; by which rule, on what, how, and for whom.

Deny by default: an address whose route has no row here is answered as nothing (`identity.middleware`), stops a
production process at its start, and a test walks addresses, commands and jobs against these rows, both ways.

`action` is one of `identity.policies.TABLE`, or one of these words:

    public   anybody; nothing of anybody is shown
    self     whoever is signed in, and only what is their own
    staff    whoever has a role at work, and only what is their own there
    secret   whoever shows a secret that was made for it (feed, API token: then it is the scope that is named)
    system   no person: the clock or the outbox
    trial    anybody, in a trial or a test; production has no such address
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver

OPEN = frozenset({"public", "self", "staff", "secret", "system", "trial"})
READ = ("GET", "HEAD")
WRITE = ("POST",)
BOTH = (*READ, *WRITE)


@dataclass(frozen=True)
class Endpoint:
    """One way in. `name`: of the route with its namespace, of the command, or of the job; `who`: in plain words.

    `changing`: of the API, the scope that other methods than reading ask for, where it is another one.
    """

    kind: str
    name: str
    action: str
    object: str = ""
    methods: tuple[str, ...] = ()
    who: str = "anybody"
    changing: str = ""


def _page(name: str, action: str, object: str = "", methods: tuple[str, ...] = READ, who: str = "anybody") -> Endpoint:
    return Endpoint("page", name, action, object, methods, who)


def _api(name: str, scope: str, object: str, *methods: str, changing: str = "") -> Endpoint:
    return Endpoint("api", name, scope, object, (*(methods or READ), "OPTIONS"), "a token with the scope", changing)


def _command(
    name: str, action: str = "meeting.enter", who: str = "who is inside or waits, in their own phase"
) -> Endpoint:
    return Endpoint("command", name, action, "meeting", (), who)


def _job(name: str) -> Endpoint:
    return Endpoint("job", name, "system", "", (), "the clock")


_RESIDENT = "the booking's resident, or who represents them"
_OFFICER = "the officer whose calendar it is; of an interpreter's or a room's its unit's coordinators"
_CLOSES = "coordinators and managers: their units; administrators: the municipality"
_HOST = "the host"
_FINDS = "officers, coordinators and managers"
_SHELTERS = "coordinators and managers of a unit that meets the person"
_PREPARES = "the officer, who coordinates the unit, or for whom it stands open; of a protected person after a reason"

ENDPOINTS: tuple[Endpoint, ...] = (
    # The site
    _page("healthz", "public"),
    _page("robots", "public"),
    _page("start", "public"),
    _page("set_language", "public", methods=WRITE),
    _page("booking:accessibility", "public"),
    _page("booking:your_data", "public"),
    _page("booking:problem", "public"),
    _page("identity:csp_report", "public", methods=WRITE, who="browsers, by themselves"),
    # Signing in and out
    _page("identity:sign_in", "public"),
    _page("identity:sign_out", "public", methods=WRITE),
    _page("identity:stay", "public", methods=WRITE, who="whoever is signed in: how long, and once more as long"),
    _page("identity:bankid_start", "public", methods=BOTH),
    _page("identity:bankid_wait", "public", methods=BOTH, who="the browser that started it"),
    _page("identity:bankid_poll", "public", methods=WRITE, who="the browser that started it"),
    _page("identity:bankid_qr", "public", who="the browser that started it"),
    _page("identity:bankid_return", "public", methods=BOTH, who="the browser that started it, with the nonce"),
    _page("identity:bankid_return_with", "public", who="the browser that started it, with the nonce"),
    _page("identity:bankid_leave", "public", methods=WRITE, who="the browser that started it"),
    _page("identity:code", "public", methods=BOTH, who="who has the code that an officer gave"),
    _page("identity:oidc_start", "public", methods=("GET", "POST")),
    _page("identity:oidc_callback", "public", methods=("GET",), who="the browser that started it"),
    _page("identity:refused", "public", who="the browser whose sign-in came to nothing"),
    _page("identity:oidc_logout", "public", methods=WRITE, who="the provider, with a token that it signed"),
    _page("identity:passkey", "public", methods=BOTH),
    _page("identity:passkey_ask", "public", methods=WRITE),
    _page("identity:invitation", "public", methods=BOTH, who="who has the code of an invitation"),
    _page("identity:recovery", "public", methods=BOTH, who="who has a printed recovery code"),
    _page("identity:first_key", "public", methods=BOTH, who="whose code was just accepted, in that browser"),
    _page("identity:new_key_ask", "public", methods=WRITE, who="whose code was just accepted, or who is signed in"),
    _page("trial_sign_in", "trial", methods=("GET",)),
    _page("notifications:mailbox", "trial"),
    _page("identity:leave", "public", methods=BOTH),
    _page("identity:nothing", "public"),
    # Persons and how they are sheltered
    _page("identity:safe_contact", "person.ask_safe_contact", "person", BOTH, "whoever is signed in, for themselves"),
    _page("identity:persons", "person.find", "person", BOTH, _FINDS),
    _page("identity:person", "person.see", "person", READ, _FINDS + " of a unit that meets the person"),
    _page("identity:person_flag", "person.protect", "person", BOTH, _SHELTERS + "; two to lift a flag"),
    _page("identity:person_reader", "person.name_reader", "person", BOTH, _SHELTERS),
    _page("identity:person_unname", "person.name_reader", "person", BOTH, _SHELTERS),
    # Booking a time
    _page("booking:form", "public", methods=BOTH),
    _page("booking:time", "public"),
    _page("booking:choose", "booking.hold", "meeting type", BOTH, "anybody may choose; who is signed in holds"),
    _page("booking:needs", "booking.answer", "booking", BOTH, _RESIDENT),
    _page("booking:information", "booking.answer", "booking", BOTH, _RESIDENT),
    _page("booking:confirm", "booking.answer", "booking", BOTH, _RESIDENT),
    _page("booking:more_time", "booking.answer", "booking", BOTH, _RESIDENT),
    _page("booking:held", "booking.answer", "booking", BOTH, _RESIDENT),
    _page("booking:receipt", "booking.answer", "booking", READ, _RESIDENT),
    # One's own times
    _page("booking:mine", "self", "booking", READ, "whoever is signed in: their own"),
    _page("booking:one", "booking.answer", "booking", READ, _RESIDENT),
    _page("booking:calendar_file", "booking.answer", "booking", READ, _RESIDENT),
    _page("booking:move", "booking.move", "booking", BOTH, _RESIDENT),
    _page("booking:cancel", "booking.cancel", "booking", BOTH, _RESIDENT),
    # The waiting list
    _page(
        "booking:wait", "wish.join", "meeting type", BOTH, "whoever is signed in, for themselves or whom they act for"
    ),
    _page("booking:wait_earlier", "booking.answer", "booking", BOTH, _RESIDENT),
    _page("booking:wish", "wish.answer", "wish", BOTH, "whose wish it is, or who represents them"),
    _page("booking:offer", "wish.answer", "wish", BOTH, "whom it is offered to, or who represents them"),
    _page("booking:for_whom", "booking.hold_for", "meeting type", BOTH, "whoever is signed in: those they act for"),
    _page("identity:representatives", "representation.name", "representation", BOTH, "whoever is signed in: their own"),
    _page("identity:representative_withdraw", "representation.withdraw", "representation", WRITE, "whom it is for"),
    # One's own sign-ins and keys
    _page("identity:sessions", "session.see", "session", BOTH, "whoever is signed in: their own"),
    _page("identity:keys", "passkey.see", "passkey", BOTH, "staff with a local account: their own"),
    _page("identity:recovery_code", "passkey.add", "passkey", BOTH, "staff with a local account: their own"),
    _page("identity:reserve", "passkey.add", "passkey", BOTH, "staff with one key and nothing else"),
    # The officer's desk
    _page("booking:today", "staff", "booking", READ, "staff: their own day"),
    _page(
        "booking:book_for", "booking.book_for", "meeting type", BOTH, "officers and coordinators: their units' types"
    ),
    _page("booking:week", "staff", "calendar", READ, "staff: the week of their own calendar"),
    _page("booking:week_of", "calendar.see_week", "calendar", READ, _OFFICER + ", and who coordinates its unit"),
    _page("booking:why", "calendar.explain", "calendar", READ, "officers, coordinators and managers of its unit"),
    _page("booking:unit", "unit.see_load", "unit", READ, "coordinators and managers: of their units"),
    _page("booking:tasks", "staff", "task", READ, "staff: their own, and their units'"),
    _page("booking:task_finish", "task.finish", "task", BOTH, "whose it is, or who holds meetings in its unit"),
    _page("booking:task_ring", "task.finish", "task", BOTH, "the same; of a protected person who is named"),
    _page("booking:officer_booking", "booking.prepare", "booking", READ, _PREPARES),
    _page("booking:officer_open", "booking.open_protected", "booking", BOTH, "the officer, or a named reader"),
    _page("booking:officer_number", "booking.see_number", "booking", BOTH, _PREPARES),
    _page("booking:officer_cancel", "booking.cancel", "booking", BOTH, _OFFICER),
    _page("booking:officer_act", "booking.prepare", "booking", BOTH, _PREPARES + "; each step by a rule of its own"),
    _page("booking:officer_move", "booking.move", "booking", BOTH, _OFFICER + ", and who coordinates its unit"),
    _page("booking:officer_series", "booking.move", "booking", BOTH, _OFFICER + ", and who coordinates its unit"),
    _page("booking:officer_hand_over", "booking.hand_over", "booking", BOTH, _OFFICER + ", and who coordinates"),
    _page("booking:protected", "booking.list_protected", "booking", READ, "staff: those they are named for"),
    _page("booking:left", "booking.list_left", "booking", READ, "coordinators and managers: of their units"),
    _page("booking:vouch", "booking.vouch", "booking", BOTH, _OFFICER),
    _page("identity:representatives_of", "representation.record", "person", BOTH, _FINDS + " who meet"),
    _page("identity:representative_end", "representation.end", "person", WRITE, _FINDS + " who meet"),
    _page("booking:opening", "calendar.edit", "calendar", BOTH, _OFFICER),
    _page("booking:opening_rule", "calendar.edit", "calendar", BOTH, _OFFICER),
    _page("booking:opening_rule_delete", "calendar.edit", "calendar", BOTH, _OFFICER),
    _page("booking:opening_year", "calendar.edit", "calendar", READ, _OFFICER),
    _page("booking:opening_date", "calendar.edit", "calendar", BOTH, _OFFICER),
    _page("booking:exception_delete", "calendar.edit", "calendar", BOTH, _OFFICER),
    _page("booking:opening_limits", "calendar.edit", "calendar", BOTH, _OFFICER),
    _page("booking:closures", "closure.list", "closure", BOTH, _CLOSES),
    _page("booking:closure_delete", "closure.change", "closure", BOTH, _CLOSES),
    _page("booking:short_days", "short_day.change", "short day", BOTH, "administrators"),
    _page("booking:calendars", "staff", "calendar", READ, "coordinators and managers: of their units"),
    _page("booking:calendar_set_up", "calendar.set_up", "calendar", BOTH, "coordinators and managers of its unit"),
    _page("booking:absence_add", "calendar.edit", "calendar", BOTH, _OFFICER),
    _page("booking:absence_remove", "calendar.edit", "calendar", BOTH, _OFFICER),
    _page("booking:calendar", "calendar.edit", "calendar", READ, _OFFICER),
    _page("booking:feed_make", "calendar.edit", "calendar", BOTH, _OFFICER),
    _page("booking:feed_revoke", "calendar.edit", "calendar", BOTH, _OFFICER),
    _page("booking:busy_add_address", "calendar.edit", "calendar", BOTH, _OFFICER),
    _page("booking:busy_add_file", "calendar.edit", "calendar", BOTH, _OFFICER),
    _page("booking:busy_read", "calendar.edit", "calendar", BOTH, _OFFICER),
    _page("booking:busy_remove", "calendar.edit", "calendar", BOTH, _OFFICER),
    # Alerts, opening what is closed, and the log review
    _page("identity:alerts", "staff", "alert", READ, "staff: what was told to them, their units, or coordinators"),
    _page("identity:alert_seen", "alert.see", "alert", BOTH, "whom it was told to"),
    _page("identity:glass", "glass.ask", "booking", BOTH, "officers, coordinators and managers of any unit"),
    _page("identity:glass_waiting", "glass.see", "opening", READ, "coordinators and managers: of their units"),
    _page("identity:glass_decide", "glass.approve", "opening", BOTH, "a second person who coordinates its unit"),
    _page("identity:reviews", "log.list", "log review", READ, "managers and auditors: of their units"),
    _page("identity:review", "log.see", "log review", BOTH, "managers and auditors of its unit"),
    _page("identity:review_next", "log.see", "log review", READ, "managers and auditors of its unit"),
    _page("identity:review_sign", "log.sign", "log review", BOTH, "managers and auditors of its unit"),
    _page("identity:review_sample", "log.judge", "log review", BOTH, "its unit's managers and auditors, not the actor"),
    # What is kept about people
    _page("identity:extract", "person.extract", "person", READ, "whoever is signed in at LOA3: their own"),
    _page("identity:extract_file", "person.extract", "person", READ, "whoever is signed in at LOA3: their own"),
    _page("identity:extract_of", "person.extract", "person", READ, _SHELTERS),
    _page("identity:extract_file_of", "person.extract", "person", READ, _SHELTERS),
    # What an identity provider says against what is held
    _page("identity:person_open", "person.open_protected", "person", BOTH, "named readers, with a reason"),
    _page("identity:conflicts", "conflict.list", "identity conflict", READ, _SHELTERS + ", or of any where none does"),
    _page("identity:conflict", "conflict.see", "identity conflict", BOTH, "the same, with a reason"),
    _page("identity:conflict_decide", "conflict.decide", "identity conflict", WRITE, "the same, not about themselves"),
    _page("identity:conflict_lift", "conflict.decide", "identity conflict", WRITE, "the same, not about themselves"),
    # What the administrator configures
    _page("identity:staff", "staff.see", "staff account", BOTH, "administrators"),
    _page("identity:staff_one", "staff.see", "staff account", BOTH, "administrators; they change others only"),
    _page("identity:staff_invite", "staff.change", "staff account", WRITE, "administrators, not for themselves"),
    _page("identity:proposals", "proposal.see", "proposal", READ, "administrators and managers: what they may decide"),
    _page("identity:proposal_decide", "proposal.confirm", "proposal", WRITE, "a second person: administrator, manager"),
    _page("identity:providers", "provider.see", "identity provider", READ, "administrators"),
    _page("identity:provider", "provider.change", "identity provider", BOTH, "administrators"),
    _page("identity:provider_add", "provider.change", "identity provider", BOTH, "administrators"),
    _page("identity:provider_switch", "provider.change", "identity provider", WRITE, "administrators"),
    _page("identity:provider_try", "provider.change", "identity provider", WRITE, "administrators"),
    _page("identity:bankid_phone", "booking.identify_by_phone", "booking", BOTH, _OFFICER),
    _page("identity:bankid_phone_ask", "booking.identify_by_phone", "booking", WRITE, _OFFICER),
    _page("identity:erase", "person.ask_erase", "person", BOTH, "managers; two of them to erase"),
    _page("identity:retention", "retention.see", "retention rule", BOTH, "administrators"),
    # Meetings
    _page("meetings:meeting", "meeting.enter", "meeting", READ, "who takes part"),
    _page("meetings:officer", "meeting.lead", "meeting", READ, _OFFICER),
    _page("meetings:ticket", "meeting.enter", "meeting", WRITE, "who takes part"),
    _page("meetings:start", "meeting.lead", "meeting", WRITE, _OFFICER),
    _page("meetings:end", "meeting.lead", "meeting", WRITE, _OFFICER),
    # Other systems and programs
    Endpoint("feed", "booking:feed", "secret", "calendar", READ, "who has the calendar's secret address"),
    _api("api:meeting_types", "slots:read", "meeting type"),
    _api("api:slots", "slots:read", "meeting type"),
    _api("api:slots_days", "slots:read", "meeting type"),
    _api("api:holds", "holds:write", "meeting type", "POST"),
    _api("api:hold", "holds:write", "booking", "DELETE"),
    _api("api:hold_extend", "holds:write", "booking", "POST"),
    _api("api:bookings", "bookings:read", "booking", *BOTH, changing="bookings:write"),
    _api("api:booking", "bookings:read", "booking", changing="bookings:write"),
    _api("api:booking_facts", "bookings:read", "booking"),
    _api("api:booking_move", "bookings:write", "booking", "POST"),
    _api("api:booking_cancel", "bookings:write", "booking", "POST"),
    _api("api:booking_hand_over", "bookings:write", "booking", "POST"),
    _api("api:booking_no_show", "bookings:write", "booking", "POST"),
    _api("api:wishes", "bookings:write", "meeting type", "POST"),
    _api("api:wish", "bookings:write", "wish", "DELETE"),
    _api("api:calendars", "calendars:read", "calendar"),
    _api("api:calendar_explain", "calendars:read", "calendar"),
    _api("api:calendar_rules", "calendars:read", "calendar", *READ, "PUT", changing="calendars:write"),
    _api("api:calendar_rules_preview", "calendars:read", "calendar", "POST", changing="calendars:write"),
    _api("api:calendar_absences", "calendars:write", "calendar", "POST"),
    _api("api:calendar_absence", "calendars:write", "calendar", "DELETE"),
    # The meeting's socket: whose session is live, from the site's own origin; then command by command
    Endpoint("socket", "ws/meeting", "meeting.enter", "meeting", (), "who shows a ticket of half a minute"),
    _command("hello", who="who shows a ticket of half a minute"),
    _command("resume", who="who lost this very connection a moment ago"),
    _command("pong"),
    _command("sync"),
    _command("leave"),
    _command("ready", who="who waits"),
    _command("pause", who="who is inside"),
    _command("new_code", who="who is inside"),
    _command("ice", who="who is inside or kept aside"),
    _command("description", who="one inside, to another inside"),
    _command("candidate", who="one inside, to another inside"),
    _command("restart", who="one inside, to another inside"),
    _command("commit", who="one inside, to another inside"),
    _command("reveal", who="one inside, to another inside"),
    _command("received", who="one inside, to another inside"),
    _command("tell", "meeting.lead", "the host, and an officer beside them"),
    _command("take_host", "meeting.lead", "another officer inside, from a host who is lost"),
    _command("admit", "meeting.lead", _HOST),
    _command("deny", "meeting.lead", _HOST),
    _command("aside", "meeting.lead", _HOST),
    _command("remove", "meeting.lead", _HOST),
    _command("lock", "meeting.lead", _HOST),
    _command("unpause", "meeting.lead", _HOST),
    _command("permit", "meeting.lead", _HOST),
    _command("give_host", "meeting.lead", _HOST),
    _command("end", "meeting.lead", _HOST),
    # Jobs: they act as the system, take ids, and read everything again
    _job("booking.jobs.follow_waiting_lists"),
    _job("booking.jobs.settle_due"),
    _job("booking.jobs.offer_freed"),
    _job("booking.jobs.read_busy"),
    _job("booking.jobs.read_due_busy"),
    _job("config.jobs.heartbeat"),
    _job("config.jobs.purge_what_is_over"),
    _job("identity.jobs.keep_anchors"),
    _job("identity.jobs.seal_log"),
    _job("identity.jobs.review_log"),
    _job("notifications.jobs.deliver_due"),
)
BY_ADDRESS = {e.name: e for e in ENDPOINTS if e.kind in ("page", "feed", "api")}


def addresses(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """The name of every address below `patterns`, with its namespace; of one without a name, its pattern."""
    for one in patterns:
        if isinstance(one, URLResolver):
            inside = f"{prefix}{one.namespace}:" if one.namespace else prefix
            yield from addresses(one.url_patterns, inside)
        else:
            yield f"{prefix}{one.name}" if one.name else str(one.pattern)


def unlisted(patterns: list[URLPattern | URLResolver]) -> list[str]:
    """The addresses that have no row."""
    return sorted(set(addresses(patterns)) - BY_ADDRESS.keys())
