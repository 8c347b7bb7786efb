"""The animated QR code of BankID: another text each second, computed here and never in the page. No framework.

BankID, RP interface 6.0, "QR code": `bankid.<qrStartToken>.<t>.<HMAC-SHA256(qrStartSecret, t) in hex>`, where t is
the number of whole seconds since the answer to the start of the order.
"""

from __future__ import annotations

import hashlib
import hmac
import io

import segno


def text(token: str, secret: str, seconds: int) -> str:
    """What the code says `seconds` whole seconds after the order was started."""
    code = hmac.new(secret.encode(), str(seconds).encode(), hashlib.sha256).hexdigest()
    return f"bankid.{token}.{seconds}.{code}"


def drawing(content: str) -> bytes:
    """An SVG of the code, black on white whatever the page's colours, with the quiet zone of four modules."""
    made = segno.make(content, error="l", micro=False, boost_error=False)
    file = io.BytesIO()
    made.save(file, kind="svg", border=4, dark="#000", light="#fff", omitsize=True, xmldecl=False)
    return file.getvalue()
