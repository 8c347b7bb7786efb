"""Guess at every door: `make guessing`, with ARGS="--tries 10000 --door passkey".

One attacker with a whole network (256 addresses) tries wrong keys, codes, answers, tokens, feed addresses, tickets as
fast as the server answers. While that goes on, the right people come in again and again: from another network, in the
same municipality and in another. Prints how many tries were judged at all and how many may have been. Exit code 1 if a
try succeeds, more are judged than may be, or a right person is kept out.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.own_server import served

if TYPE_CHECKING:
    from identity.models import Municipality
    from tests.programs.doors import Door
    from tests.town import Town

NAMES = ("passkey", "invitation", "recovery", "vouched", "bankid", "oidc", "token", "feed", "ticket")
LIMITED = 429
TIMES = 4  # that the right people come in while the attack goes on


@dataclass
class Outcome:
    """How the tries ended: status code to number; how long it took; who came in of those who had the right to."""

    name: str
    door: Door
    seconds: float = 0.0
    ends: Counter[int] = field(default_factory=Counter)
    came: list[bool] = field(default_factory=list)

    @property
    def judged(self) -> int:
        """Tries that were looked at."""
        return sum(number for code, number in self.ends.items() if code != LIMITED)

    @property
    def allowed(self) -> int:
        """How many may have been in that time, from one network."""
        return int(self.door.burst + self.door.a_second * self.seconds) + 1

    @property
    def right_people(self) -> bool:
        """Nobody was kept out, here or at the neighbours'."""
        return len(self.came) == 2 * TIMES and all(self.came)

    @property
    def sound(self) -> bool:
        """Nothing but refusals, no more judged than allowed, and nobody kept out."""
        return set(self.ends) <= {*self.door.judged, LIMITED} and self.judged <= self.allowed and self.right_people


def addresses(number: int) -> Iterator[str]:
    """An attacker's addresses, over and over."""
    return itertools.cycle([f"203.0.113.{last}" for last in range(number)])


def attack(here: Town, there: Town, name: str, tries: int, *, spread: int = 256) -> Outcome:
    """Guess at one door from `spread` addresses of one network; the right people come in between, from elsewhere."""
    from tests.programs.doors import DOORS

    with DOORS[name](here, there) as door:
        outcome, began = Outcome(name, door), time.perf_counter()
        for number, address in enumerate(itertools.islice(addresses(spread), tries), 1):
            outcome.ends[door.guess(address)] += 1
            if number % (tries // TIMES) == 0:
                last = number // (tries // TIMES)
                outcome.came.append(door.comes(here, f"198.51.100.{last}"))
                outcome.came.append(door.comes(there, f"198.51.100.{100 + last}"))
        outcome.seconds = time.perf_counter() - began
    return outcome


def _neighbour() -> Municipality:
    from config import trial
    from config.owner import as_owner

    with as_owner():
        return trial.municipality(["granne.example"], "grannkommun", "gr", "Grannkommun")


def main(arguments: list[str] | None = None) -> int:
    """Run and print; the process's exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--tries", type=int, default=10_000)
    parser.add_argument("--door", choices=NAMES, action="append")
    chosen = parser.parse_args(arguments)
    sound = True
    with served() as (_server, municipality):
        import logging

        from django.conf import settings

        from tests.town import build

        logging.disable(logging.CRITICAL)
        settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
        here, there = build(municipality), build(_neighbour())
        for name in chosen.door or NAMES:
            outcome = attack(here, there, name, chosen.tries)
            sound = sound and outcome.sound
            print(told(outcome), flush=True)
    return 0 if sound else 1


def told(one: Outcome) -> str:
    """An outcome as a line."""
    came = f"{sum(one.came)} of {len(one.came)} right people came in"
    judged = f"judged {one.judged} of at most {one.allowed}"
    return f"{one.name}: {sum(one.ends.values())} tries in {one.seconds:.0f} s, {judged}; {came} meanwhile"


if __name__ == "__main__":
    sys.exit(main())
