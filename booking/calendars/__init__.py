"""What leaves Mötas as iCalendar, and what comes in."""
