"""Finding one person, and their page: protection and named readers. Thin: parse, call, present."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from identity import pages, persons, policies, protection
from identity.actors import Actor
from identity.alert_presenters import object_code
from identity.person_forms import FindForm, FlagForm, ReaderForm
from identity.person_presenters import done_words, page_of, staff_choices
from identity.persons import SeenPerson
from identity.policies import Facts
from identity.reason_form import ReasonForm, reason_page

_ACTS: dict[str, tuple[Callable[..., None], str]] = {
    "set": (protection.set_flag, "satt"),
    "ask": (protection.ask_to_remove_flag, "fragat"),
    "confirm": (protection.confirm_removal, "borta"),
    "keep": (protection.keep_flag, "kvar"),
}


def find(request: HttpRequest) -> HttpResponse:
    """/personer/: by number or external id, sent as a form so that neither stands in an address."""
    with pages.staff(request) as actor:
        policies.require(actor, "person.find", Facts(actor.municipality_id))
    form = FindForm(request.POST if request.method == "POST" else None)
    missing = False
    if form.is_bound and form.is_valid():
        found = persons.find(actor=actor, **form.cleaned_data)
        if found is not None:
            return redirect("identity:person", found)
        missing = True
    errors = [(form[name].auto_id, str(faults[0])) for name, faults in form.errors.items()]
    context = {"form": form, "errors": errors, "missing": missing}
    return render(request, "identity/persons.html", context, status=422 if errors else 200)


def show(request: HttpRequest, person: UUID) -> HttpResponse:
    """/personer/<uuid>/: who it is and how they are sheltered; of a protected person first a page that asks why."""
    return _page(request, person)


def open_it(request: HttpRequest, person: UUID) -> HttpResponse:
    """/personer/<uuid>/oppna/: why? A POST opens."""
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        seen = _read(request, person)
        opens = seen is None or seen.opens
        return _closed(request, person, form) if opens else redirect("identity:person", person)
    persons.open_person(actor=_staff(request), person=person, reason=form.cleaned_data["reason"])
    return redirect("identity:person", person)


def flag(request: HttpRequest, person: UUID) -> HttpResponse:
    """/personer/<uuid>/skydd/: set a flag, ask to lift it, agree, or leave it."""
    form = FlagForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return redirect("identity:person", person)
    do = form.cleaned_data["do"]
    act, done = _ACTS[do]
    act(actor=_staff(request), person=person, flag=form.cleaned_data["flag"])
    return _back(request, person, done)


def reader(request: HttpRequest, person: UUID) -> HttpResponse:
    """/personer/<uuid>/lasare/: name a reader."""
    seen = _read(request, person) if request.method == "POST" else None
    if seen is None:
        return redirect("identity:person", person)
    form = ReaderForm(request.POST, staff=staff_choices(seen))
    if not form.is_valid():
        return _page(request, person, naming=form)
    protection.name_reader(actor=_staff(request), person=person, **form.cleaned_data)
    return _back(request, person, "namngiven")


def unname(request: HttpRequest, person: UUID, reader: UUID) -> HttpResponse:
    """/personer/<uuid>/lasare/<uuid>/: strike a reader out."""
    if request.method != "POST":
        return redirect("identity:person", person)
    protection.unname_reader(actor=_staff(request), person=person, reader=reader)
    return _back(request, person, "struken")


def _page(request: HttpRequest, person: UUID, *, naming: ReaderForm | None = None) -> HttpResponse:
    with pages.staff(request) as actor:
        seen = persons.see(actor, person)
    if seen is None:
        return _closed(request, person, ReasonForm())
    form = naming or ReaderForm(staff=staff_choices(seen))
    return _shown(request, actor, seen, form)


def _shown(request: HttpRequest, actor: Actor, seen: SeenPerson, form: ReaderForm) -> HttpResponse:
    errors = [(form[name].auto_id, str(faults[0])) for name, faults in form.errors.items()]
    page, code = page_of(seen, actor.person_id), pages.just_done(request)
    code = "" if code == "satt" and page.whole and not page.protected else code
    unnamed = page.whole and page.protected and not page.readers
    context = {"page": page, "form": form, "errors": errors, "done": done_words(code, unnamed=unnamed)}
    context |= {"name_now": unnamed and code == "satt"}
    return render(request, "identity/person.html", context, status=422 if errors else 200)


def _closed(request: HttpRequest, person: UUID, form: ReasonForm) -> HttpResponse:
    action = reverse("identity:person_open", args=[person])
    shown = reason_page(form, code=object_code(person), action=action, back=reverse("identity:persons"))
    return render(request, "identity/ask_reason.html", shown, status=422 if form.errors else 200)


def _read(request: HttpRequest, person: UUID) -> SeenPerson | None:
    """The person, or None when it is closed until a reason is given."""
    with pages.staff(request) as actor:
        return persons.see(actor, person)


def _staff(request: HttpRequest) -> Actor:
    with pages.staff(request) as actor:
        return actor


def _back(request: HttpRequest, person: UUID, done: str) -> HttpResponse:
    return pages.done(request, reverse("identity:person", args=[person]), done)
