"""The trial's mailbox page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from notifications import mailbox, presenters

_MOST = 50


@require_safe
def show_mailbox(request: HttpRequest) -> HttpResponse:
    """What the trial's mail server received, newest first."""
    mails = [presenters.mail(octets) for octets in mailbox.newest(settings.VAR, _MOST)]
    return render(request, "notifications/mailbox.html", {"mails": mails})
