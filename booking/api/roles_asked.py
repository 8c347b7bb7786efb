"""Who else a meeting takes, as it is asked for: a list in a body, words in an address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from rest_framework import serializers

from booking.api.parsing import Asked, IdField, TextField, WholeField
from booking.pool import RoleWanted

ROLES: Final = ["officer", "interpreter", "room"]  # the kinds of calendars: one name in the document
MOST_ROLES: Final = 5


class RoleAsked(Asked):
    """One more calendar that the meeting takes: a named one, or any that speaks the language."""

    role = serializers.ChoiceField(choices=ROLES)
    calendar = IdField(required=False)
    language = TextField(max_length=8, required=False, help_text="BCP 47, of an interpreter.")
    offset = WholeField(min_value=0, max_value=720, required=False, help_text="Minutes after the start.")
    minutes = WholeField(min_value=5, max_value=720, required=False, help_text="A part of the meeting only.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Whole 5 minutes."""
        for name in ("offset", "minutes"):
            if attrs.get(name, 0) % 5:
                raise serializers.ValidationError({name: [serializers.ErrorDetail(name, "not_whole_5_minutes")]})
        return attrs


class RolesField(TextField):
    """Roles in an address: `room`, or with whose calendar, `officer:<id>`; several with commas between."""

    default_error_messages = {"unknown_role": "Not a role."}

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=300, **more)

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401 - a field that gives another type than its parent
        """A tuple of `RoleWanted`; code `unknown_role`."""
        words = super().to_internal_value(data).split(",")
        if len(words) > MOST_ROLES:
            self.fail("unknown_role")
        return tuple(self._role(word) for word in words)

    def _role(self, word: str) -> RoleWanted:
        name, colon, calendar = word.partition(":")
        try:
            found = UUID(calendar) if colon else None
        except ValueError:
            self.fail("unknown_role")
        if name not in ROLES:
            self.fail("unknown_role")
        return RoleWanted(name, found)  # type: ignore[arg-type]  # it is one of the names


def roles_of(said: Iterable[Mapping[str, Any]]) -> tuple[RoleWanted, ...]:
    """Validated roles as values."""
    return tuple(
        RoleWanted(one["role"], one.get("calendar"), one.get("language", ""), one.get("offset", 0), one.get("minutes"))
        for one in said
    )
