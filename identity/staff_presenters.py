"""Words for the accounts of the staff."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from identity.models import Role
from identity.staff_accounts import Account

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
    "waiting": _("Det är redan frågat, och väntar på en andra person."),
    "closed": _("Kontot är stängt."),
    "open": _("Kontot är redan öppet."),
}


@dataclass(frozen=True)
class AccountLine:
    """One staff account on the list. `roles`: one for each role and unit."""

    person: UUID
    name: str
    roles: tuple[str, ...]
    state: str
    open: bool


def role_words(role: str) -> str:
    """What a role is called."""
    return str(ROLES.get(role, role))


def held(account: Account) -> list[tuple[UUID, str]]:
    """The roles of an account, in words, by name: id of the membership, role and unit."""
    told = [(one.id, f"{role_words(one.role)}, {one.unit}") for one in account.roles]
    return sorted(told, key=lambda pair: pair[1].casefold())


def account_line(account: Account) -> AccountLine:
    """An account on the list of all."""
    state = gettext("Öppet") if account.open else gettext("Stängt")
    return AccountLine(account.person, account.name, tuple(words for _m, words in held(account)), state, account.open)


def booked_words(account: Account) -> str:
    """What is booked with somebody whose account is about to be closed."""
    if not account.to_hold:
        return gettext("%(name)s har inga bokade möten.") % {"name": account.name}
    told = ngettext(
        "%(name)s har ett bokat möte. Det står kvar tills någon avbokar det.",
        "%(name)s har %(n)d bokade möten. De står kvar tills någon avbokar dem.",
        account.to_hold,
    )
    return told % {"name": account.name, "n": account.to_hold}


def closed_words(account: Account) -> str:
    """What is true when an account was just closed."""
    if account.to_hold and account.uncoordinated:
        return gettext(
            "Kontot är stängt. Ingen samordnar enheten. Ge någon den rollen, så ser personen mötena som ska avbokas."
        )
    if account.to_hold:
        return gettext("Kontot är stängt. Enhetens samordnare har fått veta vilka möten som behöver avbokas.")
    return gettext("Kontot är stängt.")
