"""How tokens are described in the OpenAPI document. Imported when Django starts, so that it registers itself."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the token is described in the OpenAPI document."""

    target_class = "identity.api_tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ANN401 - drf-spectacular's own
        """An HTTP bearer token."""
        return {"type": "http", "scheme": "bearer"}
