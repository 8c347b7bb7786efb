"""ProtocolError: what is wrong with a received frame, and how the server answers it."""

from meetings.wire.words import CloseCode, ErrorCode


class ProtocolError(Exception):
    """A frame that cannot be read.

    `close` set: the socket is closed with it and nothing is answered. Otherwise the server answers `error` with
    `code` and the address (`re` of a command, or `to` and `n` of a pair message) as far as it could be read.
    The text is the code alone: received text is never repeated.
    """

    def __init__(
        self,
        code: ErrorCode,
        close: CloseCode | None = None,
        *,
        re: int | None = None,
        to: str | None = None,
        n: int | None = None,
    ) -> None:
        """Keep the code, the close code if the socket must go, and the address to answer."""
        super().__init__(code.value)
        self.code = code
        self.close = close
        self.re = re
        self.to = to
        self.n = n
