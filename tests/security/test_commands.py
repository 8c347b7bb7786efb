"""Who may send which command of the socket, and when: by hand, for every command, phase and sender."""

from __future__ import annotations

from collections.abc import Callable

from identity.endpoints import ENDPOINTS
from meetings.protocol import CLIENT_MESSAGES, Phase, Role, refusal

Record = Callable[[str, object], None]
# Phases by their first letters: New, Waiting, Inside, aSide, Gone.
LETTERS = {"N": Phase.NEW, "W": Phase.WAITING, "I": Phase.INSIDE, "S": Phase.ASIDE, "G": Phase.GONE}
SENDERS = {
    **{role.value: (role, False) for role in Role if role is not Role.OFFICER},
    "officer": (Role.OFFICER, False),
    "host": (Role.OFFICER, True),
    "unknown": (None, False),
}
EVERYBODY = " ".join(SENDERS)
EXPECTED: dict[str, tuple[str, str]] = {
    "hello": (EVERYBODY, "N"),
    "resume": (EVERYBODY, "N"),
    **dict.fromkeys(("pong", "sync", "leave"), (EVERYBODY, "WIS")),
    "ready": (EVERYBODY, "W"),
    **dict.fromkeys(("pause", "ice"), (EVERYBODY, "IS")),
    "new_code": (EVERYBODY, "I"),
    **dict.fromkeys(("description", "candidate", "restart", "commit", "reveal", "received"), (EVERYBODY, "IS")),
    "tell": ("officer host", "I"),
    "take_host": ("officer", "I"),
    **dict.fromkeys(
        ("admit", "deny", "aside", "remove", "lock", "unpause", "permit", "give_host", "end"),
        ("host", "I"),
    ),
}


def test_every_command_is_written_down() -> None:
    assert EXPECTED.keys() == {row.name for row in ENDPOINTS if row.kind == "command"}
    assert set(LETTERS.values()) == set(Phase)


def test_every_command_from_everybody_in_every_phase(record_property: Record) -> None:
    wrong, cells = [], 0
    for name, (who, phases) in EXPECTED.items():
        message = next(kind for kind in CLIENT_MESSAGES if kind.t == name)
        bare = message.__new__(message)  # who may is a matter of the kind alone
        for sender, (role, host) in SENDERS.items():
            for letter, phase in LETTERS.items():
                cells += 1
                refused = refusal(bare, phase=phase, role=role, host=host)
                if (refused is None) != (sender in who.split() and letter in phases):
                    wrong.append(f"{name} from {sender} in {phase}: {refused}")
    record_property("asked", f"{cells} cells of commands")
    assert wrong == []


def test_who_waits_may_say_that_they_are_there_and_nothing_else() -> None:
    allowed = {
        message.t
        for message in CLIENT_MESSAGES
        for role in Role
        if refusal(message.__new__(message), phase=Phase.WAITING, role=role, host=role is Role.OFFICER) is None
    }
    assert allowed == {"pong", "sync", "leave", "ready"}
