"""The small steps that an officer takes on the page of a booking, each one button: checked, then its use case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from booking import languages, services
from booking.forms import KeyField
from booking.models import NeedKind, NeedState
from booking.services import WantedNeed
from identity.actors import Actor

CALLS = (("tried", _("Jag har ringt, men ingen svarade")), ("no_number", _("Det finns inget nummer att ringa")))
NO_REASONS = (
    ("many", _("Vi blir för många")),
    ("alone", _("Vi behöver tala ensamma")),
    ("other", _("Något annat")),
)
READY_REASONS = (
    ("phone_interpreter", _("Tolken är med på telefon")),
    ("not_needed", _("Det behövs inte längre")),
    ("agreed", _("Personen vill träffas ändå")),
)
ORDERS = (
    (NeedState.ORDERED.value, _("Beställd")),
    (NeedState.CONFIRMED.value, _("Bekräftad")),
    (NeedState.WITHDRAWN.value, _("Tolken kan inte")),
    (NeedState.NOT_FOUND.value, _("Ingen hittad")),
)
KINDS = (
    (NeedKind.INTERPRETER.value, _("Tolk")),
    (NeedKind.SIGN.value, _("Teckenspråkstolk")),
    (NeedKind.SPEECH_TO_TEXT.value, _("Skrivtolk")),
    (NeedKind.DEAFBLIND.value, _("Dövblindtolk")),
    (NeedKind.TEXT.value, _("Skriver i mötet")),
    (NeedKind.PAUSES.value, _("Vill ha pauser")),
    (NeedKind.EASY_READ.value, _("Lättläst text")),
    (NeedKind.ROOM.value, _("Lånar ett rum hos oss")),
)
_Data = dict[str, Any]
_ASKS = {"missed": "call", "no": "reason", "ready": "why", "order": "state", "ours": "calendar", "add": "kind"}

STEPS = ("missed", "came", "yes", "no", "ready", "order", "ours", "add", "drop", "read", "own", "not_own")


class ActForm(forms.Form):
    """Which step, and what it needs. A closed list: anything else does nothing."""

    do = forms.ChoiceField(
        choices=[(one, one) for one in STEPS],
        error_messages={"required": _("Välj vad du vill göra."), "invalid_choice": _("Välj vad du vill göra.")},
    )
    call = forms.ChoiceField(choices=CALLS, required=False)
    party = forms.UUIDField(required=False)
    reason = forms.ChoiceField(choices=NO_REASONS, required=False)
    why = forms.ChoiceField(choices=READY_REASONS, required=False)
    need = forms.UUIDField(required=False)
    state = forms.ChoiceField(choices=ORDERS, required=False)
    order = forms.CharField(max_length=40, required=False)
    calendar = forms.UUIDField(required=False)
    kind = forms.ChoiceField(choices=KINDS, required=False)
    language = forms.CharField(max_length=12, required=False)
    key = KeyField()

    def clean(self) -> _Data:
        """Some steps say why, or which."""
        given = super().clean() or self.cleaned_data
        do = given.get("do", "")
        asks = _ASKS.get(do)
        if asks and not given.get(asks):
            self.add_error(asks, _("Välj ett av svaren."))
        if do in ("yes", "no") and not given.get("party"):
            self.add_error("party", _("Välj vem svaret gäller."))
        if do == "add" and given.get("kind") == NeedKind.INTERPRETER and given.get("language") not in languages.codes():
            self.add_error("language", _("Välj språk för tolken."))
        if do in ("order", "ours", "drop") and not given.get("need"):
            self.add_error("need", _("Välj vad beställningen gäller."))
        return given

    def first_fault(self) -> str:
        """The sentence to show."""
        return str(next(iter(self.errors.values()))[0])

    def act(self, actor: Actor, booking: UUID) -> None:
        """Take the step. Raises `NotAllowed` and what the use cases do."""
        _STEPS[self.cleaned_data["do"]](actor, booking, self.cleaned_data)


def _missed(actor: Actor, booking: UUID, data: _Data) -> None:
    services.mark_no_show(actor=actor, booking=booking, key=data["key"], call=data["call"])


def _came(actor: Actor, booking: UUID, data: _Data) -> None:
    services.undo_no_show(actor=actor, booking=booking, key=data["key"])


def _yes(actor: Actor, booking: UUID, data: _Data) -> None:
    services.answer_party(actor=actor, party=data["party"], yes=True)


def _no(actor: Actor, booking: UUID, data: _Data) -> None:
    services.answer_party(actor=actor, party=data["party"], yes=False, reason=data["reason"])


def _ready(actor: Actor, booking: UUID, data: _Data) -> None:
    services.override_ready(actor=actor, booking=booking, reason=data["why"], key=data["key"])


def _order(actor: Actor, booking: UUID, data: _Data) -> None:
    services.set_need_state(actor=actor, need=data["need"], state=data["state"], order=data["order"])


def _ours(actor: Actor, booking: UUID, data: _Data) -> None:
    confirmed = NeedState.CONFIRMED.value
    services.set_need_state(actor=actor, need=data["need"], state=confirmed, calendar=data["calendar"])


def _add(actor: Actor, booking: UUID, data: _Data) -> None:
    spoken = {NeedKind.INTERPRETER: data["language"], NeedKind.SIGN: languages.SIGN_LANGUAGE}
    need = WantedNeed(data["kind"], spoken.get(data["kind"], ""))
    services.change_needs(actor=actor, booking=booking, add=(need,))


def _drop(actor: Actor, booking: UUID, data: _Data) -> None:
    services.change_needs(actor=actor, booking=booking, drop=frozenset({data["need"]}))


def _read(actor: Actor, booking: UUID, data: _Data) -> None:
    services.read_aloud(actor=actor, booking=booking)


def _own(actor: Actor, booking: UUID, data: _Data) -> None:
    services.make_own_officer(actor=actor, booking=booking)


def _not_own(actor: Actor, booking: UUID, data: _Data) -> None:
    services.end_own_officer(actor=actor, booking=booking)


_STEPS: dict[str, Callable[[Actor, UUID, _Data], None]] = {
    "missed": _missed,
    "came": _came,
    "yes": _yes,
    "no": _no,
    "ready": _ready,
    "order": _order,
    "read": _read,
    "own": _own,
    "ours": _ours,
    "add": _add,
    "drop": _drop,
    "not_own": _not_own,
}
