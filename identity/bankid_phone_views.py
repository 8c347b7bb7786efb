"""The officer's page for asking somebody on the phone to show who they are."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from identity import pages
from identity.bankid_phone_presenters import Shown, refused, shown
from identity.errors import NotAllowed, PhoneRefused
from identity.providers import bankid_phone


@require_http_methods(["GET", "HEAD", "POST"])
def by_phone(request: HttpRequest, booking: UUID) -> HttpResponse:
    """/bokningar/<uuid>/bankid-i-telefon/: ask, and see what came of it."""
    refusal = _start(request, booking) if request.method == "POST" else None
    if request.method == "POST" and refusal is None:
        return redirect("identity:bankid_phone", booking=booking)
    with pages.staff(request) as actor:
        last = bankid_phone.newest(actor=actor, booking=booking)
        why_not = bankid_phone.why_not(actor=actor, booking=booking)
    now = refusal or (shown(last[1]) if last else refused(why_not) if why_not else None)
    context = {"booking": booking, "now": now, "may_ask": not why_not}
    return render(request, "identity/bankid_phone.html", context, status=409 if refusal else 200)


@require_POST
def ask(request: HttpRequest, booking: UUID) -> HttpResponse:
    """How it stands: for the page's module as JSON, for its button by the page."""
    with pages.staff(request) as actor:
        last = bankid_phone.newest(actor=actor, booking=booking)
    if last is None:
        raise NotAllowed(bankid_phone.ACTION)
    answered = bankid_phone.ask_by_phone(actor=actor, booking=booking, attempt=last[0])
    page = reverse("identity:bankid_phone", args=[booking])
    if "by_hand" in request.POST:
        return redirect(page)
    waits = answered.state == bankid_phone.WAITING
    return JsonResponse({"text": shown(answered).text, "go": "" if waits else page})


def _start(request: HttpRequest, booking: UUID) -> Shown | None:
    """Ask once more; the words when that is refused."""
    with pages.staff(request) as actor:
        pass
    try:
        bankid_phone.start_by_phone(actor=actor, booking=booking, initiator=request.POST.get("initiator", ""))
    except PhoneRefused as error:
        return refused(error.code)
    return None
