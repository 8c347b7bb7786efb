"""E-mail with an invitation: the tree of parts that calendar programs understand (RFC 6047, section 2.4).

multipart/mixed
├─ multipart/alternative
│  ├─ text/plain
│  ├─ text/html
│  └─ text/calendar; method=…        base64, no Content-Disposition
└─ application/ics                   attachment, the same octets
"""

from __future__ import annotations

import smtplib
from email import encoders
from email.headerregistry import Address
from email.message import Message as Part
from email.mime.base import MIMEBase
from email.utils import format_datetime

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

from notifications.senders import Outgoing, SendFailed

_FILE = "invite.ics"
_CLOSING = 421  # the server closes the connection, to whomever the mail was (RFC 5321, section 3.8)


class InvitationMail(EmailMultiAlternatives):
    """Django's own would send the calendar part as 8bit with bare line feeds; this one packs it untouched."""

    def __init__(self, outgoing: Outgoing) -> None:
        """Text, HTML and, where there is one, the invitation in both places."""
        name, mailbox = outgoing.sender
        own = str(Address(name, addr_spec=mailbox))
        super().__init__(
            subject=outgoing.subject,
            body=outgoing.text,
            from_email=own,
            to=[outgoing.to],
            reply_to=[own],  # never a unit's: its address would tell whom somebody meets
            headers={
                "Message-ID": f"<{outgoing.id}@{outgoing.host}>",
                "Date": format_datetime(outgoing.made_at),
                "Auto-Submitted": "auto-generated",
                "Content-Language": outgoing.language,
            },
        )
        self.attach_alternative(outgoing.html, "text/html")
        self._method, self._invitation = outgoing.method, outgoing.invitation
        if self._invitation:
            self.attach(_attached(self._invitation))

    def message(self) -> Part:  # type: ignore[override]  # Django's is a subclass of the same class
        """The whole mail; the calendar part comes last among the alternatives."""
        made: Part = super().message()
        if self._invitation:
            alternatives = made.get_payload(0)
            alternatives.attach(_inline(self._invitation, self._method))  # type: ignore[union-attr]
        return made


def _inline(octets: bytes, method: str) -> MIMEBase:
    part = MIMEBase("text", "calendar", method=method, charset="UTF-8")
    return _packed(part, octets)


def _attached(octets: bytes) -> MIMEBase:
    part = _packed(MIMEBase("application", "ics", name=_FILE), octets)
    part.add_header("Content-Disposition", "attachment", filename=_FILE)
    return part


def _packed(part: MIMEBase, octets: bytes) -> MIMEBase:
    part.set_payload(octets)
    encoders.encode_base64(part)
    return part


class EmailSender:
    """Over SMTP, as the settings say. The backend is named here: tests must meet the real protocol."""

    def send(self, outgoing: Outgoing) -> None:
        """Hand one mail to the municipality's mail server. Raises `SendFailed`."""
        try:
            mail = InvitationMail(outgoing)
            mail.connection = EmailBackend()
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise SendFailed(str(code), permanent=code >= 500, recipient=code != _CLOSING) from None
        except smtplib.SMTPResponseException as error:
            raise SendFailed(str(error.smtp_code), permanent=False) from None
        except OSError as error:  # before ValueError: a certificate that fails is both, and no fault of the address
            raise SendFailed(type(error).__name__) from None
        except ValueError:
            raise SendFailed("address", permanent=True, recipient=True) from None
