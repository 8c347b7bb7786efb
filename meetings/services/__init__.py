"""Use cases of a meeting: each opens its own durable transaction and returns the meeting as it then stands.

Over the socket they take a `Caller` and the message; from the page an `Actor`. None of them sends anything: the
interfaces tell the other participants (`meetings.hub`).
"""
