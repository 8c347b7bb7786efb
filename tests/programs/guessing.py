"""Guess at every door: `make guessing`, with ARGS="--tries 10000 --door passkey".

One attacker with a whole network (256 addresses) tries wrong keys, invitations, printed codes and officers' codes as
fast as the server answers. Prints how many tries were judged at all, how many may have been, and whether the right
person still comes in from elsewhere. Exit code 1 if a try succeeds, more are judged than may be, or the right person is
kept out.
"""

from __future__ import annotations

import argparse
import itertools
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.own_server import served

if TYPE_CHECKING:
    from tests.identity.keys import Worker
    from tests.town import Town

BURST, A_SECOND = 120, 1.0  # of one network, as `identity.limits.take_sign_in` has it
DOORS = ("passkey", "invitation", "recovery", "vouched")
JUDGED, LIMITED = (403, 422), 429


@dataclass
class Outcome:
    """How the tries ended: status code to number; how long they took; whether the right person came in after them."""

    door: str
    seconds: float = 0.0
    ends: Counter[int] = field(default_factory=Counter)
    right_person: bool = False

    @property
    def judged(self) -> int:
        """Tries that were looked at."""
        return sum(self.ends[code] for code in JUDGED)

    @property
    def allowed(self) -> int:
        """How many may have been in that time, from one network."""
        return int(BURST + A_SECOND * self.seconds) + 1

    @property
    def sound(self) -> bool:
        """Nothing but refusals, no more judged than allowed, and nobody kept out."""
        return set(self.ends) <= {*JUDGED, LIMITED} and self.judged <= self.allowed and self.right_person


def addresses(number: int) -> Iterator[str]:
    """An attacker's addresses, over and over."""
    return itertools.cycle([f"203.0.113.{last}" for last in range(number)])


def attack(town: Town, door: str, tries: int, *, spread: int = 256) -> Outcome:
    """Guess at one door from `spread` addresses of one network; then the right person comes, from elsewhere."""
    from tests.identity.keys import Worker, browser, invited, settled

    victim = settled(town, f"Nils {door}")
    waiting = invited(town, f"Olga {door}")
    attacker = Worker(victim.person, client=browser(), device=victim.device)
    guess = _guesses(attacker)[door]
    outcome, began = Outcome(door), time.monotonic()
    for address in itertools.islice(addresses(spread), tries):
        attacker.client.defaults["REMOTE_ADDR"] = address
        outcome.ends[guess()] += 1
    outcome.seconds = time.monotonic() - began
    outcome.right_person = not attacker.signed_in() and _right(door, victim, waiting)
    return outcome


def _guesses(attacker: Worker) -> dict[str, Callable[[], int]]:
    from identity import printed_codes
    from tests.peers.passkey import Authenticator, Held, Wrong

    known = attacker.device.keys
    copies = Authenticator(keys={name: Held(key.private, key.rp_id, key.user, 10**6) for name, key in known.items()})
    asked = {"challenge": "AA"}

    def key() -> int:
        """The name of a real key, and a signature that is wrong in its last bit."""
        answer = attacker.client.post("/logga-in/nyckel/fraga/", secure=True)
        if answer.status_code == 200:
            asked.update(answer.json()["publicKey"])
        return attacker.answer(copies.get(asked, attacker.origin, Wrong(flipped=True))).status_code

    def code(page: str) -> Callable[[], int]:
        return lambda: attacker.spend(page, printed_codes.make()).status_code

    def six_digits() -> int:
        """A code for the number that this browser shows."""
        given = {"code": f"{secrets.randbelow(10**6):06}"}
        return attacker.client.post("/logga-in/kod/", given, secure=True).status_code

    return {"passkey": key, "invitation": code("inbjudan"), "recovery": code("reservkod"), "vouched": six_digits}


def _right(door: str, victim: Worker, waiting: Worker) -> bool:
    """The victim and somebody invited come in by their own ways, from another network."""
    from tests.identity.keys import browser

    victim.client, waiting.client = browser(address="198.51.100.7"), browser(address="198.51.100.8")
    if door == "vouched":
        return waiting.client.get("/logga-in/kod/", secure=True).status_code == 200
    came = victim.sign_in().status_code == 302 and victim.signed_in()
    return came and waiting.spend().status_code == 302


def main(arguments: list[str] | None = None) -> int:
    """Run and print; the process's exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--tries", type=int, default=10_000)
    parser.add_argument("--door", choices=DOORS, action="append")
    chosen = parser.parse_args(arguments)
    with served() as (_server, municipality):
        import logging

        from django.conf import settings

        from tests.town import build

        logging.disable(logging.CRITICAL)
        settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
        town = build(municipality)
        outcomes = [attack(town, door, chosen.tries) for door in chosen.door or DOORS]
    for one in outcomes:
        came = "came in" if one.right_person else "WAS KEPT OUT"
        tried = sum(one.ends.values())
        print(f"{one.door}: {tried} tries in {one.seconds:.0f} s, judged {one.judged} of at most {one.allowed}; {came}")
    return 0 if all(one.sound for one in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
