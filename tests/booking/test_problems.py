"""Every refusal is a problem document with a page in plain words, and says nothing of anybody."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import OperationalError, ProgrammingError
from django.http import Http404
from django.test import Client, RequestFactory
from django.utils import translation
from rest_framework import exceptions
from rest_framework.request import Request

from booking import errors, problems
from booking.problem_texts import PROBLEMS, problem_of
from booking.slots import Slot
from identity.errors import Limited, NotAllowed
from identity.models import Municipality
from tests.booking.documented import closed, document


def every(root: type[errors.BookingError]) -> list[type[errors.BookingError]]:
    """All errors below a root of the tree."""
    return [kind for child in root.__subclasses__() for kind in (child, *every(child))]


def answer(error: Exception, **headers: str) -> Any:  # noqa: ANN401 - DRF's Response
    """What the API answers when this is raised."""
    request = RequestFactory().get("/api/v1/slots", headers=headers)
    return problems.exception_handler(error, {"request": Request(request)})


TREE = [kind for kind in every(errors.BookingError) if kind.__module__ == errors.__name__]


@pytest.mark.parametrize("kind", TREE)
def test_every_booking_error_has_words_of_its_own(kind: type[errors.BookingError]) -> None:
    response = answer(kind())
    assert kind.code in PROBLEMS
    assert response.status_code == response.data["status"] == PROBLEMS[kind.code].status
    assert response.data["code"] == kind.code


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.LimitReached(limit="hold"), 429, "hold_limit"),
        (errors.LimitReached(limit="extension"), 409, "extension_limit"),
        (errors.LimitReached(limit="week"), 422, "week_limit"),
        (NotAllowed(), 404, "not_found"),
        (Http404("a name"), 404, "not_found"),
        (exceptions.NotFound("a name"), 404, "not_found"),
        (exceptions.ParseError("a name"), 400, "not_readable"),
        (exceptions.UnsupportedMediaType("text/a-name"), 415, "unsupported_media_type"),
        (OperationalError("a name"), 503, "busy"),
        (ProgrammingError("SELECT a name"), 500, "internal_error"),
        (KeyError("a name"), 500, "internal_error"),
    ],
)
def test_each_error_has_its_status_and_never_its_own_text(error: Exception, status: int, code: str) -> None:
    response = answer(error)
    assert (response.status_code, response.data["code"]) == (status, code)
    assert "name" not in json.dumps(response.data)


def test_a_lost_time_brings_the_nearest_ones() -> None:
    free = Slot.at(5_990_000, duration=6, form="video", calendars=(7,))
    response = answer(errors.SlotTaken(alternatives=(free,)))
    assert response.data["alternatives"] == [
        {"start": "2026-12-11T15:40:00+01:00", "end": "2026-12-11T16:10:00+01:00", "form": "video"}
    ]


@pytest.mark.parametrize(("error", "seconds"), [(errors.Busy(), "1"), (OperationalError(), "1"), (Limited(30), "30")])
def test_who_must_wait_is_told_how_long(error: Exception, seconds: str) -> None:
    assert answer(error)["Retry-After"] == seconds


def test_a_list_of_fields_points_at_each_of_them() -> None:
    error = exceptions.ValidationError({"parties": [{}, {"role": [exceptions.ErrorDetail("x", "invalid")]}]})
    assert answer(error).data["errors"] == [{"pointer": "#/parties/role", "code": "invalid"}]


def test_a_document_has_the_members_that_are_documented() -> None:
    described = closed(document()["components"]["schemas"]["ProblemAnswered"])
    members = answer(errors.Stale()).data
    assert set(described["required"]) == set(members)


def test_codes_and_words_are_given_once() -> None:
    assert len({problem.slug for problem in PROBLEMS.values()}) == len(PROBLEMS)
    assert problem_of("no_such_code") is PROBLEMS["internal_error"]


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_the_type_of_a_problem_leads_to_its_page(municipality: Municipality, code: str) -> None:
    page = Client().get(f"/problems/{PROBLEMS[code].slug}", follow=True, secure=True)
    assert page.status_code == 200
    assert str(PROBLEMS[code].detail) in page.content.decode()


def test_every_problem_is_told_in_english_as_well() -> None:
    with translation.override("en"):
        english = [(str(problem.title), str(problem.detail)) for problem in PROBLEMS.values()]
    swedish = [(str(problem.title), str(problem.detail)) for problem in PROBLEMS.values()]
    assert not {words for pair in english for words in pair} & {words for pair in swedish for words in pair}


def test_an_unknown_problem_has_no_page(municipality: Municipality) -> None:
    assert Client().get("/problems/no-such/", secure=True).status_code == 404
