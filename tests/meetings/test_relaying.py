"""In a meeting by relay only, no message that names somebody's address gets through."""

import pytest

from meetings.protocol import Candidate, Description, DescriptionKind, IcePolicy, PairMessage, Received
from meetings.relaying import forbidden_in_relay

BO = "00000000-0000-4000-8000-00000000000b"
HOST = "candidate:1 1 udp 2122260223 192.0.2.7 50000 typ host generation 0"
REFLEXIVE = "candidate:2 1 udp 1686052607 198.51.100.7 50001 typ srflx raddr 192.0.2.7 rport 50000"
RELAYED = "candidate:3 1 udp 41885695 203.0.113.9 50002 typ relay raddr 0.0.0.0 rport 0 ufrag x"
RELAYED_OWN = "candidate:3 1 udp 41885695 203.0.113.9 50002 typ relay raddr 203.0.113.9 rport 50002"
TELLS_HOME = "candidate:3 1 udp 41885695 203.0.113.9 50002 typ relay raddr 192.0.2.7 rport 50000"


def candidate(text: str) -> Candidate:
    return Candidate(to=BO, to_gen=1, n=1, pc=1, candidate=text, mid="0", line=0, ufrag=None)


def description(*lines: str) -> Description:
    sdp = "\r\n".join(("v=0", *(f"a={line}" for line in lines), ""))
    return Description(to=BO, to_gen=1, n=1, pc=1, kind=DescriptionKind.OFFER, sdp=sdp)


@pytest.mark.parametrize("text", [HOST, REFLEXIVE, TELLS_HOME, "candidate:", "x"])
def test_other_than_relay_candidates_are_stopped_alone_and_inside_a_description(text: str) -> None:
    assert forbidden_in_relay(IcePolicy.RELAY, candidate(text))
    if text.startswith("candidate:"):
        assert forbidden_in_relay(IcePolicy.RELAY, description(RELAYED, text))


@pytest.mark.parametrize("text", [RELAYED, RELAYED_OWN, ""])
def test_relay_candidates_and_the_end_of_candidates_pass(text: str) -> None:
    assert not forbidden_in_relay(IcePolicy.RELAY, candidate(text))


@pytest.mark.parametrize(
    "message", [candidate(HOST), description(HOST), description(), Received(to=BO, to_gen=1, upto=3)]
)
def test_where_all_is_allowed_nothing_is_stopped(message: PairMessage) -> None:
    assert not forbidden_in_relay(IcePolicy.ALL, message)


def test_descriptions_without_candidates_pass() -> None:
    assert not forbidden_in_relay(IcePolicy.RELAY, description(RELAYED))
    assert not forbidden_in_relay(IcePolicy.RELAY, description())
