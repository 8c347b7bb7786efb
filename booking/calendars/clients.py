"""Which calendar program asks, by what it says of itself. Pure; the words of the header are never kept."""

_PROGRAMS = (
    ("Google Kalender", ("google-calendar", "googlebot", "google")),
    ("Outlook", ("outlook", "microsoft", "exchange")),
    ("Apple Kalender", ("dataaccessd", "calendaragent", "ios/", "macos/", "mac os x/", "apple")),
    ("Thunderbird", ("thunderbird", "lightning")),
    ("vdirsyncer", ("vdirsyncer",)),
    ("DAVx5", ("davx5",)),
)


def program_of(user_agent: str) -> str:
    """The program's name, or the empty string for one that we do not know."""
    said = user_agent.lower()
    return next((name for name, words in _PROGRAMS if any(word in said for word in words)), "")
