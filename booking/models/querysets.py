"""Lists that say in SQL what `identity/policies.py` says of one object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from identity import openings, representing
from identity.actors import Actor
from identity.models import NamedReader, Opening, Representation, RepresentationKind, people
from identity.policies import LEVELS
from identity.scope import ScopedManager, ScopedQuerySet

if TYPE_CHECKING:
    from booking.models.booking import Booking
    from booking.models.calendar import Calendar


def _sure_enough(actor: Actor) -> Q:
    """The condition `level`: the type's level is reached, or an officer saw an ID for this very booking."""
    reached = [name for name, height in LEVELS.items() if height <= LEVELS.get(actor.level, 0)]
    vouched = Q(meeting_type__vouched_enough=True, id=actor.only_booking) if actor.only_booking else Q(pk__in=[])
    return Q(meeting_type__level__in=reached) | vouched


def _standing_open(actor: Actor) -> QuerySet[Opening]:
    now = timezone.now()
    rows: QuerySet[Opening] = Opening.objects.filter(
        object_kind="booking", object=OuterRef("id"), opener_id=actor.person_id, opened_at__lte=now, until__gt=now
    )
    return rows


def _opened(actor: Actor, led: Q) -> Q:
    """The relation `opener`: what was opened counts while the naming, the calendar or the role still stands."""
    if not actor.is_staff:
        return Q(pk__in=[])
    named = Exists(NamedReader.objects.filter(person=OuterRef("resident"), reader=actor.person_id))
    by_right = Q(Exists(_standing_open(actor).filter(kind=openings.PROTECTED))) & (led | Q(named))
    if not any(actor.units(role) for role in ("officer", "coordinator", "unit_manager")):
        return by_right
    return by_right | Q(Exists(_standing_open(actor).filter(kind=openings.BREAK_GLASS)))


def _representing(actor: Actor) -> QuerySet[Representation]:
    """What `Representation.allows` says today: `book`, or `attend` when proven and more than a helper's."""
    attends = Q(scopes__contains=["attend"], seen_at__isnull=False) & ~Q(kind=RepresentationKind.HELPER)
    rows: QuerySet[Representation] = Representation.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=representing.today()),
        Q(scopes__contains=["book"]) | attends,
        principal=OuterRef("resident"),
        representative_id=actor.person_id,
        revoked_at=None,
    )
    return rows


class BookingManager(ScopedManager["Booking"]):
    """Bookings, and which of them somebody may see."""

    def visible_to(self, actor: Actor) -> ScopedQuerySet[Booking]:
        """Those that the actor may see in a list: in SQL what the rows of `booking.list` say of one.

        One's own, as sure as their type asks for; those of whom one represents; those on the own calendar as an
        officer of its unit; and what stands open for the actor now.
        """
        if actor.token is not None:
            return self._of_system(actor)
        if not actor.signed_in:
            return self.get_queryset().none()
        own = Q(resident_id=actor.person_id) & _sure_enough(actor)
        if actor.only_booking is not None:
            own &= Q(id=actor.only_booking)
        led = Q(calendar__person_id=actor.person_id, calendar__unit_id__in=actor.units("officer"))
        opened = _opened(actor, led)
        if actor.only_booking is not None:
            return self.get_queryset().filter(own | led | opened)
        represented = Q(Exists(_representing(actor))) & _sure_enough(actor) & ~people.protected("resident")
        return self.get_queryset().filter(own | led | opened | represented)

    def _of_system(self, actor: Actor) -> ScopedQuerySet[Booking]:
        """The relation `system_of_unit`: of the token's units, and nobody's who is protected."""
        if "bookings:read" not in actor.token_scopes:
            return self.get_queryset().none()
        rows = self.get_queryset().exclude(people.protected("resident"))
        return rows.filter(calendar__unit_id__in=actor.token_units) if actor.token_units else rows

    def represented_by(self, actor: Actor) -> ScopedQuerySet[Booking]:
        """Upcoming ones of the persons whom the actor may book for or attend with, by start; nobody's who is protected.

        It says in SQL what the rows with `representative_...` say of one booking.
        """
        books = [person.id for person in representing.represented_by(actor, "book")]
        attends = [person.id for person in representing.represented_by(actor, "attend")]
        sure = self.get_queryset().filter(_sure_enough(actor))
        rows = sure.filter(resident_id__in={*books, *attends}, state__in=("confirmed", "ready"))
        return rows.order_by("from_tick")


class CalendarManager(ScopedManager["Calendar"]):
    """Calendars, and which of them somebody may see."""

    def visible_to(self, actor: Actor) -> ScopedQuerySet[Calendar]:
        """The actor's own, as an officer of its unit; another system's, those of its token's units."""
        if actor.token is not None and "calendars:read" in actor.token_scopes:
            rows = self.get_queryset()
            return rows.filter(unit_id__in=actor.token_units) if actor.token_units else rows
        if actor.person_id is None:
            return self.get_queryset().none()
        return self.get_queryset().filter(person_id=actor.person_id, unit_id__in=actor.units("officer"))
