"""Nobody can flood a connection, and no slow reader fills the server."""

from hypothesis import given
from hypothesis import strategies as st

from meetings.flow import Intake, Outgoing, Rising, TokenBucket, Verdict, code_bucket, ice_bucket, write_bucket
from meetings.protocol import Phase

seconds = st.floats(0, 1e6, allow_nan=False)


@given(st.lists(seconds, max_size=60))
def test_a_bucket_never_gives_more_than_its_burst_and_what_ran_in(times: list[float]) -> None:
    bucket = TokenBucket(rate=2, burst=10)
    given_out = sum(bucket.take(1, now) for now in sorted(times))
    span = max(times) - min(times) if times else 0
    assert given_out <= 10 + 2 * span + 1e-6


@given(st.lists(seconds, max_size=60))
def test_a_clock_that_goes_back_gives_nothing(times: list[float]) -> None:
    bucket = TokenBucket(rate=1, burst=5)
    given_out = sum(bucket.take(1, now) for now in times)
    assert given_out <= 5 + max(times, default=0)


def test_inside_120_messages_pass_at_once_and_20_more_each_second() -> None:
    intake = Intake()
    assert sum(intake.judge(100, Phase.INSIDE, 5.0) is Verdict.PASS for _ in range(130)) == 120
    assert sum(intake.judge(100, Phase.ASIDE, 6.0) is Verdict.PASS for _ in range(30)) == 20


def test_in_the_lobby_10_messages_pass_at_once_and_2_more_each_second() -> None:
    intake = Intake()
    assert sum(intake.judge(100, Phase.NEW, 5.0) is Verdict.PASS for _ in range(20)) == 10
    assert sum(intake.judge(100, Phase.WAITING, 6.0) is Verdict.PASS for _ in range(20)) == 2


def test_bytes_are_limited_too() -> None:
    intake = Intake()
    assert sum(intake.judge(64 * 1024, Phase.INSIDE, 5.0) is Verdict.PASS for _ in range(8)) == 4


def test_a_frame_dropped_for_its_bytes_costs_no_message() -> None:
    intake = Intake()
    intake.judge(256 * 1024, Phase.INSIDE, 5.0)
    intake.judge(64 * 1024, Phase.INSIDE, 5.0)
    assert intake.inside.level == 119


def test_200_drops_in_ten_seconds_close_and_199_do_not() -> None:
    intake = Intake()
    verdicts = [intake.judge(100, Phase.INSIDE, 5.0) for _ in range(120 + 200)]
    assert verdicts[-2:] == [Verdict.DROP, Verdict.CLOSE]


def test_old_drops_are_forgotten() -> None:
    intake = Intake(waiting=TokenBucket(0, 0))
    assert {intake.judge(1, Phase.WAITING, now=second / 10) for second in range(1_000)} == {Verdict.DROP}


def test_credentials_six_a_minute_and_a_new_code_every_ten_seconds() -> None:
    ice, code = ice_bucket(), code_bucket()
    assert [ice.take(1, 100.0) for _ in range(7)] == [True] * 6 + [False]
    assert [code.take(1, second) for second in (100.0, 105.0, 111.0)] == [True, False, True]


def test_twenty_commands_that_write_at_once_and_one_more_each_second() -> None:
    write = write_bucket()
    assert sum(write.take(1, 100.0) for _ in range(30)) == 20
    assert [write.take(1, second) for second in (101.0, 101.5, 102.0)] == [True, False, True]


def test_a_reader_with_256_frames_waiting_is_too_slow() -> None:
    queue = Outgoing()
    assert all(queue.add(10) for _ in range(256))
    assert not queue.add(10)
    queue.sent(10)
    assert queue.add(10)


def test_a_reader_with_a_mebibyte_waiting_is_too_slow() -> None:
    queue = Outgoing()
    assert queue.add(1024 * 1024)
    assert not queue.add(1)
    assert (queue.frames, queue.bytes) == (1, 1024 * 1024)


@given(st.lists(st.integers(1, 50)))
def test_only_rising_numbers_are_accepted(numbers: list[int]) -> None:
    rising = Rising()
    accepted = [number for number in numbers if rising.accept(number)]
    assert accepted == sorted(set(accepted))
