"""Everything that booking refuses, in one tree.

    BookingError
    ├── SlotTaken         the time is no longer free; carries the nearest free ones
    ├── HoldExpired       the time was held, and the hold has run out
    ├── TooSoon           nearer than the lead time, or not yet allowed
    ├── TooLate           past the limit for this change
    ├── BeyondHorizon     further ahead than can be booked
    ├── LimitReached      as many as allowed already exist; says which limit
    ├── NotOffered        the service, type, form or start is not offered
    ├── WrongState        the booking's state has no such step
    ├── Stale             made from an older version than the stored one
    ├── InProgress        the same request is still being worked on
    ├── Busy              the queue for the time was too long; try again
    ├── KeyReused         the idempotency key belongs to another request
    └── SeriesTaken       not every time of a series is free; says which, each with the nearest free ones

Each has a stable `code`, on the class and on its instances. The text is English and technical, for logs and developers:
what people read is written by the interfaces, by `code`. No error carries personal data.
"""

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from booking.slots import Slot


class BookingError(Exception):
    """Root of the tree; never raised itself."""

    code: str = "booking_error"
    text: ClassVar[str] = "the booking was refused"

    def __init__(self, text: str | None = None) -> None:
        super().__init__(text or self.text)


class SlotTaken(BookingError):
    """Somebody else has the time; `alternatives` are the nearest free starts, best first, possibly none."""

    code = "slot_taken"
    text = "the time is taken"

    def __init__(self, text: str | None = None, *, alternatives: "tuple[Slot, ...]" = ()) -> None:
        super().__init__(text)
        self.alternatives = alternatives


class HoldExpired(BookingError):
    """The hold has run out or was released."""

    code = "hold_expired"
    text = "the hold has expired"


class TooSoon(BookingError):
    """The start is nearer than the lead time, or a step is asked for before its time."""

    code = "too_soon"
    text = "too soon"


class TooLate(BookingError):
    """The limit for this change has passed."""

    code = "too_late"
    text = "too late"


class BeyondHorizon(BookingError):
    """The start lies further ahead than the meeting type allows."""

    code = "beyond_horizon"
    text = "beyond the horizon"


class LimitReached(BookingError):
    """As many as allowed already exist.

    `limit` names which one (hold, extension, day, week, minute) and makes the instance's code, as `hold_limit`.
    """

    code = "limit_reached"
    text = "a limit is reached"

    def __init__(self, text: str | None = None, *, limit: str | None = None) -> None:
        super().__init__(text)
        self.limit = limit
        if limit is not None:
            self.code = f"{limit}_limit"


class NotOffered(BookingError):
    """This service, meeting type, form or start is not offered."""

    code = "not_offered"
    text = "not offered"


class WrongState(BookingError):
    """The table of states has no such step from here, or not for this role."""

    code = "wrong_state"
    text = "the booking's state does not allow this step"


class Stale(BookingError):
    """The caller saw an older version (`sequence`, `rules_version`) than the stored one."""

    code = "stale"
    text = "made from an older version"


class InProgress(BookingError):
    """The first request with this idempotency key has not finished."""

    code = "in_progress"
    text = "the same request is in progress"


class Busy(BookingError):
    """The lock was not free in time; nothing was changed, and trying again is safe."""

    code = "busy"
    text = "too many at once, try again"
    retry_after_seconds: ClassVar[int] = 1


class KeyReused(BookingError):
    """The idempotency key was used for a request with another content."""

    code = "key_reused"
    text = "the idempotency key belongs to another request"


class SeriesTaken(BookingError):
    """Some times of a series are not free: nothing was booked. `taken`: each such start, with its 3 nearest."""

    code = "series_taken"
    text = "some times of the series are taken"

    def __init__(self, text: str | None = None, *, taken: "tuple[tuple[Slot, tuple[Slot, ...]], ...]" = ()) -> None:
        """`taken`: the slot that was wanted and the free ones nearest to it, in order of the series."""
        super().__init__(text)
        self.taken = taken
