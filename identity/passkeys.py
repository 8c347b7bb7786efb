"""Keys of the staff (WebAuthn level 2): registering one, and signing in by one.

The challenge of every try is a row bound to the browser that asked (`identity.attempts`), answered once. The relying
party is the host that was asked, without its port; the origin must be the request's own, exactly; the person must have
been verified by the device (PIN, finger, face). Whatever is wrong with an answer, the refusal is the same.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, cast

from cryptography.exceptions import InvalidSignature
from django.http import HttpRequest
from fido2 import cbor
from fido2.cose import RS256, CoseKey
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationConveyancePreference,
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from identity import attempts
from identity.models import Municipality, Passkey, Person, SignInAttempt

LIVES: Final = timedelta(minutes=5)
SIGNING_IN, REGISTERING = "key_in", "key_new"
ALGORITHMS: Final = (-7, -8, -257)  # ES256, EdDSA, RS256 (IANA COSE algorithms)
_LONGEST: Final = 20_000
_VERIFIED: Final = UserVerificationRequirement.REQUIRED


class NotProven(ValueError):
    """An answer that proves nothing. The text is for a debugger's eyes: it is neither shown nor logged."""


@dataclass(frozen=True)
class NewKey:
    """A registered key: its id and public half (COSE), and how often it was used."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def ask(request: HttpRequest, municipality: Municipality) -> dict[str, Any]:
    """What the browser is asked to sign in with: any key of this host. Needs an open scope."""
    challenge = secrets.token_bytes(32)
    options, _ = _server(request, municipality).authenticate_begin(user_verification=_VERIFIED, challenge=challenge)
    attempts.start(request=request, kind=SIGNING_IN, secret=websafe_encode(challenge), lives=LIVES)
    return dict(options)


def ask_to_register(request: HttpRequest, municipality: Municipality, person: Person, name: str) -> dict[str, Any]:
    """What the browser is asked to make: a key for `person`, none that they have already. Needs an open scope."""
    challenge = secrets.token_bytes(32)
    options, _ = _server(request, municipality).register_begin(
        PublicKeyCredentialUserEntity(id=person.id.bytes, name=name, display_name=name),
        credentials=[
            PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=bytes(one.credential_id))
            for one in Passkey.objects.filter(person=person)
        ],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=_VERIFIED,
        challenge=challenge,
    )
    attempts.start(request=request, kind=REGISTERING, secret=websafe_encode(challenge), lives=LIVES, person=person)
    return dict(options)


def challenge_of(answer: str) -> str:
    """The challenge that an answer says it answers, as it was given out. Raises `NotProven`."""
    try:
        client_data = json.loads(_bytes(_read(answer)["response"]["clientDataJSON"]))
        return websafe_encode(_bytes(client_data["challenge"]))
    except Exception as error:
        raise NotProven from error


def find(request: HttpRequest, kind: str, answer: str) -> SignInAttempt:
    """The open try that an answer belongs to, started in this browser; locked. Raises `NotProven`."""
    attempt = attempts.find(kind, challenge_of(answer))
    if attempt is None or not attempts.same_browser(attempt, request):
        raise NotProven("no such try")
    return attempt


def registered(request: HttpRequest, municipality: Municipality, answer: str) -> NewKey:
    """The key that an answer registers. Raises `NotProven`."""
    try:
        response = RegistrationResponse.from_dict(_read(answer))
        _from_own_page(response.response.client_data)
        data = _server(request, municipality).register_complete(_state(challenge_of(answer)), response)
        made = _of_known_kind(data.credential_data)
        return NewKey(made.credential_id, cbor.encode(dict(made.public_key)), data.counter)
    except Exception as error:
        raise NotProven from error


def credential_of(answer: str) -> bytes:
    """The id of the key that an answer is signed with. Raises `NotProven`."""
    try:
        return _bytes(_read(answer)["rawId"])
    except Exception as error:
        raise NotProven from error


def proven(request: HttpRequest, municipality: Municipality, answer: str, key: Passkey) -> int:
    """Check that `key` signed the answer; the count of its uses that the device tells. Raises `NotProven`."""
    try:
        response = AuthenticationResponse.from_dict(_read(answer))
        _from_own_page(response.response.client_data)
        public = CoseKey.parse(cast(Mapping[int, Any], cbor.decode(bytes(key.public_key))))
        known = AttestedCredentialData.create(Aaguid.NONE, bytes(key.credential_id), public)
        _server(request, municipality).authenticate_complete(_state(challenge_of(answer)), [known], response)
        handle = response.response.user_handle
        if handle is not None and handle != key.person_id.bytes:
            raise NotProven("another person's")
        data: AuthenticatorData = response.response.authenticator_data
        return data.counter
    except Exception as error:
        raise NotProven from error


def _server(request: HttpRequest, municipality: Municipality) -> Fido2Server:
    """The relying party: this host without its port, answering to its own origin only."""
    own = f"{request.scheme}://{request.get_host()}"
    server = Fido2Server(
        PublicKeyCredentialRpEntity(name=municipality.name, id=_host(request)),
        attestation=AttestationConveyancePreference.NONE,
        verify_origin=lambda origin: origin == own,
    )
    server.allowed_algorithms = [
        PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=alg) for alg in ALGORITHMS
    ]
    server.timeout = int(LIVES.total_seconds() * 1000)  # type: ignore[assignment]  # fido2 says None only
    return server


def _host(request: HttpRequest) -> str:
    """The host without its port."""
    return request.get_host().rsplit(":", 1)[0].lower()


def _state(challenge: str) -> dict[str, Any]:
    return {"challenge": challenge, "user_verification": _VERIFIED}


def _from_own_page(client_data: Any) -> None:  # noqa: ANN401 - fido2's own type, without types inside
    """A page of another site that frames ours gets nothing."""
    if client_data.cross_origin:
        raise NotProven("asked for in a frame")


def _of_known_kind(made: AttestedCredentialData | None) -> AttestedCredentialData:
    """Only what was asked for, and only a key that can be computed with at all."""
    if made is None or made.public_key.get(3) not in ALGORITHMS or not 16 <= len(made.credential_id) <= 1023:
        raise NotProven("another kind of key")
    if made.public_key[3] == RS256.ALGORITHM and not 256 <= len(made.public_key[-1]) <= 512:
        raise NotProven("RSA of another length than 2048 to 4096 bits")
    with suppress(InvalidSignature):
        made.public_key.verify(b"", b"")
    return made


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > _LONGEST:
        raise NotProven("too long")
    read = json.loads(answer)
    if not isinstance(read, dict):
        raise NotProven("no object")
    return read


def _bytes(text: object) -> bytes:
    return bytes(websafe_decode(str(text)))
