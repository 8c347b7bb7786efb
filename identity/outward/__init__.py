"""The one way out to addresses that others gave: calendars, identity providers. Pure: no Django."""
