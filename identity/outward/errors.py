"""What can go wrong on the way out, as a branch of identity's error tree.

    IdentityError
    └── OutwardError
        ├── AddressRefused    the address may not be asked, now or ever
        └── Unreachable       it was asked, or would have been, and no usable answer came

Every instance has a stable `code`; the text is made of it alone: an address may be a secret and reaches no log.
"""

from __future__ import annotations

from identity.errors import IdentityError


class OutwardError(IdentityError):
    """Root of the branch; never raised itself."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class AddressRefused(OutwardError):
    """Codes: address, scheme, credentials, port, own_host, not_public."""


class Unreachable(OutwardError):
    """Codes: unknown_host, connection, timeout, too_large, encoding."""
