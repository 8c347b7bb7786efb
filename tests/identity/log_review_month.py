"""A month of the access log for tests of its review: acts of the cast, of the times that a test needs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from identity import review_making, scope
from identity.models import AccessEntry, LogReview
from tests.identity.log_entries import past_the_clock
from tests.identity.staffing import unit_of
from tests.town import Town

MONTH = date(2026, 10, 1)
A_TUESDAY = datetime(2026, 10, 6, 9, tzinfo=UTC)  # eleven o'clock in Sweden
ALIASES = ["default", "log_reader", "log_writer"]


def act(
    town: Town,
    who: str,
    *objects: UUID,
    at: datetime = A_TUESDAY,
    action: str = "booking.see",
    kind: str = "booking",
    role: str = "officer",
    allowed: bool = True,
    reason: str = "",
    unit: UUID | None = None,
) -> UUID:
    """One entry of somebody; its id."""
    made = uuid4()
    unit = unit or (unit_of(town, who) if role == "officer" else None)
    entry = AccessEntry(
        id=made,
        municipality=town.municipality,
        at=at,
        actor=town.persons[who],
        role=role,
        unit=unit,
        action=action,
        kind=kind,
        objects_seen=list(objects) or [uuid4()],
        allowed=allowed,
        reason=reason,
    )
    past_the_clock([entry])
    return made


def quiet_month(town: Town, n: int, who: str = "anna") -> list[UUID]:
    """`n` looks at bookings that are gone: nothing is unusual about them."""
    return [act(town, who, at=A_TUESDAY + timedelta(minutes=m)) for m in range(n)]


def review_of(town: Town, key: str = "anna", month: date = MONTH) -> LogReview:
    """The review of the unit where one of the cast works, made if it is missing."""
    review_making.make_reviews(municipality=town.municipality, month=month)
    with scope.transaction(town.municipality.id):
        return LogReview.objects.get(unit_id=unit_of(town, key), month=month)


def why(town: Town, review: LogReview) -> dict[UUID, list[str]]:
    """Entry -> reasons, of one review."""
    with scope.transaction(town.municipality.id):
        return {pick.entry: pick.why for pick in review.picks.all()}
