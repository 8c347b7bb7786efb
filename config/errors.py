"""Pages for what is not there and for what went wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from booking import problems

_API = "/api/"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The one 404 of everything: missing, foreign and forbidden look the same."""
    if request.path.startswith(_API):
        return problems.plain(request, "not_found")
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something failed on our side: say so, keep the telephone at hand, reveal nothing."""
    if request.path.startswith(_API):
        return problems.plain(request, "internal_error")
    return render(request, "500.html", status=500)
