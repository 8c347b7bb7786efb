"""The booking package as a Django application."""

from django.apps import AppConfig

_ALL = "SELECT, INSERT, UPDATE, DELETE"
RIGHTS = {
    "booking_service": _ALL,
    "booking_legalprofile": _ALL,
    "booking_meetingtype": _ALL,
    "booking_calendar": _ALL,
    "booking_calendaroffer": _ALL,
    "booking_openingrule": _ALL,
    "booking_absence": _ALL,
    "booking_openingexception": _ALL,
    "booking_closure": _ALL,
    "booking_shortday": _ALL,
    "booking_calendarlimit": _ALL,
    "booking_formterms": _ALL,
    "booking_series": _ALL,
    "booking_need": _ALL,
    "booking_wish": _ALL,
    "booking_wishoffer": _ALL,
    "booking_ownofficer": _ALL,
    "booking_task": _ALL,
    "booking_busyfeed": _ALL,
    "booking_calendarfeed": _ALL,
    "booking_booking": _ALL,
    "booking_bookingchange": _ALL,
    "booking_occupancy": _ALL,
    "booking_party": _ALL,
    "booking_idempotencykey": _ALL,
    "booking_stepshown": _ALL,
    "booking_steptext": "SELECT, INSERT",
}


class BookingConfig(AppConfig):
    """See the package's models for what it is about."""

    name = "booking"

    def ready(self) -> None:
        """Say which rights the web role has on these tables, and that bookings can be opened."""
        from booking import erasing, extract_sources, field_classes, left_behind, openable, receivers, review_facts  # noqa: F401 - they connect
        from identity import grants

        grants.register(RIGHTS)
        field_classes.register()
        extract_sources.register()
        erasing.register_above()
        openable.register()
        left_behind.register()
        review_facts.register()
