"""Use cases of booking: each opens its own durable transaction, keyword-only, one value returned.

Nobody else writes `Occupancy`. A use case never calls another one; they share `claims` and `transitions`.
"""

from booking.services.book import Contact, book
from booking.services.change import cancel, move
from booking.services.hold import Wanted, extend_hold, hold, release

__all__ = ["Contact", "Wanted", "book", "cancel", "extend_hold", "hold", "move", "release"]
