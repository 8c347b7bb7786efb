"""Pages of coming in: by key, by invitation, by the printed code; and getting a second way in."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from identity import key_sign_in, limits, network, own_keys, pages, staff_invitations
from identity.account_forms import CodeForm, KeyForm, errors_of, posted
from identity.account_presenters import REFUSED
from identity.actors import Actor
from identity.device_permissions import may_use_keys
from identity.device_words import device_words
from identity.errors import SignInNeeded, SignInRefused, StaffRefused
from identity.models import IdentityProvider, ProviderKind
from identity.sessions import forget_sign_in
from identity.sign_in import home_of, safe_next

_COMING = timedelta(minutes=30)
_both = require_http_methods(["GET", "HEAD", "POST"])


@may_use_keys
@_both
def sign_in(request: HttpRequest) -> HttpResponse:
    """/logga-in/nyckel/: sign in by a key of one's own."""
    wanted = safe_next(request, request.POST.get("next", request.GET.get("next", "")), "")
    if request.method != "POST":
        return render(request, "identity/passkey.html", {"next": wanted, "ready": "klar" in request.GET})
    answer = request.POST.get("answer", "")
    if not answer:
        return render(request, "identity/passkey.html", {"next": wanted, "unanswered": True}, status=422)
    try:
        key_sign_in.sign_in_by_key(request=request, municipality=pages.municipality_of(request), answer=answer)
    except SignInRefused as error:
        raise SignInRefused(error.code, wanted) from None
    return redirect(wanted or home_of(request))


@require_POST
def ask(request: HttpRequest) -> JsonResponse:
    """What the browser is asked to sign in with, as JSON."""
    return JsonResponse(key_sign_in.ask(request=request, municipality=pages.municipality_of(request)))


@_both
def invitation(request: HttpRequest) -> HttpResponse:
    """/logga-in/inbjudan/: the code that an administrator gave."""
    return _with_code(request, "invitation")


@_both
def recovery(request: HttpRequest) -> HttpResponse:
    """/logga-in/reservkod/: the printed code, when every key is lost."""
    return _with_code(request, "recovery")


@may_use_keys
@_both
def first_key(request: HttpRequest) -> HttpResponse:
    """/logga-in/ny-nyckel/: who came by a code registers a key, or goes on to the municipality's own provider."""
    municipality, person = pages.municipality_of(request), _coming(request)
    form = KeyForm(posted(request))
    if form.is_bound and form.is_valid() and form.cleaned_data["answer"]:
        own_keys.register_first(request=request, municipality=municipality, person=person, **_answered(request, form))
        forget_sign_in(request.session)
        return redirect(f"{reverse('identity:passkey')}?klar")
    context = {"form": form, "unanswered": form.is_bound, "errors": errors_of(form)} | _other_ways(request)
    return render(request, "identity/first_key.html", context, status=422 if form.is_bound else 200)


@require_POST
def ask_to_register(request: HttpRequest) -> HttpResponse:
    """What the browser is asked to make, as JSON: for who came by a code, else for who is signed in."""
    municipality = pages.municipality_of(request)
    limits.take_sign_in("passkey ask", network.address_of(request), municipality.id, limits.SIGNED)
    if request.session.get("invited") or request.session.get("recovering"):
        person = _coming(request)
        return JsonResponse(own_keys.ask_for_first(request=request, municipality=municipality, person=person))
    try:
        asked = own_keys.ask_for_another(request=request, actor=_who(request), municipality=municipality)
    except SignInNeeded:  # this address is no page to come back to
        return redirect(f"{reverse('identity:sign_in')}?next={reverse('identity:keys')}")
    return JsonResponse(asked)


@may_use_keys
@_both
def reserve(request: HttpRequest) -> HttpResponse:
    """/logga-in/reserv/: a second key or a printed code, before anything else."""
    actor, form = _who(request), KeyForm(posted(request))
    if not own_keys.signed_in_lately(actor):
        raise SignInNeeded
    if form.is_bound and form.is_valid() and _added(request, actor, form):
        return redirect(home_of(request))
    context = {"form": form, "unanswered": form.is_bound, "errors": errors_of(form)}
    return render(request, "identity/reserve.html", context, status=422 if form.is_bound else 200)


@_both
def recovery_code(request: HttpRequest) -> HttpResponse:
    """/inloggningar/reservkod/: what the code is for; a POST makes one and shows it, this once."""
    actor, municipality = _who(request), pages.municipality_of(request)
    if not own_keys.signed_in_lately(actor):
        raise SignInNeeded
    if request.method != "POST":
        return render(request, "identity/recovery_code.html")
    code = own_keys.new_code(actor=actor, municipality=municipality)
    _finished(request, actor)
    return render(request, "identity/recovery_code.html", {"code": code, "home": home_of(request)})


@may_use_keys
@_both
def keys(request: HttpRequest) -> HttpResponse:
    """/inloggningar/nycklar/: one's own keys; a POST adds, names or removes one."""
    actor, form = _who(request), KeyForm(posted(request))
    refused = _changed(request, actor, form) if form.is_bound and form.is_valid() else None
    if form.is_bound and refused is None and not form.errors:
        return redirect("identity:keys")
    context = _keys_of(request) | {"form": form, "errors": errors_of(form), "refused": refused}
    return render(request, "identity/keys.html", context, status=422 if form.is_bound else 200)


def _with_code(request: HttpRequest, page: str) -> HttpResponse:
    form = CodeForm(posted(request))
    if form.is_bound and form.is_valid() and _spent(request, page, form):
        return redirect("identity:first_key")
    context = {"form": form, "errors": errors_of(form)}
    return render(request, f"identity/{page}.html", context, status=422 if form.is_bound else 200)


def _spent(request: HttpRequest, page: str, form: CodeForm) -> bool:
    """Whether the code was good; one that was not stands in the form still, whatever was wrong. Raises `Limited`."""
    try:
        _spend(request, page, form.cleaned_data["code"])
    except SignInRefused:
        form.refuse()
        return False
    return True


def _spend(request: HttpRequest, page: str, code: str) -> None:
    """Use the code up, and let a new session know who came by it. Raises `SignInRefused` or `Limited`."""
    municipality = pages.municipality_of(request)
    limits.take_sign_in(page, network.address_of(request), municipality.id)
    spend = staff_invitations.spend_invitation if page == "invitation" else staff_invitations.spend_recovery
    person = spend(municipality=municipality, code=code)
    forget_sign_in(request.session)
    request.session["invited" if page == "invitation" else "recovering"] = str(person.id)
    request.session["came_at"] = timezone.now().isoformat()


def _coming(request: HttpRequest) -> UUID:
    """Who came by a code in this browser, within half an hour. Raises `SignInRefused("expired")`."""
    person = request.session.get("invited") or request.session.get("recovering")
    came_at = request.session.get("came_at")
    if not person or not came_at or timezone.now() - datetime.fromisoformat(came_at) > _COMING:
        raise SignInRefused("expired")
    return UUID(person)


def _other_ways(request: HttpRequest) -> dict[str, object]:
    """Whether keys are offered; and the municipality's own ways in for who was invited (a printed code makes a key)."""
    with pages.reading(request):
        rows = IdentityProvider.objects.filter(kind=ProviderKind.OIDC, for_staff=True, enabled=True)
        own = list(rows.only("id", "code", "name", "position")) if request.session.get("invited") else []
        return {"providers": own, "keys": own_keys.offered()}


def _who(request: HttpRequest) -> Actor:
    """Who is signed in as staff, also by their only key."""
    with pages.signed_in(request, unfinished=True) as actor:
        if not actor.is_staff and not request.session.get("unfinished"):
            raise SignInNeeded
        return actor


def _answered(request: HttpRequest, form: KeyForm) -> dict[str, str]:
    given = form.cleaned_data
    return {"answer": given["answer"], "name": given["name"] or device_words(request.headers.get("User-Agent", ""))}


def _added(request: HttpRequest, actor: Actor, form: KeyForm) -> bool:
    """One more key, if the browser answered. Raises `SignInNeeded` when that was too long ago."""
    if not own_keys.signed_in_lately(actor):
        raise SignInNeeded
    if not form.cleaned_data["answer"]:
        return False
    municipality = pages.municipality_of(request)
    own_keys.add(request=request, actor=actor, municipality=municipality, **_answered(request, form))
    _finished(request, actor)
    return True


def _finished(request: HttpRequest, actor: Actor) -> None:
    """Note whether there is a second way in by now."""
    if actor.person_id is not None:
        key_sign_in.finish(request, municipality=pages.municipality_of(request).id, person=actor.person_id)


def _changed(request: HttpRequest, actor: Actor, form: KeyForm) -> str | None:
    """Do what the page's button says; None, or why not."""
    do, key = request.POST.get("do", ""), _key(request)
    try:
        if do == "remove" and key is not None:
            own_keys.remove(actor=actor, key=key)
        elif do == "name" and key is not None:
            own_keys.rename(actor=actor, key=key, name=form.cleaned_data["name"])
        elif not _added(request, actor, form):
            return ""
    except StaffRefused as error:
        return str(REFUSED[error.code])
    return None


def _key(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def _keys_of(request: HttpRequest) -> dict[str, object]:
    with pages.signed_in(request, unfinished=True) as actor:
        ways = own_keys.seen(actor)
    lately = own_keys.signed_in_lately(actor)
    return {"keys": ways.keys, "code_made_at": ways.code_made_at, "one_can_go": ways.one_can_go, "lately": lately}
