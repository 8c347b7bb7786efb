"""Errors of the identity package.

IdentityError
├── NoScope          a tenant table was used without a municipality: a defect, never shown
├── SignInNeeded     the page needs a signed-in person
├── NotAllowed       the actor may not; shown as the 404 of nothing
└── Limited          too many tries; `seconds` until the next
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from identity.actors import Actor


class IdentityError(Exception):
    """Base of the tree; `code` is stable."""

    code = "identity_error"


class NoScope(IdentityError):
    """A tenant table was used outside `scope.transaction`."""

    code = "no_scope"


class SignInNeeded(IdentityError):
    """Nobody is signed in, or not at the level that is asked for."""

    code = "sign_in_needed"


@dataclass(frozen=True)
class Tried:
    """Who tried what on which object."""

    actor: Actor
    action: str
    kind: str
    object: UUID


class NotAllowed(IdentityError):
    """The actor may not do this, or the object does not exist; the two are one answer.

    `tried` says what was tried, for the access log: it is written after the refused transaction rolled back.
    """

    code = "not_found"

    def __init__(self, action: str = "", tried: Tried | None = None) -> None:
        super().__init__(action)
        self.tried = tried


class Limited(IdentityError):
    """Too many tries."""

    code = "slow_down"

    def __init__(self, seconds: int) -> None:
        """`seconds`: how long to wait."""
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds
