"""The walk of `make machine`, small: the use cases never leave the model."""

from __future__ import annotations

import pytest

from identity.models import Municipality
from tests.programs.machine import walk

pytestmark = pytest.mark.django_db(transaction=True)


def test_five_hundred_steps_end_as_the_model_says(municipality: Municipality) -> None:
    assert walk(municipality.id, 500).steps >= 500
