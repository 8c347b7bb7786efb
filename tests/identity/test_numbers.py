"""Personal and coordination numbers, in every spelling. Only numbers that Skatteverket has published as examples."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from identity.numbers import NumberError, luhn, parse

TODAY = date(2026, 11, 23)
PUBLISHED = ("20170101-2393", "19811228-9874", "19701063-2391")
dates = st.dates(date(1900, 1, 1), date(2199, 12, 31))
births = st.dates(date(1890, 1, 1), TODAY)
birth_numbers = st.integers(1, 999).map(lambda n: f"{n:03}")
coordination = st.sampled_from((0, 60))


def ten_digits(born: date, number: str, added: int = 0) -> str:
    """YYMMDDNNNC of a made-up birth: what the rules say it is."""
    nine = f"{born:%y%m}{born.day + added:02}{number}"
    return f"{nine}{luhn(nine)}"


@pytest.mark.parametrize("number", PUBLISHED)
def test_the_published_examples_are_valid(number: str) -> None:
    assert str(parse(number, today=TODAY)) == number


@pytest.mark.parametrize(
    "text",
    ["20170101-2393", "201701012393", "170101-2393", "1701012393", " 170101-2393 ", "20170101–2393", "170101 2393"],
)
def test_every_spelling_is_the_same_number(text: str) -> None:
    assert parse(text, today=TODAY).digits == "201701012393"


def test_a_plus_takes_a_hundred_years_off() -> None:
    assert parse("170101+2393", today=TODAY).digits == "191701012393"


def test_a_plus_is_written_from_the_year_of_the_hundredth_birthday() -> None:
    number = ten_digits(date(1926, 12, 24), "239")
    assert parse(f"{number[:6]}+{number[6:]}", today=TODAY).born == date(1926, 12, 24)
    assert parse(f"{number[:6]}-{number[6:]}", today=TODAY).born == date(1926, 12, 24)
    assert parse(f"{number[:6]}-{number[6:]}", today=date(2026, 12, 24)).born == date(2026, 12, 24)


def test_a_coordination_number_tells_its_birth_date() -> None:
    number = parse("701063-2391", today=TODAY)
    assert (number.coordination, number.born, number.digits) == (True, date(1970, 10, 3), "197010632391")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "shape"),
        ("20170101", "shape"),
        ("2017-01-01-2393", "shape"),
        ("170101--2393", "shape"),
        ("170101\n2393", "shape"),
        ("٢٠١٧٠١٠١٢٣٩٣", "shape"),
        ("16170101-2393", "shape"),
        ("21170101-2393", "shape"),
        ("17010T-2393", "shape"),
        ("20170101-2394", "check_digit"),
        ("20171301-2390", "date"),
        ("20170230-2390", "date"),
        ("20170160-2390", "date"),
        ("20170192-2390", "date"),
    ],
)
def test_what_is_no_number_says_why(text: str, code: str) -> None:
    if code == "date":
        text = text[:-1] + str(luhn(text[2:8] + text[9:12]))
    with pytest.raises(NumberError) as refusal:
        parse(text, today=TODAY)
    assert refusal.value.code == code


def test_nobody_is_born_tomorrow() -> None:
    number = ten_digits(TODAY + timedelta(days=1), "239")
    with pytest.raises(NumberError) as refusal:
        parse(f"20{number}", today=TODAY)
    assert refusal.value.code == "future"


@given(births, birth_numbers, coordination)
def test_a_birth_with_its_century_is_found_again(born: date, number: str, added: int) -> None:
    digits = f"{born.year // 100}{ten_digits(born, number, added)}"
    found = parse(f"{digits[:8]}-{digits[8:]}", today=TODAY)
    assert (found.digits, found.born, found.coordination) == (digits, born, added > 0)


@given(births, birth_numbers, coordination, dates)
def test_ten_digits_mean_the_newest_possible_birth(born: date, number: str, added: int, today: date) -> None:
    age = today.year - born.year
    assume(born <= today)
    digits = ten_digits(born, number, added)
    if age < 100:
        assert parse(f"{digits[:6]}-{digits[6:]}", today=today).born == born
    elif age < 200:
        assert parse(f"{digits[:6]}+{digits[6:]}", today=today).born == born


@given(births, birth_numbers, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(born: date, number: str, place: int, error: int) -> None:
    digits = ten_digits(born, number)
    wrong = digits[:place] + str((int(digits[place]) + error) % 10) + digits[place + 1 :]
    with pytest.raises(NumberError):
        parse(wrong, today=TODAY)


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_an_error_without_the_text(text: str) -> None:
    said = ""
    try:
        parse(text, today=TODAY)
    except NumberError as error:
        said = str(error)
    assert said in {"", "shape", "date", "future", "check_digit"}


def test_a_number_does_not_show_itself_in_a_log() -> None:
    assert "2017" not in repr(parse("20170101-2393", today=TODAY))
