"""The page of somebody whose ID an officer has seen: a number to say, a code to type."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from identity import pages, vouching
from identity.errors import SignInRefused

WRONG = _("Koden stämmer inte. Be handläggaren läsa den en gång till.")


class CodeForm(forms.Form):
    """The six digits that the officer said."""

    code = forms.RegexField(
        r"\A\s*[0-9]{3}[\s-]?[0-9]{3}\s*\Z",
        label=_("Koden du fick av handläggaren"),
        max_length=12,
        error_messages={
            "required": _("Skriv koden med sex siffror."),
            "invalid": _("Skriv koden med sex siffror."),
            "max_length": _("Skriv koden med sex siffror."),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """/logga-in/kod/: a POST asks for a number, or tries the code; the form stays while there are tries left."""
    municipality = pages.municipality_of(request).id
    form = CodeForm(request.POST if "code" in request.POST else None)
    if request.method == "POST" and not form.is_bound:
        vouching.ask(request=request, municipality=municipality)
        return redirect("identity:code")
    if form.is_bound and form.is_valid() and _entered(request, municipality, form):
        return redirect("booking:mine")
    number = vouching.shown(request=request, municipality=municipality)
    errors = [(form[name].auto_id, str(faults[0])) for name, faults in form.errors.items()]
    context = {"number": f"{number[:3]} {number[3:]}" if number else "", "form": form, "errors": errors}
    return render(request, "identity/code.html", context, status=422 if errors else 200)


def _entered(request: HttpRequest, municipality: int, form: CodeForm) -> bool:
    try:
        vouching.enter(request=request, municipality=municipality, code=form.cleaned_data["code"])
    except SignInRefused as error:
        if error.code != "not_accepted":
            raise
        form.add_error("code", str(WRONG))
        return False
    return True
