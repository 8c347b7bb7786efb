"""Pages of representatives: the resident's own, and where staff writes down what they have seen."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from identity import access_log, limits, pages, policies, representing, representing_news
from identity.actors import Actor
from identity.errors import RepresentationRefused
from identity.policies import Facts
from identity.representing_forms import HelperForm, MandateForm
from identity.representing_presenters import line

_TYPED = 20  # numbers an hour that one person may type


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """/mina-tider/foretradare/: who helps me, whom I help; a POST names a helper, or says that the news is read."""
    if request.method == "POST" and request.POST.get("do") == "read":
        representing_news.put_aside(actor=_signed_in(request))
        return redirect("booking:mine")
    form = HelperForm(request.POST if request.method == "POST" else None)
    actor = _signed_in(request)
    if form.is_bound and form.is_valid() and _named(actor, form):
        return redirect("identity:representatives")
    context = _own(request) | {"form": form, "errors": _errors(form)}
    return render(request, "identity/representatives.html", context, status=422 if form.errors else 200)


@require_POST
def withdraw(request: HttpRequest, representation: UUID) -> HttpResponse:
    """One step, no reason; again answers the same."""
    representing.withdraw(actor=_signed_in(request), representation=representation)
    return redirect("identity:representatives")


@require_http_methods(["GET", "HEAD", "POST"])
def of_person(request: HttpRequest, person: UUID) -> HttpResponse:
    """/personer/<uuid>/foretradare/: a person's representatives; a POST writes one down."""
    form = MandateForm(request.POST if request.method == "POST" else None)
    with pages.staff(request) as actor:
        name = representing.may_see(actor, person).name
    if form.is_bound and form.is_valid() and _recorded(actor, person, form):
        return redirect("identity:representatives_of", person=person)
    with pages.staff(request) as actor:
        lines = _lines(actor, person)
    context = {"lines": lines, "form": form, "errors": _errors(form), "person": person, "name": name}
    return render(request, "identity/representatives_of.html", context, status=422 if form.errors else 200)


@require_POST
def end(request: HttpRequest, person: UUID, representation: UUID) -> HttpResponse:
    """/personer/<uuid>/foretradare/<uuid>/avsluta/: the person asked staff to end it."""
    with pages.staff(request) as actor:
        pass  # who acts is read in a transaction of its own
    representing.end_as_asked(actor=actor, principal=person, representation=representation)
    return redirect("identity:representatives_of", person=person)


def _signed_in(request: HttpRequest) -> Actor:
    with pages.signed_in(request) as actor:
        policies.require(actor, "representation.see", Facts(actor.municipality_id, person=actor.person_id))
        return actor


def _own(request: HttpRequest) -> dict[str, object]:
    with pages.signed_in(request) as actor:
        helps = representing.living(principal_id=actor.person_id)
        helped = [row for row in representing.living(representative_id=actor.person_id) if not row.principal.protected]
        seen = [row.representative_id for row in helps] + [row.principal_id for row in helped]
        access_log.record(actor=actor, action="representation.list", kind="person", objects=seen)
        today = representing.today()
        return {
            "helps": [line(row, today=today) for row in helps],
            "helped": [line(row, other=True, today=today) for row in helped],
        }


def _lines(actor: Actor, person: UUID) -> list[object]:
    rows = representing.living(principal_id=person)
    access_log.record(actor=actor, action="representation.list", kind="person", objects=[person])
    return [line(row, today=representing.today()) for row in rows]


def _named(actor: Actor, form: HelperForm) -> bool:
    limits.take(f"helper:{actor.person_id}", per_minute=_TYPED / 60, burst=_TYPED)
    try:
        representing.name_helper(actor=actor, **form.cleaned_data)
    except RepresentationRefused as error:
        form.refuse(error)
    return form.is_valid()


def _recorded(actor: Actor, person: UUID, form: MandateForm) -> bool:
    try:
        representing.record(actor=actor, mandate=form.mandate(person))
    except RepresentationRefused as error:
        form.refuse(error)
    return form.is_valid()


def _errors(form: forms.Form) -> list[tuple[str, str]]:
    return [(form[name].auto_id, str(faults[0])) for name, faults in form.errors.items() if name in form.fields]
