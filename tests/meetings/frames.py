"""Invented messages: whole ones for hypothesis, and a grammar that makes nearly right ones for the fuzzer."""

import json
import random
from collections.abc import Callable
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from meetings.protocol import CLIENT_MESSAGES, Command, PairMessage
from meetings.wire import checks

BO: Final = "00000000-0000-4000-8000-00000000000b"
B32: Final = "A" * 43
TICKET: Final = f"ex.{B32}"

_TEXT = st.characters(exclude_categories=["Cs"])
_BY_CHECK: Final[dict[int, st.SearchStrategy[Any]]] = {
    id(get_args(kind)[1]): strategy
    for kind, strategy in (
        (checks.Id, st.integers(1, 2**31 - 1)),
        (checks.Count, st.integers(0, 2**31 - 1)),
        (checks.Number, st.integers(1, 2**31 - 1)),
        (checks.Gen, st.integers(1, 65_535)),
        (checks.Connection, st.integers(1, 255)),
        (checks.Epoch, st.integers(1, 2**32 - 1)),
        (checks.Flag, st.booleans()),
        (checks.Pid, st.uuids().map(str)),
        (checks.B32, st.just(B32)),
        (checks.Secret, st.just(TICKET)),
    )
}
_BY_NAME: Final[dict[str, st.SearchStrategy[Any]]] = {
    "sdp": st.text(_TEXT, min_size=1, max_size=200),
    "candidate": st.text(_TEXT, max_size=200),
    "mid": st.none() | st.text(_TEXT, max_size=16),
    "line": st.none() | st.integers(0, 15),
    "ufrag": st.none() | st.text(_TEXT, max_size=40),
}


def _values(name: str, hint: object) -> st.SearchStrategy[Any]:
    kind, check = get_args(hint)
    known = _BY_CHECK.get(id(check), _BY_NAME.get(name))
    return st.sampled_from(list(kind)) if known is None else known


def fields_of(build: type[Command | PairMessage]) -> dict[str, object]:
    """The fields of a message on the wire, each with its annotated type."""
    hints = get_type_hints(build, include_extras=True)
    return {name: hint for name, hint in hints.items() if get_origin(hint) is Annotated}


def _messages_of(build: type[Command | PairMessage]) -> st.SearchStrategy[Command | PairMessage]:
    return st.builds(build, **{name: _values(name, hint) for name, hint in fields_of(build).items()})


messages: Final = st.one_of(*(_messages_of(build) for build in CLIENT_MESSAGES))

_FITTING: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("who", "to"), (f'"{BO}"',)),
    **dict.fromkeys(("token", "c", "fp", "nonce"), (f'"{B32}"',)),
    **dict.fromkeys(("on", "rebuild"), ("true", "false")),
    **dict.fromkeys(("candidate", "sdp", "ufrag", "mid"), ('"v=0"', '"åäö \\u0000"')),
    "ticket": (f'"{TICKET}"',),
    "line": ("null", "0"),
    "kind": ('"offer"', '"answer"'),
    "why": ('"privacy"', '"not_now"'),
    "devices": ('"ok"',),
    "test": ('"good"',),
    "phrase": ('"soon"',),
    "what": ('"share"',),
}
_ATOMS: Final = (
    'null true false 0 1 -1 1.0 1e999 NaN Infinity 2147483648 99999999999999999999999 [] {} [[[[[]]]]] "" "a" '
    '"\\ud800" "\\u0000" "offer" "privacy" {"a":{"b":{"c":{"d":1}}}} '
    f'"{BO}" "{B32}" "{TICKET}"'
).split()


def _fields(random_source: random.Random) -> list[tuple[str, str]]:
    """Fields of a real message, some of them spoilt, missing, doubled or foreign."""
    build = random_source.choice(CLIENT_MESSAGES)
    name = random_source.choice((*[build.t] * 8, "sfu.join", ""))
    fields = [("t", json.dumps(name))]
    for field in fields_of(build):
        odd = random_source.random()
        if odd > 0.05:
            values = _ATOMS if odd < 0.15 else _FITTING.get(field, ("1",))
            fields.append((field, random_source.choice(values)))
    if random_source.random() < 0.2:
        fields.append(random_source.choice([*fields, ("id", "2"), ("x", random_source.choice(_ATOMS))]))
    random_source.shuffle(fields)
    return fields


def _spoilt(text: str, random_source: random.Random) -> str:
    at = random_source.randint(0, len(text))
    changes: tuple[Callable[[], str], ...] = (
        lambda: text[:at],
        lambda: text[:at] + random_source.choice('{}[]",:\\\ufeff\ud800') + text[at:],
        lambda: "[" * random_source.randint(1, 60_000) + text,
        lambda: text + " " * 65_536,
        lambda: text.replace('"id":', '"id":-'),
    )
    return random_source.choice(changes)()


def nearly_right(random_source: random.Random) -> str | bytes:
    """One frame that looks like the protocol and mostly is not."""
    text = "{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in _fields(random_source)) + "}"
    if random_source.random() < 0.15:
        text = _spoilt(text, random_source)
    return text.encode("utf-8", "surrogatepass") if random_source.random() < 0.02 else text
