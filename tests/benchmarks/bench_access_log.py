"""The access log: what an entry costs beside the booking it is about, what the sealer does, and how long a proof takes.

Goals: appending an entry costs at most 10 % of a booking; the sealer does at least 1,000 entries a second; 1,000,000
entries are proved in less than 60 s. The table is filled before anything is measured: a log is never empty.
"""

from __future__ import annotations

import sys
import uuid
from functools import partial
from typing import TYPE_CHECKING

from tests.benchmarks.times import Times, timed
from tests.own_server import served, superuser

if TYPE_CHECKING:
    from identity.actors import Actor
    from identity.models import Municipality

ENTRIES, BOOKINGS, WARM = 1_000_000, 100, 20
_CHUNK = 100_000
_FILL = """
INSERT INTO identity_accessentry
    (municipality_id, id, at, actor, role, unit, action, kind, objects_seen, allowed, reason, network)
SELECT %s, gen_random_uuid(), now() - interval '1 day' + (%s + place) * interval '1 ms', gen_random_uuid(), 'officer',
    gen_random_uuid(), 'booking.see', 'booking', ARRAY[gen_random_uuid()], true, '', '192.0.2.7'
FROM generate_series(1, %s) place
"""


def main(entries: int = ENTRIES, bookings: int = BOOKINGS) -> None:
    """Print the three figures, each beside its goal."""
    with served() as (server, municipality):
        with superuser(server) as database:
            for done in range(0, entries, _CHUNK):
                database.execute(_FILL, [municipality.id, done, min(_CHUNK, entries - done)])
            database.execute("VACUUM ANALYZE identity_accessentry")
        from identity import sealing

        sealed, took = timed(partial(sealing.seal_all, float("inf")))
        _append_beside_a_booking(municipality, bookings)
        print(f"sealing:      {sealed} entries in {took:.1f} s, {sealed / took:.0f}/s (goal 1000/s)")
        _prove(municipality)


def _append_beside_a_booking(municipality: Municipality, samples: int) -> None:
    from tests.benchmarks.bench_booking import use_cases
    from tests.programs import racing

    on = racing.stage(municipality, calendars=2 + (samples + WARM) // 100, residents=1)
    actor = racing.actor_of(on, on.residents[0])
    _, books, _ = use_cases(on, actor, samples)
    entry = Times(tuple(_append(actor) for _ in range(samples + WARM))[WARM:])
    share = 100 * entry.p50 / books.p50
    print(f"booking:      {books}")
    print(f"an entry:     {entry}; {share:.1f} % of a booking (goal 10 %)")


def _append(actor: Actor) -> float:
    """Seconds for one entry inside a transaction that is open anyway, as every use case's and every read's is."""
    from identity import access_log, scope

    with scope.transaction(actor.municipality_id, durable=True):
        seen = [uuid.uuid4()]
        record = partial(access_log.record, actor=actor, action="booking.see", kind="booking", objects=seen)
        return timed(record)[1]


def _prove(municipality: Municipality) -> None:
    from django.utils import timezone

    from identity.verifying import verify

    verdict, took = timed(partial(verify, municipality, [], now=timezone.now()))
    if verdict.fault is not None:
        raise SystemExit(f"the chain does not hold: {verdict}")
    rate = verdict.entries / took
    print(
        f"proof:        {verdict.entries} entries in {took:.1f} s, {rate:.0f}/s; "
        f"{1_000_000 / rate:.0f} s for a million (goal 60 s)"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
