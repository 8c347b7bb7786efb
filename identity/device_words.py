"""A few words for the device somebody signed in with. Pure: the browser's own long name is never kept.

The names tell themselves apart by order: Edge, Opera and Samsung call themselves Chrome too, and Chrome calls itself
Safari. What is unknown is said to be unknown; nothing of what was sent is repeated.
"""

from __future__ import annotations

from typing import Final

_LONGEST: Final = 512
_BROWSERS: Final = (
    ("edg", "Edge"),
    ("opr/", "Opera"),
    ("samsungbrowser/", "Samsung Internet"),
    ("firefox/", "Firefox"),
    ("fxios/", "Firefox"),
    ("crios/", "Chrome"),
    ("chrome/", "Chrome"),
    ("safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("android", "Android"),
    ("cros", "ChromeOS"),
    ("windows", "Windows"),
    ("mac os x", "Mac"),
    ("linux", "Linux"),
)


def device_words(user_agent: str) -> str:
    """Browser and system, as "Firefox, Windows"; only what is known of them; "" when nothing is."""
    said = user_agent[:_LONGEST].lower()
    found = (next((word for sign, word in names if sign in said), "") for names in (_BROWSERS, _SYSTEMS))
    return ", ".join(word for word in found if word)
