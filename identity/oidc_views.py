"""The three addresses of a provider by OpenID Connect: begin, come back, and its own word that somebody signed out."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity import limits, oidc_logout, oidc_sign_in, pages
from identity.errors import SignInRefused
from identity.models import IdentityProvider
from identity.network import address_of
from identity.oidc_sign_in import SignedBy
from identity.sign_in import REFUSED, home, must_show_anew, safe_next, sign_in


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Send the browser to the provider. `next`: where to go after; `igen`: show anew who you are."""
    provider = _counted(request, code, "oidc")
    asked = request.POST or request.GET
    address = oidc_sign_in.begin(
        request=request,
        provider=provider,
        redirect_uri=request.build_absolute_uri(reverse("identity:oidc_callback", args=[code])),
        language=str(getattr(request, "LANGUAGE_CODE", "sv")),
        next_path=safe_next(request, asked.get("next", ""), "")[:300],
        fresh=must_show_anew(request),
    )
    return HttpResponseRedirect(address)


@require_GET
def callback(request: HttpRequest, code: str) -> HttpResponse:
    """What the browser brings back: signed in and onwards, or the one page of a refusal, at an address without it."""
    provider = _counted(request, code, "oidc answer")
    given, invited = _once(request), _invited(request)
    try:
        found = oidc_sign_in.finish(request=request, provider=provider, answer=given, invited=invited)
    except SignInRefused as error:
        request.session[REFUSED] = {"code": error.code, "next": error.next_path}
        return redirect("identity:refused")
    _sign_in(request, found)
    return HttpResponseRedirect(safe_next(request, found.next_path, home(request)))


def _sign_in(request: HttpRequest, found: SignedBy) -> None:
    sign_in(
        request,
        municipality=pages.municipality_of(request).id,
        person=found.person,
        provider=found.provider,
        level=found.level,
        proven=found.proven,
    )


@csrf_exempt
@require_POST
def logout(request: HttpRequest, code: str) -> HttpResponse:
    """The provider's own word; its token is the proof, there is no browser and no form (Back-Channel Logout, 2.5)."""
    provider = _provider(request, code)
    token = request.POST.get("logout_token", "")
    done = oidc_logout.end_sessions(provider=provider, token=token, address=address_of(request))
    return HttpResponse() if done else JsonResponse({"error": "invalid_request"}, status=400)


def _counted(request: HttpRequest, code: str, kind: str) -> IdentityProvider:
    limits.take_sign_in(kind, address_of(request), pages.municipality_of(request).id, limits.SIGNED)
    return _provider(request, code)


def _provider(request: HttpRequest, code: str) -> IdentityProvider:
    found = oidc_sign_in.provider_of(pages.municipality_of(request).id, code)
    if found is None:
        raise Http404
    return found


def _once(request: HttpRequest) -> dict[str, str]:
    """The parameters that came once: one that is there twice is as none (RFC 6749, 3.1)."""
    return {name: values[0] for name, values in request.GET.lists() if len(values) == 1 and isinstance(values[0], str)}


def _invited(request: HttpRequest) -> UUID | None:
    said = request.session.get("invited")
    return UUID(said) if said else None
