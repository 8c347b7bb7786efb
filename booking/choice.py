"""What somebody has chosen on the way to a booking: in the sealed session, so nothing is held before sign-in.

Answers given after sign-in belong to the person who gave them; another person at the same browser starts without.
"""

import hashlib
from dataclasses import asdict, dataclass, replace
from typing import Self
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

from booking.timeline import Tick

_NAME = "choice"


@dataclass(frozen=True)
class Choice:
    """A meeting type (its code), a form, a start; then the held booking and what was answered for it.

    `key`: the idempotency key under which the start is held. `person`: who signed in, as text. `way`, `to`: how to be
    told. `shown`: the StepShown row that was read and ticked. `whom`: for whom, as the person's id; empty: not said.
    `calendar`: the one calendar, by its public id, where only one officer's times were shown. `needs`: what makes the
    meeting easier (`wanted_needs.text_of`); `companion`: who comes along; `fitted`: for which interpreter it is held.
    """

    kod: str
    form: str
    start: Tick = 0
    end: Tick = 0
    key: str = ""
    person: str = ""
    booking: str = ""
    way: str = ""
    to: str = ""
    shown: str = ""
    whom: str = ""
    calendar: str = ""
    needs: str = ""
    companion: str = ""
    fitted: str = ""

    @classmethod
    def of(cls, session: SessionBase) -> Self | None:
        """What is chosen in this browser, if anything."""
        kept = session.get(_NAME)
        return cls(**kept) if kept else None

    def keep(self, session: SessionBase) -> None:
        """Remember it in this browser."""
        session[_NAME] = asdict(self)

    def by(self, person: UUID) -> "Choice":
        """The choice as this person may go on with it: without anybody else's answers."""
        if self.person == str(person):
            return self
        return Choice(self.kod, self.form, self.start, self.end, self.key, str(person), calendar=self.calendar)

    def held_as(self, booking: UUID) -> "Choice":
        """The choice with its time held. The text is shown anew for another booking."""
        return replace(self, booking=str(booking), shown="", fitted="")

    def instead_of(self, earlier: "Choice", key: str) -> "Choice":
        """This start in place of an earlier choice, whose answers about being told stay.

        `key` came with the page. All its buttons share it, so the key of the hold is made of it, the start, and what
        was held before: equal sendings of one page get one hold, and choosing again gets a new one.
        """
        parts = (key, self.kod, self.form, str(self.start), self.calendar, earlier.booking)
        own = hashlib.sha256(" ".join(parts).encode()).hexdigest()
        answered = replace(earlier, booking="", shown="", fitted="")
        mine = replace(answered, kod=self.kod, form=self.form, start=self.start, end=self.end, calendar=self.calendar)
        return replace(mine, key=own)

    def same_time(self, other: "Choice") -> bool:
        """True when both are one start of one meeting type and form, and ask for the same officer or for any."""
        mine = (self.kod, self.form, self.start, self.calendar)
        return mine == (other.kod, other.form, other.start, other.calendar)

    @property
    def officer(self) -> UUID | None:
        """The one calendar that the start is on, if that was chosen."""
        return UUID(self.calendar) if self.calendar else None

    @property
    def has_time(self) -> bool:
        """True when a start is chosen."""
        return self.start > 0


def forget(session: SessionBase) -> None:
    """Nothing is chosen any more."""
    session.pop(_NAME, None)
