"""The program of `make rotation`, small: keys are renewed while people work, and nobody notices."""

from __future__ import annotations

from tests.programs import rotation


def test_no_answer_is_wrong_while_keys_are_renewed_and_a_round_is_killed() -> None:
    outcome = rotation.run(people=120, rounds=2, rate=20)
    assert outcome.load.failures == {}
    assert outcome.load.requests > 20
    assert outcome.renewed >= 120  # a round that is killed counts nothing, and the next one finds less to do
    assert outcome.killed == 1
    assert outcome.left == 0
