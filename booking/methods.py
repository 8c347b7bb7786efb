"""Which methods an address takes. No answer is an empty page: what is asked for in another way is told in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def allowed(*methods: str) -> Callable[[View[P]], View[P]]:
    """An address that takes these methods; others get a page that says so, with `Allow` (RFC 9110, 15.5.6)."""

    def wrap(view: View[P]) -> View[P]:
        limited = require_http_methods(list(methods))(view)

        @wraps(view)
        def respond(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            response = limited(request, *args, **kwargs)
            if not isinstance(response, HttpResponseNotAllowed):
                return response
            page = render(request, "405.html", status=405)
            page["Allow"] = response["Allow"]
            return page

        return respond

    return wrap


def only_post(page: str) -> Callable[[View[P]], View[P]]:
    """An address that takes a form of the page `page`: asked for in any other way, it leads back there.

    That is how a form that was sent after the sign-in ran out comes back: sign-in knows addresses only.
    """

    def wrap(view: View[P]) -> View[P]:
        @wraps(view)
        def respond(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            query = request.META.get("QUERY_STRING", "")
            return HttpResponseRedirect(f"{reverse(page)}?{query}" if query else reverse(page))

        return respond

    return wrap


to_read = allowed("GET", "HEAD")
to_read_and_write = allowed("GET", "HEAD", "POST")
