"""The log review in words: what was done, why it was picked, how it was judged. The person concerned is only a code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext, ngettext

from identity.actors import STAFF_ROLES
from identity.alert_presenters import object_code
from identity.log_review import AUTHORISED, INVESTIGATE, ReviewDesk
from identity.models import AccessEntry, LogPick, LogReview
from identity.opening_presenters import reason_words
from identity.openings import REASONS
from identity.review_rules import SAMPLE


@dataclass(frozen=True)
class PickLine:
    """One opening to be judged. `own`: the reader's own, judged by somebody else; `judged`: the verdict in words."""

    id: UUID
    at: datetime
    who: str
    what: str
    code: str
    why: tuple[str, ...]
    reason: str
    verdict: str
    judged: str
    own: bool


@dataclass(frozen=True)
class ReviewPage:
    """A whole review. `next_place`: of the sample to go on with, 0 when there is none; `left`: not judged yet, and
    `others` of them only others may judge, because they are the reader's own acts."""

    id: UUID
    unit: str
    month: date
    due: date
    flagged: tuple[PickLine, ...]
    samples: int
    samples_judged: int
    total: int
    next_place: int
    left: int
    others: int
    signed_at: datetime | None
    signed_by: str

    @property
    def empty(self) -> bool:
        """Nothing was done that could be judged."""
        return not self.flagged and not self.samples


@dataclass(frozen=True)
class SamplePage:
    """One sample: its place among them, and whether the reader may judge it."""

    review: UUID
    unit: str
    month: date
    line: PickLine
    place: int
    samples: int
    open: bool


@dataclass(frozen=True)
class ReviewRow:
    """A review in the list."""

    id: UUID
    unit: str
    month: date
    due: date
    state: str
    tone: str


def review_page(desk: ReviewDesk) -> ReviewPage:
    """The page of one review."""
    flagged = [pick for pick in desk.picks if SAMPLE not in pick.why]
    samples = samples_of(desk)
    place = next((n for n, pick in enumerate(samples, 1) if not pick.verdict and pick.actor != desk.reader), 0)
    left = [pick for pick in desk.picks if not pick.verdict]
    review = desk.review
    return ReviewPage(
        id=review.id,
        unit=review.unit.name,
        month=review.month,
        due=review.due,
        flagged=tuple(line(pick, desk) for pick in flagged),
        samples=len(samples),
        samples_judged=sum(bool(pick.verdict) for pick in samples),
        total=review.total,
        next_place=place,
        left=len(left),
        others=sum(pick.actor == desk.reader for pick in left),
        signed_at=review.signed_at,
        signed_by=_name(review.signed_by_id, desk),
    )


def sample_page(desk: ReviewDesk, pick: UUID) -> SamplePage | None:
    """The page of one sample; None when the review has no such sample."""
    samples = samples_of(desk)
    place = next((n for n, one in enumerate(samples, 1) if one.id == pick), 0)
    if not place:
        return None
    shown, review = line(samples[place - 1], desk), desk.review
    return SamplePage(
        review=review.id,
        unit=review.unit.name,
        month=review.month,
        line=shown,
        place=place,
        samples=len(samples),
        open=review.signed_at is None and not shown.own,
    )


def errors(refused: str, page: ReviewPage) -> list[tuple[str, str]]:
    """The error summary: where to go, and what is in the way."""
    left = ngettext("%(n)d är inte bedömd än.", "%(n)d är inte bedömda än.", page.left) % {"n": page.left}
    known = {
        "unread": ("id_read", gettext("Kryssa i rutan när du har gått igenom allt.")),
        "unjudged": ("handelser", left),
        "signed": ("signera", gettext("Granskningen är redan signerad. Den ändras inte mer.")),
    }
    return [known[refused]] if refused in known else []


def samples_of(desk: ReviewDesk) -> list[LogPick]:
    """What chance picked, by time."""
    return [pick for pick in desk.picks if SAMPLE in pick.why]


def line(pick: LogPick, desk: ReviewDesk) -> PickLine:
    """One pick in words."""
    entry = desk.entries.get(pick.entry)
    return PickLine(
        id=pick.id,
        at=pick.at,
        who=_who(pick, entry, desk),
        what=what_words(pick.action, allowed=entry.allowed if entry else True),
        code=_code(entry),
        why=tuple(why_words(risk) for risk in pick.why),
        reason=reason_words(entry.reason) if entry and entry.reason in REASONS else "",
        verdict=pick.verdict,
        judged=verdict_words(pick.verdict),
        own=pick.actor == desk.reader,
    )


def review_rows(reviews: Iterable[LogReview], today: date) -> list[ReviewRow]:
    """The list of reviews."""
    return [_row(review, today) for review in reviews]


def verdicts() -> tuple[tuple[str, str], ...]:
    """What can be chosen, the empty choice first."""
    return tuple((code, verdict_words(code)) for code in ("", AUTHORISED, INVESTIGATE))


def verdict_words(verdict: str) -> str:
    """The words of one verdict; of none: not judged."""
    words = {AUTHORISED: gettext("Behörig"), INVESTIGATE: gettext("Behöver utredas")}
    return words.get(verdict, gettext("Inte bedömd"))


def why_words(risk: str) -> str:
    """Why something was picked, in one or two words."""
    words = {
        SAMPLE: gettext("Stickprov"),
        "glass": gettext("Nödöppning"),
        "protected": gettext("Skyddad"),
        "administration": gettext("Vem som kommer in är ändrat"),
        "conflict": gettext("Vem någon är"),
        "representative": gettext("Företrädare"),
        "own_name": gettext("Samma namn"),
        "colleague": gettext("Kollega"),
        "other_unit": gettext("Annan enhet"),
        "no_booking": gettext("Inget eget möte"),
        "bulk": gettext("Många"),
        "refused": gettext("Nekad flera gånger"),
        "night": gettext("Kväll eller helg"),
    }
    return words.get(risk, risk)


def what_words(action: str, *, allowed: bool = True) -> str:
    """What was done, from its code in the log: the whole code first, then what it begins with."""
    if not allowed:
        return gettext("Försökte öppna något, men nekades")
    exact = {
        "protected_opened": gettext("Öppnade en skyddad bokning"),
        "glass_sought": gettext("Sökte en person för nödöppning"),
        "glass_asked": gettext("Bad om en nödöppning"),
        "glass_approved": gettext("Godkände en nödöppning"),
        "glass_refused": gettext("Nekade en nödöppning"),
        "glass_used": gettext("Läste en nödöppnad bokning"),
        "booking.list": gettext("Såg en lista med bokningar"),
        "booking.see": gettext("Öppnade en bokning"),
        "wish.see": gettext("Såg en plats i väntelistan"),
        "representation.list": gettext("Såg en persons företrädare"),
        "conflict.see": gettext("Öppnade en inloggning som inte stämde"),
    }
    starts = {
        "booking": gettext("Ändrade en bokning"),
        "wish": gettext("Ändrade något i väntelistan"),
        "meeting": gettext("Var i ett möte eller öppnade det"),
        "person": gettext("Läste eller ändrade uppgifter om en person"),
        "representation": gettext("Ändrade en persons företrädare"),
        "conflict": gettext("Avgjorde en inloggning som inte stämde"),
        "flag": gettext("Ändrade skyddet för en person"),
    }
    return exact.get(action) or starts.get(
        action.replace("_", ".").partition(".")[0], gettext("Såg något om en person")
    )


def _code(entry: AccessEntry | None) -> str:
    if entry is None:
        return "–"
    several = len(entry.objects_seen)
    if several == 1 or entry.kind == "meeting":
        return object_code(entry.objects_seen[0])
    return ngettext("%(n)d person", "%(n)d olika", several) % {"n": several}


def _who(pick: LogPick, entry: AccessEntry | None, desk: ReviewDesk) -> str:
    """The name at work; of a representative who does not work here, only that."""
    outside = entry is not None and entry.role not in STAFF_ROLES and pick.actor not in desk.names
    return gettext("En företrädare") if outside else _name(pick.actor, desk)


def _name(person: UUID | None, desk: ReviewDesk) -> str:
    return desk.names.get(person, gettext("Okänd")) if person else ""


def _row(review: LogReview, today: date) -> ReviewRow:
    state, tone = gettext("Att göra"), "tag-sun"
    if review.signed_at is not None:
        state, tone = gettext("Signerad"), "tag-ok"
    elif review.due < today:
        state, tone = gettext("Försenad"), "tag-stop"
    return ReviewRow(review.id, review.unit.name, review.month, review.due, state, tone)
