"""The jobs of the installation as a whole: what is over goes away, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from config.jobs import purge_what_is_over
from identity import scope
from identity.models import Municipality, SignInAttempt

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_started_sign_in_is_gone_after_a_day_in_every_municipality(
    municipality: Municipality, neighbour: Municipality
) -> None:
    now = timezone.now()
    for home in (municipality, neighbour):
        with scope.transaction(home.id):
            for hours in (23, 25):
                began = now - timedelta(hours=hours)
                SignInAttempt.objects.create(
                    kind="bankid", lookup=bytes([hours]) * 32, session_digest=b"s", started_at=began, expires_at=began
                )
    purge_what_is_over()
    for home in (municipality, neighbour):
        with scope.transaction(home.id):
            assert [bytes(row.lookup)[0] for row in SignInAttempt.objects.all()] == [23]
