"""How long a sign-in still lasts, and making it last: what the page's warning asks, from every open page alike."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from identity import pages, sessions


@require_POST
def stay(request: HttpRequest) -> JsonResponse:
    """/logga-in/kvar/: seconds left, whether more can be had, and the words. With `do=more` the sign-in is used now.

    Asked without it, nothing is used: a page left open keeps nobody signed in, and one that is used elsewhere warns
    of nothing.
    """
    if request.POST.get("do") == "more":
        pages.actor_of(request)
    until, session = sessions.lasts_until(request.session), request.session
    left = int((until - timezone.now()).total_seconds()) if until else 0
    if until is None or left <= 0 or session.get("municipality") != pages.municipality_of(request).id:
        return JsonResponse({"left": 0, "more": False, "words": _ended()})
    wall = timezone.localtime(until)
    clock = gettext("%(hour)s.%(minute)s") % {"hour": wall.hour, "minute": f"{wall.minute:02}"}
    words = gettext("Du loggas ut kl. %(time)s.") % {"time": clock}
    return JsonResponse({"left": left, "more": until < session.get_expiry_date(), "words": words})


def _ended() -> str:
    return gettext("Du är utloggad. Logga in igen, så kommer du tillbaka hit.")
