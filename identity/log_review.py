"""Judging and signing a month's log review: each pick is judged by somebody else than who acted, then all is signed.

Who may read a review, and when a manager of another unit steps in: `identity.review_reach`.

Reading it is an entry of the log, and so are judging and signing. What was signed does not change any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from identity import access_log, alert_desk, log_reading, openings, policies, review_reach, scope
from identity.access_log import Tried
from identity.acting import acting
from identity.actors import Actor
from identity.errors import NotAllowed, ReviewRefused
from identity.models import AccessEntry, LogPick, LogReview
from identity.review_rules import SAMPLE

AUTHORISED, INVESTIGATE = "authorised", "investigate"
VERDICTS = (AUTHORISED, INVESTIGATE)
IN_ORDER = ("at", "number", "id")


@dataclass(frozen=True)
class ReviewDesk:
    """What the page reads: the review, its picks, their entries (those that are left), and the names of the staff."""

    review: LogReview
    picks: tuple[LogPick, ...]
    entries: Mapping[UUID, AccessEntry]
    names: Mapping[UUID, str]
    reader: UUID | None


def reviews_of(actor: Actor) -> list[LogReview]:
    """The reviews that the reader may judge, the newest month first; the read is logged. Needs an open scope."""
    rows = list(review_reach.seen_by(actor).select_related("unit").order_by("-month", "unit__name"))
    access_log.record(actor=actor, action="log.list", kind="log_review", objects=[row.id for row in rows])
    return rows


def open_review(actor: Actor, review: UUID) -> ReviewDesk:
    """One review with its picks by time. The read is logged. Needs an open scope; raises `NotAllowed`."""
    row = _fetch(actor, "log.see", review)
    picks = tuple(row.picks.order_by(*IN_ORDER))
    access_log.record(actor=actor, action="log.see", kind="log_review", objects=[review])
    people = {pick.actor for pick in picks} | ({row.signed_by_id} if row.signed_by_id else set())
    return ReviewDesk(
        review=row,
        picks=picks,
        entries=log_reading.entries_by_id([pick.entry for pick in picks], municipality=actor.municipality_id),
        names=alert_desk.names(people),
        reader=actor.person_id,
    )


def next_sample(actor: Actor, review: UUID) -> UUID | None:
    """The first sample that is not judged and that the reader may judge. Needs an open scope; raises `NotAllowed`."""
    row = _fetch(actor, "log.see", review)
    if row.signed_at is not None:
        return None
    waiting = row.picks.filter(verdict="", why__contains=[SAMPLE]).exclude(actor=openings.who(actor))
    return waiting.order_by(*IN_ORDER).values_list("id", flat=True).first()


def judge(*, actor: Actor, review: UUID, verdicts: Mapping[UUID, str]) -> None:
    """Judge picks of one review: pick -> `authorised` or `investigate`; a pick can be judged anew until the signing.

    Raises `NotAllowed` for one's own acts and foreign picks, `ReviewRefused("signed")`, ValueError for another verdict.
    """
    if not set(verdicts.values()) <= set(VERDICTS):
        raise ValueError("unknown verdict")
    with acting(actor.municipality_id):
        row = _open(actor, "log.see", review)
        picks = row.picks.filter(id__in=list(verdicts)).select_for_update(no_key=True).in_bulk()
        for id, verdict in verdicts.items():
            _judge(actor, row, picks.get(id), id, verdict)
        access_log.record(actor=actor, action="log.judge", kind="log_pick", objects=verdicts)


def sign(*, actor: Actor, review: UUID) -> LogReview:
    """Close the review: every pick is judged, and the sign-in is of the last 15 minutes.

    Raises `NotAllowed`, `SignInNeeded`, `ReviewRefused`: "signed" already, or "unjudged".
    """
    now = timezone.now()
    with acting(actor.municipality_id):
        row = _open(actor, "log.sign", review)
        openings.require_fresh(actor, now)
        if row.picks.filter(verdict="").exists():
            raise ReviewRefused("unjudged")
        row.signed_by_id, row.signed_at = openings.who(actor), now
        row.save(update_fields=["signed_by", "signed_at"])
        access_log.record(actor=actor, action="log.sign", kind="log_review", objects=[review])
        return row


def _judge(actor: Actor, review: LogReview, pick: LogPick | None, id: UUID, verdict: str) -> None:
    """One pick, and an alert when it must be looked into that was not so before."""
    facts = review_reach.facts_of(review, review.id, person=pick.actor if pick else None)
    if pick is None or not policies.may(actor, "log.judge", facts):
        raise NotAllowed("log.judge", Tried(actor, "log.judge", "log_pick", id))
    if verdict == INVESTIGATE != pick.verdict:
        judge = openings.who(actor)
        review_reach.tell_others("review_investigate", review, actor=judge, but=(judge, pick.actor))
    pick.verdict, pick.judged_by_id, pick.judged_at = verdict, openings.who(actor), timezone.now()
    pick.save(update_fields=["verdict", "judged_by", "judged_at"])


def _open(actor: Actor, action: str, review: UUID) -> LogReview:
    """As `_fetch`, locked until the end of the transaction, and not signed yet."""
    row = _fetch(actor, action, review, lock=True)
    if row.signed_at is not None:
        raise ReviewRefused("signed")
    return row


def _fetch(actor: Actor, action: str, review: UUID, *, lock: bool = False) -> LogReview:
    rows: scope.ScopedQuerySet[LogReview] = LogReview.objects.all()  # type: ignore[assignment]  # of our manager
    found = (rows.select_for_update(no_key=True) if lock else rows.select_related("unit")).filter(id=review).first()
    if not policies.may(actor, action, review_reach.facts_of(found, review)) or found is None:
        raise NotAllowed(action, Tried(actor, action, "log_review", review))
    return found
