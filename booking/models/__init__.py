"""Rows of who can meet whom, and when."""

from booking.models.booking import (
    Booking,
    BookingChange,
    ContactWay,
    Form,
    IdempotencyKey,
    Occupancy,
    Party,
    PartyRole,
)
from booking.models.calendar import (
    Absence,
    BusyFeed,
    Calendar,
    CalendarFeed,
    CalendarOffer,
    OpeningRule,
)
from booking.models.guidance import StepShown, StepText
from booking.models.service import LegalProfile, MeetingType, Service

__all__ = [
    "Absence",
    "Booking",
    "BookingChange",
    "BusyFeed",
    "Calendar",
    "CalendarFeed",
    "CalendarOffer",
    "ContactWay",
    "Form",
    "IdempotencyKey",
    "LegalProfile",
    "MeetingType",
    "Occupancy",
    "OpeningRule",
    "Party",
    "PartyRole",
    "Service",
    "StepShown",
    "StepText",
]
