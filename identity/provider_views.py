"""/installningar/inloggning/: the ways to sign in, by an administrator."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from identity import pages, provider_desk, scope
from identity.account_forms import errors_of, posted
from identity.actors import Actor
from identity.errors import StaffRefused
from identity.models import IdentityProvider
from identity.provider_forms import SORTS, OidcForm, ProviderForm, Sort, form_of
from identity.provider_presenters import findings, line, sort_words


@require_http_methods(["GET", "HEAD"])
def everything(request: HttpRequest) -> HttpResponse:
    """All ways to sign in, and links to add one."""
    found = provider_desk.everything(actor=_administrator(request))
    sorts = [(name, _called(sort)) for name, sort in SORTS.items()]
    return render(request, "identity/providers.html", {"lines": [line(one) for one in found], "sorts": sorts})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, sort: str) -> HttpResponse:
    """A new way to sign in; it is off until it is switched on."""
    if sort not in SORTS:
        raise Http404
    actor = _administrator(request)
    provider_desk.everything(actor=actor)
    form = form_of(SORTS[sort], posted(request), made=False)
    if form.is_bound and form.is_valid() and _fits(request, form):
        try:
            made = provider_desk.add(actor=actor, kind=SORTS[sort].kind, values=form.values())
            return redirect("identity:provider", made.id)
        except StaffRefused:  # another one came first
            form.refuse_code()
    return _page(request, form, {"sort": _called(SORTS[sort])})


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, provider: UUID) -> HttpResponse:
    """One way to sign in; a POST changes its settings."""
    actor = _administrator(request)
    found = provider_desk.one(actor=actor, provider=provider)
    form = _form(found, posted(request))
    if form.is_bound and form.is_valid():
        provider_desk.change(actor=actor, provider=provider, values=form.values())
        return redirect("identity:provider", provider)
    return _page(request, form, _about(request, found))


@require_POST
def switch(request: HttpRequest, provider: UUID) -> HttpResponse:
    """Offer it, or stop offering it."""
    enabled = request.POST.get("do") == "enable"
    provider_desk.switch(actor=_administrator(request), provider=provider, enabled=enabled)
    return redirect("identity:provider", provider)


@require_POST
def attempt(request: HttpRequest, provider: UUID) -> HttpResponse:
    """Ask the provider for its metadata and keys now, and say in words what is wrong."""
    actor = _administrator(request)
    found = provider_desk.one(actor=actor, provider=provider)
    tried = findings(provider_desk.faults(actor=actor, provider=provider))
    return _page(request, _form(found, None), _about(request, found) | {"tried": True, "findings": tried})


def _administrator(request: HttpRequest) -> Actor:
    with pages.staff(request) as actor:
        return actor


def _form(found: IdentityProvider, data: Any) -> ProviderForm:  # noqa: ANN401 - QueryDict or nothing
    sort = Sort(found.kind, "staff" if found.for_staff else "residents")
    form = form_of(sort, data, made=True)
    form.initial = {name: getattr(found, name) for name in form.fields if name != "client_secret"}
    return form


def _called(sort: Sort) -> str:
    return str(sort_words(sort.kind, sort.who == "staff"))


def _fits(request: HttpRequest, form: ProviderForm) -> bool:
    """What only the municipality knows: codes that are taken, and addresses that may not be asked."""
    municipality = pages.municipality_of(request)
    with scope.transaction(municipality.id):
        if provider_desk.taken(form.values()["code"]):
            form.refuse_code()
    fault = provider_desk.may_be_asked(form.cleaned_data["issuer"], municipality) if isinstance(form, OidcForm) else ""
    if fault and isinstance(form, OidcForm):
        form.refuse_issuer(fault)
    return not form.errors


def _about(request: HttpRequest, found: IdentityProvider) -> dict[str, Any]:
    back, out = (reverse(f"identity:oidc_{name}", args=[found.code]) for name in ("callback", "logout"))
    addresses = [request.build_absolute_uri(path) for path in (back, out)] if found.kind == "oidc" else []
    about = {"line": line(found), "sort": line(found).sort, "kind": found.kind, "waits": provider_desk.waits(found)}
    return about | {"issuer": found.issuer, "addresses": addresses, "last": provider_desk.last_of_staff(found)}


def _page(request: HttpRequest, form: ProviderForm, about: dict[str, Any]) -> HttpResponse:
    context = about | {"form": form, "errors": errors_of(form)}
    return render(request, "identity/provider.html", context, status=422 if form.errors else 200)
