"""Which words somebody reads: the nearest scope, the newest version, the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from booking.guidance import texts
from booking.models import MeetingType, StepText
from identity import scope
from identity.errors import NoScope
from identity.models import Municipality, Unit
from tests.town import Town

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def write(town: Town) -> Callable[..., StepText]:
    """Publish words of the municipality."""

    def written(body: str, **where: Any) -> StepText:
        values = {"key": "B8", "language": "sv", "scope": "municipality"} | where
        return StepText.objects.create(municipality=town.municipality, body=body, published_at=NOW, **values)

    return written


def _types(town: Town) -> tuple[MeetingType, MeetingType]:
    rows = MeetingType.objects.select_related("service")
    return rows.get(id=town.types["fardtjanst"]), rows.get(id=town.types["ekonomi"])


def test_shipped_words_are_read_by_every_municipality(town: Town, neighbour: Municipality) -> None:
    for municipality in (town.municipality.id, neighbour.id):
        with scope.transaction(municipality):
            assert texts.text_for("B8", "sv").municipality_id is None
            assert "secrecy" in texts.text_for("B8", "en").body


def test_the_nearest_scope_wins_and_one_units_words_are_not_anothers(
    town: Town, write: Callable[..., StepText]
) -> None:
    with scope.transaction(town.municipality.id):
        own, other = _types(town)
        write("kommunens")
        write("enhetens", scope="unit", unit_id=own.service.unit_id)
        assert texts.text_for("B8", "sv", meeting_type=own).body == "enhetens"
        assert texts.text_for("B8", "sv", meeting_type=other).body == "kommunens"
        write("typens", scope="type", meeting_type=own)
        assert texts.text_for("B8", "sv", meeting_type=own).body == "typens"
        assert texts.text_for("B8", "sv").body == "kommunens"


def test_the_newest_version_wins(town: Town, write: Callable[..., StepText]) -> None:
    with scope.transaction(town.municipality.id):
        write("ett")
        write("två", version=2)
        assert texts.text_for("B8", "sv").body == "två"


def test_language_and_variant_fall_back(town: Town, write: Callable[..., StepText]) -> None:
    with scope.transaction(town.municipality.id):
        assert texts.text_for("B8", "fi").language == "sv"
        write("lätt", variant="easy_read")
        assert texts.text_for("B8", "sv", variant="easy_read").body == "lätt"
        assert texts.text_for("B8", "en", variant="easy_read").variant == "standard"


def test_a_missing_text_is_an_error_and_not_an_empty_page(town: Town) -> None:
    with scope.transaction(town.municipality.id), pytest.raises(texts.MissingText):
        texts.text_for("B99", "sv")


def test_the_words_of_one_municipality_are_not_seen_by_another(
    town: Town, neighbour: Municipality, write: Callable[..., StepText]
) -> None:
    with scope.transaction(town.municipality.id):
        write("våra")
    with scope.transaction(neighbour.id):
        assert texts.text_for("B8", "sv").body != "våra"


@pytest.mark.parametrize("where", [{"scope": "unit"}, {"scope": "type"}, {"scope": "default"}, {"scope": "region"}])
def test_words_name_what_they_are_for(town: Town, write: Callable[..., StepText], where: dict[str, str]) -> None:
    with scope.transaction(town.municipality.id):
        Unit.objects.count()
        with pytest.raises(IntegrityError), transaction.atomic():
            write("lösa", **where)


def test_outside_a_scope_there_are_no_words() -> None:
    with pytest.raises(NoScope):
        texts.text_for("B8", "sv")
