"""Errors of the identity package.

IdentityError
├── NoScope          a tenant table was used without a municipality: a defect, never shown
├── RepresentationRefused   a representation cannot be written down; `code` says why
├── VouchRefused     an officer cannot vouch as asked; `code` says what to change
├── ReviewRefused    a log review cannot be judged or signed now; `code` says why
├── ErasureRefused   a person cannot be erased now; `code` says why
├── SignInNeeded     the page needs a signed-in person
├── ReserveNeeded    a staff member signed in by their only key, and must get a second way in first
├── StaffRefused     a change of staff accounts or of one's own keys that is not made; `code` says why
├── SignInRefused    a try to sign in failed; `code` says which words are shown, never why
├── PhoneRefused     nobody can be asked by phone to show who they are; `code` says why
├── BankIdTrouble    BankID did not answer as it should; inside `identity.providers` only
├── NotAllowed       the actor may not; shown as the 404 of nothing
└── Limited          too many tries; `seconds` until the next
"""


class IdentityError(Exception):
    """Base of the tree; `code` is stable."""

    code = "identity_error"


class NoScope(IdentityError):
    """A tenant table was used outside `scope.transaction`."""

    code = "no_scope"


class RepresentationRefused(IdentityError):
    """`kind`, `scope`, `evidence`, `past`, `self`, `known`, `many` or `number`: what to change in the form."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class VouchRefused(IdentityError):
    """`number`, `seen` or `over`: what the officer can change."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ErasureRefused(IdentityError):
    """`coming` (a meeting), `staff` (an account), `undecided` (by the board), `kept` (the decided time is not over)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SignInNeeded(IdentityError):
    """Nobody is signed in, or not at the level that is asked for."""

    code = "sign_in_needed"


class ReserveNeeded(IdentityError):
    """Signed in by the only key one has: nothing opens before there is a second one, or a printed code."""

    code = "reserve_needed"


class StaffRefused(IdentityError):
    """`not_self`, `last_administrator`, `known` (has the role already), `closed`, `open`, `last_way_in`, `many`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ReviewRefused(IdentityError):
    """`signed`: it is closed. `unjudged`: some entries are not judged yet."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SignInRefused(IdentityError):
    """A try to sign in came to nothing. The words of `code` say what to do next; they do not say what was wrong.

    `unknown`, `contradiction`, `not_accepted` (whatever was wrong with an answer), `expired`, `other_device`,
    `cancelled`, `level` (a stronger e-ID is needed), `blocked`, `away` (the provider does not answer), `closed`.
    `next_path`: where the person was going, for the next try.
    """

    def __init__(self, code: str = "not_accepted", next_path: str = "") -> None:
        super().__init__(code)
        self.code, self.next_path = code, next_path


class PhoneRefused(IdentityError):
    """`tries`, `number`, `busy` or `away`: words of `identity.bankid_phone_presenters`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BankIdTrouble(IdentityError):
    """`away` (no answer, or not now), `busy` (the person has another order), `gone` (no such order), `odd`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotAllowed(IdentityError):
    """The actor may not do this, or the object does not exist; the two are one answer.

    `tried` (an `access_log.Tried`) says what was tried: it is logged after the refused transaction rolled back.
    """

    code = "not_found"

    def __init__(self, action: str = "", tried: object = None) -> None:
        super().__init__(action)
        self.tried = tried


class Limited(IdentityError):
    """Too many tries."""

    code = "slow_down"

    def __init__(self, seconds: int) -> None:
        """`seconds`: how long to wait."""
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds
