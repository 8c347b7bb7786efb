"""The signalling protocol reads strictly, writes what it reads, and lets nobody do what they may not."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings import protocol as p
from tests.benchmarks.fuzz_protocol import fuzz
from tests.meetings.frames import B32, BO, TICKET, fields_of, messages

ANNA = "00000000-0000-4000-8000-00000000000a"
NOON = datetime(2026, 12, 1, 12, 30, tzinfo=UTC)
OFFER = {"t": "description", "to": BO, "to_gen": 1, "n": 1, "pc": 1, "kind": "offer", "sdp": "v=0\r\n"}


def refused(frame: str | bytes) -> p.ProtocolError:
    with pytest.raises(p.ProtocolError) as caught:
        p.parse(frame)
    return caught.value


@given(messages)
def test_what_is_written_is_read_back_the_same(message: p.Command | p.PairMessage) -> None:
    assert p.parse(p.serialise(message)) == message


@given(st.text() | st.binary())
def test_any_text_or_bytes_is_a_message_or_a_protocol_error(frame: str | bytes) -> None:
    refused(frame)


def test_a_thousand_nearly_right_messages_raise_nothing_else_in_any_phase() -> None:
    seen = fuzz(1_000, seed=7)
    assert seen["message"] > 10
    assert seen["bad_message"] > 100
    assert seen["unknown_type"] > 10


@pytest.mark.parametrize("frame", ["", "leave", "[]", '"t"', "1", "null", '{"t":"leave"', b'{"t":"leave","id":1}'])
def test_what_is_no_json_object_in_a_text_frame_closes_with_1003(frame: str | bytes) -> None:
    assert refused(frame).close == p.CloseCode.MALFORMED


@pytest.mark.parametrize("frame", ["x" * 65_537, "å" * 32_769, b"x" * 65_537])
def test_a_frame_over_64_kib_closes_with_1009(frame: str | bytes) -> None:
    assert refused(frame).close == p.CloseCode.TOO_LARGE


def test_a_frame_of_exactly_64_kib_is_read() -> None:
    assert p.parse('{"t":"leave","id":1}'.ljust(65_536)) == p.Leave(id=1)


@pytest.mark.parametrize(
    "frame",
    [
        '{"t":"leave","id":4,"id":4}',
        '{"t":"leave","id":4,"x":1}',
        '{"t":"pong","id":4}',
        '{"t":"pong","id":4,"k":NaN}',
        '{"t":"pong","id":4,"k":1.0}',
        '{"t":"pong","id":4,"k":true}',
        '{"t":"pong","id":4,"k":-1}',
        '{"t":"lock","id":4,"on":1}',
        f'{{"t":"tell","id":4,"who":"{BO}","phrase":"hello"}}',
        f'{{"t":"admit","id":4,"who":"{BO.upper()}"}}',
        f'{{"t":"resume","id":4,"token":"{B32[:-1]}B"}}',
        f'{{"t":"hello","id":4,"ticket":"{B32}"}}',
        '{"t":"leave","id":4,"x":"\\ud800"}',
        '{"t":"leave","id":4,"x":[[[[]]]]}',
        '{"t":5,"id":4}',
        '{"id":4}',
        '{"t":"leave","id":4,"n":%s}' % ("9" * 5_000),
    ],
)
def test_a_message_that_breaks_a_rule_is_a_bad_message_with_its_number(frame: str) -> None:
    error = refused(frame)
    assert (error.code, error.close, error.re) == (p.ErrorCode.BAD_MESSAGE, None, 4)


@pytest.mark.parametrize("number", ["0", "-1", "2147483648", "true", '"1"', "1.5", "null"])
def test_a_command_without_a_usable_number_is_answered_with_number_0(number: str) -> None:
    assert refused(f'{{"t":"leave","id":{number}}}').re == 0


def test_nesting_that_no_parser_survives_is_a_bad_message() -> None:
    assert refused("[" * 60_000).code == p.ErrorCode.BAD_MESSAGE


def test_an_unknown_name_is_an_unknown_type() -> None:
    error = refused('{"t":"sfu.join","id":9}')
    assert (error.code, error.re) == (p.ErrorCode.UNKNOWN_TYPE, 9)


@pytest.mark.parametrize(
    ("field", "value"),
    [("to_gen", 0), ("n", 2**31), ("pc", 256), ("kind", "pranswer"), ("sdp", ""), ("sdp", "x" * 32_001), ("id", 1)],
)
def test_a_broken_pair_message_is_a_bad_message(field: str, value: object) -> None:
    assert refused(json.dumps({**OFFER, field: value})).code == p.ErrorCode.BAD_MESSAGE


def test_an_error_about_a_pair_message_names_its_recipient_and_number() -> None:
    error = refused(json.dumps({**OFFER, "pc": 0}))
    assert (error.to, error.n, error.re) == (BO, 1, None)


def test_an_error_repeats_nothing_of_what_was_received() -> None:
    assert str(refused(f'{{"t":"hello","id":1,"ticket":"{TICKET}!"}}')) == "bad_message"


def test_a_relayed_message_carries_the_stamped_sender_and_no_recipient() -> None:
    message = p.parse(json.dumps(OFFER))
    assert isinstance(message, p.PairMessage)
    sent = json.loads(p.serialise(p.Relayed(sender=ANNA, sender_gen=3, message=message)))
    assert sent == {**{k: v for k, v in OFFER.items() if not k.startswith("to")}, "from": ANNA, "from_gen": 3}


def facts() -> p.MeetingFacts:
    return p.MeetingFacts(
        state=p.MeetingState.WAITING,
        locked=False,
        paused=None,
        topology=p.Topology.MESH,
        ice_policy=p.IcePolicy.RELAY,
        max_video=4,
        ends_at=NOON,
    )


def test_the_waiting_list_is_left_out_for_those_who_may_not_see_it() -> None:
    state = p.State(v=1, meeting=facts(), you=p.Standing(phase=p.Phase.INSIDE), epoch=1, roster=())
    sent = json.loads(p.serialise(state))
    assert "waiting" not in sent
    assert sent["meeting"]["paused"] is None


def test_an_empty_waiting_list_is_sent_to_those_who_may_see_it() -> None:
    state = p.State(v=1, meeting=facts(), you=p.Standing(phase=p.Phase.INSIDE), epoch=1, roster=(), waiting=())
    assert json.loads(p.serialise(state))["waiting"] == []


def test_the_lobby_message_has_five_fields_and_no_more() -> None:
    lobby = p.Lobby(host_present=True, since=NOON, phrase=None, locked=False, phone="08-465 004 20")
    assert json.loads(p.serialise(lobby)).keys() == {"t", "host_present", "since", "phrase", "locked", "phone"}


def test_times_are_written_in_utc_and_naive_ones_refused() -> None:
    local = NOON.astimezone(timezone(timedelta(hours=1)))
    assert '"expires":"2026-12-01T12:30:00.000Z"' in p.serialise(p.Ice(servers=(), expires=local))
    with pytest.raises(ValueError, match="aware"):
        p.serialise(p.Ice(servers=(), expires=NOON.replace(tzinfo=None)))


HOST_ONLY = {p.Admit, p.Deny, p.Aside, p.Remove, p.Lock, p.Unpause, p.PermitShare, p.GiveHost, p.End}


@given(messages, st.sampled_from(p.Phase), st.sampled_from([role for role in p.Role if role is not p.Role.OFFICER]))
def test_nobody_but_an_officer_gives_a_host_command_in_any_phase(
    message: p.Command | p.PairMessage, phase: p.Phase, role: p.Role
) -> None:
    allowed = p.refusal(message, phase=phase, role=role, host=True) is None
    assert not (allowed and type(message) in HOST_ONLY | {p.Tell, p.TakeHost})


@given(messages)
def test_a_second_officer_may_tell_and_take_host_but_nothing_else_of_the_hosts(
    message: p.Command | p.PairMessage,
) -> None:
    refused_as = p.refusal(message, phase=p.Phase.INSIDE, role=p.Role.OFFICER)
    assert (refused_as == p.ErrorCode.NOT_ALLOWED) == (type(message) in HOST_ONLY)


@given(messages, st.sampled_from(p.Role), st.booleans())
def test_before_hello_only_hello_and_resume_are_accepted(
    message: p.Command | p.PairMessage, role: p.Role, host: bool
) -> None:
    accepted = p.refusal(message, phase=p.Phase.NEW, role=role, host=host) is None
    assert accepted == isinstance(message, p.Hello | p.Resume)


@given(messages)
def test_who_waits_may_only_answer_ask_tell_their_devices_and_leave(message: p.Command | p.PairMessage) -> None:
    accepted = p.refusal(message, phase=p.Phase.WAITING, role=p.Role.RESIDENT) is None
    assert accepted == isinstance(message, p.Pong | p.Sync | p.Ready | p.Leave)


@given(messages, st.sampled_from(p.Role), st.booleans())
def test_nothing_is_accepted_from_who_is_gone(message: p.Command | p.PairMessage, role: p.Role, host: bool) -> None:
    assert p.refusal(message, phase=p.Phase.GONE, role=role, host=host) is not None


def test_the_public_description_names_every_message_field_and_word() -> None:
    text = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()
    in_code = set(re.findall(r"[a-z_0-9]+", " ".join(re.findall(r"`([^`]+)`", text))))
    for build in p.CLIENT_MESSAGES:
        assert {build.t, *fields_of(build)} <= in_code, build.t
    lists = (p.Phase, p.Role, p.Devices, p.EquipmentResult, p.DenyReason, p.Phrase, p.PauseReason, p.DescriptionKind)
    for words in (*lists, p.Ident, p.MeetingState, p.Link, p.ByeReason, p.ErrorCode, p.IcePolicy, p.Topology):
        assert {str(word) for word in words} <= in_code, words
    assert all(str(int(code)) in text for code in p.CloseCode)
