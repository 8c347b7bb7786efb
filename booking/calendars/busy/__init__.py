"""Busy time out of somebody else's calendar file. Pure, but for `fetch` (network) and `child` (a process)."""
