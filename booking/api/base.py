"""What every view of the API has: its token, its actor, and how a read and a change of time are done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from booking import idempotency
from booking.api.errors import KeyNeeded
from booking.api.parsing import Asked
from identity import access_log, actors, network, pages, scope
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import ApiToken
from identity.token_asking import Admitted

R = TypeVar("R")
A = TypeVar("A", bound=Asked)
_KEY = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"


class ApiView(APIView):
    """A view names its scope; `scope_to_change` is that of other methods than reading, where it is another one.

    `counts_as`: what a request that does not read counts as, `change` or `search`.
    """

    scope_needed: str
    scope_to_change = ""
    counts_as = "change"
    request: Request

    @property
    def token(self) -> ApiToken:
        """The token that was shown: permissions let nobody in without one."""
        return cast(Admitted, self.request.auth).token

    @property
    def municipality(self) -> int:
        """The municipality of the host, and so of the token."""
        return pages.municipality_of(self.request._request).id

    def actor(self, on_behalf_of: UUID | None = None) -> Actor:
        """The system that asks."""
        return actors.of_token(self.token, network=network.address_of(self.request._request), on_behalf_of=on_behalf_of)

    def shows_calendars(self) -> bool:
        """True when the token may know whose time it is."""
        return "calendars:read" in self.token.scopes

    def query(self, shape: type[A]) -> A:
        """The address's parameters, read. Raises `ValidationError`."""
        asked = shape(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return asked

    def query_nothing(self) -> None:
        """The address has no parameters. Raises `ValidationError`."""
        self.query(Asked)

    def body(self, shape: type[A]) -> A:
        """The body, read; none at all is an empty object. Raises `ValidationError`, `ParseError`."""
        self.query_nothing()
        asked = shape(data=self.request.data if self._has_body() else {})
        asked.is_valid(raise_exception=True)
        return asked

    def key(self) -> str:
        """The idempotency key. Raises `KeyNeeded`."""
        said = self.request.headers.get(_KEY, "")
        if not 16 <= len(said) <= 64 or not (said.isascii() and said.isprintable()):
            raise KeyNeeded
        return said

    def changed(self, change: Callable[[str], R], shown: Callable[[R], dict[str, Any]], *, status: int) -> Response:
        """Do `change` under the request's key, and answer with what it gave, `shown` anew from its rows.

        The same key again does nothing and answers the same, and says so in a header. Raises `KeyReused` when the key
        came with another method, path or body.
        """
        key = self.key()
        with idempotency.of_request(self._digest(), status) as seen:
            made = change(key)
        answer = Response(shown(made), status=seen.status)
        if seen.replayed:
            answer[REPLAYED] = "true"
        return answer

    def _digest(self) -> bytes:
        said = self.request.data if self._has_body() else {}
        canonical = json.dumps(said, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(f"{self.request.method} {self.request.path}\n{canonical}".encode()).digest()

    def _has_body(self) -> bool:
        return self.request.META.get("CONTENT_LENGTH") not in (None, "", "0")


def idempotency_key() -> OpenApiParameter:
    """How the header is described in the document."""
    return OpenApiParameter(
        _KEY,
        {"type": "string", "minLength": 16, "maxLength": 64, "pattern": "^[ -~]+$"},
        OpenApiParameter.HEADER,
        required=True,
        description="New for every change, the same when it is sent again. Kept for 24 hours.",
    )


@contextmanager
def reading(actor: Actor) -> Iterator[None]:
    """A transaction to read in; a refused try is written down after it."""
    try:
        with scope.transaction(actor.municipality_id):
            yield
    except NotAllowed as error:
        access_log.record_refusal(error)
        raise
