"""The next request of the form fuzzer: a form of a page, an answer of a provider, or an address as it comes."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random
from typing import Any
from urllib.parse import parse_qsl, quote_from_bytes, urlsplit

from django.db import connections
from django.test import Client

from tests.programs import form_grammar, form_surface
from tests.programs.form_grammar import AS_IT_IS, Asked, Field, Value
from tests.programs.form_stage import Stage
from tests.programs.form_surface import Address, Shown

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|ex\.[\w-]+")
_TRIES = 12
_EVERYWHERE = ("/sprak/", "/lamna/", "/logga-ut/", "/logga-in/kvar/")
_RESIDENTS = ("resident", "sheltered", "proven", "holds", "books", "vouched", "anonymous")
_WORK = ("officer", "coordinator", "unit_manager", "administrator", "auditor", "opener")
_AT_WORK = {
    *("idag", "bokningar", "oppettider", "kalender", "personer", "installningar", "logg", "identiteter", "varningar"),
    *("nodoppning", "skyddade"),
}
_JSON = (
    "id",
    "rawId",
    "type",
    "response",
    "clientDataJSON",
    "attestationObject",
    "csp-report",
    "takeover",
    "body",
    "url",
)


class Cases:
    """Makes requests and sends them; remembers which forms a page showed to whom."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.addresses = stage, form_surface.addresses()
        self.names = (*form_surface.field_names(), *_JSON)
        self.others = stage.ids()
        self._forms: dict[tuple[str, str], list[Shown]] = {}

    def next(self, source: Random) -> tuple[str, str, Asked, str]:
        """Who asks, which address, what, and how it was made."""
        roll = source.random()
        address = source.choice(self.addresses)
        actor = self._actor(address, source)
        for _ in range(_TRIES if roll < 0.60 else 0):
            if found := self._form(actor, address, source):
                return actor, address.name, found, "form of a page"
            address = source.choice(self.addresses)
            actor = self._actor(address, source)
        if 0.60 <= roll < 0.63:
            return "anonymous", "identity:oidc_callback", self._answer(source), "answer of a provider"
        if 0.63 <= roll < 0.66:
            return self._token(source)
        return actor, address.name, self._bare(address, source), "address"

    def _actor(self, address: Address, source: Random) -> str:
        if source.random() < 0.3:
            return source.choice(self.stage.actors)
        if address.route.split("/")[0] in _AT_WORK:
            return source.choice(_WORK)
        if "bankid" in address.name and source.random() < 0.6:
            return "waits for BankID"
        return source.choice((*_RESIDENTS, "invited"))

    def _form(self, actor: str, address: Address, source: Random) -> Asked | None:
        """A form that the address shows to this actor, with something changed."""
        path = self.stage.path(address, source)
        if (actor, path) not in self._forms:
            page = self.stage.client(actor).get(path, secure=True)
            whole = not page.streaming and page.status_code < 500 and "html" in page.get("Content-Type", "")
            self._forms[actor, path] = form_surface.forms_of(path, page.content.decode()) if whole else []
        forms = self._forms[actor, path]
        own = [one for one in forms if one.path not in _EVERYWHERE] or (forms if source.random() < 0.05 else [])
        if not own:
            return None
        form = source.choice(own)
        fields, said = form_grammar.spoilt(form.fields, source, self.others, self.names)
        asked = self._written(form.method, form.path, fields, source, said)
        return replace(asked, query=asked.query or form.query.encode())

    def _written(self, method: str, path: str, fields: list[Field], source: Random, said: str) -> Asked:
        if method == "GET":
            return Asked(method, path, form_grammar.encoded(fields), said=said)
        body, kind, done = form_grammar.body_of(fields, source)
        query = form_grammar.encoded(fields) if source.random() < 0.05 else b""
        return Asked(method, path, query, body, kind, said=f"{said} {done}".strip())

    def _bare(self, address: Address, source: Random) -> Asked:
        """Fields that some form has, sent to an address whose parts are now and then something else."""
        values = {part: self.stage.values(part, kind, source) for part, kind in address.parts.items()}
        said = []
        if values and source.random() < 0.4:
            part, odd = source.choice(sorted(values)), source.choice((*form_grammar.SHORT, *self.others))
            values[part] = quote_from_bytes(odd.octets, safe="")
            said.append(f"<{part}>={odd.label}")
        names = source.sample(self.names, source.randint(0, 6))
        fields = [Field(name, self._odd(source), source.random() < 0.05) for name in names]
        said += [f"{one.name}={one.value.label}" for one in fields]
        method = source.choice(("POST", "POST", "POST", "GET", "GET", "HEAD", "PUT", "OPTIONS"))
        return self._written(method, address.path(values), fields, source, " ".join(said) or AS_IT_IS)

    def _odd(self, source: Random) -> Value:
        return source.choice(self.others) if source.random() < 0.2 else source.choice(form_grammar.ODD)

    def _answer(self, source: Random) -> Asked:
        """What comes back from the OpenID provider to a browser that was sent there, with something changed."""
        browser = self.stage.client("anonymous", f"10.{source.randrange(256)}.{source.randrange(256)}.9")
        sent = browser.get("/logga-in/oidc/eleg/", secure=True)
        where = (
            self.stage.peer.come_back(str(sent["Location"])) if sent.status_code == 302 else "/logga-in/oidc/eleg/svar/"
        )
        back = [Field(name, Value(AS_IT_IS, text.encode())) for name, text in parse_qsl(urlsplit(where).query)]
        fields, said = form_grammar.spoilt(back, source, self.others, ("error", "error_description", *self.names))
        self._browser = browser
        return Asked("GET", urlsplit(where).path, query=form_grammar.encoded(fields), said=f"{said} (came back)")

    def _token(self, source: Random) -> tuple[str, str, Asked, str]:
        """A provider's word that somebody signed out, or a claim of its token, with something changed."""
        odd = [value.octets.decode("utf-8", "replace") for value in form_grammar.SHORT]
        claim = source.choice(("iss", "aud", "iat", "exp", "jti", "sub", "sid", "events", "nonce"))
        value: Any = source.choice((None, [], {}, -1, 1e308, 2**70, True, source.choice(odd), [source.choice(odd)]))
        right = {"iss": self.stage.peer.issuer, "aud": "motas", "iat": 1, "exp": 2**33, "jti": "x", "sub": "invanare-1"}
        events: dict[str, Any] = {"http://schemas.openid.net/event/backchannel-logout": {}}
        token = self.stage.peer.signed(right | {"events": events} | {claim: value})
        fields, said = form_grammar.spoilt(
            [Field("logout_token", Value(f"{claim} changed", token.encode()))], source, self.others, self.names
        )
        asked = self._written("POST", "/logga-in/oidc/eleg/ut/", fields, source, f"{claim} changed; {said}")
        return "anonymous", "identity:oidc_logout", asked, "token of a provider"

    def send(self, actor: str, asked: Asked, source: Random) -> int:
        """Ask; the status."""
        headers: dict[str, Any] = form_grammar.odd_header(source) if source.random() < 0.1 else {}
        client = self._browser_of(actor, asked, source)
        # The test client's kind of request reads a query by the form's charset; the one that is served does not.
        query = asked.query.decode("latin-1") if "charset=" not in asked.type else ""
        answer = client.generic(
            asked.method, asked.path, asked.body, asked.type, secure=True, QUERY_STRING=query, **headers
        )
        for _ in answer:
            pass  # a feed is made while it is read
        answer.close()
        return int(answer.status_code)

    def _browser_of(self, actor: str, asked: Asked, source: Random) -> Client:
        if asked.said.endswith("(came back)"):
            return self._browser
        return self.stage.client(actor, f"10.{source.randrange(256)}.{source.randrange(256)}.7")

    def shape(self, path: str) -> str:
        """The path without whose it is."""
        return _ID.sub("<id>", path)[:160]

    def left_open(self) -> str:
        """The connections that are still inside a transaction, or cannot be used."""
        bad = []
        for alias in connections:
            one = connections[alias]
            raw = one.connection
            if raw is not None and (one.in_atomic_block or one.needs_rollback or raw.info.transaction_status != 0):
                bad.append(alias)
        return " ".join(bad)
