"""The one who acts in a request, a job or a socket: a value that policies and querysets take."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest

from identity import scope
from identity.models import ApiToken, IdentityProvider, Membership, Person, Role
from identity.network import address_of
from identity.sessions import AGAIN, IDLE, forget_sign_in, row_key, used_lately

STAFF_ROLES = frozenset({"officer", "coordinator", "unit_manager", "administrator", "auditor"})
_FRESH = timedelta(minutes=30)
_BUILT_IN = frozenset({"trial", "vouched"})  # ways in that are no row that can be switched


@dataclass(frozen=True)
class Actor:
    """Municipality, person, roles, provider, level. Anonymous when `person_id` is None.

    `only_booking`: the one booking of somebody whose identity an officer vouched for; `network`: the address that a
    staff member acts from, kept in the access log; residents' addresses are not kept. `unproven`: the
    provider may have sent the person on without asking who they are, because they had signed in there before.
    `session_key`: what the session's row is called, a hash of the cookie.

    `token`: another system acts by this API token, in `token_units` (none: every unit) and by `token_scopes`; it is
    nobody, holds `live_holds` times at once (0: any number), and `on_behalf_of` is for whom it says that it acts.
    """

    municipality_id: int
    person_id: UUID | None = None
    roles: frozenset[tuple[str, UUID]] = frozenset()
    provider: str = ""
    level: str = "none"
    signed_in_at: datetime | None = None
    session_key: str = ""
    language: str = "sv"
    protected: bool = False
    system: bool = False
    only_booking: UUID | None = None
    network: str = ""
    unproven: bool = False
    token: UUID | None = None
    token_units: frozenset[UUID] = frozenset()
    token_scopes: frozenset[str] = frozenset()
    live_holds: int = 0
    on_behalf_of: UUID | None = None

    @property
    def signed_in(self) -> bool:
        """True when somebody is known."""
        return self.person_id is not None

    @property
    def is_staff(self) -> bool:
        """True with any staff role."""
        return any(role in STAFF_ROLES for role, _ in self.roles)

    def units(self, role: str = "officer") -> frozenset[UUID]:
        """Units in which the actor has the role."""
        return frozenset(unit for held, unit in self.roles if held == role)

    def fresh(self, now: datetime) -> bool:
        """True when the person showed who they are at most 30 minutes ago: what entering a meeting asks for."""
        return not self.unproven and self.signed_in_at is not None and now - self.signed_in_at <= _FRESH

    def key(self) -> str:
        """Stable name for idempotency rows: the token, the person, or the session before sign-in."""
        if self.token is not None:
            return f"token {self.token}"
        return str(self.person_id or self.session_key)

    @property
    def role_name(self) -> str:
        """The word for the access log: the gravest staff role, else resident, else anonymous."""
        if self.system:
            return "system"
        if self.token is not None:
            return "api"
        held = sorted(role for role, _ in self.roles if role in STAFF_ROLES)
        return held[-1] if held else "resident" if self.signed_in else "anonymous"


def system(municipality_id: int) -> Actor:
    """The system itself: jobs and sweeps."""
    return Actor(municipality_id=municipality_id, system=True)


def of_token(token: ApiToken, *, network: str = "", on_behalf_of: UUID | None = None) -> Actor:
    """Another system: nobody, with the units and scopes of its token. `network`: the address that it asks from."""
    return Actor(
        municipality_id=int(token.municipality_id or 0),
        network=network,
        token=token.id,
        token_units=frozenset(token.units),
        token_scopes=frozenset(token.scopes),
        live_holds=token.live_holds,
        on_behalf_of=on_behalf_of,
    )


def in_force() -> Q:
    """Which memberships count: a staff role only beside an open account, an interpreter's without one."""
    account = Q(person__staff_account__isnull=False, person__staff_account__closed_at=None)
    return account | Q(role=Role.INTERPRETER)


def for_staff(provider: str) -> bool:
    """Whether who signs in by the provider with this code may act as staff. Needs a scope."""
    row = IdentityProvider.objects.filter(code=provider).first()
    if row is not None:
        return row.enabled and row.for_staff
    return provider == "trial" and trial_allowed()


def of_person(
    person: Person, *, provider: str, level: str, session_key: str, at: datetime | None, staff: bool = True
) -> Actor:
    """The actor that a person is, with roles read now. Needs an open scope.

    `staff` false: signed in by a way that is not for staff, and so without any role at work.
    """
    held = Membership.objects.filter(in_force(), person=person).values_list("role", "unit_id")
    return Actor(
        municipality_id=scope.current(),
        person_id=person.id,
        roles=frozenset((str(role), unit) for role, unit in held if staff or role not in STAFF_ROLES),
        provider=provider,
        level=level,
        signed_in_at=at,
        session_key=session_key,
        language=person.language,
        protected=person.protected,
    )


def load(request: HttpRequest) -> Actor:
    """Who acts in this request. Needs an open scope; reads the person and the memberships once.

    A session that was idle too long, loses its sign-in here, for good.
    """
    session = request.session
    language = session.get("language")
    if not session.get("person") or session.get("municipality") != scope.current():
        return Actor(scope.current(), session_key=row_key(session.session_key), language=language or "sv")
    person = Person.objects.filter(id=UUID(session["person"])).first()
    actor = _signed_in(person, request, language) if person else None
    idle = IDLE["staff" if session.get("staff") or (actor is not None and actor.is_staff) else "resident"]
    if actor is None or not used_lately(actor.session_key, idle):
        forget_sign_in(session)
        session[AGAIN] = True
        return Actor(scope.current(), language=language or "sv")
    return actor


def _signed_in(person: Person, request: HttpRequest, language: str | None) -> Actor | None:
    session = request.session
    signed_in, staff = _open_still(session["provider"], staff=bool(session.get("staff_allowed")))
    if not signed_in:
        return None
    actor = of_person(
        person,
        provider=session["provider"],
        level=session["level"],
        session_key=row_key(session.session_key),
        at=datetime.fromisoformat(session["signed_in_at"]),
        staff=staff,
    )
    vouched_for = session.get("booking")
    return replace(
        actor,
        # By their only key nobody acts as staff: first they get a second one, or a printed code.
        roles=frozenset() if session.get("unfinished") else actor.roles,
        language=language or actor.language,
        only_booking=UUID(vouched_for) if vouched_for else None,
        network=address_of(request) if actor.is_staff else "",
        unproven=bool(session.get("unproven")),
    )


def _open_still(provider: str, *, staff: bool) -> tuple[bool, bool]:
    """Whether who signed in by this provider is signed in still, and acts as staff: as the provider is set up now."""
    if provider in _BUILT_IN:
        return True, staff
    row = IdentityProvider.objects.filter(code=provider, enabled=True).values_list("for_staff", flat=True).first()
    return row is not None, staff and bool(row)


def trial_allowed() -> bool:
    """True where invented people may sign in: a trial or a test, never production."""
    return bool(settings.TRIAL)
