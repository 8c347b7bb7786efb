"""What no page may do, watched in every browser test: ask another host, break the policy, throw, miss a file."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, WebError, WebSocket

_INSIDE = ("data", "blob", "about")
# What Chromium says of somebody who leaves while the socket is still being opened: their right, and no fault.
_LEFT_EARLY = "WebSocket is closed before the connection is established"
# A feature is turned off by name also in browsers that do not have it, or not any more.
_NOT_THERE = "Error with Permissions-Policy header: "
_NO_FAULTS = (_LEFT_EARLY, _NOT_THERE)
# Whoever signed out on another page asks here by a form that is not taken any more; the page then says so.
_ENDED = (403, "/logga-in/kvar/")


class Watch:
    """The faults that one context's pages have shown; empty is right."""

    def __init__(self, context: BrowserContext, hosts: tuple[str, ...]) -> None:
        self.faults: list[str] = []
        self._hosts = hosts
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("page", self._page)

    def _page(self, page: Page) -> None:
        page.on("websocket", self._websocket)

    def _request(self, request: Request) -> None:
        self._asked(request.url)

    def _websocket(self, socket: WebSocket) -> None:
        self._asked(socket.url)

    def _asked(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in _INSIDE and parts.netloc not in self._hosts:
            self.faults.append(f"a request leaves for {parts.scheme}://{parts.netloc}")

    def _response(self, response: Response) -> None:
        if (response.status, urlsplit(response.url).path) == _ENDED:
            return
        if response.status >= 500 or (response.status >= 400 and not response.request.is_navigation_request()):
            self.faults.append(f"{response.status} for {urlsplit(response.url).path}")

    def _console(self, message: ConsoleMessage) -> None:
        known = message.text.startswith("Failed to load resource") or any(one in message.text for one in _NO_FAULTS)
        if message.type in ("error", "warning") and not known:
            self.faults.append(f"console {message.type}: {message.text}")

    def _error(self, error: WebError) -> None:
        self.faults.append(f"uncaught: {error.error}")
