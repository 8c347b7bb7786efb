"""Certificates of the fake service and of those who may ask it, in the files that Mötas reads."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme

NAME = "localhost"


@dataclass(frozen=True)
class Authorities:
    """Who vouches for the service, and who for its relying parties."""

    service: trustme.CA
    parties: trustme.CA

    @classmethod
    def made(cls) -> Authorities:
        """Two new ones."""
        return cls(trustme.CA(), trustme.CA())

    def context(self) -> ssl.SSLContext:
        """The service's: it refuses whoever has no certificate of a relying party."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.service.issue_cert(NAME, "127.0.0.1").configure_cert(context)
        self.parties.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
        return context

    def write(self, folder: Path, name: str = "test", *, by: trustme.CA | None = None) -> None:
        """The files of a relying party called `name`; `by`: vouched for by somebody else."""
        folder.mkdir(parents=True, exist_ok=True)
        party = (by or self.parties).issue_cert(f"{name}.exempelkommun.example")
        self.service.cert_pem.write_to_path(str(folder / "bankid-ca.pem"))
        chain = b"".join(blob.bytes() for blob in party.cert_chain_pems)
        (folder / f"bankid-{name}.pem").write_bytes(chain)
        party.private_key_pem.write_to_path(str(folder / f"bankid-{name}.key"))
