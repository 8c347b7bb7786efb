"""Free times as another system may see them: the reach of its token, then the same search as the pages use."""

from __future__ import annotations

from datetime import datetime

from booking import search
from booking.errors import NotOffered
from booking.models import MeetingType
from booking.search import Found, Query
from identity import scope
from identity.errors import NotAllowed
from identity.models import ApiToken


def free_times(*, municipality: int, token: ApiToken, query: Query, now: datetime) -> Found:
    """The first free times. Raises `NotOffered` for a form that the meeting type does not have.

    `NotAllowed` when there is no such meeting type, or none that the token reaches: the two are one answer.
    """
    with scope.transaction(municipality):
        if token.units and not _reaches(token, query):
            raise NotAllowed("slots.read")
        try:
            return search.find(query, now=now)
        except NotOffered:
            if MeetingType.objects.filter(id=query.meeting_type, published=True).exists():
                raise
            raise NotAllowed("slots.read") from None


def _reaches(token: ApiToken, query: Query) -> bool:
    return MeetingType.objects.filter(id=query.meeting_type, service__unit_id__in=token.units).exists()
