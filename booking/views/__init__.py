"""Pages that residents see: parse, allow, call, present."""

from booking.views.choosing import start

__all__ = ["start"]
