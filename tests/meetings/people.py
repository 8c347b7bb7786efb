"""Coming to a meeting without a socket: the use cases that the page and the socket call, one after the other."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from booking.models import Booking
from identity import actors, scope
from identity.actors import Actor
from identity.models import Person
from identity.sessions import SessionStore, row_key
from meetings.demo import Demo
from meetings.models import Meeting, Participant
from meetings.protocol import Admit
from meetings.services import door, entrance, presence
from meetings.services.acting import Caller
from meetings.services.entrance import Entered
from meetings.state import Snapshot
from tests.town import Town


@dataclass(frozen=True)
class Party:
    """The people of one meeting, by cast name."""

    town: Town
    held: Demo

    def actor(self, name: str) -> Actor:
        """One of the cast with a new session, signed in just now."""
        with scope.transaction(self.town.municipality.id):
            person = Person.objects.get(cast_name=name)
            store = SessionStore()
            store.update({"municipality": self.town.municipality.id, "person": str(person.id)})
            store.save(must_create=True)
            key = row_key(store.session_key)
            return actors.of_person(person, provider="trial", level="LOA3", session_key=key, at=timezone.now())

    def enter(self, actor: Actor, *, takeover: bool = False) -> Entered:
        """A ticket, and its redemption."""
        here = self.town.municipality
        ticket = entrance.mint_ticket(actor=actor, municipality=here, meeting=self.held.meeting, takeover=takeover)
        return entrance.redeem(municipality=here, ticket=ticket, session_key=actor.session_key)

    def come(self, name: str) -> Caller:
        """One of the cast has said hello."""
        return self.enter(self.actor(name)).caller

    def let_in(self, host: Caller, name: str) -> Caller:
        """One of the cast has said hello and been admitted."""
        guest = self.come(name)
        self.admitted(host, guest)
        return guest

    def admitted(self, host: Caller, guest: Caller) -> Snapshot:
        """The host lets somebody in who waits."""
        return door.admit(by=host, message=Admit(id=1, who=str(guest.participant)))

    def row(self, caller: Caller) -> Participant:
        """A participant's row as it stands."""
        with scope.transaction(self.town.municipality.id):
            found: Participant = Participant.objects.get(id=caller.participant)
            return found

    def lose(self, caller: Caller) -> Snapshot | None:
        """The newest socket of one of them is gone."""
        return presence.lost(by=caller, token=self.token(caller))

    def check(self, *callers: Caller) -> presence.Standing:
        """The process that holds these sockets looks at them."""
        return presence.check(municipality=self.town.municipality.id, tokens={one: self.token(one) for one in callers})

    def token(self, caller: Caller) -> bytes:
        """The hash of the token that takes the newest socket up again."""
        return bytes(self.row(caller).resume_hash or b"")

    def meeting(self) -> Meeting:
        """The meeting's row as it stands."""
        with scope.transaction(self.town.municipality.id):
            found: Meeting = Meeting.objects.get(id=self.held.meeting)
            return found

    def booking(self) -> Booking:
        """The booking's row as it stands."""
        with scope.transaction(self.town.municipality.id):
            found: Booking = Booking.objects.get(id=self.held.meeting)
            return found

    def change(self, caller: Caller, **columns: object) -> None:
        """Set columns of a participant, as time or another process would have."""
        with scope.transaction(self.town.municipality.id):
            Participant.objects.filter(id=caller.participant).update(**columns)
