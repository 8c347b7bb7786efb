"""Pages of signing in by BankID: start, wait, come back, leave. What changes anything is sent by POST."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.bankid_presenters import Waiting, answer, waiting
from identity.errors import SignInRefused
from identity.pages import municipality_of
from identity.providers import bankid_orders, bankid_qr
from identity.providers.bankid_orders import Outcome
from identity.providers.bankid_words import OVER
from identity.sign_in import home, safe_next, ways_in


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Start an order by one of the municipality's BankID providers; asked for in another way, back to the ways in."""
    wanted = safe_next(request, request.POST.get("next", request.GET.get("next", "")), "")
    if request.method != "POST":
        return _ways_in(wanted)
    device, scripted = request.POST.get("device", ""), request.POST.get("scripted") == "1"
    try:
        bankid_orders.start(request=request, code=code, device=device, next_path=wanted, scripted=scripted)
    except SignInRefused as error:
        raise SignInRefused(error.code, wanted) from None
    return redirect("identity:bankid_wait")


@require_http_methods(["GET", "HEAD", "POST"])
def wait(request: HttpRequest) -> HttpResponse:
    """How it goes. The button asks anew, where no script does; a sign-in leads on."""
    if request.method == "POST":
        outcome = bankid_orders.ask(request=request)
        return _onwards(request, outcome) if outcome.state == "in" else redirect("identity:bankid_wait")
    outcome = bankid_orders.look(request=request)
    if outcome.state == "none":
        return HttpResponseRedirect(home(request)) if request.session.get("person") else _ways_in("")
    if outcome.state == "over" and outcome.code not in OVER:
        return _without_words(outcome)
    return render(request, "identity/bankid_wait.html", {"now": _shown(request, outcome)})


@require_POST
def poll(request: HttpRequest) -> HttpResponse:
    """What the page's module asks every other second. `go`: where to go, once there is nothing more to wait for."""
    outcome = bankid_orders.ask(request=request)
    if outcome.state == "in":
        return JsonResponse({"go": safe_next(request, outcome.next_path, home(request))})
    if outcome.state != "waiting":
        return JsonResponse({"go": reverse("identity:bankid_wait")})
    return JsonResponse(answer(_shown(request, outcome)))


@require_safe
def qr(request: HttpRequest) -> HttpResponse:
    """The QR code of this second; an answer without content when there is nothing to scan (any more)."""
    now = bankid_orders.qr_now(request=request)
    if now is None:
        return HttpResponse(status=204)
    return HttpResponse(bankid_qr.drawing(bankid_qr.text(*now)), content_type="image/svg+xml")


@require_safe
def returned_with(request: HttpRequest, nonce: str) -> HttpResponse:
    """Back from the app without scripts: the nonce stands in the address, and a button posts it."""
    return render(request, "identity/bankid_return.html", {"nonce": nonce})


@require_http_methods(["GET", "HEAD", "POST"])
def returned(request: HttpRequest) -> HttpResponse:
    """Back from the app: the page's module posts the nonce that stands in the fragment."""
    if request.method != "POST":
        return render(request, "identity/bankid_return.html")
    outcome = bankid_orders.accept(request=request, nonce=request.POST.get("nonce", "")[:100])
    return _onwards(request, outcome) if outcome.state == "in" else redirect("identity:bankid_wait")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End what was started, and back to the ways in."""
    wanted = safe_next(request, request.POST.get("next", ""), "")
    bankid_orders.leave(request=request)
    return _ways_in(wanted)


def _onwards(request: HttpRequest, outcome: Outcome) -> HttpResponse:
    return HttpResponseRedirect(safe_next(request, outcome.next_path, home(request)))


def _ways_in(wanted: str) -> HttpResponse:
    return HttpResponseRedirect(ways_in(wanted))


def _without_words(outcome: Outcome) -> HttpResponse:
    """What was wrong is not told: the one page of refusals says what to do. After leaving: the ways in."""
    if outcome.code == "cancelled":
        return _ways_in(outcome.next_path)
    raise SignInRefused(outcome.code, outcome.next_path)


def _shown(request: HttpRequest, outcome: Outcome) -> Waiting:
    agent = request.headers.get("User-Agent", "")
    return waiting(outcome, phone=municipality_of(request).phone, agent=agent)
