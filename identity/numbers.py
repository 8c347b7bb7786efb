"""Swedish personal and coordination numbers: any spelling in, twelve digits out. Pure.

A number is the date of birth, a birth number of three digits and a check digit (Folkbokföringslagen 1991:481,
18 §; SKV 704). A coordination number has 60 added to the day (18 a §; SKV 707). A number says who somebody is and
stands in no text of an error.
"""

import re
from dataclasses import dataclass, field
from datetime import date

_SPELLING = re.compile(r"([0-9]{2})?([0-9]{2})([0-9]{2})([0-9]{2}) ?([-+]?) ?([0-9]{3})([0-9])", re.ASCII)
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"))
_CENTURIES = ("18", "19", "20")
_COORDINATION_DAYS = 60


class NumberError(ValueError):
    """What was written is no personal number; `code` says what is wrong: `shape`, `date`, `future`, `check_digit`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class PersonalNumber:
    """A valid number. `digits`: twelve, with the century; left out of its `repr`, which may end in a log."""

    digits: str = field(repr=False)
    born: date = field(repr=False)
    coordination: bool

    def __str__(self) -> str:
        return written(self.digits)


def parse(text: str, *, today: date) -> PersonalNumber:
    """The number that was written as YYYYMMDD-NNNN, YYMMDD-NNNN or YYMMDD+NNNN, the sign left out or not.

    Without a century the newest birth date that is not after `today` is meant; with `+`, the newest that makes the
    person 100 this year or earlier (SKV 704). Raises `NumberError`.
    """
    found = _SPELLING.fullmatch(text.strip().translate(_DASHES))
    if found is None or found[1] not in (None, *_CENTURIES):
        raise NumberError("shape")
    century, year, month, day, sign, birth_number, check_digit = found.groups()
    if luhn(year + month + day + birth_number) != int(check_digit):
        raise NumberError("check_digit")
    coordination = int(day) > _COORDINATION_DAYS
    month_and_day = int(month), int(day) - _COORDINATION_DAYS * coordination
    born = _born(century, int(year), month_and_day, sign, today)
    return PersonalNumber(f"{born.year}{month}{day}{birth_number}{check_digit}", born, coordination)


def written(digits: str) -> str:
    """Twelve digits as they are read aloud and compared, `YYYYMMDD-NNNN`; no digits, no text."""
    return f"{digits[:8]}-{digits[8:]}" if digits else ""


def luhn(digits: str) -> int:
    """The check digit of nine digits: every other one doubled from the first, sums of digits taken (SKV 704)."""
    weighed = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return -sum(sum(divmod(product, 10)) for product in weighed) % 10


def _born(century: str | None, year: int, month_and_day: tuple[int, int], sign: str, today: date) -> date:
    if century is not None:
        born = _date(int(century) * 100 + year, *month_and_day)
        if born > today:
            raise NumberError("future")
        return born
    newest = today.year - 100 if sign == "+" else today.year
    full = newest - (newest - year) % 100
    born = _date(full, *month_and_day)
    return born if born <= today else _date(full - 100, *month_and_day)


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NumberError("date") from None
