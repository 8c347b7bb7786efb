"""From BankID's status and hint code to the text that is shown: an id of `bankid_words`. Pure, and whole.

BankID adds codes: one that is not known here is "it goes on" while pending, and "not just now" when it failed.
"""

from __future__ import annotations

LONG_SEARCH = 30  # seconds of `started` after which the app most likely finds no BankID on the device

_PENDING = {
    "userMrtd": "passport",
    "userCallConfirm": "confirm_call",
    "userSign": "code",
}
_FAILED = {
    "expiredTransaction": "expired",
    "certificateErr": "certificate",
    "userCancel": "you_cancelled",
    "cancelled": "replaced",
    "startFailed": "not_started",
    "userDeclinedCall": "declined_call",
    "notSupportedByUserApp": "update_app",
    "transactionRiskBlocked": "risk",
}
_UNSTARTED = frozenset({"", "outstandingTransaction", "noClient"})
_NEVER_STARTED = frozenset({"expiredTransaction", "startFailed"})


def text_id(status: str, hint: str, *, other_device: bool = False, searched: int = 0) -> str:
    """The id of the text. `searched`: for how many seconds the hint has been `started`."""
    if status != "pending":
        return _FAILED.get(hint, "down")
    if hint in _UNSTARTED:
        return "scan" if other_device else "open_app"
    if hint == "started":
        return "searching" if searched < LONG_SEARCH else "no_bankid_here"
    return _PENDING.get(hint, "going_on")


def begun(hint: str) -> bool:
    """True once somebody has opened the order in the app."""
    return hint not in _UNSTARTED


def ran_out(hint: str) -> bool:
    """True when an order failed because nobody opened it in time: it may be renewed without a word."""
    return hint in _NEVER_STARTED
