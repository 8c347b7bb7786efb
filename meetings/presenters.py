"""What the meeting's pages say: where they stand in time, and the addresses their scripts need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.urls import reverse

from meetings.services.entrance import is_open, opens_at
from meetings.services.opened import Opened

SOCKET_PATH = "/ws/meeting"


class Door(StrEnum):
    """Whether the meeting can be entered now."""

    EARLY = "early"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPage:
    """Everything the templates show; no name and no subject."""

    meeting_id: UUID
    door: Door
    phone: str
    opens_at: datetime
    starts_at: datetime
    ends_at: datetime
    is_host: bool
    ticket_url: str
    start_url: str
    end_url: str
    leave_url: str
    socket_path: str = SOCKET_PATH


def meeting_page(held: Opened, *, is_host: bool) -> MeetingPage:
    """The page of one meeting, for its host or for anybody else in it."""
    booking, meeting = held.booking, held.meeting.id
    return MeetingPage(
        meeting_id=meeting,
        door=_door(held),
        phone=booking.municipality.phone,
        opens_at=opens_at(booking),
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        is_host=is_host,
        ticket_url=reverse("meetings:ticket", args=[meeting]),
        start_url=reverse("meetings:start", args=[meeting]),
        end_url=reverse("meetings:end", args=[meeting]),
        leave_url=reverse("booking:today" if is_host else "booking:mine"),
    )


def _door(held: Opened) -> Door:
    if is_open(held):
        return Door.OPEN
    ended = held.meeting.ended_at is not None or held.now >= held.booking.ends_at
    return Door.OVER if ended else Door.EARLY
