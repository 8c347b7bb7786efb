"""Which pair messages may not pass while media goes through our own TURN only. Pure: judged, never edited.

In such a meeting nobody may learn anybody's address: a candidate line, alone or inside a description, must be of type
`relay`, and its related address none (Chromium writes 0.0.0.0) or the relay's own (as Firefox writes).
"""

from typing import Final

from meetings.protocol import Candidate, Description, IcePolicy, PairMessage

_NO_ADDRESS: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 - an address to compare with, nothing is bound
_LINE: Final = "a=candidate:"


def forbidden_in_relay(policy: IcePolicy, message: PairMessage) -> bool:
    """True when `message` would tell its receiver somebody's address although the meeting's policy is `relay`."""
    if policy is not IcePolicy.RELAY:
        return False
    if isinstance(message, Candidate):
        return bool(message.candidate) and not _relayed(message.candidate)
    if isinstance(message, Description):
        lines = message.sdp.splitlines()
        return any(line.lower().startswith(_LINE) and not _relayed(line) for line in lines)
    return False


def _relayed(line: str) -> bool:
    """Whether a candidate line (RFC 8839, section 5.1) names a relay address and no other."""
    words = line.split()
    if len(words) < 8 or words[6].lower() != "typ" or words[7].lower() != "relay":
        return False
    pairs = dict(zip(words[8::2], words[9::2], strict=False))
    return pairs.get("raddr", words[4]) in _NO_ADDRESS | {words[4]}
