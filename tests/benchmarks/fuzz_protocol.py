"""Throws nearly right messages at the protocol, in every phase: `python -m tests.benchmarks.fuzz_protocol 100000`."""

import argparse
import random
from collections import Counter

from meetings.protocol import CLIENT_MESSAGES, Phase, ProtocolError, Role, parse, refusal, serialise
from tests.meetings.frames import nearly_right


def fuzz(count: int, seed: int) -> Counter[str]:
    """Read `count` frames, and judge each message in every phase. Lets out any exception but ProtocolError."""
    source = random.Random(seed)
    seen: Counter[str] = Counter()
    for _ in range(count):
        frame = nearly_right(source)
        try:
            message = parse(frame)
        except ProtocolError as error:
            seen[f"close {error.close}" if error.close else error.code] += 1
            continue
        assert isinstance(message, CLIENT_MESSAGES)
        assert parse(serialise(message)) == message
        seen["message"] += 1
        for phase in Phase:
            for role in Role:
                refused = refusal(message, phase=phase, role=role, host=False)
                seen["allowed" if refused is None else "refused"] += 1
    return seen


def main() -> None:
    """Print how many of each outcome there were."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    for outcome, count in sorted(fuzz(chosen.count, chosen.seed).items()):
        print(f"{outcome:20} {count}")


if __name__ == "__main__":
    main()
