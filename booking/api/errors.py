"""What the API refuses by itself, before any use case is asked."""

from __future__ import annotations


class ApiError(Exception):
    """Root; never raised itself. `code` is that of its problem."""

    code: str = "invalid"


class TooLarge(ApiError):
    """More was sent than is read."""

    code = "too_large"


class KeyNeeded(ApiError):
    """A change of time came without an Idempotency-Key, or with one that is too short, too long or unreadable."""

    code = "key_needed"


class AlreadyStarted(ApiError):
    """The meeting has begun: what is asked was possible before it only."""

    code = "already_started"
