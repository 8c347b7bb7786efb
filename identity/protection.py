"""Protected identity and safe contact: who sets the three flags, who lifts them, and who may read what is sheltered.

A flag shelters from the moment it is set, and one person is enough. Lifting one takes two, and nothing that was kept
back is sent afterwards. Named readers open what concerns the person, with a reason each time; one of them is the
deputy. What a flag changes elsewhere is done by those who hear `signals.protection_changed`, in the same transaction.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from identity import access_log, alerts, openings, policies, scope
from identity.access_log import Tried
from identity.acting import acting
from identity.actors import Actor, in_force
from identity.errors import NotAllowed
from identity.models import Membership, NamedReader, Opening, Person, Role
from identity.models.people import FLAGS
from identity.policies import Facts
from identity.signals import protection_changed

UNPROTECT = "unprotect"
# A request that nobody agreed to in a week is asked for anew: what was true then may not be true any more.
WAITS = timedelta(days=7)
_READING = (Role.OFFICER, Role.COORDINATOR, Role.UNIT_MANAGER)


def set_flag(*, actor: Actor, person: UUID, flag: str) -> None:
    """Set one of the three. Setting it again changes nothing, but ends a request to lift it. Raises `NotAllowed`."""
    with acting(actor.municipality_id):
        _set(actor, _locked(actor, "person.protect", person), _known(flag))


def ask_for_safe_contact(*, actor: Actor) -> None:
    """The resident's own wish, without a reason. The coordinators are told, so that somebody names the readers."""
    with acting(actor.municipality_id):
        row = _locked(actor, "person.ask_safe_contact", openings.who(actor))
        if _set(actor, row, "safe_contact"):
            alerts.tell("safe_contact_asked", about=row.id)


def ask_to_remove_flag(*, actor: Actor, person: UUID, flag: str) -> None:
    """Ask that a flag be lifted: the first of two. Asking twice is asking once.

    Raises `NotAllowed`, `SignInNeeded` when the sign-in is older than 15 minutes.
    """
    with acting(actor.municipality_id):
        row = _locked(actor, "person.ask_unprotect", person)
        openings.require_fresh(actor, timezone.now())
        if not getattr(row, _known(flag)) or waiting(row.id).filter(reason=flag).exists():
            return
        Opening.objects.create(
            kind=UNPROTECT,
            opener_id=openings.who(actor),
            object_kind="person",
            object=row.id,
            reason=flag,
            asked_at=timezone.now(),
        )
        access_log.record(actor=actor, action="flag_lift_asked", kind="person", objects=[row.id], reason=flag)
        alerts.tell("flag_lift_asked", actor=actor.person_id, about=row.id)


def confirm_removal(*, actor: Actor, person: UUID, flag: str) -> None:
    """Lift it, as the second of two. Raises `NotAllowed` (also to the first one), `SignInNeeded` as asking."""
    with acting(actor.municipality_id):
        row = _locked(actor, "person.unprotect", person, flag=_known(flag))
        openings.require_fresh(actor, timezone.now())
        waiting(row.id).filter(reason=flag).update(
            approver=actor.person_id, decided_at=timezone.now(), opened_at=timezone.now()
        )
        before = row.protected
        setattr(row, flag, False)
        row.save(update_fields=[flag])
        access_log.record(actor=actor, action="flag_lifted", kind="person", objects=[row.id], reason=flag)
        protection_changed.send(Person, person=row, actor=actor, before=before, flag=flag)


def keep_flag(*, actor: Actor, person: UUID, flag: str) -> None:
    """Leave it as it is: the request is over, by whom ever. Raises `NotAllowed`."""
    with acting(actor.municipality_id):
        row = _locked(actor, "person.ask_unprotect", person)
        _settle(actor, row.id, _known(flag))
        access_log.record(actor=actor, action="flag_kept", kind="person", objects=[row.id], reason=flag)


def name_reader(*, actor: Actor, person: UUID, reader: UUID, deputy: bool = False) -> None:
    """Name somebody else of the staff; a new deputy takes the place of the old one. The coordinators are told.

    Raises `NotAllowed` for oneself and for anybody who is not staff, `SignInNeeded` after 15 minutes.
    """
    with acting(actor.municipality_id):
        row = _locked(actor, "person.name_reader", person, reader=reader)
        openings.require_fresh(actor, timezone.now())
        if reader == row.id or not staff_who_read().filter(person=reader).exists():
            raise NotAllowed("person.name_reader", Tried(actor, "person.name_reader", "person", reader))
        if deputy:
            _unname(NamedReader.objects.filter(person=row, deputy=True).exclude(reader=reader))
        values = {"deputy": deputy, "named_by_id": actor.person_id, "at": timezone.now()}
        NamedReader.objects.update_or_create(person=row, reader_id=reader, defaults=values)
        access_log.record(actor=actor, action="reader_named", kind="person", objects=[row.id, reader])
        alerts.tell("reader_named", recipient=reader, actor=actor.person_id)
        unit = openings.unit_to_tell(row.id, timezone.now())
        alerts.tell("reader_chosen", unit=unit, actor=actor.person_id, about=row.id)


def unname_reader(*, actor: Actor, person: UUID, reader: UUID) -> None:
    """Take a naming back; what stood open for that reader is closed at once. Raises `NotAllowed`."""
    with acting(actor.municipality_id):
        row = _locked(actor, "person.name_reader", person)
        _unname(NamedReader.objects.filter(person=row, reader=reader))
        access_log.record(actor=actor, action="reader_unnamed", kind="person", objects=[row.id, reader])


def readers_of(person: UUID) -> frozenset[UUID]:
    """Who may open what concerns this person, the deputy among them. Needs an open scope."""
    return frozenset(NamedReader.objects.filter(person=person).values_list("reader", flat=True))


def staff_who_read() -> QuerySet[Membership]:
    """The roles by which somebody can be named, of those who act as staff today. Needs an open scope."""
    rows: QuerySet[Membership] = Membership.objects.filter(in_force(), role__in=_READING)
    return rows


def waiting(person: UUID, now: datetime | None = None) -> QuerySet[Opening]:
    """Requests to lift a flag of this person that nobody has decided yet. Needs an open scope."""
    since = (now or timezone.now()) - WAITS
    rows: QuerySet[Opening] = Opening.objects.filter(
        kind=UNPROTECT, object_kind="person", object=person, decided_at=None, asked_at__gt=since
    )
    return rows


def facts_of(person: Person | None, sought: UUID, *, flag: str = "", reader: UUID | None = None) -> Facts:
    """What the rules may look at. `sought`: the id that was asked for: of nobody by the same statements.

    `flag`: the one to be lifted, when somebody has asked for that; `reader`: who is to be named.
    """
    opened, broken = openings.standing_open(sought, timezone.now())
    asked = waiting(sought).filter(reason=flag).values_list("opener", flat=True).first() if flag else None
    return Facts(
        municipality_id=scope.current(),
        person=sought,
        object=sought,
        protected=person.protected if person else False,
        named=readers_of(sought),
        opened_by=opened,
        broken_by=broken,
        meets=openings.units_that_meet(sought),
        asked_by=asked,
        reader=reader,
    )


def _locked(actor: Actor, action: str, person: UUID, *, flag: str = "", reader: UUID | None = None) -> Person:
    """The person, held until the end, if the actor may. Missing, foreign and forbidden are one answer."""
    row = Person.objects.select_for_update(no_key=True).filter(id=person).first()
    facts = facts_of(row, person, flag=flag, reader=reader)
    if row is None or not policies.may(actor, action, facts):
        raise NotAllowed(action, Tried(actor, action, "person", person))
    return row


def _set(actor: Actor, row: Person, flag: str) -> bool:
    """True when it was not set before."""
    _settle(actor, row.id, flag)
    access_log.record(actor=actor, action="flag_set", kind="person", objects=[row.id], reason=flag)
    if getattr(row, flag):
        return False
    before = row.protected
    setattr(row, flag, True)
    row.save(update_fields=[flag])
    protection_changed.send(Person, person=row, actor=actor, before=before, flag=flag)
    return True


def _settle(actor: Actor, person: UUID, flag: str) -> None:
    """A request to lift the flag is over, and it stands."""
    waiting(person).filter(reason=flag).update(approver=actor.person_id, decided_at=timezone.now())


def _unname(namings: QuerySet[NamedReader]) -> None:
    """Rights end at once: what stood open for these readers is closed, all of it; the rest they open anew."""
    now, readers = timezone.now(), list(namings.values_list("reader", flat=True))
    namings.delete()
    standing = Opening.objects.filter(kind=openings.PROTECTED, opener__in=readers, until__gt=now)
    standing.update(until=now)


def _known(flag: str) -> str:
    """The flag, if it is one of the three. Raises ValueError."""
    if flag not in FLAGS:
        raise ValueError("unknown flag")
    return flag
