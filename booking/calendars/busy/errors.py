"""What can go wrong with somebody else's calendar, as a branch of booking's error tree.

    BookingError
    └── CalendarError
        ├── Unusable        nothing can be read out of the file; the last good times stay
        ├── FetchRefused    the address may not be asked, now or ever
        └── FetchFailed     the address was asked, or would have been, and gave no calendar

Every instance has a stable `code`; the text is made of it alone, so that neither an address, which is a secret, nor a
word of the file ever reaches a log.
"""

from typing import ClassVar

from booking.errors import BookingError


class CalendarError(BookingError):
    """Root of the branch; never raised itself."""

    text: ClassVar[str] = "the calendar could not be used"

    def __init__(self, code: str) -> None:
        super().__init__(f"{self.text}: {code}")
        self.code = code


class Unusable(CalendarError):
    """Codes: too_large, no_calendar, too_many_events, time_limit, memory_limit, failed."""

    text = "the calendar file is unusable"


class FetchRefused(CalendarError):
    """Codes: address, scheme, credentials, port, own_host, not_public."""

    text = "the calendar's address is refused"


class FetchFailed(CalendarError):
    """The answer was no calendar; `retry_after` is what the server asked for, in seconds, if it did.

    Codes: unknown_host, connection, timeout, redirects, too_large, encoding, not_found, forbidden,
    too_many, server_error, status.
    """

    text = "the calendar could not be fetched"

    def __init__(self, code: str, *, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.retry_after = retry_after
