"""What people's own times need, and who comes along to them. Called inside an open scope, for what was just read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from booking.models import Need, Party, PartyRole
from booking.presenters.readiness import CompanionFact, NeedFact


def needs_of(bookings: Iterable[UUID]) -> dict[UUID, tuple[NeedFact, ...]]:
    """The needs of each booking, in the order of their kinds."""
    rows = Need.objects.filter(booking__in=list(bookings)).order_by("kind")
    found: dict[UUID, list[NeedFact]] = defaultdict(list)
    for row in rows:
        found[row.booking_id].append(NeedFact(row.kind, row.language, row.state))
    return {booking: tuple(needs) for booking, needs in found.items()}


def companions_of(bookings: Iterable[UUID]) -> dict[UUID, tuple[CompanionFact, ...]]:
    """Who is asked for to come along to each booking, by name."""
    rows = Party.objects.filter(booking__in=list(bookings), role=PartyRole.COMPANION).select_related("person")
    found: dict[UUID, list[CompanionFact]] = defaultdict(list)
    for row in rows:
        fact = CompanionFact(str(row.id), row.person.name, row.resident_said, row.officer_said)
        found[row.booking_id].append(fact)
    return {booking: tuple(sorted(facts, key=lambda one: one.name)) for booking, facts in found.items()}
