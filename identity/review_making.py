"""Making a month's log reviews: one for each unit, with what chance and the rules pick, and telling of late ones."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from identity import access_log, actors, keyring, review_drawing, review_reach, scope
from identity.models import LogPick, LogReview, Municipality, Unit
from identity.review_drawing import Act, Drawn
from identity.review_rules import picks

DUE = timedelta(days=30)
_AT_ONCE = 1000


def previous_month(today: date) -> date:
    """The first day of the month before."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def make_reviews(*, municipality: Municipality, month: date) -> int:
    """Make the reviews of a month that are missing, all or none; how many. `month`: its first day, local.

    Every unit gets one, also when nothing happened: that somebody looked is signed all the same.
    """
    zone = ZoneInfo(municipality.zone)
    with scope.transaction(municipality.id):
        units = set(Unit.objects.values_list("id", flat=True))
        missing = units - set(LogReview.objects.filter(month=month).values_list("unit_id", flat=True))
        represent = review_drawing.written_down(month)
    if not missing:
        return 0
    acts = {act.id: act for act in review_drawing.acts_of_month(municipality.id, month, zone, represent)}
    with scope.transaction(municipality.id, durable=True):
        all_drawn = review_drawing.drawn(acts.values(), zone, units, represent)
        made = [_make(unit, month, acts, all_drawn) for unit in sorted(missing)]
        system = actors.system(municipality.id)
        access_log.record(actor=system, action="log.draw", kind="log_review", objects=[row.id for row in made])
        return len(made)


def escalate(*, municipality: int, today: date) -> int:
    """Tell the managers of units whose review is not signed in time, once for each; how many."""
    with scope.transaction(municipality, durable=True):
        overdue = LogReview.objects.filter(signed_at=None, escalated_at=None, due__lt=today)
        late = list(overdue.select_for_update(no_key=True))
        for review in late:
            review.escalated_at = timezone.now()
            review.save(update_fields=["escalated_at"])
            review_reach.tell("review_overdue", review)
        return len(late)


def _make(unit: UUID, month: date, acts: Mapping[UUID, Act], all_drawn: Drawn) -> LogReview:
    now = timezone.now()
    seen = all_drawn.of_unit.get(unit, ())
    due = timezone.localdate(now) + DUE
    review = LogReview.objects.create(unit_id=unit, month=month, made_at=now, due=due, total=len(seen))
    rows = [_row(review, acts[pick.entry], pick.why) for pick in picks(seen, all_drawn.known, _key(unit, month))]
    LogPick.objects.bulk_create(rows, batch_size=_AT_ONCE)
    review_reach.tell("review_made", review)
    return review


def _row(review: LogReview, act: Act, why: tuple[str, ...]) -> LogPick:
    return LogPick(
        review=review,
        entry=act.id,
        number=act.number,
        at=act.at,
        actor=act.actor,
        action=act.action,
        why=list(why),
    )


def _key(unit: UUID, month: date) -> bytes:
    """What orders the sample: nobody can foresee which of their acts will be looked at."""
    place = f"log review {scope.current()} {unit} {month:%Y-%m}"
    return hmac.digest(keyring.secret(settings.KEYS_DIR, "ticket"), place.encode(), hashlib.sha256)
