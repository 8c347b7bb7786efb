"""The pages of the log review: the list, one review, its samples one by one, and the signing. Thin."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from identity import log_review, pages, policies, review_presenters
from identity.actors import Actor
from identity.errors import NotAllowed, ReviewRefused
from identity.policies import Facts
from identity.review_forms import SignForm, verdicts_in


def reviews(request: HttpRequest) -> HttpResponse:
    """/logg/: the reviews of the reader's units."""
    with pages.staff(request) as actor:
        policies.require(actor, "log.list", Facts(actor.municipality_id))
        rows = review_presenters.review_rows(log_review.reviews_of(actor), timezone.localdate())
    return render(request, "identity/reviews.html", {"rows": rows})


def review(request: HttpRequest, review: UUID) -> HttpResponse:
    """/logg/<uuid>/: what is to be judged; a POST saves the verdicts of the table."""
    if request.method != "POST":
        return _page(request, review)
    refused = _judged(_staff(request), review, verdicts_in(request.POST.dict()))
    if refused:
        return _page(request, review, refused)
    return pages.done(request, reverse("identity:review", args=[review]), "sparat")


def sample(request: HttpRequest, review: UUID, pick: UUID) -> HttpResponse:
    """/logg/<uuid>/<uuid>/: one sample; a POST judges it and goes on to the next."""
    verdict = request.POST.get("verdict", "")
    if verdict in log_review.VERDICTS:
        refused = _judged(_staff(request), review, {pick: verdict})
        return _page(request, review, refused) if refused else redirect("identity:review_next", review=review)
    with pages.staff(request) as actor:
        page = review_presenters.sample_page(log_review.open_review(actor, review), pick)
        if page is None:
            raise NotAllowed("log.see")
    return render(request, "identity/review_sample.html", {"page": page})


def next_sample(request: HttpRequest, review: UUID) -> HttpResponse:
    """/logg/<uuid>/nasta/: to the next sample that the reader may judge, else back to the review."""
    with pages.staff(request) as actor:
        after = log_review.next_sample(actor, review)
    if after is None:
        return redirect("identity:review", review=review)
    return redirect("identity:review_sample", review=review, pick=after)


def sign(request: HttpRequest, review: UUID) -> HttpResponse:
    """/logg/<uuid>/signera/: a POST signs; asked for in another way it leads to the review."""
    if request.method != "POST":
        return redirect("identity:review", review=review)
    if not SignForm(request.POST).is_valid():
        return _page(request, review, "unread")
    try:
        log_review.sign(actor=_staff(request), review=review)
    except ReviewRefused as refused:
        return _page(request, review, refused.code)
    return redirect("identity:review", review=review)


def _judged(actor: Actor, review: UUID, verdicts: Mapping[UUID, str]) -> str:
    """Save verdicts; the code of what is in the way, or ""."""
    try:
        if verdicts:
            log_review.judge(actor=actor, review=review, verdicts=verdicts)
    except ReviewRefused as refused:
        return refused.code
    return ""


def _page(request: HttpRequest, review: UUID, refused: str = "") -> HttpResponse:
    with pages.staff(request) as actor:
        page = review_presenters.review_page(log_review.open_review(actor, review))
    context = {
        "page": page,
        "verdicts": review_presenters.verdicts(),
        "errors": review_presenters.errors(refused, page),
        "saved": pages.just_done(request) == "sparat",
    }
    return render(request, "identity/review.html", context, status=422 if refused else 200)


def _staff(request: HttpRequest) -> Actor:
    """Who acts, read in a transaction of its own: a use case opens another."""
    with pages.staff(request) as actor:
        return actor
