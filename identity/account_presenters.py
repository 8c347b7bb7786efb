"""Words for one's own sign-ins and keys, and for the accounts of the staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from identity.actors import STAFF_ROLES
from identity.alert_presenters import title_of
from identity.models import Alert, Membership, Passkey, Role, StaffAccount
from identity.open_sessions import OpenSession

ROLES: dict[str, str | Promise] = {
    Role.OFFICER: _("handläggare"),
    Role.COORDINATOR: _("samordnare"),
    Role.UNIT_MANAGER: _("enhetschef"),
    Role.ADMINISTRATOR: _("administratör"),
    Role.AUDITOR: _("granskare"),
}
REFUSED: dict[str, str | Promise] = {
    "not_self": _("Du kan inte ändra ditt eget konto. Be en annan administratör."),
    "last_administrator": _("Det måste finnas minst en administratör. Ge någon annan rollen först."),
    "known": _("Personen har redan den rollen på enheten."),
    "closed": _("Kontot är stängt."),
    "open": _("Kontot är redan öppet."),
    "last_way_in": _("Du behöver två nycklar, eller en nyckel och en reservkod. Skaffa en till först."),
    "many": _("Du har så många nycklar som går. Ta bort en först."),
}


@dataclass(frozen=True)
class SessionLine:
    """One sign-in on the page."""

    mark: str
    device: str
    address: str
    signed_in_at: datetime
    last_seen: datetime
    current: bool


@dataclass(frozen=True)
class AccountLine:
    """One staff account on the list. `roles`: one for each role and unit."""

    person: UUID
    name: str
    roles: tuple[str, ...]
    state: str
    open: bool


def session_line(one: OpenSession) -> SessionLine:
    """A sign-in with words for its device."""
    device = one.device or gettext("Okänd enhet")
    return SessionLine(one.mark, device, one.address, one.signed_in_at, one.last_seen, one.current)


def told_line(alert: Alert) -> tuple[str, datetime]:
    """What the person was told, and when."""
    return title_of(alert.kind), alert.at


def key_words(key: Passkey) -> str:
    """What a key is called: its own name, else that it is one."""
    return key.name or gettext("Nyckel")


def role_words(role: str) -> str:
    """What a role is called."""
    return str(ROLES.get(role, role))


def held(account: StaffAccount) -> list[tuple[Membership, str]]:
    """The staff roles of an account, in words, by unit."""
    roles = [one for one in account.person.memberships.all() if one.role in STAFF_ROLES]
    told = [(one, f"{role_words(one.role)}, {one.unit.name}") for one in roles]
    return sorted(told, key=lambda pair: pair[1].casefold())


def account_line(account: StaffAccount) -> AccountLine:
    """An account on the list of all."""
    is_open = account.closed_at is None
    state = gettext("Öppet") if is_open else gettext("Stängt")
    return AccountLine(account.person_id, account.name, tuple(words for _m, words in held(account)), state, is_open)
