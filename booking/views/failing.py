"""When the free times cannot be read: the page says so, with the telephone and a way to try again."""

from __future__ import annotations

import functools
import logging

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from booking.errors import Busy
from booking.methods import P, View

_log = logging.getLogger(__name__)


def told_when_it_fails(view: View[P]) -> View[P]:
    """A page of free times: 503 with the same address to try again, when the database does not answer in time."""

    @functools.wraps(view)
    def respond(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (OperationalError, InterfaceError, Busy) as error:
            _log.warning("free times could not be read: %s", type(error).__name__)
            response = render(request, "booking/no_answer.html", {"again": request.get_full_path()}, status=503)
            response["Retry-After"] = str(Busy.retry_after_seconds)
            return response

    return respond
