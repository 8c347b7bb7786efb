"""What each stored field is, and what follows from that: sealing, masking, the person's extract, how long it is kept.

Every package says it of its own models (`field_classes` beside its models, registered when it starts). A field without
a class, and a class for a field that is not there, fail the build. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class DataClass(StrEnum):
    """What a field holds."""

    IDENTITY = "identity"  # who somebody is: names and numbers of residents
    CONTACT = "contact"  # how somebody is reached, and what is sent to them
    PROTECTION = "protection"  # that somebody is sheltered, and for whom that stands open
    REPRESENTATION = "representation"  # who acts for whom
    BOOKING = "booking"  # that somebody meets the municipality, when and how
    NEED = "need"  # adaptations asked for
    WISH = "wish"  # places in the waiting list, times held and let go
    MESSAGE = "message"  # that somebody was told something, and when
    SIGN_IN = "sign_in"  # when somebody signed in, and by what
    STAFF = "staff"  # who works here, as what
    CREDENTIAL = "credential"  # what opens something: secrets, their hashes, keyed indexes
    LOG = "log"  # who saw or did what
    COUNTER = "counter"  # counts without persons
    CONFIGURATION = "configuration"  # what the municipality offers
    TECHNICAL = "technical"  # keys between rows, versions, leases


@dataclass(frozen=True)
class Handling:
    """What a class decides. `kept`: the code of its retention class, or "" where nobody is meant."""

    sealed: bool = False
    masked: bool = False
    in_extract: bool = False
    kept: str = ""


HANDLING: Mapping[DataClass, Handling] = {
    DataClass.IDENTITY: Handling(sealed=True, masked=True, in_extract=True, kept="identity"),
    DataClass.CONTACT: Handling(sealed=True, masked=True, in_extract=True, kept="contact"),
    DataClass.PROTECTION: Handling(masked=True, in_extract=True, kept="identity"),
    DataClass.REPRESENTATION: Handling(in_extract=True, kept="identity"),
    DataClass.BOOKING: Handling(in_extract=True, kept="booking"),
    DataClass.NEED: Handling(masked=True, in_extract=True, kept="need"),
    DataClass.WISH: Handling(in_extract=True, kept="wish"),
    DataClass.MESSAGE: Handling(in_extract=True, kept="message"),
    DataClass.SIGN_IN: Handling(in_extract=True, kept="technical"),
    DataClass.STAFF: Handling(in_extract=True, kept="staff"),
    DataClass.CREDENTIAL: Handling(masked=True, kept="technical"),
    # Shown in the extract too, but read by the role that may do nothing else (`identity.log_reading`).
    DataClass.LOG: Handling(kept="log"),
    DataClass.COUNTER: Handling(),
    DataClass.CONFIGURATION: Handling(),
    DataClass.TECHNICAL: Handling(kept="technical"),
}


@dataclass(frozen=True)
class Kept:
    """A proposal for how long: `days` from `clock`. The board decides; until then nothing is purged."""

    code: str
    days: int
    clock: str
    decided: bool = True


# Proposed, unverified, and for the municipality's board to decide. What is of no importance needs no decision.
RETENTION: tuple[Kept, ...] = (
    Kept("identity", 365, "last_meeting"),
    Kept("contact", 30, "meeting_ended"),
    Kept("need", 1, "meeting_ended"),
    Kept("booking", 90, "meeting_ended"),
    Kept("wish", 30, "closed"),
    Kept("message", 30, "sent"),
    Kept("staff", 365, "account_closed"),
    Kept("log", 1825, "written"),
    Kept("technical", 1, "written", decided=False),
)


def table(what: DataClass, *names: str, **others: DataClass) -> Mapping[str, DataClass]:
    """The fields of one tenant table: its keys are technical, `names` are `what`, and `others` as they say."""
    keys = {"id": DataClass.TECHNICAL, "municipality": DataClass.TECHNICAL}
    return keys | dict.fromkeys(names, what) | others


_registered: dict[str, Mapping[str, DataClass]] = {}
_plain: dict[str, str] = {}


def register(fields: Mapping[str, Mapping[str, DataClass]], plain: Mapping[str, str] | None = None) -> None:
    """Say what the fields of models ("identity.Person") hold; once, when their package starts.

    `plain`: fields ("identity.Person.external_id") whose class is sealed but that are not, with the reason.
    """
    _registered.update(fields)
    _plain.update(plain or {})


def models() -> Iterator[str]:
    """Every model that is registered."""
    return iter(_registered)


def of_model(model: str) -> Mapping[str, DataClass]:
    """The class of each field of a model; none for an unknown one."""
    return _registered.get(model, {})


def extracted(model: str) -> tuple[str, ...]:
    """The fields of a model that a person's extract shows."""
    return tuple(name for name, found in of_model(model).items() if HANDLING[found].in_extract)


def plain() -> Mapping[str, str]:
    """Fields that are not sealed although their class is, with the reason."""
    return _plain


def masked(name: str) -> bool:
    """True when some field of this name is not to stand in a log."""
    return any(name in fields and HANDLING[fields[name]].masked for fields in _registered.values())
