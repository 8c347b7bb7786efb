"""Pages of text: accessibility, and what happens with personal data."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from booking.methods import to_read


@to_read
def accessibility(request: HttpRequest) -> HttpResponse:
    """How accessible the service is, and where to tell of what is not (lag 2018:1937, 14 §)."""
    return render(request, "booking/accessibility.html")


@to_read
def your_data(request: HttpRequest) -> HttpResponse:
    """What is saved, who sees it and for how long (GDPR, articles 13 and 14)."""
    return render(request, "booking/your_data.html")
