"""What every operation in the description of the API shares."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse

from fraudsite.core.api.permissions import ScopePermission
from fraudsite.core.api.struct_schema import StructExtension

# Being imported is what registers an extension.
__all__ = ["ApiKeyScheme", "ApiSchema", "Error", "StructExtension"]

FOR_EVERY_KEY = {
    "401": "No API key, or one that is unknown, expired or revoked.",
    "403": "The key lacks the scope.",
    "503": "The database is away; `Retry-After` says for how many seconds to wait.",
}
FOR_BODIES = {
    "400": "The body is no JSON or not what is asked for; `field` says where.",
    "413": "The body is too large.",
    "415": "The body is not declared as `application/json`.",
}
FOR_QUERIES = {"400": "A parameter is not what is asked for; `field` says which."}
FOR_OBJECTS = {"404": "There is nothing here that the key may see."}


class Error(msgspec.Struct):
    """What every error says."""

    code: Annotated[str, msgspec.Meta(description="Stable.", examples=["invalid_type"])]
    message: Annotated[
        str,
        msgspec.Meta(
            description="A sentence to act on.",
            examples=["`amount_minor` must be a whole number, not a text."],
        ),
    ]
    field: Annotated[
        str | None,
        msgspec.Meta(description="Dotted path of the field.", examples=["amount_minor"]),
    ]
    request_id: Annotated[
        str, msgspec.Meta(description="Quote it when asking; also in the header `X-Request-ID`.")
    ]


class ApiSchema(AutoSchema):
    """Describes an operation, with the scope it needs and the errors it shares with all others."""

    # The stubs know REST framework's older form of it.
    def get_description(self) -> str:  # type: ignore[override]
        """Return the view's own words and the scope."""
        scopes = [scope.scope for scope in self._scope_permissions()]
        needs = [f"Needs the scope `{scope}`." for scope in scopes]
        return "\n\n".join([super().get_description() or "", *needs]).strip()

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for code, description in self._shared_errors().items():
            if code not in bodies:
                error = OpenApiResponse(Error, description=description)
                bodies[code] = self._body_of(error, code, direction)
        return dict(sorted(bodies.items()))

    def _body_of(self, error: OpenApiResponse, code: str, direction: Any) -> dict[str, Any]:
        body: dict[str, Any] = self._get_response_for_code(  # type: ignore[no-untyped-call]
            error, code, None, direction
        )
        return body

    def _shared_errors(self) -> dict[str, str]:
        errors: dict[str, str] = dict(FOR_EVERY_KEY) if self._scope_permissions() else {}
        if self.method in {"POST", "PUT", "PATCH"}:
            errors |= FOR_BODIES
        elif any(parameter["in"] == "query" for parameter in self._get_parameters()):
            errors |= FOR_QUERIES
        return errors | (FOR_OBJECTS if "{" in self.path else {})

    def _scope_permissions(self) -> list[ScopePermission]:
        permissions = self.view.get_permissions()
        return [found for found in permissions if isinstance(found, ScopePermission)]


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Tells drf-spectacular how keys are sent."""

    target_class = "fraudsite.core.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:  # noqa: ARG002
        """Return the security scheme."""
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "fsk_live_… or fsk_test_…",
            "description": "An API key; an administrator makes it. See docs/api.md.",
        }
