"""Who may act for whom: named by the resident, recorded by staff who saw what shows it, withdrawn in one step.

A helper stands on the resident's word and may book only. Every other kind is unproven, and opens booking only, until
somebody of the staff has seen the paper. The paper itself is never kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.dispatch import Signal
from django.utils import timezone

from identity import access_log, alerts, finding, numbers, policies, protection, representing_news, scope
from identity.acting import acting
from identity.actors import Actor
from identity.errors import NotAllowed, RepresentationRefused
from identity.models import Alert, Evidence, Person, Representation, RepresentationKind
from identity.policies import Facts

SCOPES = ("book", "attend", "speak")
DEFAULT_SCOPES: dict[str, tuple[str, ...]] = {
    RepresentationKind.HELPER: ("book",),
    RepresentationKind.PROXY: SCOPES,
    RepresentationKind.TRUSTEE: ("book", "attend"),
    RepresentationKind.CONSERVATOR: SCOPES,
    RepresentationKind.GUARDIAN: ("book", "attend"),
    RepresentationKind.RELATIVE: ("book",),
}
# What can show each kind (sweden.md 7): a mandate names proxy and scope (FL 14-15 §§), a court appoints the others.
EVIDENCE: dict[str, tuple[str, ...]] = {
    RepresentationKind.HELPER: (Evidence.WORD,),
    RepresentationKind.PROXY: (Evidence.MANDATE,),
    RepresentationKind.TRUSTEE: (Evidence.COURT, Evidence.REGISTER),
    RepresentationKind.CONSERVATOR: (Evidence.COURT, Evidence.REGISTER),
    RepresentationKind.GUARDIAN: (Evidence.REGISTER, Evidence.COURT),
    RepresentationKind.RELATIVE: (Evidence.FUTURE_MANDATE, Evidence.WORD),
}
SURE = "LOA3"
_MOST = 10  # living ones, and new ones within `_LATELY`, the withdrawn included
_LATELY = timedelta(days=30)
representation_ended = Signal()
"""Sent inside the transaction with `representation`: open tickets and parties go with it."""


@dataclass(frozen=True)
class Mandate:
    """What staff records: who acts for whom, on what ground and in what, shown by what (empty: not shown yet)."""

    principal: UUID
    representative_number: str
    called: str
    kind: str
    scopes: tuple[str, ...]
    evidence: str = ""
    valid_to: date | None = None


def living(**which: object) -> list[Representation]:
    """Representations that are neither withdrawn nor past their last day, with both persons. Needs an open scope."""
    rows = Representation.objects.select_related("principal", "representative").filter(revoked_at=None, **which)
    return list(rows.filter(Q(valid_to=None) | Q(valid_to__gte=today())).order_by("made_at"))


def opening(*needed: str, **which: object) -> QuerySet[Representation]:
    """Representations that open any of `needed` today: `Representation.allows`, said in SQL."""
    more = [scope_ for scope_ in needed if scope_ != "book"]
    opened = Q(scopes__overlap=more, seen_at__isnull=False) & ~Q(kind=RepresentationKind.HELPER)
    if "book" in needed:
        opened |= Q(scopes__contains=["book"])
    alive = Q(valid_to=None) | Q(valid_to__gte=today())
    rows: QuerySet[Representation] = Representation.objects.filter(alive, opened, revoked_at=None, **which)
    return rows


def today() -> date:
    """The date in Sweden: a representation's last day ends at midnight here."""
    return timezone.localdate()


def opened_to(principal: UUID | None) -> tuple[tuple[UUID, frozenset[str]], ...]:
    """Who may act for `principal` today, and in what: what the access rules look at. Needs an open scope."""
    if principal is None:
        return ()
    rows = Representation.objects.filter(principal_id=principal, revoked_at=None)
    return tuple((row.representative_id, row.allows(today())) for row in rows if row.alive(today()))


def represented_by(actor: Actor, needed: str) -> list[Person]:
    """The persons for whom the actor may do `needed` on the web today. Needs an open scope.

    Never a protected one: their name may be new, and what concerns them is booked by phone.
    """
    if actor.person_id is None or actor.only_booking is not None:
        return []
    rows = living(representative_id=actor.person_id)
    return [row.principal for row in rows if needed in row.allows(today()) and not row.principal.protected]


def name_helper(*, actor: Actor, number: str, called: str) -> Representation:
    """The resident names a helper by personal number; it may book, and sees times, never content.

    The answer, and the list afterwards, are the same whether or not the helper is known here: the list shows what
    the resident `called` them, never what we know. Raises `RepresentationRefused`.
    """
    now, principal = timezone.now(), _known(actor)
    with scope.transaction(actor.municipality_id, durable=True):
        facts = Facts(actor.municipality_id, person=principal, level_needed=SURE)
        policies.require(actor, "representation.name", facts)
        _alone(principal)
        helper = _person_of(number, now)
        _check_new(principal, helper, RepresentationKind.HELPER)
        row = Representation.objects.create(
            principal_id=principal,
            representative=helper,
            called=called,
            kind=RepresentationKind.HELPER,
            scopes=["book"],
            evidence=Evidence.WORD,
            made_at=now,
            made_by_id=principal,
        )
        access_log.record(actor=actor, action="representation.name", kind="person", objects=[principal, helper.id])
        return row


def record(*, actor: Actor, mandate: Mandate) -> Representation:
    """Staff writes down a representation; with `evidence`, that the actor has seen what shows it, now.

    A known one is changed: what was unproven becomes proven, and what is widened or prolonged without anything seen
    is unproven again. Nobody writes down themselves. The principal is told, on "Mina tider" until they have read it,
    and so are the unit's managers. Raises `RepresentationRefused`, `NotAllowed`.
    """
    now = timezone.now()
    with scope.transaction(actor.municipality_id, durable=True):
        _may_record(actor, mandate.principal)
        _check(mandate)
        _alone(mandate.principal)
        representative = _person_of(mandate.representative_number, now)
        if representative.id == actor.person_id:
            raise RepresentationRefused("own")
        before = Representation.objects.filter(
            principal_id=mandate.principal, representative=representative, kind=mandate.kind, revoked_at=None
        ).first()
        if before is None:
            _check_new(mandate.principal, representative, mandate.kind)
        row = before or Representation(
            principal_id=mandate.principal,
            representative=representative,
            kind=mandate.kind,
            made_at=now,
            made_by_id=actor.person_id,
        )
        if mandate.evidence:
            row.evidence, row.seen_by_id, row.seen_at = mandate.evidence, actor.person_id, now
        elif before is not None and _wider(row, mandate):
            row.evidence, row.seen_by_id, row.seen_at = "", None, None
        row.called, row.scopes, row.valid_to = mandate.called, list(mandate.scopes), mandate.valid_to
        row.save()
        representing_news.tell_recorded(actor, row)
        objects = [mandate.principal, representative.id]
        access_log.record(actor=actor, action="representation.record", kind="person", objects=objects)
        return row


def withdraw(*, actor: Actor, representation: UUID) -> None:
    """The principal ends it, in one step and without a reason; the representative may lay it down. At once.

    Withdrawing twice answers the same. Open tickets and places in coming meetings go in the same transaction.
    """
    with scope.transaction(actor.municipality_id, durable=True):
        row = Representation.objects.select_for_update(no_key=True).filter(id=representation).first()
        mine = row is not None and _may_withdraw(actor, row)
        if row is None or not mine:
            tried = access_log.Tried(actor, "representation.withdraw", "representation", representation)
            raise NotAllowed("representation.withdraw", tried)
        if row.revoked_at is not None:
            return
        _end(actor, row, "representation.withdraw")


def end_as_asked(*, actor: Actor, principal: UUID, representation: UUID) -> None:
    """Staff ends one because the principal asked for it, by telephone or at a counter. The principal is told.

    Ending twice answers the same. Raises `NotAllowed`; one of somebody else is one that is not there.
    """
    with acting(actor.municipality_id):
        person = Person.objects.filter(id=principal, erased_at=None).first()
        facts = protection.facts_of(person, principal)
        rows = Representation.objects.select_for_update(no_key=True).filter(principal_id=principal)
        row = rows.filter(id=representation).first()
        if person is None or row is None or not policies.may(actor, "representation.end", facts):
            tried = access_log.Tried(actor, "representation.end", "person", principal)
            raise NotAllowed("representation.end", tried)
        if row.revoked_at is None:
            _end(actor, row, "representation.end", reason="asked")
            representing_news.tell_ended(actor, row)


def written_for(actor: Actor) -> list[Representation]:
    """Those that staff wrote down for the actor, and that the actor has not put aside. Needs an open scope."""
    if actor.person_id is None or actor.only_booking is not None:
        return []
    told = Alert.objects.filter(kind=representing_news.RECORDED, recipient=actor.person_id, seen_at=None)
    rows = living(principal_id=actor.person_id, id__in=told.values("about"))
    seen = [row.representative_id for row in rows]
    access_log.record(actor=actor, action="representation.list", kind="person", objects=seen)
    return rows


def _end(actor: Actor, row: Representation, action: str, reason: str = "") -> None:
    """At once: open tickets and places in coming meetings go in the same transaction."""
    row.revoked_at, row.revoked_by_id = timezone.now(), actor.person_id
    row.save(update_fields=["revoked_at", "revoked_by"])
    objects = [row.principal_id, row.representative_id]
    access_log.record(actor=actor, action=action, kind="person", objects=objects, reason=reason)
    representing_news.note_ended(row.id, actor.person_id)
    alerts.tell("representation_withdrawn", about=row.principal_id)
    representation_ended.send(sender=Representation, representation=row)


def _wider(row: Representation, mandate: Mandate) -> bool:
    """True when more is opened, or for longer, than what somebody has seen shown."""
    longer = row.valid_to is not None and (mandate.valid_to is None or mandate.valid_to > row.valid_to)
    return longer or bool(set(mandate.scopes) - set(row.scopes))


def _alone(principal: UUID) -> None:
    """One at a time writes about a principal: two at once would make two, or an error."""
    Person.objects.select_for_update(no_key=True).filter(id=principal).first()


def _may_withdraw(actor: Actor, row: Representation) -> bool:
    sides = (row.principal_id, row.representative_id)
    facts = (Facts(actor.municipality_id, person=side) for side in sides)
    return any(policies.may(actor, "representation.withdraw", side) for side in facts)


def may_see(actor: Actor, principal: UUID) -> Person:
    """Raises `NotAllowed` unless the actor may write down who acts for this person. Needs an open scope."""
    return _may_record(actor, principal)


def _may_record(actor: Actor, principal: UUID) -> Person:
    person = Person.objects.filter(id=principal, erased_at=None).first()
    facts = protection.facts_of(person, principal)
    if person is None or not policies.may(actor, "representation.record", facts):
        tried = access_log.Tried(actor, "representation.record", "person", principal)
        raise NotAllowed("representation.record", tried)
    return person


def _check(mandate: Mandate) -> None:
    if mandate.kind not in RepresentationKind.values:
        raise RepresentationRefused("kind")
    if not mandate.scopes or set(mandate.scopes) - set(DEFAULT_SCOPES[mandate.kind]):
        raise RepresentationRefused("scope")
    if mandate.evidence and mandate.evidence not in EVIDENCE[mandate.kind]:
        raise RepresentationRefused("evidence")
    if mandate.valid_to is not None and mandate.valid_to < today():
        raise RepresentationRefused("past")


def _check_new(principal: UUID, representative: Person, kind: str) -> None:
    if representative.id == principal:
        raise RepresentationRefused("self")
    mine = Representation.objects.filter(principal_id=principal, revoked_at=None)
    if mine.filter(representative=representative, kind=kind).exists():
        raise RepresentationRefused("known")
    lately = Representation.objects.filter(principal_id=principal, made_at__gt=timezone.now() - _LATELY)
    if mine.count() >= _MOST or lately.count() >= _MOST:
        raise RepresentationRefused("many")


def _person_of(number: str, now: datetime) -> Person:
    """The person with this number, made without a name if unknown: the first sign-in gives it."""
    try:
        digits = numbers.parse(number, today=timezone.localdate(now)).digits
    except numbers.NumberError:
        raise RepresentationRefused("number") from None
    known = finding.by_number(digits)
    # The same statements whether or not the number is known here: of a known one the row is there, and is not put in.
    row = Person(id=known.id) if known else Person()
    if known is None:
        finding.set_number(row, digits)
    Person.objects.bulk_create([row], ignore_conflicts=True)
    found = finding.by_number(digits)
    if found is None:
        raise RepresentationRefused("number")
    return found


def _known(actor: Actor) -> UUID:
    if actor.person_id is None:
        raise NotAllowed("representation.name")
    return actor.person_id
