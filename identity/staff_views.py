"""/installningar/personal/: who works here, by an administrator. Names at work and roles, nothing of any resident."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from identity import pages, staff_accounts
from identity.account_forms import errors_of, posted
from identity.actors import Actor
from identity.errors import StaffRefused
from identity.proposal_presenters import waits
from identity.staff_accounts import Account
from identity.staff_forms import OpenAccountForm, RoleForm
from identity.staff_presenters import REFUSED, account_line, booked_words, closed_words, held

_NOTICE = "staff_notice"  # once, what was just done


@require_http_methods(["GET", "HEAD", "POST"])
def everybody(request: HttpRequest) -> HttpResponse:
    """All accounts, and a form for a new one; its invitation is shown once, in the answer."""
    actor, municipality = _administrator(request), pages.municipality_of(request)
    form = OpenAccountForm(posted(request), units=staff_accounts.units(actor=actor))
    if form.is_bound and form.is_valid():
        opened = staff_accounts.open_account(actor=actor, municipality=municipality, **form.cleaned_data)
        return _code(request, opened.person, form.cleaned_data["name"], opened.code, waits=True)
    lines = [account_line(account) for account in staff_accounts.everybody(actor=actor)]
    context = {"lines": lines, "form": form, "errors": errors_of(form)}
    return render(request, "identity/staff.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, person: UUID) -> HttpResponse:
    """One account; a POST does what its button says."""
    actor = _administrator(request)
    form = RoleForm(_role_given(request), units=staff_accounts.units(actor=actor))
    if request.POST.get("do") == "close" and request.POST.get("sure") != "yes" and person != actor.person_id:
        return _ask(request, actor, person)
    refused = _done(request, actor, person, form) if request.method == "POST" else ""
    if request.method == "POST" and not refused and not form.errors:
        return redirect("identity:staff_one", person=person)
    return _account(request, actor, staff_accounts.one(actor=actor, person=person), form, refused)


def _account(request: HttpRequest, actor: Actor, account: Account, form: forms.Form, refused: str) -> HttpResponse:
    context = {"line": account_line(account), "held": held(account), "form": form, "errors": errors_of(form)}
    context |= {"refused": refused, "own": account.person == actor.person_id}
    context |= {"waiting": [waits(row) for row in account.waiting]}
    context |= {"done": closed_words(account) if request.session.pop(_NOTICE, "") else ""}
    return render(request, "identity/staff_one.html", context, status=422 if request.method == "POST" else 200)


def _ask(request: HttpRequest, actor: Actor, person: UUID) -> HttpResponse:
    """Before an account is closed: what is booked with them."""
    account = staff_accounts.one(actor=actor, person=person)
    context = {"line": account_line(account), "booked": booked_words(account)}
    return render(request, "identity/staff_close.html", context)


@require_POST
def invite(request: HttpRequest, person: UUID) -> HttpResponse:
    """A new invitation, shown once; or a question to a second person."""
    actor = _administrator(request)
    account = staff_accounts.one(actor=actor, person=person)
    try:
        code = staff_accounts.invite(actor=actor, municipality=pages.municipality_of(request), person=person)
    except StaffRefused:
        code = ""
    return _code(request, person, account.name, code) if code else redirect("identity:staff_one", person=person)


def _administrator(request: HttpRequest) -> Actor:
    with pages.staff(request) as actor:
        return actor


def _role_given(request: HttpRequest) -> Any:  # noqa: ANN401 - QueryDict or nothing
    return request.POST if request.method == "POST" and request.POST.get("do") == "give" else None


def _code(request: HttpRequest, person: UUID, name: str, code: str, *, waits: bool = False) -> HttpResponse:
    shown = {"person": person, "name": name, "code": code, "waits": waits}
    return render(request, "identity/staff_invited.html", shown)


def _done(request: HttpRequest, actor: Actor, person: UUID, form: forms.Form) -> str:
    """Do what the button says; why it was refused, or nothing. Faults of the form stand in the form."""
    do = request.POST.get("do", "")
    try:
        if do == "give" and form.is_valid():
            staff_accounts.give_role(actor=actor, person=person, **form.cleaned_data)
        elif do == "take":
            staff_accounts.take_role(actor=actor, person=person, membership=_id(request.POST.get("role", "")))
        elif do == "close":
            staff_accounts.close_account(actor=actor, person=person)
            request.session[_NOTICE] = "closed"
        elif do == "reopen":
            staff_accounts.reopen_account(actor=actor, person=person)
    except StaffRefused as error:
        return str(REFUSED[error.code])
    return ""


def _id(text: str) -> UUID:
    """An id of a form; one that is none names nothing."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
